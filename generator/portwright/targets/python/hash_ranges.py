"""Ranges that hashes of numbers and moments are from, as calls of the runtime's `anonymising`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from portwright.model import Bounds, Date, Decimal, Float, Integer, Time, Timestamp
from portwright.targets.python.examples.rules import Numeric, Temporal, moment


@dataclass(frozen=True, slots=True)
class Hash:
    """A call of the runtime, and how many different values it may give."""

    call: str
    count: int


# ------------------------------------------------------------------- numbers


def of_number(type_: Numeric) -> Hash | None:
    """The hashes of a type of numbers, None where there are no numbers."""
    unit = Fraction(1, 10**type_.scale) if isinstance(type_, Decimal) else Fraction(1)
    step = unit
    if type_.bounds.multiple_of is not None:
        multiple = Fraction(type_.bounds.multiple_of)
        step = Fraction(
            math.lcm(unit.numerator * multiple.denominator, multiple.numerator * unit.denominator),
            unit.denominator * multiple.denominator,
        )
    low, high = _limits(type_, step)
    if isinstance(type_, Float):
        # Whole numbers that a binary one holds exactly.
        most = (1 << (24 if type_.bits == 32 else 53)) // max(1, int(step))
        low, high = max(low, -most), min(high, most)
    # The same for bounds of nought, of one and of none, so that numbers refer to each other still.
    low = max(low, 1) if high >= 1 else low
    if high < low:
        return None
    scaled = int(step / unit)
    word = {Integer: "integers", Float: "floats", Decimal: "decimals"}[type(type_)]
    words = [low * scaled, high * scaled]
    words += [type_.scale] if isinstance(type_, Decimal) else []
    words += [scaled] if scaled != 1 else []
    return Hash(f"privacy.{word}({', '.join(map(str, words))})", high - low + 1)


def _limits(type_: Numeric, step: Fraction) -> tuple[int, int]:
    """The least and the greatest number of steps."""
    bounds: Bounds = type_.bounds
    low, high = math.ceil(Fraction(type_.lowest) / step), math.floor(Fraction(type_.highest) / step)
    if bounds.minimum is not None:
        low = max(low, math.ceil(Fraction(bounds.minimum) / step))
    if bounds.exclusive_minimum is not None:
        low = max(low, math.floor(Fraction(bounds.exclusive_minimum) / step) + 1)
    if bounds.maximum is not None:
        high = min(high, math.floor(Fraction(bounds.maximum) / step))
    if bounds.exclusive_maximum is not None:
        high = min(high, math.ceil(Fraction(bounds.exclusive_maximum) / step) - 1)
    return low, high


# ------------------------------------------------------------------- moments

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Where the contract sets no bounds.
_EARLIEST, _LATEST = "1900-01-01", "2099-12-31"


def of_moment(type_: Temporal) -> Hash | None:
    """The hashes of dates, times or timestamps, None where there are none."""
    low, high = _ends(type_)
    if high < low:
        return None
    match type_:
        case Date():
            call = f"privacy.dates({low}, {high})"
        case Time():
            call = f"privacy.times({low}, {high})"
        case Timestamp(zoned):
            call = f"privacy.moments({low}, {high}, {'privacy.UTC' if zoned else 'None'})"
    return Hash(call, high - low + 1)


def _ends(type_: Temporal) -> tuple[int, int]:
    """The first and the last value, counted as the runtime counts them."""
    bounds = type_.bounds
    lows = [(bounds.minimum, 0), (bounds.exclusive_minimum, 1)]
    highs = [(bounds.maximum, 0), (bounds.exclusive_maximum, -1)]
    given_low = [_count(moment(type_, str(limit))) + by for limit, by in lows if limit is not None]
    given_high = [_count(moment(type_, str(each))) + by for each, by in highs if each is not None]
    if isinstance(type_, Time):
        whole = (0, timedelta(days=1) // _MICROSECOND - 1)
    else:
        zone = "T00:00:00+00:00" if isinstance(type_, Timestamp) and type_.zoned else ""
        whole = (
            _count(moment(type_, _EARLIEST + zone)),
            _count(moment(type_, _LATEST + zone)),
        )
    low = max(given_low, default=min(whole[0], *given_high) if given_high else whole[0])
    high = min(given_high, default=max(whole[1], *given_low) if given_low else whole[1])
    return low, high


def _count(value: Any) -> int:
    """Days of a date (`date.toordinal`), else microseconds."""
    match value:
        case datetime():
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            return (aware - _EPOCH) // _MICROSECOND
        case date():
            return value.toordinal()
        case time():
            passed = timedelta(
                hours=value.hour,
                minutes=value.minute,
                seconds=value.second,
                microseconds=value.microsecond,
            )
            return passed // _MICROSECOND
        case _:
            raise TypeError(type(value).__name__)
