"""The target `catalogue`: a page of Markdown for every contract, and an index of them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import ClassVar

from portwright.diagnostics import Diagnostic, warning
from portwright.model import Model, Object
from portwright.targets import File, Made

# What Markdown would read as something else than text.
_SIGNS = re.compile(r"([\\`*_{}\[\]()#+!|~-])")


@dataclass(frozen=True)
class Catalogue:
    """It is a target of all models at once, because an index needs them all."""

    title: str = "Data catalogue"
    show: str = field(default="public", metadata={"choices": ("public", "all")})

    name: ClassVar[str] = "catalogue"
    summary: ClassVar[str] = "pages of Markdown about every contract, and an index of them"

    def make(self, models: Sequence[Model]) -> Made:
        pages = {_path(each): each for each in sorted(models, key=lambda each: each.name)}
        lines = (
            f"- [{text(each.name)}]({path}), {text(each.version)}" for path, each in pages.items()
        )
        head = f"# {text(self.title)}"
        index = File(PurePosixPath("index.md"), "\n".join((head, "", *lines, "")))
        files = (File(PurePosixPath(path), self._page(model)) for path, model in pages.items())
        return Made((index, *files), tuple(found for each in models for found in _findings(each)))

    def _page(self, model: Model) -> str:
        head = [f"# {text(model.name)}", f"Version {text(model.version)}."]
        told = [text(model.purpose)] if model.purpose else []
        return "\n\n".join((*head, *told, *(self._object(each) for each in model.objects))) + "\n"

    def _object(self, object_: Object) -> str:
        shown = [each for each in object_.record.fields if each.public or self.show == "all"]
        rows = [
            f"| {text(each.name)} | {type(each.type).__name__.lower()} |"
            f" {'yes' if each.required else 'no'} | {text(each.description or '')} |"
            for each in shown
        ]
        table = ["| property | type | required | description |", "|---|---|---|---|", *rows]
        told = [text(object_.description)] if object_.description else []
        return "\n\n".join((f"## {text(object_.name)}", *told, "\n".join(table)))


def text(written: str) -> str:
    """What a contract says, as text of Markdown on one line: no contract can add to the page."""
    return _SIGNS.sub(r"\\\1", html.escape(" ".join(written.split()), quote=False))


def _path(model: Model) -> str:
    """A path that any contract can have: what is in no address becomes a number."""
    name = "".join(c if c.isascii() and c.isalnum() else f"-{ord(c):x}" for c in model.id.lower())
    return f"{name[:80]}-v{model.major}.md"


def _findings(model: Model) -> Iterator[Diagnostic]:
    for each in model.objects:
        if not each.description:
            message = f"`{each.name}` has no description: its page will tell nothing of it"
            yield warning("CAT-01", message, each.span, "say in a sentence what a row of it is")
