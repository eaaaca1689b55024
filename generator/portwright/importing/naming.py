"""Naming: names of a source that contracts can have, and what becomes of those that they cannot."""

from __future__ import annotations

import re
import unicodedata

from portwright import names
from portwright.checks.naming import LONGEST_NAME
from portwright.diagnostics import Span, printable
from portwright.importing.draft import Notes

# What is a word in the name of a topic, too.
_OBJECT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,150}")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def object_name(written: str) -> str:
    """The name of an object: as written where streams can be called so, too."""
    return written if _OBJECT.fullmatch(written) else names.snake(written[:60])


def unfit(name: str) -> str | None:
    """Why no property can have the name, or None if one can."""
    if len(name) > LONGEST_NAME:
        return f"its name is longer than {LONGEST_NAME} characters"
    if any(unicodedata.category(each) in _HIDDEN for each in name):
        return "its name holds characters that nobody sees"
    if not any(each.isalnum() for each in name):
        return "its name holds no letter and no digit"
    return None


def is_left_out(name: str, path: tuple[str, ...], notes: Notes, span: Span) -> bool:
    """Whether a property cannot be in the contract, by its name; the owner is told."""
    notes.count(span)
    why = unfit(name)
    if why is None:
        return False
    shown = printable(name)[:80]
    help = "rename it at its source, or add it to the contract by hand, under a name of its own"
    notes.report.warning("PW807", f"`{shown}` is left out: {why}", span, help)
    notes.add(path, f"left out: `{shown}`, as {why}")
    return True
