"""A comparison: two versions of one contract, what has changed, and whether the version says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from portwright.evolution.change import Change
from portwright.evolution.compare import changes
from portwright.evolution.effects import Audience, Bump, Effect, Level
from portwright.evolution.objects import table_of
from portwright.evolution.verdicts import bump, verdicts
from portwright.evolution.versions import next_version, numbers, raised
from portwright.model import Model, Port

EVERYBODY = frozenset(Audience)


@dataclass(frozen=True)
class Comparison:
    """An old and a new version of a contract. Who is asked are the `audiences`; how far the version
    has to be raised does not depend on them."""

    old: Model
    new: Model
    audiences: frozenset[Audience] = EVERYBODY

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        return changes(self.old, self.new)

    @property
    def is_new_major(self) -> bool:
        """Whether the new version is another contract to readers of the old one."""
        return numbers(self.new.version)[0] > numbers(self.old.version)[0]

    @property
    def needed(self) -> Bump | None:
        """The bump that all changes need together; None where nothing has changed."""
        return max((bump(each) for each in self.changes), default=None)

    @property
    def next_version(self) -> str | None:
        """The least version that says what has changed; None where nothing has."""
        return None if self.needed is None else next_version(self.old.version, self.needed)

    def is_told(self, needed: Bump) -> bool:
        """Whether the version was raised by that much."""
        found = raised(self.old.version, self.new.version)
        return found is not None and found >= needed

    @property
    def is_enough(self) -> bool:
        """Whether the version was raised as far as the changes need it."""
        return self.needed is None or self.is_told(self.needed)

    def concerned(
        self, change: Change, levels: Collection[Level] = tuple(Level)
    ) -> dict[Audience, Effect]:
        """What the change does to the audiences, at these levels of harm."""
        found = verdicts(change).items()
        return {
            each: effect
            for each, effect in found
            if each in self.audiences and effect.level in levels
        }

    @property
    def breaking(self) -> tuple[Change, ...]:
        """What breaks one of the audiences, and the version does not tell it."""
        broken = (each for each in self.changes if self.concerned(each, (Level.BREAKING,)))
        return tuple(each for each in broken if not self.is_told(bump(each)))

    @property
    def shared(self) -> tuple[str, ...]:
        """The topics and tables of both majors, where a new one breaks those who read them: their
        readers of before are handed what they cannot read."""
        if not self.is_new_major:
            return ()
        broken = [
            each
            for change in self.changes
            for each, effect in verdicts(change).items()
            if effect.level is Level.BREAKING
        ]
        found: list[str] = []
        if Audience.STREAM_READERS in broken:
            found += (f"topic {each}" for each in sorted(_topics(self.old) & _topics(self.new)))
        if Audience.SQL_READERS in broken:
            found += (f"table {each}" for each in sorted(_tables(self.old) & _tables(self.new)))
        return tuple(found)


def _topics(model: Model) -> set[str]:
    return {each.topic for each in model.objects if Port.STREAM in each.ports}


def _tables(model: Model) -> set[str]:
    return {table_of(each) for each in model.objects if Port.TABLE in each.ports}
