"""Identifiers and texts in the SQL that all engines here share."""

from __future__ import annotations

from collections.abc import Iterable


def quoted(identifier: str) -> str:
    """A quoted SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """The text as a literal."""
    return "'" + text.replace("'", "''") + "'"


def listed(names: Iterable[str]) -> str:
    """Quoted identifiers with commas between."""
    return ", ".join(map(quoted, names))


def joined(place: Iterable[str]) -> str:
    """A qualified name."""
    return ".".join(map(quoted, place))
