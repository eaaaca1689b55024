"""Lengths of time and shares, as people say them."""

from __future__ import annotations

from decimal import Decimal

# The longest that there is, which a contract's year is taken for.
_YEAR = 366 * 86_400
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def span(seconds: Decimal) -> str:
    """A length of time: `5 minutes`, `1 day 12 hours`, `1.5 seconds`, `3 years`."""
    if seconds and seconds % _YEAR == 0:
        return counted(int(seconds / _YEAR), "year")
    parts = []
    for length, word in _UNITS:
        count, seconds = divmod(seconds, length)
        parts += [counted(int(count), word)] if count else []
    if seconds or not parts:
        parts.append("1 second" if seconds == 1 else f"{seconds.normalize():f} seconds")
    return " ".join(parts)


def percent(share: Decimal) -> str:
    """A percentage: `99.9 %`."""
    return f"{share.normalize():f} %"


def counted(count: int, what: str) -> str:
    """So many of something: `1 item`, `1,200 items`."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
