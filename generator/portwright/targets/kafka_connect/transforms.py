"""Transforms: what makes of a record, as a converter gives it, one with the columns of its table.

A converter of Avro gives moments in microseconds as plain numbers, which connectors take for
milliseconds; Connect's own types say what they are, and keep milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
    Object,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
)
from portwright.targets.avro_types import INTEGERS, field_name
from portwright.targets.kafka_connect.sinks import Config, Sink

_OF_CONNECT = "org.apache.kafka.connect.transforms"


@dataclass(frozen=True, slots=True)
class Transform:
    """One step: its name, its class, and what it is told."""

    name: str
    type: str
    settings: Config


def transforms(object_: Object, sink: Sink, wire: str, upserts: bool) -> Config:
    """The properties of the steps that an object's records go through, in order."""
    steps = [*_steps(object_, sink, wire, upserts)]
    if not steps:
        return {}
    made = {"transforms": ",".join(each.name for each in steps)}
    for each in steps:
        start = f"transforms.{each.name}"
        made[f"{start}.type"] = f"{_OF_CONNECT}.{each.type}"
        made |= {f"{start}.{name}": value for name, value in each.settings.items()}
        if each.type.endswith("$Value"):
            # Tombstones go by.
            made[f"{start}.predicate"] = "isTombstone"
            made[f"{start}.negate"] = "true"
    if any(each.type.endswith("$Value") for each in steps):
        made["predicates"] = "isTombstone"
        made["predicates.isTombstone.type"] = f"{_OF_CONNECT}.predicates.RecordIsTombstone"
    return made


def _steps(object_: Object, sink: Sink, wire: str, upserts: bool) -> Iterator[Transform]:
    fields = object_.record.fields
    if wire == "avro":
        for n, field in enumerate(fields):
            if target := moment(field.type):
                settings = {"field": field_name(field), "target.type": target}
                yield Transform(
                    f"moment{n}",
                    "TimestampConverter$Value",
                    {**settings, "unix.precision": "microseconds"},
                )
    left = [field_name(each) for each in fields if not sink.nested and is_nested(each.type)]
    renamed = [f"{field_name(each)}:{each.column}" for each in fields if is_renamed(each)]
    if left or renamed:
        settings = {"exclude": ",".join(left)} if left else {}
        settings |= {"renames": ",".join(renamed)} if renamed else {}
        yield Transform("columns", "ReplaceField$Value", settings)
    if upserts:
        yield from _key(object_, sink)


def _key(object_: Object, sink: Sink) -> Iterator[Transform]:
    """The steps from the text of a key to the value that its column has."""
    (key,) = object_.fields(object_.primary_key)
    if spec := key_type(key.type):
        yield Transform("value", "Cast$Key", {"spec": spec})
    if sink.hoists_keys:
        yield Transform("key", "HoistField$Key", {"field": key.column})


def key_type(type_: Type) -> str | None:
    """The type that the text of a key is cast to; "" for texts, None where Connect has no such
    cast."""
    match type_:
        case String() | Uuid() | Enum():
            return ""
        case Boolean():
            return "boolean"
        case Integer(bits, signed) if INTEGERS[bits, signed] == "int":
            return "int32"
        case Integer(bits, signed) if INTEGERS[bits, signed] == "long":
            return "int64"
        case Integer() | Float() | Decimal() | Bytes() | Date() | Time() | Timestamp():
            return None
        case Array() | Map() | Record() | Vector() | Json() | Nullable():
            return None
        case _:
            assert_never(type_)


def moment(type_: Type) -> str | None:
    """The type of Connect for a moment in microseconds; None for other types."""
    match type_:
        case Timestamp():
            return "Timestamp"
        case Time():
            return "Time"
        case _:
            return None


def is_nested(type_: Type) -> bool:
    """Whether values of the type hold others."""
    return isinstance(type_, Array | Map | Record | Vector)


def is_renamed(field: Field) -> bool:
    """Whether the field's column has another name than it has in a message."""
    return field_name(field) != field.column
