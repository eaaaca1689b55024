"""What each type of the model is in Arrow, as data: the target prints it as a document, the
tables of Python packages print it as expressions."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from portwright.model import (
    Array,
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
    Field,
    Float,
    Integer,
    Json,
    Map,
    Model,
    Nullable,
    Port,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    VectorElement,
)

Metadata = tuple[tuple[str, str], ...]
Facts = Mapping[str, str | tuple[str, ...] | bool | None]


@dataclass(frozen=True, slots=True)
class Plain:
    """A type without parameters: its name in the runtime's `arrow` module, and its document."""

    name: str
    document: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Exact:
    """A decimal: in 128 bits up to 38 digits, else in 256."""

    precision: int
    scale: int


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; of exactly `size` elements where that is given."""

    element: ArrowField
    size: int | None = None


@dataclass(frozen=True, slots=True)
class MapOf:
    key: ArrowField
    value: ArrowField


@dataclass(frozen=True, slots=True)
class Struct:
    fields: tuple[ArrowField, ...]


ArrowType = Plain | Exact | ListOf | MapOf | Struct


@dataclass(frozen=True, slots=True)
class ArrowField:
    """A column, a field of a struct, or what a list or map holds."""

    name: str
    type: ArrowType
    nullable: bool
    metadata: Metadata = ()


def _integer(bits: int, signed: bool) -> Plain:
    document = {"name": "int", "bitWidth": bits, "isSigned": signed}
    return Plain(f"{'' if signed else 'U'}INT{bits}", document)


_MICROSECONDS = "MICROSECOND"

BOOL = Plain("BOOL", {"name": "bool"})
STRING = Plain("STRING", {"name": "utf8"})
BINARY = Plain("BINARY", {"name": "binary"})
DATE = Plain("DATE", {"name": "date", "unit": "DAY"})
TIME = Plain("TIME", {"name": "time", "unit": _MICROSECONDS, "bitWidth": 64})

INTEGERS = {
    (bits, signed): _integer(bits, signed) for bits in (8, 16, 32, 64) for signed in (True, False)
}

FLOATS = {
    32: Plain("FLOAT32", {"name": "floatingpoint", "precision": "SINGLE"}),
    64: Plain("FLOAT64", {"name": "floatingpoint", "precision": "DOUBLE"}),
}

# By `zoned`.
TIMESTAMPS = {
    True: Plain("INSTANT", {"name": "timestamp", "unit": _MICROSECONDS, "timezone": "UTC"}),
    False: Plain("WALL_CLOCK", {"name": "timestamp", "unit": _MICROSECONDS}),
}

# Engines and libraries know few floating point numbers of 16 bits; those of 32 hold them all.
VECTORS = {
    VectorElement.BFLOAT16: FLOATS[32],
    VectorElement.BINARY: INTEGERS[8, False],
    VectorElement.FLOAT16: FLOATS[32],
    VectorElement.FLOAT32: FLOATS[32],
    VectorElement.FLOAT64: FLOATS[64],
    VectorElement.INT8: INTEGERS[8, True],
    VectorElement.UINT8: INTEGERS[8, False],
}

# The digits that hold every whole number of 128 bits.
_OF_128_BITS = 39
# The most digits of a decimal: all that Arrow has, and what every engine behind a load takes.
MOST_DIGITS = 76
LOADED_DIGITS = 38


def beyond(digits: int) -> Callable[[Type], bool]:
    """Whether a type is a decimal of more digits."""
    return lambda type_: (isinstance(type_, Decimal) and max(type_.precision, type_.scale) > digits)


def tabled(model: Model) -> Model:
    """The model without objects that have no table."""
    return replace(model, objects=tuple(each for each in model.objects if Port.TABLE in each.ports))


def field(field: Field, more: Metadata = ()) -> ArrowField:
    """The column or field of a struct that holds `field`."""
    facts = (*_written(field), *more, *_facts(field.type))
    return ArrowField(field.column, arrow_type(field.type), not field.required, facts)


def arrow_type(type_: Type) -> ArrowType:
    """The Arrow type of a value that is not null."""
    match type_:
        case Boolean():
            return BOOL
        case Integer(bits, signed):
            return Exact(_OF_128_BITS, 0) if bits > 64 else INTEGERS[bits, signed]
        case Float(bits):
            return FLOATS[bits]
        case Decimal(precision, scale):
            # SQL allows DECIMAL(2, 4) in some dialects, most readers no scale above the precision.
            digits = max(precision, scale)
            return Exact(min(digits, MOST_DIGITS), min(scale, MOST_DIGITS))
        case String() | Uuid() | Enum() | Json():
            return STRING
        case Bytes():
            return BINARY
        case Date():
            return DATE
        case Time():
            return TIME
        case Timestamp(zoned):
            return TIMESTAMPS[zoned]
        case Nullable(inner):
            return arrow_type(inner)
        case Array(element=element):
            return ListOf(_inside("item", element))
        case Vector(dimensions, element):
            return ListOf(ArrowField("item", VECTORS[element], nullable=False), dimensions)
        case Map(key, value):
            return MapOf(_inside("key", key), _inside("value", value))
        case Record(fields=fields):
            return Struct(tuple(_part(each) for each in fields)) if fields else STRING
        case _:
            assert_never(type_)


def _part(part: Field) -> ArrowField:
    """A field of a struct. A vector may be null there: pyarrow reads no Parquet file in which a
    struct is null whose list of fixed size may not be."""
    found = field(part)
    return replace(found, nullable=True) if isinstance(part.type, Vector) else found


def _inside(name: str, type_: Type) -> ArrowField:
    """What a list or a map holds."""
    nullable = isinstance(type_, Nullable)
    return ArrowField(name, arrow_type(type_), nullable, _facts(type_))


def metadata(facts: Facts) -> Metadata:
    """The facts that there are, as text; several texts are a list in JSON."""
    return tuple((key, text) for key, value in facts.items() if (text := _text(value)))


def _text(value: str | tuple[str, ...] | bool | None) -> str:
    match value:
        case str():
            return value
        case tuple():
            return json.dumps(value, ensure_ascii=False) if value else ""
        case _:
            return "true" if value else ""


def _written(field: Field) -> Metadata:
    """What the contract says of a field besides its type."""
    return metadata(
        {
            "odcs.name": field.name if field.name != field.column else None,
            "odcs.description": (field.description or "").strip(),
            "odcs.unique": field.unique,
            "odcs.classification": field.classification,
            "odcs.tags": field.tags,
            "odcs.deprecated": field.deprecated,
        }
    )


def _facts(type_: Type) -> Metadata:
    """What the type means where Arrow's says less."""
    match type_:
        case Nullable(inner):
            return _facts(inner)
        case Uuid():
            return (("odcs.type", "uuid"),)
        case Json() | Record(fields=()):
            return (("odcs.type", "json"),)
        case Integer(128, signed):
            return (("odcs.type", "int128" if signed else "uint128"),)
        case Enum(values=values):
            return metadata({"odcs.values": tuple(each.value for each in values)})
        case _:
            return ()
