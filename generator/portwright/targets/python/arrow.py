"""The Arrow type of every type of the model, as an expression of the runtime's `arrow` module."""

from __future__ import annotations

from typing import assert_never

from portwright.model import Type
from portwright.targets.arrow_types import (
    LOADED,
    ArrowField,
    ArrowType,
    Exact,
    ListOf,
    MapOf,
    Plain,
    Struct,
    arrow_type,
)
from portwright.targets.python.text import literal


def expression(type_: Type) -> str:
    """`arrow.list_of(arrow.STRING)`."""
    return _type(arrow_type(type_, LOADED))


def _type(type_: ArrowType) -> str:
    match type_:
        case Plain(name):
            return f"arrow.{name}"
        case Exact(precision, scale):
            return f"arrow.decimal({precision}, {scale})"
        case ListOf(element, None):
            return f"arrow.list_of({_inside(element)})"
        case ListOf(element, size):
            return f"arrow.list_of({_inside(element)}, {size})"
        case MapOf(key, value):
            return f"arrow.map_of({_inside(key)}, {_inside(value)})"
        case Struct(fields):
            parts = (f"({literal(each.name)}, {_inside(each)})" for each in fields)
            return f"arrow.struct({', '.join(parts)})"
        case _:
            assert_never(type_)


def _inside(field: ArrowField) -> str:
    """The type of a field that another type holds."""
    inner = _type(field.type)
    return f"arrow.nullable({inner})" if field.nullable else inner
