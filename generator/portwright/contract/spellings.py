"""Spellings: figures as people write them: `< 5 min`, `>= 99,9 %`, `every day`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from portwright.model.levels import Kind

# What is good from there on, and what is good up to there: a sign against the level says something
# else, and is left as it is.
_AT_LEAST: Final = r"(?:>=?|≥|min\.?|minimum|at\s+least)"
_AT_MOST: Final = r"(?:<=?|≤|max\.?|maximum|at\s+most|up\s+to|within)"
_EVERY: Final = r"(?:every|each)"
_FIGURE: Final = r"([0-9]{1,18}(?:[.,][0-9]{1,18})?)?\s*(%|[A-Za-z]+)?"
_SMALLEST: Final = frozenset({Kind.AVAILABILITY, Kind.COMPLETENESS, Kind.RETENTION})
# No figure is longer, and what is longer is not looked at for hours.
_LONGEST: Final = 60
# In `1,000` the comma may be one of thousands; of a percentage there are none.
_THOUSANDS: Final = re.compile(r"[1-9][0-9]*,[0-9]{3}")


def figure(written: str, kind: Kind) -> tuple[Decimal, str | None] | None:
    """The number and the unit of a text that is not only a number; None where it is another."""
    text = written.strip()
    if len(text) > _LONGEST or re.fullmatch(r"[0-9.]*", text):
        return None
    bound = _AT_LEAST if kind in _SMALLEST else _AT_MOST
    before = f"{_EVERY}|{bound}" if kind is Kind.FREQUENCY else bound
    match = re.fullmatch(rf"(?:({before})\s*)?{_FIGURE}", text, re.IGNORECASE)
    if match is None:
        return None
    sign, number, unit = match.groups()
    if number is None:
        # `every day`; `daily` has no number, and is read as it stands.
        is_one = sign is not None and re.fullmatch(_EVERY, sign, re.IGNORECASE) and unit
        return (Decimal(1), unit) if is_one else None
    if _THOUSANDS.fullmatch(number) and unit != "%":
        return None
    return Decimal(number.replace(",", ".")), unit
