"""Rules of values: lengths, limits, patterns, numbers of items; tighter, looser, or other ones."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal as Number

from portwright.evolution.change import Change, Place
from portwright.evolution.kinds import Kind
from portwright.evolution.limits import ranges
from portwright.model import Array, Bounds, Bytes, String


def lengths(old: String | Bytes, new: String | Bytes, place: Place) -> Iterator[Change]:
    yield from _least("minLength", old.min_length, new.min_length, place)
    yield from _most("maxLength", old.max_length, new.max_length, place)


def texts(old: String, new: String, place: Place) -> Iterator[Change]:
    yield from lengths(old, new, place)
    yield from _other("pattern", old.pattern, new.pattern, place)
    yield from _other("format", old.format, new.format, place)


def items(old: Array, new: Array, place: Place) -> Iterator[Change]:
    yield from _least("minItems", old.min_items, new.min_items, place)
    yield from _most("maxItems", old.max_items, new.max_items, place)
    unique = (old.unique_items or None, new.unique_items or None)
    yield from _other("uniqueItems", *unique, place)


def bounds(old: Bounds, new: Bounds, place: Place, step: Number | None = None) -> Iterator[Change]:
    """Rules of what has an order; exact numbers are multiples of a `step`."""
    yield from ranges(old, new, place, step)
    yield from _multiple(old.multiple_of, new.multiple_of, place)
    yield from _allowed(old.allowed, new.allowed, place)


def _least(fact: str, old: int | None, new: int | None, place: Place) -> Iterator[Change]:
    if old != new:
        tighter = old is None or (new is not None and old < new)
        yield place.change(_kind(tighter), old, new, fact)


def _most(fact: str, old: int | None, new: int | None, place: Place) -> Iterator[Change]:
    if old != new:
        tighter = old is None or (new is not None and new < old)
        yield place.change(_kind(tighter), old, new, fact)


def _other(fact: str, old: object, new: object, place: Place) -> Iterator[Change]:
    """A rule that is there or not; another one allows some values and forbids some."""
    if old != new:
        both = old is not None and new is not None
        yield place.change(Kind.RULE_CHANGED if both else _kind(old is None), old, new, fact)


def _multiple(old: Number | None, new: Number | None, place: Place) -> Iterator[Change]:
    """Of a multiple of the other, fewer values are left."""
    if old == new:
        return
    kind = Kind.RULE_CHANGED
    if old is None or (new is not None and _divides(old, new)):
        kind = Kind.RULE_TIGHTENED
    elif new is None or _divides(new, old):
        kind = Kind.RULE_LOOSENED
    yield place.change(kind, old, new, "multipleOf")


def _divides(one: Number, other: Number) -> bool:
    """Whether `other` is a multiple of `one`; False where there are too many digits to tell."""
    try:
        return other % one == 0
    except ArithmeticError:
        return False


def _allowed(
    old: tuple[Number | str, ...], new: tuple[Number | str, ...], place: Place
) -> Iterator[Change]:
    """The values of an enum that is no text; none are listed where all are allowed."""
    before, after = set(old), set(new)
    if before == after:
        return
    kind = Kind.RULE_CHANGED
    if not old or (new and after < before):
        kind = Kind.RULE_TIGHTENED
    elif not new or before < after:
        kind = Kind.RULE_LOOSENED
    yield place.change(kind, old, new, "enum")


def _kind(tighter: bool) -> Kind:
    return Kind.RULE_TIGHTENED if tighter else Kind.RULE_LOOSENED
