"""Walking a model: its fields, and its types with the field that each stands in."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.diagnostics import Span
from portwright.model import Field, Model, Record, Type, children, fields, records


def all_fields(model: Model) -> Iterator[Field]:
    """Every field at every depth, in order."""
    for each in model.objects:
        for _, field in fields(each.record):
            yield field


def all_records(model: Model) -> Iterator[Record]:
    """Every record at every depth, in order."""
    for each in model.objects:
        yield from records(each.record)


def types(model: Model) -> Iterator[tuple[Field, Type]]:
    """Every type but the records' own fields, with the field that it belongs to."""
    for field in all_fields(model):
        yield from ((field, type_) for type_ in _inside(field.type))


def _inside(type_: Type) -> Iterator[Type]:
    yield type_
    if not isinstance(type_, Record):
        for child in children(type_):
            yield from _inside(child)


def places(model: Model) -> dict[tuple[str, ...], Span]:
    """Where the objects and properties stand, by path."""
    found: dict[tuple[str, ...], Span] = {}
    for each in model.objects:
        found.setdefault(each.record.path, each.span)
        for path, field in fields(each.record):
            found.setdefault((*each.record.path, *path), field.span)
    return found
