"""What breaks a rule of an object: one fault for each rule, at the place of its property."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portwright.model import (
    Array,
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Object,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
)
from portwright.targets.python.annotations import VECTORS
from portwright.targets.python.examples import limits

# A step into a value: the name of a property, the place in a list, the key of a map; with the
# type that it is written as.
Step = tuple[Type, Any]

_KINDS: Mapping[type[Type], str] = {
    Array: "a list",
    Boolean: "true or false",
    Bytes: "bytes",
    Date: "a date",
    Decimal: "an exact number",
    Enum: "one of its values",
    Float: "a number",
    Integer: "a whole number",
    Map: "a map",
    Record: "an object",
    String: "text",
    Time: "a time of day",
    Timestamp: "a timestamp",
    Uuid: "a UUID",
    Vector: "a list of numbers",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What makes a valid record break the `rule` of the property at `path`: another value where
    `steps` lead to, `type_` being what it is written as; none at all where that is None.

    The path is that of the errors of records, with `*` for the key of a map.
    """

    path: tuple[str | int, ...]
    rule: str
    steps: tuple[Step, ...]
    type_: Type | None = None
    value: Any = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a record a value is."""

    path: tuple[str | int, ...] = ()
    steps: tuple[Step, ...] = ()

    def to(self, type_: Type, step: Any, shown: str | int) -> _Place:
        return _Place((*self.path, shown), (*self.steps, (type_, step)))

    def fault(self, rule: str, type_: Type | None = None, value: Any = None) -> Fault:
        return Fault(self.path, rule, self.steps, type_, value)


def faults(object_: Object, full: Mapping[str, Any]) -> Iterator[Fault]:
    """The faults of an object, whose fullest example is `full`."""
    yield from _in_record(object_.record, full, _Place())
    name = "no_such_property"
    if all(each.name != name for each in object_.record.fields):
        yield _Place().to(String(), name, name).fault("no other property", Integer(), 1)


def _in_record(record: Record, full: Mapping[str, Any], here: _Place) -> Iterator[Fault]:
    for field in record.fields:
        place = here.to(String(), field.name, field.name)
        if field.required:
            yield place.fault("required")
        yield from _in_value(field.type, full.get(field.name), place)


def _in_value(type_: Type, full: Any, here: _Place) -> Iterator[Fault]:
    """The faults of a value and of what is in it; `full` is what the fullest example has there."""
    if isinstance(type_, Nullable):
        yield from _in_value(type_.inner, full, here)
        return
    if not isinstance(type_, Json):
        yield here.fault(_KINDS[type(type_)], *_other(type_))
    for each in limits.of(type_):
        yield here.fault(each.rule, each.type_, each.value)
    match type_:
        case Record() if full is not None:
            yield from _in_record(type_, full, here)
        case Array() if full:
            yield from _in_list(type_, full, here)
        case Vector():
            yield from _in_vector(type_, here)
        case Map() if full:
            yield from _in_map(type_, full, here)
        case _:
            return


def _other(type_: Type) -> Step:
    """A value of another type."""
    if isinstance(type_, String):
        return Integer(), 1
    text = f"not {_KINDS[type(type_)]}"
    while isinstance(type_, Enum) and any(each.value == text for each in type_.values):
        text += "!"
    return String(), text


def _in_part(type_: Type, full: Any, here: _Place) -> Iterator[Fault]:
    """The faults of an element of a list or a value of a map."""
    if not isinstance(type_, Nullable | Json):
        yield here.fault("not null", Nullable(type_), None)
    yield from _in_value(type_, full, here)


def _in_list(array: Array, full: tuple[Any, ...], here: _Place) -> Iterator[Fault]:
    low, high = array.min_items, array.max_items
    for rule, count in limits.sizes(low, high, "element"):
        times = count // len(full) + 1
        yield here.fault(rule, array, (full * times)[:count])
    count = max(low or 0, 2)
    if array.unique_items and count <= limits.MOST and (high is None or count <= high):
        yield here.fault("distinct elements", array, full[:1] * count)
    yield from _in_part(array.element, full[0], here.to(Integer(), 0, 0))


def _in_vector(vector: Vector, here: _Place) -> Iterator[Fault]:
    component = VECTORS[vector.element]
    count = vector.dimensions + 1
    if count <= limits.MOST:
        value = (0.5 if isinstance(component, Float) else 0,) * count
        yield here.fault(limits.counted(vector.dimensions, "number"), vector, value)
    yield from _in_part(component, None, here.to(Integer(), 0, 0))


def _in_map(map_: Map, full: Mapping[Any, Any], here: _Place) -> Iterator[Fault]:
    name, value = next(iter(full.items()))
    yield from _in_part(map_.value, value, here.to(map_.key, name, "*"))
    if isinstance(map_.value, Record | Array | Map | Vector | Nullable | Json):
        return  # where errors of a key are then, is unsettled
    place = _Place((*here.path, "*"), here.steps)
    if not isinstance(map_.key, String):
        written, wrong = _other(map_.key)
        rule = f"{_KINDS[type(map_.key)]} as key"
        yield place.fault(rule, Map(written, map_.value), {wrong: value})
    for each in limits.of(map_.key):
        yield place.fault(f"{each.rule}, as key", Map(each.type_, map_.value), {each.value: value})
