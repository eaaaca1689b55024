"""The Arrow type of every type of the model, as an expression of the runtime's `arrow` module.

It tells text apart by what it means (`arrow.UUID`), which a published Arrow schema does not.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    Nullable,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
)
from portwright.targets import arrow_types
from portwright.targets.python.text import literal

Names = Mapping[tuple[str, ...], str]


def column(field: Field, names: Names) -> str:
    """The type of a column: `arrow.list_of(arrow.STRING)`."""
    return _expression(field.type, names)


def _expression(type_: Type, names: Names) -> str:
    """The type of a value that is not null; `names` are those of the model's classes."""
    match type_:
        case Boolean():
            return _named(arrow_types.BOOL)
        case Integer(128, signed):
            return "arrow.INT128" if signed else "arrow.UINT128"
        case Integer(bits, signed):
            return _named(arrow_types.INTEGERS[bits, signed])
        case Float(bits):
            return _named(arrow_types.FLOATS[bits])
        case Decimal(precision, scale):
            most = arrow_types.LOADED_DIGITS
            return f"arrow.decimal({min(max(precision, scale), most)}, {min(scale, most)})"
        case String():
            return _named(arrow_types.STRING)
        case Enum():
            return "arrow.ENUM"
        case Uuid():
            return "arrow.UUID"
        case Json():
            return "arrow.JSON"
        case Bytes():
            return _named(arrow_types.BINARY)
        case Date():
            return _named(arrow_types.DATE)
        case Time():
            return _named(arrow_types.TIME)
        case Timestamp(zoned):
            return _named(arrow_types.TIMESTAMPS[zoned])
        case Nullable(inner):
            return f"arrow.nullable({_expression(inner, names)})"
        case Array(element=element):
            return f"arrow.list_of({_expression(element, names)})"
        case Vector(dimensions, element):
            return f"arrow.list_of({_named(arrow_types.VECTORS[element])}, {dimensions})"
        case Map(key, value):
            return f"arrow.map_of({_expression(key, names)}, {_expression(value, names)})"
        case Record(fields=fields):
            parts = [f"({literal(each.column)}, {_part(each, names)})" for each in fields]
            return f"arrow.struct({', '.join((f'models.{names[type_.path]}', *parts))})"
        case _:
            assert_never(type_)


def _part(field: Field, names: Names) -> str:
    """The type of a field of a struct."""
    inner = _expression(field.type, names)
    return inner if field.required else f"arrow.nullable({inner})"


def _named(type_: arrow_types.Plain) -> str:
    return f"arrow.{type_.name}"
