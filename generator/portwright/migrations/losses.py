"""Losses: what becomes of values of one type that a column of another one is to hold."""

from __future__ import annotations

from enum import IntEnum
from itertools import chain

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
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
)
from portwright.model.matching import match

# The digits of every integer that a float holds exactly.
_DIGITS = {32: 2**24, 64: 2**53}


class Loss(IntEnum):
    """What a cast does to values: it keeps all, refuses those that do not fit, or makes others of
    some; or there is none."""

    NOTHING = 0
    REFUSED = 1
    LOST = 2
    IMPOSSIBLE = 3


def loss(old: Type, new: Type, *, named: bool) -> Loss:
    """What a cast from the old type to the new one does; `named` ones take fields of records by
    their names, others take no records."""
    match old, new:
        case Nullable(inner), _:
            into = new.inner if isinstance(new, Nullable) else new
            refused = Loss.NOTHING if isinstance(new, Nullable) else Loss.REFUSED
            return max(refused, loss(inner, into, named=named))
        case _, Nullable(inner):
            return loss(old, inner, named=named)
        case Array(element=before), Array(element=after):
            return loss(before, after, named=named)
        case Map(), Map():
            parts = ((old.key, new.key), (old.value, new.value))
            return max(loss(before, after, named=named) for before, after in parts)
        case Record(), Record():
            return _records(old, new) if named else Loss.IMPOSSIBLE
        case (Integer() | Decimal() | Float()), (Integer() | Decimal() | Float()):
            return _numbers(old, new)
        case (String() | Enum()), (String() | Enum()):
            return _texts(old, new)
        case (Boolean() | Integer() | Decimal() | Uuid() | Date()), (String() | Enum()):
            return Loss.REFUSED if isinstance(new, Enum) or new.max_length else Loss.NOTHING
        case (Float() | Time() | Timestamp()), (String() | Enum()):
            return Loss.LOST
        case (String() | Enum()), (Integer() | Decimal() | Float() | Uuid() | Date() | Time()):
            return Loss.REFUSED
        case (String() | Enum()), (Timestamp() | Boolean()):
            return Loss.LOST  # of many ways to write one
        case Date(), Timestamp(zoned=False):
            return Loss.NOTHING
        case Date(), Date():
            return Loss.NOTHING
        case (Timestamp() | Date()), (Timestamp() | Date()):
            return Loss.LOST
        case (Bytes(), Bytes()) | (Json(), Json()) | (Time(), Time()) | (Uuid(), Uuid()):
            return Loss.REFUSED
        case Boolean(), Boolean():
            return Loss.NOTHING
        case Vector(), Vector():
            same = (old.dimensions, old.element) == (new.dimensions, new.element)
            return Loss.REFUSED if same else Loss.IMPOSSIBLE
        case _:
            return Loss.IMPOSSIBLE


def _numbers(old: Type, new: Type) -> Loss:
    match old, new:
        case Integer(), Integer():
            fits = new.lowest <= old.lowest and old.highest <= new.highest
            return Loss.NOTHING if fits else Loss.REFUSED
        case Integer(), Decimal(precision, scale):
            fits = max(-old.lowest, old.highest) < 10 ** (precision - scale)
            return Loss.NOTHING if fits else Loss.REFUSED
        case Integer(), Float(bits):
            return Loss.NOTHING if old.highest <= _DIGITS[bits] else Loss.LOST
        case Decimal(precision, scale), Decimal(digits, places):
            if places < scale:
                return Loss.LOST
            return Loss.NOTHING if digits - places >= precision - scale else Loss.REFUSED
        case Decimal(precision, scale), Integer():
            if scale:
                return Loss.LOST
            return (
                Loss.NOTHING if 10**precision - 1 <= min(-new.lowest, new.highest) else Loss.REFUSED
            )
        case Float(bits), Float(more):
            return Loss.NOTHING if bits <= more else Loss.LOST
        case _:
            return Loss.LOST


def _texts(old: Type, new: Type) -> Loss:
    match old, new:
        case String(max_length=before), String(max_length=after):
            fits = after is None or (before is not None and before <= after)
            return Loss.NOTHING if fits else Loss.REFUSED
        case Enum(values=values), String(max_length=int(longest)):
            fits = all(len(each.value) <= longest for each in values)
            return Loss.NOTHING if fits else Loss.REFUSED
        case _, String():
            return Loss.NOTHING
        case _:
            return Loss.REFUSED


def _records(old: Record, new: Record) -> Loss:
    """A field that is gone, or called otherwise, is lost; one that is new is null."""
    found = match(old.fields, new.fields)
    renamed = any(before.name != after.name for before, after in found.pairs)
    missing = any(each.required for each in found.added)
    inner = (loss(before.type, after.type, named=True) for before, after in found.pairs)
    tighter = any(after.required and not before.required for before, after in found.pairs)
    own = (
        Loss.LOST if renamed or found.removed else Loss.NOTHING,
        Loss.IMPOSSIBLE if missing else Loss.NOTHING,
        Loss.REFUSED if tighter else Loss.NOTHING,
    )
    return max(chain(own, inner))
