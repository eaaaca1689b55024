"""What a reader of one version is to see of a value that was written by another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal as Number
from typing import Any
from uuid import UUID

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
from portwright.model.matching import match
from portwright.targets import avro_types

# What a reader that needs a value is to see where there is none: nothing is equal to it.
MISSING = object()


@dataclass(frozen=True)
class Sight:
    """What a reader is to see of a value: the same, in what is the same thing to both versions.

    `forward` says that the old version reads, `key` names properties in the values, `lists` says
    that a missing list is read as empty.
    """

    forward: bool
    key: Callable[[Field], str]
    lists: bool

    def of(self, reader: Type, writer: Type, value: Any) -> Any:
        reader, writer = _inner(reader), _inner(writer)
        match reader, writer:
            case _ if value is None:
                return None
            case Array(element=read), Array(element=written):
                return [self.of(read, written, each) for each in value]
            case Map(), Map() if isinstance(value, dict):
                return {
                    self.of(reader.key, writer.key, name): self.of(reader.value, writer.value, each)
                    for name, each in value.items()
                }
            case Map(), Map():
                return [
                    {
                        "key": self.of(reader.key, writer.key, each["key"]),
                        "value": self.of(reader.value, writer.value, each["value"]),
                    }
                    for each in value
                ]
            case Record(), Record():
                return {
                    self.key(field): self._field(field, found, value)
                    for field, found in self._pairs(reader, writer)
                }
            case Enum(), Enum() if value not in [each.value for each in reader.values]:
                return avro_types.UNKNOWN
            case _:
                return value

    def _pairs(self, reader: Record, writer: Record) -> Iterator[tuple[Field, Field | None]]:
        """The properties of the reader, each with the writer's that is the same thing."""
        old, new = (reader, writer) if self.forward else (writer, reader)
        pairs = match(old.fields, new.fields).pairs
        found = {(a if self.forward else b): (b if self.forward else a) for a, b in pairs}
        return ((each, found.get(each)) for each in reader.fields)

    def _field(self, field: Field, found: Field | None, value: Any) -> Any:
        held = None if found is None else value.get(self.key(found))
        if held is not None and found is not None:
            return self.of(field.type, found.type, held)
        if found is not None and isinstance(found.type, Json):
            return None  # as JSON has it
        if self.lists and isinstance(field.type, Array | Map | Vector):
            return {} if isinstance(field.type, Map) else []
        return MISSING if field.required else None


def known(type_: Type, value: Any, strict: bool = False) -> Any:
    """Of a value as JSON or code has it, what a reader of the type looks at; what is not there is
    None, or, to be `strict`, an error."""
    match _inner(type_):
        case _ if value is None:
            return None
        case Record(fields=fields) if isinstance(value, dict):
            if strict and (gone := {each.name for each in fields} - value.keys()):
                raise AttributeError(*gone)
            return {each.name: known(each.type, value.get(each.name), strict) for each in fields}
        case Array(element=inner) if isinstance(value, list | tuple):
            return [known(inner, each, strict) for each in value]
        case Map(value=inner) if isinstance(value, dict):
            return {key: known(inner, each, strict) for key, each in value.items()}
        case _:
            return value


# What code takes values of a type for; those that are not here are looked at by nobody.
_CLASSES: dict[type[Any], type[Any]] = {
    Array: list,
    Boolean: bool,
    Bytes: bytes,
    Date: dt.date,
    Decimal: Number,
    Enum: str,
    Float: float,
    Integer: int,
    Map: dict,
    Record: dict,
    String: str,
    Time: dt.time,
    Timestamp: dt.datetime,
    Uuid: UUID,
}


def handle(type_: Type, value: Any, optional: bool = False) -> None:
    """What code does with a value of the type, which is a TypeError with another one."""
    if value is None and (optional or isinstance(type_, Nullable | Json)):
        return
    type_ = _inner(type_)
    if value is None or not isinstance(value, _CLASSES.get(type(type_), object)):
        raise TypeError(type(value))
    match type_:
        case Record(fields=fields):
            for each in fields:
                handle(each.type, value[each.name], optional=not each.required)
        case Array(element=inner):
            for each in value:
                handle(inner, each)
        case Map(key, inner):
            for name, each in value.items():
                handle(key, name)
                handle(inner, each)
        case Enum(values=values) if value not in [each.value for each in values]:
            raise TypeError(value)
        case Timestamp(zoned) if zoned != (value.tzinfo is not None):
            raise TypeError(value)
        case Date() if isinstance(value, dt.datetime):
            raise TypeError(value)


def _inner(type_: Type) -> Type:
    return type_.inner if isinstance(type_, Nullable) else type_


def plain(value: Any) -> Any:
    """The value with lists for tuples, and texts for members of enums."""
    match value:
        case dict():
            return {plain(key): plain(each) for key, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case str():
            return str(value)
        case _:
            return value
