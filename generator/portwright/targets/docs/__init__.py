"""Docs: a page a contract and an index, for those who consume. Static files: nothing is asked of a
server, and nothing runs but one script of ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar

from portwright import exchange
from portwright.diagnostics import Diagnostic, printable, warning
from portwright.model import Model
from portwright.render import template_root
from portwright.targets import File, Made
from portwright.targets.docs import html, index, page

# What all pages share.
SHARED = ("portwright-docs.css", "portwright-docs.js")


@dataclass(frozen=True, slots=True)
class Docs:
    """The target: `index.html`, what pages share, and `contracts/<contract>.html`."""

    name: ClassVar[str] = "docs"
    summary: ClassVar[str] = "a page a contract and an index of them, for those who consume"

    def check(self, model: Model) -> Iterator[Diagnostic]:
        """A warning for each channel of support whose address no browser should follow."""
        for each in model.support:
            if each.url and not html.link(each.url):
                yield warning(
                    "PW460",
                    f"support `{printable(each.channel)}`: its url is no link, and stands as text",
                    model.span,
                    "links are those that begin with https:, http: or mailto:",
                )

    def emit(self, model: Model) -> Iterator[File]:
        """The page."""
        yield File(PurePosixPath(page.path(model)), page.text(model))

    def entry(self, model: Model) -> object:
        """What the index shows of a contract."""
        return exchange.written(index.entry(model))

    def index(self, entries: Sequence[object]) -> Made:
        """The index, and what all pages share."""
        found = [exchange.read(each, index.Entry) for each in entries]
        shared = (
            File(PurePosixPath(name), (template_root() / "docs" / name).read_text("utf-8"))
            for name in SHARED
        )
        return Made((File(PurePosixPath("index.html"), index.text(found)), *shared))
