"""The Arrow type of every type of the model, as an expression of the runtime's `arrow` module."""

from __future__ import annotations

from typing import assert_never

from portwright.model import (
    Array,
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
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
    VectorElement,
)
from portwright.targets.python.text import literal

# The most digits that Arrow and every engine behind it have.
_MOST_DIGITS = 38

_COMPONENTS = {
    VectorElement.BFLOAT16: "arrow.FLOAT32",
    VectorElement.BINARY: "arrow.UINT8",
    VectorElement.FLOAT16: "arrow.FLOAT32",
    VectorElement.FLOAT32: "arrow.FLOAT32",
    VectorElement.FLOAT64: "arrow.FLOAT64",
    VectorElement.INT8: "arrow.INT8",
    VectorElement.UINT8: "arrow.UINT8",
}


def expression(type_: Type) -> str:
    """`arrow.list_of(arrow.STRING)`."""
    match type_:
        case Boolean():
            return "arrow.BOOL"
        case Integer(bits, signed):
            return "arrow.STRING" if bits > 64 else f"arrow.{'' if signed else 'U'}INT{bits}"
        case Float(bits):
            return f"arrow.FLOAT{bits}"
        case Decimal(precision, scale):
            digits = f"{min(precision, _MOST_DIGITS)}, {min(scale, _MOST_DIGITS)}"
            return f"arrow.decimal({digits})"
        case String() | Uuid() | Enum() | Json():
            return "arrow.STRING"
        case Bytes():
            return "arrow.BINARY"
        case Date():
            return "arrow.DATE"
        case Time():
            return "arrow.TIME"
        case Timestamp(zoned):
            return "arrow.INSTANT" if zoned else "arrow.WALL_CLOCK"
        case Nullable(inner):
            return expression(inner)
        case Array(element=element):
            return f"arrow.list_of({expression(element)})"
        case Vector(dimensions, element):
            return f"arrow.list_of({_COMPONENTS[element]}, {dimensions})"
        case Map(key, value):
            return f"arrow.map_of({expression(key)}, {expression(value)})"
        case Record(fields=fields):
            if not fields:
                return "arrow.STRING"
            parts = (f"({literal(each.column)}, {expression(each.type)})" for each in fields)
            return f"arrow.struct({', '.join(parts)})"
        case _:
            assert_never(type_)
