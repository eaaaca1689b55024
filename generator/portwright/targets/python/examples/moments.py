"""Dates, times and timestamps of a type; all keep to its bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any

from portwright.model import Date, Time, Timestamp
from portwright.targets.python.examples.rules import Temporal, fits, moment

_MANY = 500
_SMALLEST = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is taken first, what comes after it, and what readers get wrong."""

    first: str
    step: timedelta
    odd: str


_KINDS: Mapping[type[Temporal], _Kind] = {
    Date: _Kind("2026-01-05", timedelta(days=1), "2024-02-29"),
    Time: _Kind("12:00:00", timedelta(minutes=1), "23:59:59.999999"),
    Timestamp: _Kind("2026-01-05T12:00:00", timedelta(hours=1), "2024-02-29T23:59:59.999999"),
}


def moments(type_: Temporal) -> Iterator[Any]:
    """Values of the type, some of them twice."""
    kind, bounds = _KINDS[type(type_)], type_.bounds
    if bounds.allowed:
        return _fitting(type_, (moment(type_, str(each)) for each in bounds.allowed))
    low = bounds.minimum or bounds.exclusive_minimum
    high = bounds.maximum or bounds.exclusive_maximum
    steps = [kind.step, _SMALLEST] if isinstance(type_, Time | Timestamp) else [kind.step]
    starts = [(_plain(type_, kind.first), kind.step)]
    for step in steps:
        starts += [(moment(type_, str(low)), step)] if low else []
        starts += [(moment(type_, str(high)), -step)] if high else []
    return _fitting(type_, (later(start, step * n) for start, step in starts for n in range(_MANY)))


def edges(type_: Temporal) -> Iterator[Any]:
    """All values, where the contract lists them, else the first and the last that it allows, and
    one that readers get wrong: with microseconds, on a leap day."""
    bounds = type_.bounds
    limits = (*bounds.allowed, bounds.minimum, bounds.maximum)
    ends = (moment(type_, str(each)) for each in limits if each is not None)
    return _fitting(type_, chain(ends, [_plain(type_, _KINDS[type(type_)].odd)]))


def _plain(type_: Temporal, text: str) -> Any:
    is_instant = isinstance(type_, Timestamp) and type_.zoned
    return moment(type_, f"{text}Z" if is_instant else text)


def later(value: Any, distance: timedelta) -> Any:
    """The value that far on; None where there is no such day or time."""
    try:
        if isinstance(value, time):
            day = date(2026, 1, 5)
            whole = datetime.combine(day, value) + distance
            return whole.time() if whole.date() == day else None
        return value + distance
    except OverflowError:
        return None


def _fitting(type_: Temporal, values: Iterator[Any]) -> Iterator[Any]:
    return (each for each in values if each is not None and fits(type_, each))
