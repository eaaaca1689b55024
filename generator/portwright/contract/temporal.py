"""Dates and times: what a format is a format of, and values as ISO 8601 text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from portwright.model import Date, Time, Timestamp

_FORMAT_WORDS: dict[str, type[Date | Time | Timestamp]] = {
    "date": Date,
    "time": Time,
    **dict.fromkeys(("date-time", "datetime", "timestamp", "rfc3339", "iso8601"), Timestamp),
}


def kind_of_format(text: str) -> type[Date | Time | Timestamp]:
    """What a value of that format is. JDK patterns, as ODCS has them; strftime ones too."""
    if word := _FORMAT_WORDS.get(text.strip().lower()):
        return word
    letters = re.sub(r"'[^']*'", "", text)
    if "%" in letters:
        timed, dated = re.search("%[HIMSTXpsfRr]", letters), re.search("%[YyGmdejbBDF]", letters)
    else:
        letters = letters.replace("T", "")
        timed, dated = re.search("[HhKkmsSnNA]", letters), re.search("[yuYMLdDqQwW]", letters)
    if timed:
        return Timestamp if dated else Time
    return Date


def iso(text: str, type_: Date | Time | Timestamp) -> str | None:
    """The text in ISO 8601, as the model has it, or None if it is no such value.

    Zoned timestamps are in UTC and end in Z; a wall-clock reading has no zone.
    """
    try:
        match type_:
            case Date():
                return date.fromisoformat(text).isoformat()
            case Time():
                return time.fromisoformat(text.removesuffix("Z")).replace(tzinfo=None).isoformat()
            case Timestamp(zoned=True):
                moment = datetime.fromisoformat(text)
                # ODCS: where no zone is given, it is UTC.
                moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
                return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
            case Timestamp():
                return datetime.fromisoformat(text).replace(tzinfo=None).isoformat()
    except (ValueError, OverflowError):
        return None
