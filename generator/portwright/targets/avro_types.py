"""What each type of the model is in Avro, as tables, and what an Avro reader does not learn."""

from __future__ import annotations

import re
from collections.abc import Mapping

from portwright import names
from portwright.model import (
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
    Field,
    Json,
    Map,
    String,
    Time,
    Type,
    Uuid,
    VectorElement,
)
from portwright.targets.findings import Loss

# The Avro type and the logical type of what needs no parameter.
PLAIN: Mapping[type[Type], tuple[str, str | None]] = {
    Boolean: ("boolean", None),
    Bytes: ("bytes", None),
    Date: ("int", "date"),
    String: ("string", None),
    Time: ("long", "time-micros"),
    Uuid: ("string", "uuid"),
}

# By bits and sign. Avro has no unsigned 64-bit and no 128-bit integer; an exact decimal holds
# every one of them.
INTEGERS: Mapping[tuple[int, bool], str | Decimal] = {
    (8, True): "int",
    (8, False): "int",
    (16, True): "int",
    (16, False): "int",
    (32, True): "int",
    (32, False): "long",
    (64, True): "long",
    (64, False): Decimal(precision=20, scale=0),
    (128, True): Decimal(precision=39, scale=0),
    (128, False): Decimal(precision=39, scale=0),
}

FLOATS: Mapping[int, str] = {32: "float", 64: "double"}

# By `zoned`.
TIMESTAMPS: Mapping[bool, str] = {True: "timestamp-micros", False: "local-timestamp-micros"}

# An Avro array has no fixed length: the typed code holds a vector to its dimensions.
VECTORS: Mapping[VectorElement, str] = {
    VectorElement.BFLOAT16: "float",
    VectorElement.BINARY: "int",
    VectorElement.FLOAT16: "float",
    VectorElement.FLOAT32: "float",
    VectorElement.FLOAT64: "double",
    VectorElement.INT8: "int",
    VectorElement.UINT8: "int",
}

# What a reader takes for a symbol that its own schema does not have.
UNKNOWN = "UNKNOWN"


def field_name(field: Field) -> str:
    """The Avro name of a property: as written where that is legal."""
    return names.identifier(field.name)


def is_enum(enum: Enum) -> bool:
    """Whether every value is a legal Avro symbol, so that the enum is one in Avro too."""
    return all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", each.value) for each in enum.values)


def unknown(enum: Enum) -> str | None:
    """The contract's own value that says unknown, if there is one: `UNKNOWN`, else one of that
    name in any case."""
    values = [each.value for each in enum.values]
    if UNKNOWN in values:
        return UNKNOWN
    return next((each for each in values if names.value(each) == UNKNOWN), None)


def symbols(enum: Enum) -> list[str]:
    """The symbols of an Avro enum: the contract's values in order, and after them UNKNOWN, unless
    one of them says so. It stands in readers for the values of other versions."""
    values = [each.value for each in enum.values]
    return values if unknown(enum) is not None else [*values, UNKNOWN]


def is_map(map_: Map) -> bool:
    """Whether the keys are text, so that the map is one in Avro too; else it is an array of
    records with the fields `key` and `value`."""
    return isinstance(map_.key, String | Uuid | Enum)


LOSSY: tuple[Loss, ...] = (
    Loss(
        "PW313",
        lambda type_: isinstance(type_, Json),
        "Avro has no type for any JSON value, so it travels as a string that holds JSON text",
    ),
    Loss(
        "PW314",
        lambda type_: isinstance(type_, Enum) and not is_enum(type_),
        "some of its values are not Avro symbols, so it travels as a string and readers of the"
        " schema alone do not learn the closed list",
    ),
    Loss(
        "PW315",
        lambda type_: isinstance(type_, Map) and not is_map(type_),
        "the keys of an Avro map are strings, so it travels as an array of key and value records"
        " and readers of the schema alone do not learn that keys are distinct",
    ),
)
