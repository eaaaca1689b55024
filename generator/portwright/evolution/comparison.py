"""A comparison: two versions of one contract, what has changed, and whether the version says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from portwright.evolution.allowances import EVERYBODY, Allowance
from portwright.evolution.change import Change
from portwright.evolution.compare import changes
from portwright.evolution.effects import Audience, Bump, Effect, Level
from portwright.evolution.objects import table_of
from portwright.evolution.verdicts import broken, bump, verdicts
from portwright.evolution.versions import next_version, numbers, raised
from portwright.model import Model, Port


@dataclass(frozen=True)
class Comparison:
    """An old and a new version of a contract. Who is asked are the `audiences`; how far the version
    has to be raised does not depend on them, but on the `allowances`, which hold for it today."""

    old: Model
    new: Model
    audiences: frozenset[Audience] = EVERYBODY
    allowances: tuple[Allowance, ...] = ()

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
        return max((self.bump(each) for each in self.changes), default=None)

    def bump(self, change: Change) -> Bump:
        """The bump that the change needs with what is allowed."""
        return bump(change, self.spared(change))

    def allowed(self, change: Change) -> tuple[Allowance, ...]:
        """The allowances for what the change breaks."""
        meant = [each for each in self.allowances if each.kind is change.kind]
        harmed = broken(change) if meant else frozenset()
        return tuple(each for each in meant if each.covers(change, harmed))

    def spared(self, change: Change) -> frozenset[Audience]:
        """Whom the change breaks, as was agreed on."""
        agreed = [each.audiences for each in self.allowed(change)]
        return broken(change).intersection(frozenset().union(*agreed)) if agreed else frozenset()

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

    def harm(self, change: Change) -> dict[Audience, Effect]:
        """What the change breaks for the audiences, and nobody has allowed."""
        found = self.concerned(change, (Level.BREAKING,)).items()
        spared = self.spared(change)
        return {each: effect for each, effect in found if each not in spared}

    @property
    def breaking(self) -> tuple[Change, ...]:
        """What breaks one of the audiences, is not allowed, and the version does not tell it."""
        found = (each for each in self.changes if self.harm(each))
        return tuple(each for each in found if not self.is_told(self.bump(each)))

    @cached_property
    def untold(self) -> tuple[Change, ...]:
        """What breaks somebody, allowed or not, and the version does not tell it."""
        found = (each for each in self.changes if broken(each))
        return tuple(each for each in found if not self.is_told(bump(each)))

    @property
    def shared(self) -> tuple[str, ...]:
        """The topics and tables of both majors, where a new one breaks those who read them: their
        readers of before are handed what they cannot read."""
        if not self.is_new_major:
            return ()
        harmed = frozenset[Audience]().union(*map(broken, self.changes))
        found: list[str] = []
        if Audience.STREAM_READERS in harmed:
            found += (f"topic {each}" for each in sorted(_topics(self.old) & _topics(self.new)))
        if Audience.SQL_READERS in harmed:
            found += (f"table {each}" for each in sorted(_tables(self.old) & _tables(self.new)))
        return tuple(found)


def _topics(model: Model) -> set[str]:
    return {each.topic for each in model.objects if Port.STREAM in each.ports}


def _tables(model: Model) -> set[str]:
    return {table_of(each) for each in model.objects if Port.TABLE in each.ports}
