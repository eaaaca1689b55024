"""Edits of models drawn by hypothesis: what people do to a contract, at any depth of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from hypothesis import strategies as st

from portwright.model import (
    Array,
    Decimal,
    Enum,
    EnumValue,
    Field,
    Float,
    Integer,
    Map,
    Model,
    Nullable,
    Record,
    String,
    Timestamp,
    Type,
    walk,
)
from support.models import SCALARS, field

Draw = st.DrawFn
Fields = tuple[Field, ...]


@st.composite
def edited(draw: Draw, model: Model, most: int = 3) -> Model:
    """The model after one to `most` edits of its only object."""
    [object_] = model.objects
    record = object_.record
    for _ in range(draw(st.integers(1, most))):
        record = _record(draw, record)
    return replace(model, objects=(replace(object_, record=record),))


def _record(draw: Draw, record: Record) -> Record:
    edit = draw(st.sampled_from(EDITS))
    return replace(record, fields=edit(draw, record.fields))


def _one(draw: Draw, fields: Fields, change: Callable[[Field], Field]) -> Fields:
    """The fields, one of them changed."""
    place = draw(st.integers(0, len(fields) - 1))
    return (*fields[:place], change(fields[place]), *fields[place + 1 :])


def _new_name(fields: Fields) -> str:
    """A name that no field has or had."""
    used = {name for each in fields for name in (each.name, *each.aliases)}
    used |= {name for each in fields for inner in walk.records(each.type) for name in _names(inner)}
    return next(name for name in map("n{}".format, count()) if name not in used)


def _names(record: Record) -> set[str]:
    return {each.name for each in record.fields}


def _add(draw: Draw, fields: Fields) -> Fields:
    added = field(
        _new_name(fields),
        draw(st.sampled_from([*SCALARS.values()])),
        required=draw(st.booleans()),
    )
    place = draw(st.integers(0, len(fields)))
    return (*fields[:place], added, *fields[place:])


def _remove(draw: Draw, fields: Fields) -> Fields:
    place = draw(st.integers(0, len(fields) - 1))
    return fields if len(fields) == 1 else (*fields[:place], *fields[place + 1 :])


def _rename(draw: Draw, fields: Fields) -> Fields:
    def change(given: Field) -> Field:
        return replace(given, name=_new_name(fields), aliases=(given.name, *given.aliases))

    return _one(draw, fields, change)


def _turn(draw: Draw, fields: Fields) -> Fields:
    return _one(draw, fields, lambda given: replace(given, required=not given.required))


def _shuffle(draw: Draw, fields: Fields) -> Fields:
    return tuple(draw(st.permutations(fields)))


def _retype(draw: Draw, fields: Fields) -> Fields:
    return _one(draw, fields, lambda given: replace(given, type=_type(draw, given.type)))


EDITS = (_add, _remove, _rename, _turn, _shuffle, _retype, _retype, _retype, _retype)


def _type(draw: Draw, type_: Type) -> Type:
    """The type, changed in one way that its kind can be, or another one."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from([*SCALARS.values()]))
    match type_:
        case Integer(signed=signed):
            return Integer(draw(st.sampled_from((8, 16, 32, 64, 128))), signed)
        case Float(bits):
            return Float(96 - bits)
        case Decimal(scale=scale):
            return Decimal(draw(st.integers(scale or 1, 38)), scale)
        case String():
            return replace(type_, max_length=draw(st.sampled_from((None, 3, 9))), pattern=None)
        case Timestamp(zoned):
            return Timestamp(not zoned)
        case Enum(values=values):
            return replace(type_, values=_values(draw, values))
        case Array(element):
            inner = _element(draw, element)
            return replace(type_, element=inner, max_items=draw(st.sampled_from((None, 2))))
        case Map(value=value):
            return replace(type_, value=_element(draw, value))
        case Record():
            return _record(draw, type_)
        case _:
            return type_


def _element(draw: Draw, element: Type) -> Type:
    if draw(st.booleans()):
        inner = element.inner if isinstance(element, Nullable) else element
        changed: Any = _type(draw, inner)
        return Nullable(changed) if isinstance(element, Nullable) else changed
    return element.inner if isinstance(element, Nullable) else Nullable(element)


def _values(draw: Draw, values: tuple[EnumValue, ...]) -> tuple[EnumValue, ...]:
    known = [each.value for each in values]
    new = draw(st.sampled_from(("C", "D", "UNKNOWN", "not-a-name")))
    if draw(st.booleans()) and new not in known:
        return (*values, EnumValue(new))
    return values[1:] if len(values) > 1 else values
