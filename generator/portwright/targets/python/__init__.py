"""Python: the package of a contract, which services publish with and consumers read with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import ModuleType
from typing import ClassVar

from portwright import names, render
from portwright.diagnostics import Diagnostic
from portwright.model import Model, support
from portwright.model.deprecation import sentence
from portwright.targets import File
from portwright.targets.python import (
    anonymising,
    codec,
    deprecation,
    earlier,
    models,
    naming,
    objects,
    persons,
    port,
    protobuf_codec,
    scaffold,
    tables,
    testing,
)
from portwright.targets.python.annotations import Annotations
from portwright.targets.python.formatting import all_order, fitted, import_order
from portwright.targets.python.text import docstring
from portwright.targets.python.wire import WIRES

# The level of the runtime's interface that the templates are written for.
RUNTIME_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Python:
    """A typed package: `<name>_port/`. `wire` is how the values of its stream are written."""

    name: ClassVar[str] = "python"
    summary: ClassVar[str] = "a typed package: models, codec, producer client, consumer stubs"

    wire: str = field(default="avro", metadata={"choices": WIRES})

    def check(self, model: Model) -> Iterator[Diagnostic]:
        yield from naming.check(model)
        yield from models.check(model)
        yield from self._codec.check(model)
        yield from tables.check(model)
        yield from testing.check(model)
        yield from anonymising.check(model)
        yield from persons.check(model)

    def emit(self, model: Model) -> Iterator[File]:
        package = naming.package(model)
        yield File(PurePosixPath(package, "__init__.py"), _init(model))
        yield File(PurePosixPath(package, "py.typed"), "")
        for part in (models, self._codec, tables, scaffold, testing, anonymising, earlier):
            yield from part.files(model)
        yield from port.files(model, self.wire)

    @property
    def _codec(self) -> ModuleType:
        return protobuf_codec if self.wire == "protobuf" else codec

    def type_of(self, model: Model) -> str:
        """The annotation of the model's field."""
        [only] = model.objects[0].record.fields
        return Annotations(names.type_names(model)).field(only).text


def _told(model: Model) -> str:
    told = f"The output port of {model.name}, version {model.version}."
    return f"{told} {sentence(support.until(model))}" if support.is_over(model) else told


def _init(model: Model) -> str:
    """`__init__.py`: what the package offers."""
    types = sorted(names.type_names(model).values(), key=import_order)
    # A record of the contract may be called Event: the package then offers that one.
    runtime = [] if "Event" in types else ["Event"]
    streams = objects.streams(model)
    consumers = [name for each in streams for name in (each.consumer, each.batch_consumer)]
    if len(streams) > 1:
        consumers.append(naming.consumer_of_all(model))
    modules = [
        ("consumers", sorted(consumers, key=import_order)),
        ("models", types),
        ("port", sorted(naming.port_classes(model), key=import_order)),
    ]
    offered = [*runtime, *(name for _, names_ in modules for name in names_)]
    text = render.render(
        "python/init.py.j2",
        header=deprecation.header(model, render.header(model, "# ")),
        docstring=docstring(_told(model), 0),
        runtime=[*runtime, "requires"],
        modules=[each for each in modules if each[1]],
        level=RUNTIME_LEVEL,
        public=sorted(offered, key=all_order),
    )
    return fitted(text)
