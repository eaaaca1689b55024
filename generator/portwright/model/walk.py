"""Walks over the types of a model."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.model.types import Array, Field, Map, Nullable, Record, Type


def children(type_: Type) -> Iterator[Type]:
    """The types directly inside `type_`, in order."""
    match type_:
        case Nullable(inner):
            yield inner
        case Array(element=element):
            yield element
        case Map(key, value):
            yield key
            yield value
        case Record(fields=fields):
            for each in fields:
                yield each.type
        case _:
            return


def records(type_: Type) -> Iterator[Record]:
    """Every record in `type_`, itself first, then depth first in field order."""
    if isinstance(type_, Record):
        yield type_
    for child in children(type_):
        yield from records(child)


def fields(record: Record, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Field]]:
    """Every field below `record` with its path of property names, outer first."""
    for each in record.fields:
        here = (*path, each.name)
        yield here, each
        for nested in _direct_records(each.type):
            yield from fields(nested, here)


def _direct_records(type_: Type) -> Iterator[Record]:
    if isinstance(type_, Record):
        yield type_
        return
    for child in children(type_):
        yield from _direct_records(child)
