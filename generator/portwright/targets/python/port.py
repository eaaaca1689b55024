"""`port.py`, `topics.py` and `consumers.py` of a package: the port, what its stream carries,
and the base classes of those who read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from portwright import render
from portwright.model import Model
from portwright.targets import File
from portwright.targets.python import deprecation, naming, objects
from portwright.targets.python.deprecation import Deprecated
from portwright.targets.python.formatting import fitted
from portwright.targets.python.objects import ObjectView
from portwright.targets.python.text import docstring, literal


def files(model: Model, wire: str) -> Iterator[File]:
    """`<package>/port.py`, and where an object has a stream port `topics.py` and `consumers.py`."""
    views, streams = objects.views(model), objects.streams(model)
    deprecated = deprecation.of_port(model)
    asynchronous = naming.async_port_class(model)
    yield _file(
        model,
        "port",
        port=naming.port_class(model),
        async_port=asynchronous,
        async_docstring=docstring(f"The same for asyncio: `async with {asynchronous}.open()`.", 4),
        docstring=docstring(model.purpose or f"The output port of {model.name}.", 4),
        imports=_imports(views, deprecated),
        deprecated=deprecated,
        modules=_modules(views),
        objects=[each for each in views if each.dataset],
    )
    if streams:
        contract = {"contract": literal(model.name), "version": literal(model.version)}
        names_ = ["Schema", "Topic"]
        if any(each.headers for each in streams):
            names_.append("header_values")
        schemas = {each.schema_constant: _schema(each, wire) for each in streams}
        yield _file(model, "topics", objects=streams, imports=names_, schemas=schemas, **contract)
        told = set().union(*(each.deprecated.names for each in streams))
        names_ = sorted({"BatchConsumer", "Consumer", "Event", "Item", "Route", "routed", *told})
        together = _together(model, streams)
        yield _file(model, "consumers", objects=streams, imports=names_, together=together)


def _schema(object_: ObjectView, wire: str) -> str:
    """The expression of an object's schema."""
    text = f"codec.{object_.schema_constant}"
    if wire == "protobuf":
        return f'Schema({text}, "PROTOBUF", codec.{object_.imports_constant})'
    return f"Schema({text})"


@dataclass(frozen=True, slots=True)
class Together:
    """The consumer of all objects: its name, and those of each."""

    consumer: str
    bases: tuple[str, ...]
    docstring: tuple[str, ...]


def _together(model: Model, streams: list[ObjectView]) -> Together | None:
    """Where there are several objects."""
    if len(streams) < 2:
        return None
    told = docstring(f"Consumes all objects of {render.one_line(model.name)} in one group.", 4)
    bases = tuple(each.consumer for each in streams)
    return Together(naming.consumer_of_all(model), bases, tuple(told))


def _imports(views: list[ObjectView], deprecated: Deprecated) -> list[str]:
    """The names of the runtime that `port.py` stands on."""
    classes = {"Port", *(each.dataset for each in views if each.dataset)}
    return sorted({"Outlets", *deprecated.names, *classes, *(f"Async{each}" for each in classes)})


def _modules(views: list[ObjectView]) -> list[str]:
    """The modules of the package that `port.py` stands on."""
    return sorted({outlet.partition(".")[0] for each in views for outlet in each.outlets})


def _file(model: Model, name: str, **view: object) -> File:
    header = deprecation.header(model, render.header(model, "# "))
    text = render.render(f"python/{name}.py.j2", header=header, **view)
    return File(PurePosixPath(naming.package(model), f"{name}.py"), fitted(text))
