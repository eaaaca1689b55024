"""`allow`: what breaks and is agreed on, with a reason and an end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import TypeVar

from portwright import scalars
from portwright.config import keys
from portwright.config.nodes import NodeReader
from portwright.diagnostics import nearest
from portwright.evolution.allowances import Allowance
from portwright.evolution.effects import Audience
from portwright.evolution.kinds import Kind
from portwright.nodes import Mapping, Node, Scalar, Sequence

_KEYS = keys.names(keys.ALLOWANCE)
_EXAMPLE = (
    "write it like {change: property-removed-optional, path: visits.pages, "
    "reason: nobody reads it, until: 2027-01-31}"
)
Word = TypeVar("Word", bound=StrEnum)


def read(top: Mapping, reader: NodeReader) -> Iterator[Allowance]:
    """The allowances of a config that can be read."""
    if top.get("allow") is None:
        return
    for node in reader.sequence(top, "allow", _EXAMPLE):
        entry = reader.mapping(node, _KEYS, "an allowance")
        if entry is not None and (allowance := _allowance(entry, reader)):
            yield allowance


def _allowance(entry: Mapping, reader: NodeReader) -> Allowance | None:
    before = len(reader.found)
    change, reason, until = (_needed(entry, key, reader) for key in ("change", "reason", "until"))
    kind = _word(change, Kind, "kind of change", reader)
    day = _date(until, reader)
    contract, path = (_optional(entry, key, reader) for key in ("contract", "path"))
    audiences = frozenset(_audiences(entry, reader))
    if len(reader.found) > before or kind is None or reason is None or day is None:
        return None
    return Allowance(kind, reason.text.strip(), day, entry.span, contract, path, audiences)


def _needed(entry: Mapping, key: str, reader: NodeReader) -> Scalar | None:
    node = entry.get(key)
    if isinstance(node, Scalar) and node.value is not None and node.text.strip():
        return node
    span = entry.span if node is None else node.span
    reader.wrong("PW742", f"an allowance needs `{key}`", span, _EXAMPLE)
    return None


def _optional(entry: Mapping, key: str, reader: NodeReader) -> str | None:
    node = entry.get(key)
    text = None if node is None else reader.text(node, f"`{key}`", entry.span)
    return None if text is None else text.text


def _audiences(entry: Mapping, reader: NodeReader) -> Iterable[Audience]:
    node = entry.get("audience")
    if node is None:
        return Audience
    named: tuple[Node, ...] = node.items if isinstance(node, Sequence) else (node,)
    if not named:
        reader.wrong("PW740", "`audience` names nobody", node.span, "leave it out for everybody")
    found = (_word(each, Audience, "audience", reader) for each in named)
    return [each for each in found if each is not None]


def _word(node: Node | None, words: type[Word], what: str, reader: NodeReader) -> Word | None:
    """The word of that set that a node is; the nearest is told where it is none."""
    if node is None:
        return None
    text = node.text if isinstance(node, Scalar) else ""
    known = [str(each) for each in words]
    if text in known:
        return words(text)
    way_out = nearest(text, known) or f"known: {', '.join(known)}"
    reader.wrong("PW740", f"there is no {what} `{text}`", node.span, way_out)
    return None


def _date(node: Scalar | None, reader: NodeReader) -> date | None:
    if node is None:
        return None
    if (found := scalars.day(node.text)) is not None:
        return found
    message = f"`until` is no date: `{node.text}`"
    reader.wrong("PW741", message, node.span, "write the last day that it holds, like 2027-01-31")
    return None
