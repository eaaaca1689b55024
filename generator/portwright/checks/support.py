"""Whether what is handed out is still supported: the one check that asks for the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from portwright.diagnostics import Diagnostic, error, printable, warning
from portwright.model import Model, support

# An end of support that is so near wants to be told of.
SOON = timedelta(days=30)


def supported(model: Model, today: date) -> Iterator[Diagnostic]:
    """What is promised to end, and has or soon will; nothing of a contract that is retired."""
    if support.is_retired(model):
        return
    for each in support.ends(model):
        what = ", ".join(f"`{printable(name)}`" for name in each.elements or (model.name,))
        way_out = "remove it with a new major version" if each.elements else "retire it"
        way_out += " (`status: retired`)" if not each.elements else ""
        help = f"{way_out}, or agree on a later day with those who use it"
        if each.until < today:
            message = f"{each.word} of {what} ended on {each.until}"
            yield error("PW750", message, each.span, help)
        elif each.until - today <= SOON:
            message = f"{each.word} of {what} ends on {each.until}"
            yield warning("PW751", message, each.span, help)
