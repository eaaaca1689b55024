"""`codec.py` of a package: an Avro encoder and decoder written out for each record.

What Avro makes of a type is the Avro target's affair: its schema is printed beside the
functions, and its tables say which type is which. Here stands only how a value of each
is written and read in Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from portwright import names, render
from portwright.diagnostics import Diagnostic, error
from portwright.model import Array, Map, Model, Nullable, Object, Type, Vector, walk
from portwright.names import TypeNames
from portwright.targets import File
from portwright.targets.python import naming
from portwright.targets.python.formatting import fitted
from portwright.targets.python.text import literal
from portwright.targets.python.values import Values
from portwright.targets.python.wire import wire_schema


@dataclass(frozen=True, slots=True)
class Constant:
    """A module constant: what writes or reads a type that has parameters."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Functions:
    """The two functions of one record, by its word (`order_line`); the bodies are lines of code.

    `constants` are those that are first needed here.
    """

    word: str
    type: str
    constants: tuple[Constant, ...]
    write: tuple[str, ...]
    read: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Codec:
    """What one object offers: its schema, and a function each way. Texts are literals."""

    word: str
    type: str
    object: str
    schema_constant: str
    schema: str


# Python has no more blocks in one another; every record has functions of its own.
_MOST_BLOCKS = 20


def check(model: Model) -> Iterator[Diagnostic]:
    """Errors for lists whose loops would stand too deep in one another."""
    for path, field in walk.fields(model):
        depth = _depth(field.type)
        if depth > _MOST_BLOCKS:
            what = f"`{'.'.join(path)}` is {depth} lists and maps in one another"
            message = f"{what}, and Python ends at {_MOST_BLOCKS}"
            yield error("PW356", message, field.span, "put an object with properties in between")


def _depth(type_: Type) -> int:
    match type_:
        case Nullable(inner):
            return _depth(inner)
        case Array(element=element):
            return 1 + _depth(element)
        case Map(key, value):
            return 1 + max(_depth(key), _depth(value))
        case Vector():
            return 1
        case _:
            return 0


def files(model: Model) -> Iterator[File]:
    """`<package>/codec.py`."""
    yield File(PurePosixPath(naming.package(model), "codec.py"), text(model))


def text(model: Model) -> str:
    """The module."""
    classes = names.type_names(model)
    codecs = [_codec(model, each, classes) for each in model.objects]
    functions = list(_functions(model, classes))
    contract = literal(render.one_line(f"{model.name} {model.version}"))
    printed = render.render(
        "python/codec.py.j2",
        header=render.header(model, "# "),
        contract=contract,
        codecs=codecs,
        functions=functions,
    )
    return fitted(printed, (line for each in codecs for line in each.schema.splitlines()))


def _codec(model: Model, object_: Object, classes: TypeNames) -> Codec:
    schema = wire_schema(model, object_, "avro").text
    prefix = "r" if "\\" in schema else ""
    return Codec(
        word=naming.function(object_.record),
        type=classes[object_.record.path],
        object=literal(render.one_line(object_.name)),
        schema_constant=naming.schema_constant(object_),
        schema=f'{prefix}"""{schema}"""',
    )


def _functions(model: Model, classes: TypeNames) -> Iterator[Functions]:
    """The functions of every record, a record inside another before it."""
    known: dict[str, str] = {}
    for record in reversed([*walk.all_records(model)]):
        values = Values(classes)
        write = [line for each in record.fields for line in values.written(each)]
        read = [line for each in record.fields for line in values.read(each)]
        new = {name: value for name, value in values.constants.items() if name not in known}
        known |= new
        yield Functions(
            word=naming.function(record),
            type=classes[record.path],
            constants=tuple(Constant(name, value) for name, value in new.items()),
            write=tuple(write),
            read=tuple(read),
        )
