"""What the `testing` module of generated packages stands on: documents with one fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Invalid(NamedTuple):
    """A document that breaks one rule: `Order.model_validate(document)` raises an error at `path`.

    The path leads through properties as the contract calls them, elements by their place from 0,
    and `*` for the keys of a map: `lines.0.sku`.
    """

    path: str
    rule: str
    document: dict[str, Any]


def changed(document: Mapping[str, Any], *steps: Any, to: object) -> dict[str, Any]:
    """A copy of the document with another value where the steps lead to: names, places, keys."""
    copy, part = _copied(document, steps)
    part[steps[-1]] = to
    return copy


def without(document: Mapping[str, Any], *steps: Any) -> dict[str, Any]:
    """A copy of the document without what the steps lead to."""
    copy, part = _copied(document, steps)
    del part[steps[-1]]
    return copy


def _copied(document: Mapping[str, Any], steps: tuple[Any, ...]) -> tuple[dict[str, Any], Any]:
    """A copy, and what of it has the last step."""
    copy: dict[str, Any] = _plain(document)
    part: Any = copy
    for step in steps[:-1]:
        part = part[step]
    return copy, part


def _plain(value: Any) -> Any:
    """The value with dicts and lists of its own."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
