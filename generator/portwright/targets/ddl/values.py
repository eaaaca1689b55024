"""Checks over values: every rule of the contract about a row, as a predicate in SQL.

A predicate is true or unknown (null) where the row is fine, as a CHECK wants it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from portwright.model import (
    Array,
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
    Vector,
    VectorElement,
)
from portwright.targets.ddl import json_path
from portwright.targets.ddl.column_types import (
    array_form,
    effective_kind,
    is_list,
    map_form,
    struct_form,
)
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.kinds import Kind, kind
from portwright.targets.ddl.limits import limits
from portwright.targets.ddl.text import literal, quote
from portwright.targets.ddl.types import ArrayForm


@dataclass(frozen=True, slots=True)
class Check:
    """One rule. `path` is the place in a record (`lines[].quantity`), `name` the rule's own
    (`minimum`), `rule` the rule in words, `inline` whether the engine allows the predicate in
    a CHECK of the table."""

    path: str
    name: str
    rule: str
    predicate: str
    inline: bool = True


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value is: its path, the expression that gives it, how many lists it is inside, and
    whether there may be none."""

    path: str
    value: str
    depth: int = 0
    absent: bool = False


def column_checks(field: Field, dialect: Dialect) -> Iterator[Check]:
    """The rules about what is in a column, its being there aside."""
    place = _Place(field.name, quote(field.column, dialect), absent=not field.required)
    yield from _checks(field.type, place, dialect)


def presence(field: Field, dialect: Dialect) -> Check:
    """The rule that a required column is not null."""
    return Check(
        field.name, "required", "must not be null", f"{quote(field.column, dialect)} IS NOT NULL"
    )


def _checks(type_: Type, place: _Place, dialect: Dialect) -> Iterator[Check]:
    match type_:
        case Nullable(inner):
            yield from _checks(inner, replace(place, absent=True), dialect)
        case Integer() | Decimal() | Float() | Date() | Time() | Timestamp():
            for each in limits(type_, place.value, dialect):
                yield Check(place.path, each.name, each.words, each.predicate)
        case String():
            yield from _string(type_, place, dialect)
        case Bytes(shortest, longest):
            length = dialect.functions.byte_length.format(value=place.value)
            yield from _count(place, length, shortest, longest, "byte")
        case Enum(values=values):
            held = [each.value for each in values if each.value or not dialect.types.empty_text]
            options = ", ".join(literal(each, dialect) for each in held)
            words = ", ".join(each.value for each in values)
            predicate = f"{place.value} IS NULL"
            if held:
                predicate = dialect.functions.one_of.format(value=place.value, options=options)
            yield Check(place.path, "enum", f"must be one of {words}", predicate)
        case Vector():
            yield from _vector(type_, place, dialect)
        case Array():
            yield from _array(type_, place, dialect)
        case Map():
            yield from _map(type_, place, dialect)
        case Record():
            yield from _record(type_, place, dialect)
        case Json():
            yield from _json(type_, place, dialect)
        case _:
            return


def _string(type_: String, place: _Place, dialect: Dialect) -> Iterator[Check]:
    held = (
        effective_kind(type_, dialect) is Kind.VARCHAR and Kind.VARCHAR not in dialect.types.wider
    )
    longest = None if held else type_.max_length
    length = dialect.functions.char_length.format(value=place.value)
    yield from _count(place, length, type_.min_length, longest, "character")
    matches = dialect.functions.matches
    if type_.pattern and matches and (pattern := dialect.functions.pattern(type_.pattern)):
        yield Check(
            place.path,
            "pattern",
            f"must match {type_.pattern}",
            matches.format(value=place.value, pattern=literal(pattern, dialect)),
        )


def _count(
    place: _Place, length: str, least: int | None, most: int | None, unit: str
) -> Iterator[Check]:
    if least:
        words = f"must have at least {least} {unit}{'' if least == 1 else 's'}"
        yield Check(place.path, f"min_{unit}s", words, f"{length} >= {least}")
    if most is not None:
        words = f"must have at most {most} {unit}{'' if most == 1 else 's'}"
        yield Check(place.path, f"max_{unit}s", words, f"{length} <= {most}")


_VECTOR_RANGES = {
    VectorElement.BINARY: (0, 1),
    VectorElement.INT8: (-128, 127),
    VectorElement.UINT8: (0, 255),
}


def _vector(type_: Vector, place: _Place, dialect: Dialect) -> Iterator[Check]:
    leaf = dialect.types.leaf
    if leaf[kind(type_)] == leaf[Kind.JSON]:
        yield from _json(type_, place, dialect)
    if kind(type_) not in dialect.types.wider:
        return
    length = dialect.functions.dimensions.format(value=place.value)
    words = f"must have {type_.dimensions} components"
    empty = place.absent and kind(type_) in dialect.types.never_null
    predicate = (
        f"{length} IN (0, {type_.dimensions})" if empty else f"{length} = {type_.dimensions}"
    )
    yield Check(place.path, "dimensions", words, predicate)
    array = dialect.types.array
    if array is None:
        return
    item = _item(place, "[]")
    if not dialect.types.nullable:
        yield from _each(array, place, place.value, _presence(item))
    if type_.element in _VECTOR_RANGES:
        low, high = _VECTOR_RANGES[type_.element]
        words = f"must be from {low} to {high}"
        predicate = f"{item.value} BETWEEN {low} AND {high}"
        yield from _each(array, place, place.value, Check(item.path, "range", words, predicate))


