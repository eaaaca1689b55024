"""POSIX: how an engine that keeps to POSIX's extended regular expressions writes a pattern.

They have no escape for a control character, and none at all inside a set: a bracket ends it unless
it comes first, a hyphen is one of its members only at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CONTROLS = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
_SPECIAL = frozenset(".[]{}()*+?^$|\\")
_TOKEN = re.compile(
    r"(?P<set>\[(?P<negated>\^?)(?P<members>(?:\\.|[^\]\\])+)\])|\\(?P<escaped>.)|(?P<plain>.)",
    re.DOTALL,
)
_MEMBER = re.compile(r"(?:\\(.)|(.))(?:-(?:\\(.)|(.)))?", re.DOTALL)
# An empty branch, which is no text at all where an empty text is null.
_EMPTY_BRANCH = re.compile(r"(?<!\\)(?:^|[(|])(?=[|)]|$)")


def posix(pattern: str) -> str | None:
    """A portable pattern in POSIX's way, or None if it cannot be written so."""
    if _EMPTY_BRANCH.search(pattern):
        return None
    written = list(_parts(pattern))
    return None if None in written else "".join(each for each in written if each)


def _parts(pattern: str) -> Iterator[str | None]:
    for found in _TOKEN.finditer(pattern):
        if found["set"]:
            yield _set(found["members"], found["negated"])
        elif escaped := found["escaped"]:
            if escaped in _CONTROLS:
                yield _CONTROLS[escaped]
            else:
                yield f"\\{escaped}" if escaped in _SPECIAL else escaped
        else:
            yield found["plain"]


def _set(members: str, negated: str) -> str | None:
    single: list[str] = []
    ranges: list[str] = []
    for found in _MEMBER.finditer(members):
        low = _CONTROLS.get(found[1], found[1]) if found[1] else found[2]
        high = _CONTROLS.get(found[3], found[3]) if found[3] else found[4]
        if "\\" in (low, high) or (high and {low, high} & set("[]^-")):
            return None  # engines differ about a backslash, and these end no range
        if high:
            ranges.append(f"{low}-{high}")
        else:
            single.append(low)
    if single == ["^"] and not ranges and not negated:
        return "\\^"
    others = [*(each for each in single if each == "]"), *ranges]
    others += (each for each in single if each not in "]^[-")
    # A hyphen is for itself at either end, a caret anywhere but in front.
    order = "^[-" if others or negated else "-[^"
    return f"[{negated}{''.join(others)}{''.join(each for each in order if each in single)}]"
