"""The range of a value in two versions: which end leaves more or less than before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal as Number
from decimal import localcontext
from typing import Any

from portwright.evolution.change import Change, Place
from portwright.evolution.kinds import Kind
from portwright.model import Bounds

# More digits than any exact number has.
_DIGITS = 100


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a range, as the contract says it. `at` orders ends: the limit, and whether what
    equals it is left out (at a lower end) or in (at an upper one)."""

    key: str
    said: Number | str
    at: tuple[Any, bool]


def ranges(old: Bounds, new: Bounds, place: Place, step: Number | None) -> Iterator[Change]:
    """What has become of both ends. Exact numbers have a `step`, by which their limits are: to be
    above 0 is to be 1 at least in steps of 1."""
    before, after = _lower(old, step), _lower(new, step)
    tighter = before is None or (after is not None and after.at > before.at)
    yield from _end(before, after, tighter, place)
    before, after = _upper(old, step), _upper(new, step)
    tighter = before is None or (after is not None and after.at < before.at)
    yield from _end(before, after, tighter, place)


def _end(old: _End | None, new: _End | None, tighter: bool, place: Place) -> Iterator[Change]:
    if (old and old.at) == (new and new.at):
        return
    kind = Kind.RULE_TIGHTENED if tighter else Kind.RULE_LOOSENED
    keys = {each.key for each in (old, new) if each is not None}
    if len(keys) == 1:
        yield place.change(kind, old and old.said, new and new.said, keys.pop())
    else:
        before, after = (each and f"{each.key} {each.said}" for each in (old, new))
        yield place.change(kind, before, after, "limit")


def _lower(bounds: Bounds, step: Number | None) -> _End | None:
    """The end that leaves less, where both are said."""
    ends = []
    if bounds.minimum is not None:
        ends.append(_End("minimum", bounds.minimum, (_at(bounds.minimum), False)))
    if (limit := bounds.exclusive_minimum) is not None:
        at = (_at(limit, step or Number(0)), step is None)
        ends.append(_End("exclusiveMinimum", limit, at))
    return max(ends, key=lambda each: each.at, default=None)


def _upper(bounds: Bounds, step: Number | None) -> _End | None:
    """The end that leaves less, where both are said."""
    ends = []
    if bounds.maximum is not None:
        ends.append(_End("maximum", bounds.maximum, (_at(bounds.maximum), True)))
    if (limit := bounds.exclusive_maximum) is not None:
        at = (_at(limit, -(step or Number(0))), step is not None)
        ends.append(_End("exclusiveMaximum", limit, at))
    return min(ends, key=lambda each: each.at, default=None)


def _at(limit: Number | str, step: Number = Number(0)) -> Number | str:
    """The limit to compare: the first number that it allows, where numbers have steps."""
    if isinstance(limit, str):
        return limit.removesuffix("Z")  # which sorts after the point of a fraction
    with localcontext(prec=_DIGITS):
        return limit + step
