"""The key of a message: the text of a record's primary key, the same from every producer."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from uuid import UUID

# What most keys are: no enum, no flag.
_OWN_TEXT = frozenset({str, int, UUID})


def key_text(values: tuple[object, ...]) -> str:
    """One value's own text, or a compact JSON array of the texts of several."""
    if len(values) == 1:
        return _text(values[0])
    texts = [_text(value) for value in values]
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":"))


def template_text(template: str, values: tuple[object, ...]) -> str:
    """The template with the values' texts in the place of its `{}`."""
    return template.format(*map(_text, values))


def header_values(
    *headers: tuple[str, str, tuple[object, ...]],
) -> tuple[tuple[str, bytes], ...]:
    """Headers of a name, a template and the values in it; left out where one of these is None."""
    return tuple(
        (name, template_text(template, values).encode())
        for name, template, values in headers
        if None not in values
    )


def _text(value: object) -> str:
    """One text for a value, however it is written: `1.50` is `1.5`, an instant is in UTC."""
    if type(value) in _OWN_TEXT:
        return str(value)
    match value:
        case Enum():
            return str(value.value)
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal():
            text = format(value, "f")
            if "." in text:
                text = text.rstrip("0").rstrip(".")
            return "0" if text == "-0" else text
        case datetime():
            instant = value if value.tzinfo is None else value.astimezone(UTC)
            return instant.isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case int() | float() | UUID():
            return str(value)
        case bytes():
            return b64encode(value).decode()
        case dict() | list() | None:  # any JSON: one text for one value
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        case _:
            raise TypeError(f"a {type(value).__name__} cannot be in a primary key")
