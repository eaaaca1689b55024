"""Walks over a model: its fields, its records, and the types inside a type."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.diagnostics import Span
from portwright.model.contract import Model
from portwright.model.types import Array, Enum, Field, Map, Nullable, Record, Type


def types(type_: Type) -> Iterator[Type]:
    """`type_` and every type inside it, outer first, in order."""
    yield type_
    for child in _children(type_):
        yield from types(child)


def own_types(type_: Type) -> Iterator[Type]:
    """`type_` and what is inside it, down to records: their fields speak for themselves."""
    yield type_
    if not isinstance(type_, Record):
        for child in _children(type_):
            yield from own_types(child)


def records(type_: Type) -> Iterator[Record]:
    """Every record in `type_`, outer first, in order."""
    return (each for each in types(type_) if isinstance(each, Record))


def enums(type_: Type) -> Iterator[Enum]:
    """Every enum in `type_`, in order."""
    return (each for each in types(type_) if isinstance(each, Enum))


def fields(model: Model) -> Iterator[tuple[tuple[str, ...], Field]]:
    """Every field at every depth, outer first, with its path: its object, then properties."""
    for each in model.objects:
        yield from _fields(each.record, (each.name,))


def field_types(model: Model) -> Iterator[tuple[Field, Type]]:
    """Every type but the records of objects, with the field that it belongs to."""
    for _, field in fields(model):
        yield from ((field, type_) for type_ in own_types(field.type))


def all_records(model: Model) -> Iterator[Record]:
    """Every record at every depth, outer first, in order."""
    for each in model.objects:
        yield from records(each.record)


def named_types(model: Model) -> Iterator[tuple[Record | Enum, Span]]:
    """Every record and enum, outer first, with the place of the object or property it is of."""
    for each in model.objects:
        yield each.record, each.span
        for _, field in _fields(each.record, ()):
            for type_ in own_types(field.type):
                if isinstance(type_, Record | Enum):
                    yield type_, field.span


def shows(field: Field) -> bool:
    """Whether the field and all inside it may be shown to everybody."""
    inside = (each for record in records(field.type) for each in record.fields)
    return field.public and all(each.public for each in inside)


def _children(type_: Type) -> Iterator[Type]:
    """The types directly inside `type_`, in order."""
    match type_:
        case Nullable(inner):
            yield inner
        case Array(element=element):
            yield element
        case Map(key, value):
            yield key
            yield value
        case Record(fields=inner_fields):
            for each in inner_fields:
                yield each.type
        case _:
            return


def _fields(record: Record, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Field]]:
    for each in record.fields:
        here = (*path, each.name)
        yield here, each
        for nested in own_types(each.type):
            if isinstance(nested, Record):
                yield from _fields(nested, here)
