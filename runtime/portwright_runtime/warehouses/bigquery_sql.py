"""The statements of loads in GoogleSQL, with their parameters inside: a script has no others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

# What differs: quoted names, types, parameters, and a comparison of keys that may be null, which
# is no equation. What is between apostrophes or backticks is the same in both.
_NAME: Final = r'"(?:[^"]|"")*"'
_TYPES: Final = {
    "BIGINT": "INT64",
    "BOOLEAN": "BOOL",
    "INTEGER": "INT64",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
    "VARCHAR": "STRING",
}
_DIFFERENT: Final = re.compile(
    rf"s\.(?P<left>{_NAME}) IS NOT DISTINCT FROM t\.(?P<right>{_NAME})|(?P<name>{_NAME})"
    r"|(?P<same>'[^']*'|`[^`]*`)|(?P<parameter>\?)"
    # And no name of a field, which a type comes after.
    rf"|\b(?P<type>{'|'.join(_TYPES)})\b(?! (?!NOT NULL))"
)


def googlesql(statement: str, parameters: Sequence[Any] = ()) -> str:
    """The statement as BigQuery takes it."""
    given = iter(parameters)
    return _DIFFERENT.sub(lambda found: _written(found, given), statement)


def name(identifier: str) -> str:
    """A quoted name."""
    return f"`{_escaped(identifier, '`')}`"


def literal(value: Any) -> str:
    """A text, a whole number, a truth value or null."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value)
    return f"'{_escaped(str(value), chr(39))}'"


def comparable(type_: str) -> str:
    """A type of the DDL without the quotes around the names of fields."""
    return re.sub(r"`([^`]*)`", r"\1", type_)


def _written(found: re.Match[str], given: Iterator[Any]) -> str:
    if found["left"]:
        # An equation: only by one does BigQuery find rows that others have, or have not.
        left, right = (name(_unquoted(found[each])) for each in ("left", "right"))
        shown = "COALESCE(TO_JSON_STRING({}.{}), 'null')"
        return f"{shown.format('s', left)} = {shown.format('t', right)}"
    if found["name"]:
        return name(_unquoted(found["name"]))
    if found["parameter"]:
        return literal(next(given))
    return found["same"] or _TYPES[found["type"]]


def _unquoted(quoted: str) -> str:
    return quoted[1:-1].replace('""', '"')


def _escaped(text: str, mark: str) -> str:
    """The text with what may not be in a literal as an escape; a literal has one line."""

    def escape(found: re.Match[str]) -> str:
        character = found[0]
        return f"\\{character}" if character in (mark, "\\") else f"\\u{ord(character):04x}"

    return re.sub(rf"[\x00-\x1f\x7f\u2028\u2029\\{mark}]", escape, text)
