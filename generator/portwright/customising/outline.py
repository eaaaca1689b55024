"""A model in a few lines, for people: its objects, with number, name and type of each property."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from portwright.model import (
    Array,
    Decimal,
    Enum,
    Field,
    Float,
    Integer,
    Map,
    Model,
    Nullable,
    Object,
    Record,
    Timestamp,
    Type,
    Vector,
)
from portwright.model.types import Boolean, Bytes, Date, Json, String, Time, Uuid
from portwright.render import one_line


def outline(model: Model) -> str:
    """The lines."""
    head = f"{one_line(model.source)}: {one_line(model.name)} {one_line(model.version)}"
    return "\n".join((head, *(line for each in model.objects for line in _object(each))))


def _object(object_: Object) -> Iterator[str]:
    yield f"  {one_line(object_.name)} ({', '.join(object_.ports)})"
    yield from _fields(object_.record, "    ", frozenset(object_.primary_key))


def _fields(record: Record, indent: str, keys: frozenset[str]) -> Iterator[str]:
    for each in record.fields:
        facts = ["key"] if each.name in keys else [] if each.required else ["optional"]
        facts += [] if each.public else [one_line(each.classification or "")]
        yield f"{indent}{each.number} {one_line(each.name)}: {', '.join((_told(each), *facts))}"
        for inner in _records(each.type):
            yield from _fields(inner, f"{indent}  ", frozenset())


def _told(field: Field) -> str:
    return word(field.type)


def _records(type_: Type) -> Iterator[Record]:
    match type_:
        case Record():
            yield type_
        case Array(element=inner) | Nullable(inner) | Map(value=inner):
            yield from _records(inner)


def word(type_: Type) -> str:
    """The type in a word or two."""
    match type_:
        case Integer(bits, signed):
            return f"{'' if signed else 'u'}int{bits}"
        case Float(bits):
            return f"float{bits}"
        case Decimal(precision, scale):
            return f"decimal({precision}, {scale})"
        case Timestamp(zoned):
            return "timestamp" if zoned else "timestamp without zone"
        case Nullable(inner):
            return f"{word(inner)} or null"
        case Array(element=inner):
            return f"array of {word(inner)}"
        case Map(key, value):
            return f"map of {word(key)} to {word(value)}"
        case Vector(dimensions, element):
            return f"vector of {dimensions} {element}"
        case Enum(values=values):
            return f"one of {', '.join(one_line(each.value) for each in values)}"
        case Boolean() | Bytes() | Date() | Json() | Record() | String() | Time() | Uuid():
            return type(type_).__name__.lower()
        case _:
            assert_never(type_)
