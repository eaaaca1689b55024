"""The shape of a type on the wire: what must not change under one field number.

Shapes are words of the lock: `int`, `list<record>`, `map<string,decimal?>`. Two types of one shape
read each other's Protobuf bytes as the same value, or as the same value cut to fewer bits.
"""

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


def shape(type_: Type) -> str:
    """The shape, without spaces; the same for ever, as it is written in locks."""
    match type_:
        case Boolean():
            return "bool"
        case Integer(bits=bits):
            return "int" if bits <= 64 else "bigint"
        case Float(bits=bits):
            return f"float{bits}"
        case Decimal():
            return "decimal"
        case String() | Uuid():
            return "string"
        case Bytes():
            return "bytes"
        case Date():
            return "date"
        case Time():
            return "time"
        case Timestamp(zoned=zoned):
            return "instant" if zoned else "datetime"
        case Enum():
            return "enum"
        case Json():
            return "json"
        case Vector(element=element):
            return f"vector<{_component(element)}>"
        case Array(element=inner):
            return f"list<{shape(inner)}>"
        case Map(key, value):
            return f"map<{shape(key)},{shape(value)}>"
        case Record():
            return "record"
        case Nullable(inner):
            return f"{shape(inner)}?"
        case _:
            assert_never(type_)


def _component(element: VectorElement) -> str:
    match element:
        case VectorElement.INT8 | VectorElement.UINT8:
            return "int"
        case VectorElement.BINARY:
            return "bool"
        case VectorElement.FLOAT64:
            return "float64"
        case VectorElement.FLOAT32 | VectorElement.FLOAT16 | VectorElement.BFLOAT16:
            return "float32"
        case _:
            assert_never(element)
