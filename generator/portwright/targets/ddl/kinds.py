"""Kinds: what a type table is keyed by, one kind for every scalar a column can hold."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from portwright.model import (
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
    Float,
    Integer,
    Json,
    Scalar,
    String,
    Time,
    Timestamp,
    Uuid,
    Vector,
)

Leaf = Scalar | Json | Vector


class Kind(StrEnum):
    """A dialect's type table has an entry for each: a law that a test holds."""

    BOOLEAN = "boolean"
    INT8 = "int8"
    INT16 = "int16"
    INT32 = "int32"
    INT64 = "int64"
    INT128 = "int128"
    UINT8 = "uint8"
    UINT16 = "uint16"
    UINT32 = "uint32"
    UINT64 = "uint64"
    UINT128 = "uint128"
    FLOAT32 = "float32"
    FLOAT64 = "float64"
    DECIMAL = "decimal"
    TEXT = "text"
    VARCHAR = "varchar"  # text with a greatest length
    ENUM = "enum"
    UUID = "uuid"
    BYTES = "bytes"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    TIMESTAMP_ZONED = "timestamp-zoned"
    JSON = "json"
    VECTOR_BFLOAT16 = "vector-bfloat16"
    VECTOR_BINARY = "vector-binary"
    VECTOR_FLOAT16 = "vector-float16"
    VECTOR_FLOAT32 = "vector-float32"
    VECTOR_FLOAT64 = "vector-float64"
    VECTOR_INT8 = "vector-int8"
    VECTOR_UINT8 = "vector-uint8"


VECTORS = frozenset(each for each in Kind if each.startswith("vector"))


def kind(type_: Leaf) -> Kind:
    """The kind of a type that holds no other."""
    match type_:
        case Boolean():
            return Kind.BOOLEAN
        case Integer(bits, signed):
            return Kind(f"{'int' if signed else 'uint'}{bits}")
        case Float(bits):
            return Kind(f"float{bits}")
        case Decimal():
            return Kind.DECIMAL
        case String(max_length=max_length):
            return Kind.VARCHAR if max_length else Kind.TEXT
        case Enum():
            return Kind.ENUM
        case Uuid():
            return Kind.UUID
        case Bytes():
            return Kind.BYTES
        case Date():
            return Kind.DATE
        case Time():
            return Kind.TIME
        case Timestamp(zoned):
            return Kind.TIMESTAMP_ZONED if zoned else Kind.TIMESTAMP
        case Json():
            return Kind.JSON
        case Vector(element=element):
            return Kind(f"vector-{element}")
        case _:
            assert_never(type_)
