"""The index: of each contract what a report tells of it, and what of its page is searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portwright.model import Model, support, walk
from portwright.oversight import Overview, overview
from portwright.targets.docs import html, page


@dataclass(frozen=True, slots=True)
class Entry:
    """A contract in the index: what there is to know of it, where its page is, what it is for.
    `names` are the paths of its properties, each with its place in the page."""

    id: str
    page: str
    major: int
    over: bool
    purpose: str
    known: Overview
    names: tuple[tuple[str, str], ...]


def entry(model: Model) -> Entry:
    """The entry of a contract."""
    place = page.path(model)
    return Entry(
        html.anchor("contract", place.partition("/")[2].removesuffix(".html")),
        place,
        model.major,
        support.is_over(model),
        (model.purpose or "").strip(),
        overview(model),
        tuple((".".join(path), html.anchor(*path)) for path, _ in walk.fields(model)),
    )


def text(entries: Sequence[Entry]) -> str:
    """The index as HTML."""
    entries = sorted(entries, key=lambda each: (each.known.name, each.major, each.known.id))
    return html.page(
        "index.html.j2",
        root="",
        title="Data contracts",
        entries=entries,
        searched=html.embedded([[each.id, each.names] for each in entries]),
        read=[each for each in entries if each.known.readers],
        guarded=[each for each in entries if each.known.guarded],
        unclassified=[each for each in entries if each.known.unclassified],
        allowed=[each for each in entries if each.known.allowances],
        ending=[each for each in entries if each.known.endings],
    )
