"""Schedules of cron: what is one, and how long nothing may come by it (crontab(5))."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAYS: Final = "sun mon tue wed thu fri sat".split()
# Minute, hour, day of the month, month and day of the week: the least and the greatest of each.
_FIELDS: Final[tuple[tuple[int, int, Mapping[str, int]], ...]] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    (0, 7, {name: number for number, name in enumerate(_DAYS)}),
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
_DAY: Final = 86_400
# Long enough that a year is in it whole, and a leap day.
_FIRST: Final = date(2027, 1, 1)
_LOOKED_AT: Final = 3 * 366


def is_cron(text: str) -> bool:
    """Whether the text is a schedule of cron: five fields, or a word such as `@daily`."""
    fields = text.lower().split()
    if len(fields) == 1:
        return fields[0] in _PRESETS
    return len(fields) == len(_FIELDS) and all(
        _is_part(part, *limits)
        for field, limits in zip(fields, _FIELDS, strict=True)
        for part in field.split(",")
    )


def longest_gap(cron: str) -> Decimal | None:
    """The most seconds between two runs of a schedule that `is_cron`; None where it hardly ever
    runs. Weekends are gaps, too."""
    text = _PRESETS.get(cron.lower(), cron).lower().split()
    minutes, hours, days, months, weekdays = (
        _values(each, *limits) for each, limits in zip(text, _FIELDS, strict=True)
    )
    # Vixie's cron: where both days are restricted, either is enough.
    either = not text[2].startswith("*") and not text[4].startswith("*")
    of_day = sorted(h * 3600 + m * 60 for h in hours for m in minutes)
    gaps = {b - a for a, b in pairwise(of_day)}
    night = _DAY - of_day[-1] + of_day[0]
    runs = list(_runs(days, months, {each % 7 for each in weekdays}, either))
    between = [(b - a).days for a, b in pairwise(runs)]
    if not between:
        return None
    return Decimal(max(gaps | {night + (max(between) - 1) * _DAY}))


def _runs(days: set[int], months: set[int], weekdays: set[int], either: bool) -> Iterator[date]:
    for number in range(_LOOKED_AT):
        day = _FIRST + timedelta(number)
        by_date, by_week = day.day in days, day.isoweekday() % 7 in weekdays
        if day.month in months and ((by_date or by_week) if either else (by_date and by_week)):
            yield day


def _is_part(part: str, least: int, greatest: int, names: Mapping[str, int]) -> bool:
    span, slash, step = part.partition("/")
    if slash and not (_is_whole(step) and int(step) > 0):
        return False
    if span == "*":
        return True
    ends = [names.get(each, int(each) if _is_whole(each) else -1) for each in span.split("-")]
    return len(ends) <= 2 and ends == sorted(ends) and least <= ends[0] and ends[-1] <= greatest


def _values(field: str, least: int, greatest: int, names: Mapping[str, int]) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = ("" if span == "*" else span).partition("-")
        begin = _number(first, names) if first else least
        end = _number(last, names) if last else (greatest if span == "*" or step else begin)
        found |= set(range(begin, end + 1, int(step or 1)))
    return found


def _number(word: str, names: Mapping[str, int]) -> int:
    return names[word] if word in names else int(word)


def _is_whole(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,4}", text) is not None
