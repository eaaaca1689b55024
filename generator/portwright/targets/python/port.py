"""`port.py`, `topics.py` and `consumers.py` of a package: the port, what its stream carries,
and the base classes of those who read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from portwright import render
from portwright.diagnostics import Diagnostic, error
from portwright.model import Array, Json, Map, Model, Nullable, Port, Record, Vector
from portwright.targets import File
from portwright.targets.python import naming, objects
from portwright.targets.python.formatting import fitted
from portwright.targets.python.objects import ObjectView
from portwright.targets.python.text import docstring, literal


def check(model: Model) -> Iterator[Diagnostic]:
    """An error for every primary key of a stream that has no text to make a key of."""
    for object_ in model.objects:
        for field in object_.record.fields:
            if Port.STREAM not in object_.ports or field.name not in object_.primary_key:
                continue
            if isinstance(field.type, Array | Map | Vector | Json | Record | Nullable):
                yield error(
                    "PW358",
                    f"primary key `{field.name}` holds more than one value and cannot be the key"
                    " of an event",
                    field.span,
                    "name properties of a plain type as primary key",
                )


def files(model: Model) -> Iterator[File]:
    """`<package>/port.py`, and where an object has a stream port `topics.py` and `consumers.py`."""
    views, streams = objects.views(model), objects.streams(model)
    yield _file(
        model,
        "port",
        port=naming.port_class(model),
        docstring=docstring(model.purpose or f"The output port of {model.name}.", 4),
        imports=sorted({"Outlets", "Port", *(each.dataset for each in views if each.dataset)}),
        modules=_modules(views),
        objects=[each for each in views if each.dataset],
    )
    if streams:
        contract = {"contract": literal(model.name), "version": literal(model.version)}
        yield _file(model, "topics", objects=streams, **contract)
        yield _file(model, "consumers", objects=streams)


def _modules(views: list[ObjectView]) -> list[str]:
    """The modules of the package that `port.py` stands on."""
    return sorted({outlet.partition(".")[0] for each in views for outlet in each.outlets})


def _file(model: Model, name: str, **view: object) -> File:
    text = render.render(f"python/{name}.py.j2", header=render.header(model, "# "), **view)
    return File(PurePosixPath(naming.package(model), f"{name}.py"), fitted(text))
