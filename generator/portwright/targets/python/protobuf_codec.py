"""`codec.py` of a package whose values are Protobuf: what writes and reads each record, put
together of the runtime's kinds by the numbers of the lock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from portwright import names, render
from portwright.diagnostics import Diagnostic
from portwright.model import Model, Object, walk
from portwright.names import TypeNames
from portwright.targets import File
from portwright.targets.protobuf import Protobuf
from portwright.targets.python import naming
from portwright.targets.python.codec import Codec, Constant
from portwright.targets.python.formatting import fitted
from portwright.targets.python.protobuf_values import ProtobufValues
from portwright.targets.python.text import block, literal, tuple_of
from portwright.targets.python.wire import imported, wire_schema


@dataclass(frozen=True, slots=True)
class MessageView:
    """The message of one record, by its word; its members are expressions."""

    word: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProtobufCodec(Codec):
    """An object's codec; `imports` are the names of the .proto files that its own imports."""

    imports_constant: str
    imports: str


def check(model: Model) -> Iterator[Diagnostic]:
    """What Protobuf cannot say."""
    yield from Protobuf().check(model)


def files(model: Model) -> Iterator[File]:
    """`<package>/codec.py`."""
    classes = names.type_names(model)
    values = ProtobufValues(classes)
    messages = [
        MessageView(naming.function(record), tuple(map(values.member, record.fields)))
        for record in reversed([*walk.all_records(model)])
    ]
    codecs = [_codec(model, each, classes) for each in model.objects]
    texts = imported(model)
    printed = render.render(
        "python/protobuf_codec.py.j2",
        header=render.header(model, "# "),
        contract=literal(render.one_line(f"{model.name} {model.version}")),
        codecs=codecs,
        imported=[(literal(name), block(text)) for name, text in texts],
        constants=[Constant(name, value) for name, value in values.constants.items()],
        messages=messages,
    )
    verbatim = [line for each in codecs for line in each.schema.splitlines()]
    verbatim += [line for _, text in texts for line in block(text).splitlines()]
    yield File(PurePosixPath(naming.package(model), "codec.py"), fitted(printed, verbatim))


def _codec(model: Model, object_: Object, classes: TypeNames) -> ProtobufCodec:
    schema = wire_schema(model, object_, "protobuf")
    return ProtobufCodec(
        word=naming.function(object_.record),
        type=classes[object_.record.path],
        object=literal(render.one_line(object_.name)),
        schema_constant=naming.schema_constant(object_),
        schema=block(schema.text),
        imports_constant=naming.imports_constant(object_),
        imports=_imports([literal(name) for name, _ in schema.references]),
    )


def _imports(names_: list[str]) -> str:
    """What picks the files of these names."""
    return f"tuple((name, _IMPORTED[name]) for name in {tuple_of(names_)})" if names_ else "()"
