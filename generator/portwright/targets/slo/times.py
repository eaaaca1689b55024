"""Times of the day and schedules: when something has to be there, and how long nothing may come."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

# `09:00-08:00` is nine in the morning, eight hours behind UTC (ISO 8601; the standard's example).
_TIME: Final = re.compile(
    r"T?([01]?[0-9]|2[0-3]):?([0-5][0-9])(?::?[0-5][0-9])?\s*"
    r"(?:(Z|UTC)|([+-])(0[0-9]|1[0-4]):?([0-5][0-9]))?",
    re.IGNORECASE,
)
_PRESETS: Final[Mapping[str, str]] = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAYS: Final = "sun mon tue wed thu fri sat".split()
_NAMES: Final = {**{n: i for i, n in enumerate(_MONTHS, 1)}, **{n: i for i, n in enumerate(_DAYS)}}
_LIMITS: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
# Long enough that a year is in it whole, and a leap day.
_FIRST: Final = date(2027, 1, 1)
_LOOKED_AT: Final = 3 * 366


def of_day(written: object) -> int | None:
    """The second of the day in UTC of a time of the day; None where it is none. One without an
    offset is in UTC."""
    match = _TIME.fullmatch(str(written).strip())
    if match is None:
        return None
    seconds = int(match[1]) * 3600 + int(match[2]) * 60
    if match[4]:
        ahead = int(match[5]) * 3600 + int(match[6]) * 60
        seconds += ahead if match[4] == "-" else -ahead
    return seconds % 86_400


def longest_gap(cron: str) -> Decimal | None:
    """The most seconds between two runs of a schedule that `durations.is_cron` takes; None where it
    hardly ever runs. Weekends are gaps, too."""
    text = _PRESETS.get(cron.lower(), cron).lower().split()
    minutes, hours, days, months, weekdays = (
        _values(each, *limits) for each, limits in zip(text, _LIMITS, strict=True)
    )
    # Vixie's cron: where both days are restricted, either is enough.
    either = not text[2].startswith("*") and not text[4].startswith("*")
    of_day_ = sorted(h * 3600 + m * 60 for h in hours for m in minutes)
    gaps = {b - a for a, b in pairwise(of_day_)}
    night = 86_400 - of_day_[-1] + of_day_[0]
    runs = list(_runs(days, months, {each % 7 for each in weekdays}, either))
    between = [(b - a).days for a, b in pairwise(runs)]
    if not between:
        return None
    return Decimal(max(gaps | {night + (max(between) - 1) * 86_400}))


def _runs(days: set[int], months: set[int], weekdays: set[int], either: bool) -> Iterator[date]:
    for number in range(_LOOKED_AT):
        day = _FIRST + timedelta(number)
        by_date, by_week = day.day in days, day.isoweekday() % 7 in weekdays
        if day.month in months and ((by_date or by_week) if either else (by_date and by_week)):
            yield day


def _values(field: str, least: int, greatest: int) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = ("" if span == "*" else span).partition("-")
        begin = _number(first) if first else least
        end = _number(last) if last else (greatest if span == "*" or step else begin)
        found |= set(range(begin, end + 1, int(step or 1)))
    return found


def _number(word: str) -> int:
    return _NAMES[word] if word in _NAMES else int(word)
