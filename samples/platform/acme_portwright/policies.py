"""Policies of Acme's own."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.diagnostics import Diagnostic, warning
from portwright.model import Model, walk


def no_totals(model: Model) -> Iterator[Diagnostic]:
    """Totals are left to those who read the data.

    The config decides on the severity; `ACME001` is what findings are called, and what a contract
    allows them by.
    """
    for path, field in walk.fields(model):
        if field.name.startswith("total_"):
            message = f"`{'.'.join(path)}` is a total"
            help = "hand out what it is the total of: readers add up what they need"
            yield warning("ACME001", message, field.span, help)
