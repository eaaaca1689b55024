"""Lengths of time, as service levels have them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

_DAY: Final = 86_400
# ODCS: "d, day, days; y, yr, years, etc." A month, a quarter and a year are the longest that there
# are: what is promised within one is not late in another.
_UNITS: Final[Mapping[str, Decimal]] = {
    word: Decimal(seconds)
    for seconds, words in (
        ("0.001", "ms millisecond milliseconds"),
        ("1", "s sec secs second seconds"),
        ("60", "m min mins minute minutes"),
        ("3600", "h hr hrs hour hours hourly"),
        (str(_DAY), "d day days daily"),
        (str(7 * _DAY), "w wk week weeks weekly"),
        (str(31 * _DAY), "mo mon month months monthly"),
        (str(92 * _DAY), "q quarter quarters quarterly"),
        (str(366 * _DAY), "y yr yrs year years yearly annually"),
    )
    for word in words.split()
}
# ISO 8601, whose last part may have a fraction: `PT1.5H`. People write `pt5m`, too.
_PART: Final = r"(?:([0-9]{{1,9}}(?:\.[0-9]{{1,9}})?){})?"
_ISO: Final = re.compile(
    rf"P(?=[0-9T]){''.join(map(_PART.format, 'YMWD'))}"
    rf"(?:T(?=[0-9]){''.join(map(_PART.format, 'HMS'))})?",
    re.IGNORECASE,
)
# `1 h 30 min`, `1h30m`.
_SOME: Final = re.compile(r"(?:[0-9]{1,9}\s*[A-Za-z]+\s*){2,7}")
_ONE: Final = re.compile(r"([0-9]+)\s*([A-Za-z]+)")
_ISO_UNITS: Final = ("y", "mo", "w", "d", "h", "min", "s")


def seconds(value: object, unit: str | None) -> Decimal | None:
    """How long `value` of `unit` is, in seconds: `4` and `h`, `PT4H`, `daily`. None where that is
    no length of time, or none at all."""
    words = str(value).strip()
    if unit is None and (match := _ISO.fullmatch(words)):
        parts = zip(match.groups(), _ISO_UNITS, strict=True)
        found = sum((Decimal(n) * _UNITS[name] for n, name in parts if n), Decimal(0))
    elif unit is None and _SOME.fullmatch(words):
        each = [
            Decimal(n) * _UNITS.get(name.lower(), Decimal(0)) for n, name in _ONE.findall(words)
        ]
        found = sum(each, Decimal(0)) if all(each) else Decimal(0)
    elif unit is None and words.lower().endswith("ly"):
        found = _UNITS.get(words.lower(), Decimal(0))
    elif isinstance(value, int | float | Decimal | str) and _is_number(words):
        name = (unit or "").strip().lower().replace("(s)", "s")
        found = Decimal(words) * _UNITS.get(name, Decimal(0))
    else:
        return None
    return found if found > 0 else None


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,18}(\.[0-9]{1,18})?", text) is not None
