"""What a contract says of the end of its parts: a warning where a port or a consumer is opened."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Deprecation:
    """That `what` of a contract is deprecated. `until` is the last day on which it is supported,
    as ISO 8601 has it; empty where none is told."""

    what: str
    until: str = ""

    def told(self, today: date) -> str:
        """The warning, as of today."""
        if not self.until:
            return f"{self.what} is deprecated"
        if self.until < today.isoformat():
            return f"{self.what} is deprecated, and its support ended on {self.until}"
        return f"{self.what} is deprecated, and supported until {self.until}"


def warn_of(opened: type, today: date | None = None) -> None:
    """A DeprecationWarning for all that is deprecated of a class, at the place that called the
    caller: for those of its bases, too, each once. A day of UTC."""
    day = today or datetime.now(UTC).date()
    found = (each for base in opened.__mro__ for each in vars(base).get("_deprecations", ()))
    for each in dict.fromkeys(found):
        warnings.warn(each.told(day), DeprecationWarning, stacklevel=3)


def end_of(day: str) -> float | None:
    """When the last day of support (as ISO 8601 has it, of UTC) is over, in seconds of Unix time;
    None where none is told."""
    if not day:
        return None
    after = date.fromisoformat(day) + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=UTC).timestamp()
