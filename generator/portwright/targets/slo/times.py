"""Times of the day: when something has to be there."""

from __future__ import annotations

import re
from typing import Final

# `09:00-08:00` is nine in the morning, eight hours behind UTC (ISO 8601; the standard's example).
_TIME: Final = re.compile(
    r"T?([01]?[0-9]|2[0-3]):?([0-5][0-9])(?::?[0-5][0-9])?\s*"
    r"(?:(Z|UTC)|([+-])(0[0-9]|1[0-4]):?([0-5][0-9]))?",
    re.IGNORECASE,
)


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
