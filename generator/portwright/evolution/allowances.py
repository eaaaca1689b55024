"""Allowances: what breaks somebody, and is agreed on for a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from portwright.diagnostics import Span
from portwright.evolution.change import Change
from portwright.evolution.effects import Audience
from portwright.evolution.kinds import Kind
from portwright.model import Model

EVERYBODY = frozenset(Audience)


@dataclass(frozen=True, slots=True)
class Allowance:
    """That changes of one kind break nobody of the audiences, as was agreed on for `reason`.

    It holds up to the end of the day `until`. `contract` is the name or id of one, None for all;
    `path` a pattern for paths of changes where `*` and `?` stand for any characters, None for
    all. `span` is its place in the config.
    """

    kind: Kind
    reason: str
    until: date
    span: Span
    contract: str | None = None
    path: str | None = None
    audiences: frozenset[Audience] = EVERYBODY

    def is_of(self, model: Model) -> bool:
        return self.contract in (None, model.id, model.name)

    def covers(self, change: Change, broken: frozenset[Audience]) -> bool:
        """Whether it lets a change pass, of a contract that it is of, for one of the `broken`."""
        # Paths of lists have brackets, which mean something else to fnmatch.
        pattern = None if self.path is None else self.path.replace("[", "[[]")
        fits = pattern is None or fnmatchcase(change.path, pattern)
        return fits and change.kind is self.kind and bool(self.audiences & broken)

    def holds(self, today: date) -> bool:
        return today <= self.until
