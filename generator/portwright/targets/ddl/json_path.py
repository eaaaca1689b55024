"""Rules inside a value stored as JSON, as SQL/JSON paths that find what breaks them.

The JSON is that of the `json-schema` target. Only what a path says exactly is here: presence,
limits of whole and binary numbers, enums, how many items. Paths are lax, so that a null or an
absent part breaks no rule but its own. A filter then looks inside a list by itself, which is why
the length of a list is asked of what holds it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal as Number

from portwright.model import (
    Array,
    Bounds,
    Enum,
    Field,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Record,
    Type,
    Vector,
)
from portwright.targets.ddl.text import number


@dataclass(frozen=True, slots=True)
class Rule:
    """`breach` is a path that finds something where the rule at `path` is broken."""

    path: str
    name: str
    words: str
    breach: str


def rules(type_: Type, path: str) -> Iterator[Rule]:
    """The rules inside a JSON value of the type, which is itself at `path`."""
    if isinstance(type_, Array):
        yield from _lengths(type_, path, "$", "@")
    yield from _rules(type_, path, "$", "$[*]")


def _rules(type_: Type, path: str, found: str, items: str | None) -> Iterator[Rule]:
    """The rules about the values that the path `found` finds, and about what is in them.

    `items` finds the elements of those that are lists: a lax `[*]` takes a null for a list of
    one. Without it the elements are not asked to be there.
    """
    match type_:
        case Nullable(inner):
            yield from _rules(inner, path, found, None)
        case Record(fields=fields):
            for field in fields:
                yield from _field(field, path, found)
        case Array(element=element):
            yield from _elements(element, f"{path}[]", f"{found}[*]", items)
        case Map(value=value):
            yield from _elements(value, f"{path}{{}}", f"{found}.*", f"{found}.*")
        case Integer(bounds=bounds) | Float(bounds=bounds):
            yield from _bounds(bounds, path, found)
        case Enum(values=values):
            allowed = [json.dumps(each.value) for each in values]
            words = f"must be one of {', '.join(each.value for each in values)}"
            yield Rule(path, "enum", words, f"{found} ? ({_none_of(allowed)})")
        case _:
            return


def _field(field: Field, path: str, found: str) -> Iterator[Rule]:
    path, key = f"{path}.{field.name}", _key(field.name)
    if field.required:
        absent = f"!exists(@.{key})"
        if not isinstance(field.type, Json):  # null is a JSON value like any other
            # Not `== null`, which a null in a list would meet too.
            absent = f'({absent} || @.{key}.type() == "null")'
        breach = f'{found} ? (@.type() == "object" && {absent})'
        yield Rule(path, "required", "must not be null", breach)
    if isinstance(field.type, Array | Vector):
        yield from _lengths(field.type, path, found, f"@.{key}")
    items = f'{found} ? (@.{key}.type() == "array").{key}[*]'
    yield from _rules(field.type, path, f"{found}.{key}", items)


def _elements(type_: Type, path: str, found: str, items: str | None) -> Iterator[Rule]:
    # Of a list in a list the filter would look at the inner elements, which may be null.
    if items and not isinstance(type_, Nullable | Array | Json):
        yield Rule(path, "required", "must not be null", f"{items} ? (@ == null)")
    yield from _rules(type_, path, found, f"{items}[*]" if items else None)


def _lengths(type_: Array | Vector, path: str, holder: str, list_: str) -> Iterator[Rule]:
    """The rules about the length of the list that is `list_` in what the path `holder` finds."""
    least, most = _least_and_most(type_)
    for name, limit, operator, words in (
        ("min_items", least, "<", "at least"),
        ("max_items", most, ">", "at most"),
    ):
        if limit is None:
            continue
        words = f"must have {words} {limit} item{'' if limit == 1 else 's'}"
        if holder == "$" and list_ == "@":
            yield Rule(path, name, words, f"$.size() ? (@ {operator} {limit})")
        else:
            size = f'{list_}.type() == "array" && {list_}.size() {operator} {limit}'
            yield Rule(path, name, words, f"{holder} ? ({size})")


def _least_and_most(type_: Array | Vector) -> tuple[int | None, int | None]:
    if isinstance(type_, Vector):
        return type_.dimensions, type_.dimensions
    return type_.min_items or None, type_.max_items


def _bounds(bounds: Bounds, path: str, found: str) -> Iterator[Rule]:
    for name, limit, broken, sign in (
        ("minimum", bounds.minimum, "<", "≥"),
        ("exclusive_minimum", bounds.exclusive_minimum, "<=", ">"),
        ("maximum", bounds.maximum, ">", "≤"),
        ("exclusive_maximum", bounds.exclusive_maximum, ">=", "<"),
    ):
        if isinstance(limit, Number):
            text = number(limit)
            yield Rule(path, name, f"must be {sign} {text}", f"{found} ? (@ {broken} {text})")
    allowed = [number(each) for each in bounds.allowed if isinstance(each, Number)]
    if allowed:
        words = f"must be one of {', '.join(allowed)}"
        yield Rule(path, "enum", words, f"{found} ? ({_none_of(allowed)})")


def _none_of(allowed: list[str]) -> str:
    return " && ".join(f"@ != {each}" for each in ("null", *allowed))


def _key(name: str) -> str:
    """The member's name in a path, in quotes where it is not a plain word."""
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else json.dumps(name)