def _array(type_: Array, place: _Place, dialect: Dialect) -> Iterator[Check]:
    form = array_form(type_, dialect)
    if form is None:
        yield from _json(type_, place, dialect)
        return
    if form.length:
        length = form.length.format(value=place.value)
        least = None if place.absent and form.absent else type_.min_items
        yield from _count(place, length, least, type_.max_items, "item")
    if type_.unique_items and form.distinct and form.non_null:
        distinct = form.distinct.format(value=place.value)
        present = form.non_null.format(value=place.value)
        yield Check(
            place.path, "unique_items", "must have distinct items", f"{distinct} = {present}"
        )
    stated = _stated(type_, form, place, dialect)
    item = _item(place, "[]", form.inner_item if is_list(type_.element, dialect) else "{item}")
    for check in _elements(form, type_.element, place, place.value, item, dialect):
        yield stated.get((check.path, check.name), check)


def _stated(
    type_: Array, form: ArrayForm, place: _Place, dialect: Dialect
) -> dict[tuple[str, str], Check]:
    """The rules about elements that the engine allows in a CHECK, by path and name: those that a
    path finds in the list as JSON."""
    if form.as_json is None:
        return {}
    as_json = replace(place, value=form.as_json.format(value=place.value))
    return {(each.path, each.name): each for each in _json(type_, as_json, dialect)}


def _map(type_: Map, place: _Place, dialect: Dialect) -> Iterator[Check]:
    form = map_form(type_, dialect)
    array = dialect.types.array
    if form is None or array is None:
        yield from _json(type_, place, dialect)
        return
    for inside, list_, item in (
        # A key is never null.
        (Nullable(type_.key), form.keys, _item(place, "{}.key", form.key_item)),
        (type_.value, form.values, _item(place, "{}", form.value_item)),
    ):
        if list_:
            list_of = list_.format(value=place.value)
            yield from _elements(array, inside, place, list_of, item, dialect)


def _elements(
    form: ArrayForm, type_: Type, place: _Place, list_: str, item: _Place, dialect: Dialect
) -> Iterator[Check]:
    """The rules about the elements of the list `list_`, which stands at `place`."""
    # Null is a JSON value like any other.
    if not isinstance(type_, Nullable | Json) and not dialect.types.nullable:
        yield from _each(form, place, list_, _presence(item))
    for check in _checks(type_, item, dialect):
        yield from _each(form, place, list_, check)


def _item(place: _Place, suffix: str, form: str = "{item}") -> _Place:
    """An element of the list at `place`: what stands in the list, or what the form finds there."""
    value = form.format(item=_variable(place))
    return _Place(place.path + suffix, value, place.depth + 1)


def _variable(place: _Place) -> str:
    """What an element of the list at `place` is called in an expression over each of them."""
    return f"x{place.depth + 1}"


def _presence(place: _Place) -> Check:
    return Check(place.path, "required", "must not be null", f"{place.value} IS NOT NULL")


def _each(form: ArrayForm, place: _Place, list_: str, check: Check) -> Iterator[Check]:
    """The check over every element of a list, where the engine has an expression for that."""
    if form.every:
        item = _variable(place)
        predicate = form.every.format(list=list_, item=item, predicate=check.predicate)
        yield replace(check, predicate=predicate, inline=check.inline and form.every_inline)


def _record(type_: Record, place: _Place, dialect: Dialect) -> Iterator[Check]:
    form = struct_form(type_, dialect)
    if form is None:
        yield from _json(type_, place, dialect)
        return
    if form.access is None:
        return
    for field in type_.fields:
        value = form.access.format(
            value=place.value,
            name=literal(field.column, dialect),
            identifier=quote(field.column, dialect, folded=False),
        )
        inherited = form.absent is not None or not form.not_null_in_optional
        absent = not field.required or (place.absent and inherited)
        inner = _Place(f"{place.path}.{field.name}", value, place.depth, absent)
        optional = place.absent or place.depth
        held = form.not_null and (form.not_null_in_optional or not optional)
        if field.required and not (dialect.types.nullable or held):
            predicate = f"{place.value} IS NULL OR {value} IS NOT NULL"
            yield Check(inner.path, "required", "must not be null", predicate)
        yield from _checks(field.type, inner, dialect)


def _json(type_: Type, place: _Place, dialect: Dialect) -> Iterator[Check]:
    """The rules about a value that is held as JSON."""
    if is_json := dialect.functions.is_json:
        yield Check(place.path, "json", "must be JSON", is_json.format(value=place.value))
    breach = dialect.types.json_breach
    if breach is None:
        if isinstance(type_, Array) and (length := dialect.functions.json_length):
            items = length.format(value=place.value)
            yield from _count(place, items, type_.min_items, type_.max_items, "item")
        return
    for rule in json_path.rules(type_, place.path):
        found = breach.format(value=place.value, path=literal(rule.breach, dialect))
        yield Check(rule.path, rule.name, rule.words, f"NOT {found}")
