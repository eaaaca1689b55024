"""The examples that a contract gives, which are JSON, as values of Python."""

from __future__ import annotations

from base64 import b64decode
from decimal import Decimal as Number
from typing import Any, assert_never
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
from portwright.targets.python.annotations import VECTORS
from portwright.targets.python.examples.rules import fits, moment, single


def given(field: Field) -> list[Any]:
    """The examples of the field that keep to all rules, each once."""
    found: list[Any] = []
    for each in field.examples:
        value = _read(field.type, each)
        if value not in found and fits(field.type, value):
            found.append(value)
    return found


def _read(type_: Type, value: Any) -> Any:
    match type_:
        case Boolean() | Integer() | String() | Enum() | Json():
            return value
        case Float(bits):
            return single(float(value)) if bits == 32 else float(value)
        case Decimal():
            return Number(value)
        case Uuid():
            return UUID(value)
        case Bytes():
            return b64decode(value)
        case Date() | Time() | Timestamp():
            return moment(type_, value)
        case Nullable(inner):
            return None if value is None else _read(inner, value)
        case Array(element=element):
            return tuple(_read(element, each) for each in value)
        case Vector(element=component):
            return tuple(_read(VECTORS[component], each) for each in value)
        case Map(key, inner):
            return {_key(key, name): _read(inner, each) for name, each in value.items()}
        case Record(fields=fields):
            return {
                each.name: _read(each.type, value[each.name])
                for each in fields
                if each.name in value
            }
        case _:
            assert_never(type_)


def _key(type_: Type, text: str) -> Any:
    """The key of a map, which is text in JSON."""
    match type_:
        case Boolean():
            return text == "true"
        case Integer():
            return int(text)
        case _:
            return _read(type_, text)
