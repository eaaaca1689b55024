"""Entries: what every entry of a list must say by the standard, and what no two may share.

Nothing is generated from most of these lists, so what is missing is a warning. What a model
cannot do without (the name of an object, the type of a server …) is an error where it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from portwright.contract.keys import words
from portwright.contract.reader import Report
from portwright.nodes import Mapping, Node, Scalar, Sequence

# The list under a key, what one of its entries is called, and the keys that it needs.
NEEDED: dict[str, tuple[str, tuple[str, ...]]] = {
    "authoritativeDefinitions": ("authoritative definition", ("url", "type")),
    "customProperties": ("custom property", ("property", "value")),
    "members": ("team member", ("username",)),
    "roles": ("role", ("role",)),
    "servers": ("server", ("server",)),
    "slaProperties": ("service level", ("property", "value")),
    "support": ("support channel", ("channel",)),
    "synonyms": ("synonym", ("synonym",)),
    "team": ("team member", ("username",)),
}
# The key that no two entries of a list share, beside `id`.
_NAMED_BY = {"customProperties": "property", "servers": "server"}
# What may hold anything.
_FREE = words("arguments examples implementation value")
# By the newest schema of the standard; `.`, which it forbids as well, is in many a contract's id.
_NO_ID = re.compile(r"[\s#/\\@!%&^]")


def check(node: Mapping, report: Report) -> None:
    """Reports what is missing in the lists of a contract, and what stands there twice."""
    for each in _maps(node):
        _check_id(each, report)
        for key, value in each.entries:
            if key.text == "customProperties" and isinstance(value, Mapping):
                message = "`customProperties` must be a list of `property` and `value`"
                message += ", and is taken as one"
                help = "write `- property: …` and `value: …`"
                report.warning("PW108", message, value.span, help)
            if isinstance(value, Sequence):
                entries = [item for item in value.items if isinstance(item, Mapping)]
                _check_needed(key.text, entries, report)
                for name in ("id", _NAMED_BY.get(key.text)):
                    if name is not None:
                        _check_distinct(name, entries, report)


def _maps(node: Node) -> Iterator[Mapping]:
    """The node and every map inside it, but for what may hold anything."""
    match node:
        case Mapping(entries=entries):
            yield node
            for key, value in entries:
                if key.text not in _FREE or isinstance(value, Scalar):
                    yield from _maps(value)
        case Sequence(items=items):
            for item in items:
                yield from _maps(item)
        case Scalar():
            return


def _check_needed(key: str, entries: list[Mapping], report: Report) -> None:
    what, needed = NEEDED.get(key, ("", ()))
    for entry in entries:
        for name in needed:
            value = entry.get(name)
            if not _says_something(name, value):
                message = f"the {what} has no `{name}`"
                place = entry if value is None else value
                report.warning("PW124", message, place.span, f"write `{name}: …`")


def _says_something(name: str, node: Node | None) -> bool:
    match node:
        case None:
            return False
        case Scalar(value=None):
            return name == "value"  # which may be null
        case Scalar(text=text):
            return bool(text.strip())
        case _:
            return True


def _check_id(node: Mapping, report: Report) -> None:
    id_ = node.get("id")
    if isinstance(id_, Scalar) and _NO_ID.search(id_.text):
        message = f"nothing can refer to the id `{id_.text}`"
        report.warning("PW125", message, id_.span, "use letters, digits, `_` and `-`")


def _check_distinct(name: str, entries: list[Mapping], report: Report) -> None:
    seen: dict[str, Scalar] = {}
    for entry in entries:
        node = entry.get(name)
        if not isinstance(node, Scalar) or not node.text:
            continue
        first = seen.setdefault(node.text, node)
        if first is not node:
            message = f"the {name} `{node.text}` is also that of an entry in line {first.span.line}"
            report.warning("PW125", message, node.span, "give one of the two another")
