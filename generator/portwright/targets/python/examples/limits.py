"""Values that break one rule of a type without parts, where they can no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from decimal import Decimal as Number
from decimal import localcontext
from itertools import chain, islice
from typing import Any

from portwright import regex
from portwright.model import (
    Bounds,
    Bytes,
    Date,
    Decimal,
    Float,
    Integer,
    String,
    Time,
    Timestamp,
    Type,
)
from portwright.targets.python.examples import moments, numbers
from portwright.targets.python.examples.rules import (
    EXACT,
    Numeric,
    Temporal,
    fits,
    is_checked,
    moment,
    refused,
)

# The most characters, bytes or elements that are too many.
MOST = 10_000
_TRIED = 200
_STEPS: Mapping[type[Temporal], timedelta] = {
    Date: timedelta(days=1),
    Time: timedelta(microseconds=1),
    Timestamp: timedelta(microseconds=1),
}


@dataclass(frozen=True, slots=True)
class Break:
    """A rule, a value that breaks it, and the type that the value is written as."""

    rule: str
    type_: Type
    value: Any


def of(type_: Type) -> Iterator[Break]:
    """A break of each rule; of a type with parts there are none here."""
    match type_:
        case Integer() | Float() | Decimal():
            yield from _of_size(type_)
            yield from _of_bounds(type_, _number_beside)
        case Date() | Time() | Timestamp():
            yield from _of_zone(type_)
            yield from _of_bounds(type_, _moment_beside)
        case String(low, high):
            yield from (Break(rule, type_, "x" * n) for rule, n in sizes(low, high, "character"))
            yield from _of_pattern(type_)
        case Bytes(low, high):
            yield from (Break(rule, type_, b"x" * n) for rule, n in sizes(low, high, "byte"))
        case _:
            return


def sizes(low: int | None, high: int | None, word: str) -> Iterator[tuple[str, int]]:
    """Counts that are too small and too great, with the rule."""
    if low and low <= MOST:
        yield f"at least {counted(low, word)}", low - 1
    if high is not None and high < MOST:
        yield f"at most {counted(high, word)}", high + 1


def counted(count: int, word: str) -> str:
    """`2 elements`."""
    return f"{count} {word}{'' if count == 1 else 's'}"


# ------------------------------------------------------------------- numbers


def _of_size(type_: Numeric) -> Iterator[Break]:
    """Numbers beyond the bits or digits."""
    match type_:
        case Integer(bounds=bounds):
            if bounds.maximum is None and bounds.exclusive_maximum is None:
                yield Break(f"at most {type_.highest}", type_, type_.highest + 1)
            if bounds.minimum is None and bounds.exclusive_minimum is None:
                yield Break(f"at least {type_.lowest}", type_, type_.lowest - 1)
        case Float(bits):
            yield Break(f"a number of {bits} bits", type_, 1e39 if bits == 32 else float("inf"))
        case Decimal(precision, scale):
            before = precision - scale
            rule = f"at most {counted(before, 'digit')} before the point"
            yield Break(rule, type_, Number(1).scaleb(before))
            rule = f"at most {counted(scale, 'digit')} after the point"
            yield Break(rule, type_, Number(1).scaleb(-scale - 1))


def _number_beside(type_: Numeric, limit: Number, side: int) -> Any:
    match type_:
        case Integer():
            return int(limit) + side
        case Float():
            return float(limit) + side
        case Decimal(scale=scale):
            return limit + Number(side).scaleb(-scale)


# --------------------------------------------------------------------- times


def _of_zone(type_: Temporal) -> Iterator[Break]:
    if isinstance(type_, Timestamp):
        zoned = not type_.zoned
        value = next(moments.moments(type_), None)
        if value is not None:
            other = Timestamp(zoned)
            rule = f"{'no' if zoned else 'a'} time zone"
            yield Break(rule, other, value.replace(tzinfo=UTC if zoned else None))


def _moment_beside(type_: Temporal, limit: Any, side: int) -> Any:
    return moments.later(moment(type_, str(limit)), _STEPS[type(type_)] * side)


# -------------------------------------------------------------------- bounds

_BOUNDS: Mapping[str, tuple[str, int]] = {
    "minimum": ("at least", -1),
    "exclusive_minimum": ("greater than", 0),
    "maximum": ("at most", 1),
    "exclusive_maximum": ("less than", 0),
}


def _of_bounds(type_: Any, beside: Any) -> Iterator[Break]:
    """For each bound a value beyond it, `beside` it if there is one."""
    bounds: Bounds = type_.bounds
    with localcontext(prec=EXACT):
        for name, (words, side) in _BOUNDS.items():
            limit = getattr(bounds, name)
            if limit is not None:
                rule = f"{words} {_shown(limit)}"
                yield from _wrong(type_, name, None, rule, [beside(type_, limit, side)])
        if bounds.multiple_of is not None:
            rule = f"a multiple of {_shown(bounds.multiple_of)}"
            yield from _wrong(type_, "multiple_of", None, rule, ())
        if bounds.allowed:
            yield from _wrong(type_, "allowed", (), "one of its values", ())


def _shown(limit: Number | str) -> str:
    return limit if isinstance(limit, str) else f"{limit:f}"


def _wrong(
    type_: Any, name: str, without: Any, rule: str, wished: Iterable[Any]
) -> Iterator[Break]:
    """The first value that the type without its bound called `name` would have, or any that it
    does not have."""
    relaxed = replace(type_, bounds=replace(type_.bounds, **{name: without}))
    made = moments.moments(relaxed) if isinstance(type_, Temporal) else numbers.numbers(relaxed)
    tried = [
        each
        for each in chain(wished, islice(made, _TRIED))
        if each is not None and refused(type_, each)
    ]
    best = [each for each in tried if fits(relaxed, each)] or tried
    if best:
        yield Break(rule, type_, best[0])


# ---------------------------------------------------------------------- text


def _of_pattern(type_: String) -> Iterator[Break]:
    if type_.pattern is None or not is_checked(type_.pattern):
        return
    read = regex.read(type_.pattern)
    if read is not None:
        wrong = regex.mismatch(read, type_.min_length or 0, type_.max_length)
        if wrong is not None:
            yield Break("its pattern", type_, wrong)
