"""Blocks of built-in templates, and templates of a repository that override them.

Targets ask for the text of a block where they print it; it is empty where nobody overrides it.
What an override sees is a view made for it, not what our own templates print.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from portwright.diagnostics import Diagnostic, Span, error

if TYPE_CHECKING:
    from portwright.overrides.templates import Templates

__all__ = ["Fault", "block", "fault", "using"]

_USED: ContextVar[Templates | None] = ContextVar("templates", default=None)


class Fault(Exception):
    """What is wrong in an override, found while a target prints."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message)
        self.finding = finding


@contextmanager
def using(templates: Templates | None) -> Iterator[None]:
    """While it lasts, targets print with these templates."""
    before = _USED.set(templates)
    try:
        yield
    finally:
        _USED.reset(before)


def block(template: str, name: str, view: Callable[[], object], **more: object) -> str:
    """The text of a block without empty lines around it, or `""`. `view` makes what an override
    sees of it, and `more` has the names that this block has beside."""
    used = _USED.get()
    if used is None or not used.overrides(template, name):
        return ""
    return used.render(template, name, {"view": view(), **more})


def fault(template: str, message: str, help: str) -> Fault:
    """What is wrong with the text that an override gave for a template."""
    used = _USED.get()
    file = template if used is None else used.file(template)
    return Fault(error("PW546", message, Span(file), help))
