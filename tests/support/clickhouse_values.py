"""What ClickHouse's own client gives back for values of the model, and which values it can hold."""

from __future__ import annotations

import datetime as dt
import json
import struct
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from portwright.model import (
    Array,
    Bytes,
    Date,
    Enum,
    Field,
    Float,
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

_COMPOSITE = (Array, Map, Record, Vector)


def present(type_: Type) -> Type:
    """The type without what ClickHouse has not: lists, maps and records that may be absent."""
    match type_:
        case Nullable(inner):
            return present(inner) if isinstance(inner, _COMPOSITE) else type_
        case Array(element=element):
            return replace(type_, element=present(element))
        case Map(key, inner):
            return replace(type_, key=key, value=present(inner))
        case Record(fields=fields):
            return replace(type_, fields=tuple(map(_present_field, fields)))
        case _:
            return type_


def _present_field(field: Field) -> Field:
    required = field.required or isinstance(field.type, _COMPOSITE)
    return replace(field, type=present(field.type), required=required)


def fitted(type_: Type, value: Any) -> Any:
    """The value with its dates in the four centuries that ClickHouse has."""
    match type_:
        case _ if value is None:
            return None
        case Nullable(inner):
            return fitted(inner, value)
        case Array(element=element):
            return [fitted(element, each) for each in value]
        case Map(key, inner):
            return {fitted(key, k): fitted(inner, v) for k, v in value.items()}
        case Record(fields=fields):
            return {each.name: fitted(each.type, value[each.name]) for each in fields}
        case Date() | Timestamp():
            # Of 400 years on, a date has the same leap day.
            return value.replace(year=1900 + (value.year - 1900) % 400)
        case _:
            return value


def held(type_: Type, value: Any) -> bool:
    """Whether ClickHouse has the value: lists, maps and records that are there, dates of four
    centuries."""
    match type_:
        case Nullable(inner):
            return held(inner, value)
        case _ if value is None:
            return not isinstance(type_, _COMPOSITE) or (
                isinstance(type_, Record) and not type_.fields
            )
        case Array(element=element):
            return all(held(element, each) for each in value)
        case Map(key, inner):
            return all(held(key, k) and held(inner, v) for k, v in value.items())
        case Record(fields=fields):
            return all(held(each.type, value[each.name]) for each in fields)
        case Date() | Timestamp():
            return 1900 <= value.year <= 2299
        case _:
            return True


def told(type_: Type, value: Any) -> Any:
    """The value as it was given, in the form that `read` gives it."""
    match type_:
        case _ if value is None:
            return None
        case Nullable(inner):
            return told(inner, value)
        case Array(element=element):
            return [told(element, each) for each in value]
        case Map(key, inner):
            return {told(key, k): told(inner, v) for k, v in value.items()}
        case Record(fields=fields):
            return {each.name: told(each.type, value[each.name]) for each in fields}
        case Vector():
            return list(value)
        case Uuid():
            return str(value)
        case Timestamp():
            return value.replace(tzinfo=dt.UTC)
        case Float(32):
            return struct.unpack("<f", struct.pack("<f", value))[0]
        case _:
            return value


def read(type_: Type, value: Any) -> Any:
    """A value of the client, as plain data: text is bytes there, times are spans."""
    match type_:
        case _ if value is None:
            return None
        case Nullable(inner):
            return read(inner, value)
        case Array(element=element):
            return [read(element, each) for each in value]
        case Map(key, inner):
            return {read(key, k): read(inner, v) for k, v in value.items()}
        case Record(fields=()) | Json():
            return json.loads(value)
        case Record(fields=fields):
            parts = value.values() if isinstance(value, dict) else value
            pairs = zip(fields, parts, strict=True)
            return {each.name: read(each.type, part) for each, part in pairs}
        case Vector():
            return list(value)
        case Uuid():
            return str(value)
        case Bytes():
            return bytes(value)
        case String() | Enum():
            return value.decode() if isinstance(value, bytes) else value
        case Time() if isinstance(value, dt.timedelta):
            return (dt.datetime.min + value).time()
        case Timestamp():
            return value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        case _:
            return value


def like_sent(record: Record, back: Sequence[Any], sent: Sequence[Any]) -> list[Any]:
    """What was read, in the order of what was sent: a table keeps its own."""
    rows = [read(record, each) for each in back]
    ordered = []
    for each in sent:
        if each in rows:
            ordered.append(rows.pop(rows.index(each)))
    return [*ordered, *rows]
