"""What each type of the model is in Protobuf, as tables, and what a Protobuf reader does not learn.

docs/adr/0003-protobuf-types.md has the reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter

from portwright import names
from portwright.diagnostics import Diagnostic, warning
from portwright.model import (
    Array,
    Boolean,
    Bytes,
    Date,
    Decimal,
    Field,
    Integer,
    Json,
    Map,
    Model,
    String,
    Time,
    Type,
    Uuid,
    Vector,
    VectorElement,
    walk,
)
from portwright.targets.findings import Loss

DATE = "google.type.Date"
DATETIME = "google.type.DateTime"
DECIMAL = "google.type.Decimal"
TIME_OF_DAY = "google.type.TimeOfDay"
TIMESTAMP = "google.protobuf.Timestamp"
VALUE = "google.protobuf.Value"
# The option of a field with its tags.
FIELD_META = "confluent.field_meta"

# The file that has each message, as importers write it.
IMPORTS: Mapping[str, str] = {
    DATE: "google/type/date.proto",
    DATETIME: "google/type/datetime.proto",
    DECIMAL: "google/type/decimal.proto",
    TIME_OF_DAY: "google/type/timeofday.proto",
    TIMESTAMP: "google/protobuf/timestamp.proto",
    VALUE: "google/protobuf/struct.proto",
}
# The same of options.
OPTIONS: Mapping[str, str] = {FIELD_META: "confluent/meta.proto"}

# Types that need no parameter.
PLAIN: Mapping[type[Type], str] = {
    Boolean: "bool",
    Bytes: "bytes",
    Date: DATE,
    Decimal: DECIMAL,
    Json: VALUE,
    String: "string",
    Time: TIME_OF_DAY,
    Uuid: "string",
}

# By bits and sign. No integer of Protobuf has 128 bits; an exact decimal holds every one.
INTEGERS: Mapping[tuple[int, bool], str] = {
    (8, True): "int32",
    (8, False): "uint32",
    (16, True): "int32",
    (16, False): "uint32",
    (32, True): "int32",
    (32, False): "uint32",
    (64, True): "int64",
    (64, False): "uint64",
    (128, True): DECIMAL,
    (128, False): DECIMAL,
}

FLOATS: Mapping[int, str] = {32: "float", 64: "double"}

# By `zoned`. A DateTime without an offset is a wall-clock reading.
TIMESTAMPS: Mapping[bool, str] = {True: TIMESTAMP, False: DATETIME}

# The typed code holds a vector to its dimensions.
VECTORS: Mapping[VectorElement, str] = {
    VectorElement.BFLOAT16: "float",
    VectorElement.BINARY: "uint32",
    VectorElement.FLOAT16: "float",
    VectorElement.FLOAT32: "float",
    VectorElement.FLOAT64: "double",
    VectorElement.INT8: "int32",
    VectorElement.UINT8: "uint32",
}


def package(model: Model) -> str:
    """The Protobuf package: the namespace. Tools know no version 0, so that is `v1alpha1`."""
    namespace = names.namespace(model)
    return namespace if model.major else f"{namespace.removesuffix('v0')}v1alpha1"


def field_name(name: str) -> str:
    """The name of a property in a message: as written where that is good style, else in snake."""
    return name if re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) else names.snake(name)


def lower_camel(field: str) -> str:
    """The JSON name Protobuf gives a field of itself."""
    return re.sub(r"_+(.?)", lambda match: match[1].upper(), field)


def upper_camel(field: str) -> str:
    """The form of a field's name in the name of its map's entry message."""
    camel = lower_camel(field)
    return camel[:1].upper() + camel[1:]


def json_name(field: Field) -> str | None:
    """The contract's name, where neither Protobuf name of the field gives it back in JSON."""
    name = field_name(field.name)
    if field.name in (name, lower_camel(name)):
        return None
    # Protobuf has no JSON name in brackets, and a name no one can see is no use.
    bracketed = field.name.startswith("[") and field.name.endswith("]")
    return None if bracketed or not field.name.isprintable() else field.name


def value_name(enum: str, value: str) -> str:
    """The name of a value of the enum type `enum`: `ORDER_STATUS_OPEN`."""
    return f"{value_prefix(enum)}_{value_suffix(value)}"


def value_prefix(enum: str) -> str:
    """What the values of an enum type start with, cut into words as buf does, which takes digits
    for lower case: `ORDER_STATUS`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])", "_", enum).upper()


def value_suffix(value: str) -> str:
    """A value of an enum without its prefix: `IN_PROGRESS`, and `EU27` or `1ST` as written.
    UNSPECIFIED is the value 0, so the contract's own is UNSPECIFIED_VALUE."""
    plain = re.fullmatch(r"([a-z0-9]+_)*[a-z0-9]+|([A-Z0-9]+_)*[A-Z0-9]+", value)
    suffix = value.upper() if plain else names.value(value)
    return "UNSPECIFIED_VALUE" if suffix == "UNSPECIFIED" else suffix


def is_map(map_: Map) -> bool:
    """Whether the keys may be those of a Protobuf map; else it is a list of entry messages."""
    match map_.key:
        case String() | Uuid() | Boolean():
            return True
        case Integer(bits=bits):
            return bits <= 64
        case _:
            return False


def empty_lists(model: Model) -> Iterator[Diagnostic]:
    """A warning for every object with lists or maps that may be missing, all in one: every port
    has some, and Protobuf knows a missing one only as empty."""
    found = [
        (object_name, ".".join(path), field)
        for (object_name, *path), field in walk.fields(model)
        if not field.required and isinstance(field.type, Array | Map | Vector)
    ]
    for object_name, of_object in groupby(found, key=itemgetter(0)):
        lists = list(of_object)
        told = ", ".join(f"`{path}`" for _, path, _ in lists)
        yield warning(
            "PW335",
            f"`{object_name}`: Protobuf does not tell a missing list or map from an empty one:"
            f" {told}",
            lists[0][2].span,
            "say `required: true` where an empty one can stand for none",
        )


LOSSY: tuple[Loss, ...] = (
    Loss(
        "PW334",
        lambda type_: isinstance(type_, Json),
        "numbers in google.protobuf.Value are doubles, so whole numbers beyond 2^53 are rounded",
    ),
    Loss(
        "PW336",
        lambda type_: isinstance(type_, Map) and not is_map(type_),
        "the keys of a Protobuf map are strings, integers or booleans, so it travels as a list of"
        " entries and readers of the schema alone do not learn that keys are distinct",
    ),
)
