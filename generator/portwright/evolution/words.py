"""Changes in words: what has happened to what, and from what to what."""

from __future__ import annotations

from collections.abc import Callable

from portwright.diagnostics import printable
from portwright.evolution.change import Change
from portwright.evolution.verdicts import MATRIX
from portwright.markdown_text import brief

Shown = Callable[[str], str]


def title(change: Change, shown: Shown = brief) -> str:
    """What has happened, and from what to what: `a rule is tighter (maxLength: 40 → 20)`. `shown`
    is how text of the contract is."""
    return f"{MATRIX[change.kind].title}{_details(change, shown)}"


def headline(change: Change) -> str:
    """What has happened to what: "`orders.x`: an optional property is gone (string)"."""
    return f"`{where(change)}`: {title(change)}"


def _details(change: Change, shown: Shown) -> str:
    values = " → ".join(shown(each) for each in (change.before, change.after) if each is not None)
    fact = shown(change.fact) if change.fact else ""
    if fact and values and None in (change.before, change.after):
        values = f"{'now' if change.before is None else 'was'} {values}"
    found = ": ".join(each for each in (fact, values) if each)
    return f" ({found})" if found else ""


def where(change: Change) -> str:
    """The path of a change, as people are told it."""
    return printable(change.path) or "the contract"
