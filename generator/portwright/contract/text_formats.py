"""Formats of text, as JSON Schema has them: which texts are of one."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_CHARACTER = r"([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "date": re.compile(_DAY),
    "date-time": re.compile(rf"{_DAY}[Tt]{_CLOCK}", re.IGNORECASE),
    "email": re.compile(r"[^@\s]+@[^@\s]+"),
    "hostname": re.compile(rf"(?!.{{254}}){_LABEL}(\.{_LABEL})*"),
    "ipv6": re.compile("[^%]*"),
    "time": re.compile(_CLOCK, re.IGNORECASE),
    "uri": re.compile(
        rf"[A-Za-z][A-Za-z0-9+.-]*:(//(\[[0-9A-Fa-f:.]+\])?)?{_CHARACTER}+(#{_CHARACTER}*)?"
    ),
}
# What reads a text of the format, and raises ValueError for others.
_READERS: Mapping[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "date-time": lambda text: date.fromisoformat(text[:10]),
    "ipv4": ipaddress.IPv4Address,
    "ipv6": ipaddress.IPv6Address,
}


def is_of(text: str, format: str | None) -> bool:
    """Whether the text is of the format; true of formats that are not looked at."""
    if format is None:
        return True
    pattern, reader = _PATTERNS.get(format), _READERS.get(format)
    if pattern is not None and pattern.fullmatch(text) is None:
        return False
    try:
        return reader is None or bool(reader(text))
    except ValueError:
        return False
