"""What an erasure found, and what it leaves: counts and words, and nothing of the person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """How much of a person was in one place of one object: rows, messages, copies."""

    object: str
    place: str
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """An erasure. `found` is no more, unless it was a `dry_run`; `tombstones` were sent.

    `remains` tells what is left and until when, `uncovered` which objects were not looked at.
    `again` is what came while the erasure ran: somebody writes of the person still.
    """

    found: tuple[Found, ...]
    tombstones: int
    remains: tuple[str, ...]
    uncovered: tuple[str, ...]
    again: tuple[Found, ...]
    dry_run: bool

    def document(self) -> dict[str, Any]:
        """The report for programs."""
        return {
            "dryRun": self.dry_run,
            "found": [_document(each) for each in self.found],
            "tombstones": self.tombstones,
            "remains": [*self.remains],
            "notCovered": [*self.uncovered],
            "cameMeanwhile": [_document(each) for each in self.again],
        }

    def lines(self) -> Iterator[str]:
        """The report for people."""
        if not self.found:
            yield "nothing found"
        for each in self.found:
            yield f"{'found' if self.dry_run else 'erased'}: {_shown(each)}"
        if self.tombstones:
            tense = "to send" if self.dry_run else "sent"
            yield f"{tense}: {self.tombstones} tombstones, which tell readers to forget"
        for told in self.remains:
            yield f"remains: {told}"
        for object_ in self.uncovered:
            yield f"not covered: {object_}, where no property says whom a record is about"
        for each in self.again:
            yield f"came meanwhile: {_shown(each)}; stop who writes it, and erase again"


def _shown(found: Found) -> str:
    return f"{found.count} in {found.place} of {found.object}"


def _document(found: Found) -> dict[str, Any]:
    return {"object": found.object, "place": found.place, "count": found.count}
