"""Showing: views of tables that change are made anew, over the table of a new major version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portwright.migrations.steps import Held, Step
from portwright.migrations.views import matched
from portwright.model import Model, Object
from portwright.targets.ddl import Dialect, qualified, view_place, view_statement
from portwright.targets.ddl.alterations import Alteration
from portwright.targets.ddl.places import joined

_WORDS = frozenset({Alteration.COMMENT_COLUMN, Alteration.COMMENT_TABLE})
_RIGHTS = "Rights on the view go with it: grant them again."
_ALL_AT_ONCE = "Who queries the view is on the new columns from here on."


def shown(
    old: Model, new: Model, steps: Iterable[Step], dialect: Dialect
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The steps that have to come before the others, and those that come last."""
    made = tuple(steps)
    found = matched(old, new, dialect)
    views = [
        *(_View(old, new, each, None, dialect, made) for each in found.removed),
        *(_View(old, new, before, after, dialect, made) for before, after in found.pairs),
        *(_View(old, new, None, each, dialect, made) for each in found.added),
    ]
    first = (step for each in views for step in each.first())
    return tuple(first), tuple(step for each in views for step in each.last())


@dataclass(frozen=True, slots=True)
class _View:
    """The view of an object before and after, with the steps that are made between."""

    old: Model
    new: Model
    before: Object | None
    after: Object | None
    dialect: Dialect
    steps: tuple[Step, ...]

    def first(self) -> Iterator[Step]:
        """A view that is called otherwise now makes way, as its name may be a table's from here on;
        so does one that holds on to the columns that it shows, if they are altered."""
        binds = self.dialect.alterations.views_bind and self._altered
        other = self._was != self._is and self.new.current  # else it shows another major version
        if self._was and not self._moves and (binds or other):
            yield Step(
                Alteration.DROP_VIEW,
                self._was,
                (f"DROP VIEW IF EXISTS {self._was}",),
                note=_RIGHTS,
            )

    def last(self) -> Iterator[Step]:
        statement = view_statement(self.new, self.after, self.dialect) if self.after else None
        before = view_statement(self.old, self.before, self.dialect) if self.before else None
        if self._is and statement and (statement != before or self._altered):
            step = Step(Alteration.MAKE_VIEW, self._is, (statement,), note=_ALL_AT_ONCE)
            yield step.holding(self._held)

    @property
    def _moves(self) -> bool:
        """Whether another table is shown, and the old one stays."""
        return self.old.major != self.new.major

    @property
    def _was(self) -> str | None:
        place = view_place(self.old, self.before, self.dialect) if self.before else None
        return joined(place, self.dialect) if place else None

    @property
    def _is(self) -> str | None:
        place = view_place(self.new, self.after, self.dialect) if self.after else None
        return joined(place, self.dialect) if place else None

    @property
    def _altered(self) -> bool:
        """Whether there is more than a word to change in its table."""
        return any(each.kind not in _WORDS for each in self._own)

    @property
    def _held(self) -> Held | None:
        """A table is not shown before its values are known, nor while another has the name."""
        if self._moves and any(each.held is Held.VALUES for each in self._own):
            return Held.VALUES
        drops = (each for each in self.steps if each.kind is Alteration.DROP_TABLE)
        return next((each.held for each in drops if each.table == self._is), None)

    @property
    def _own(self) -> Iterator[Step]:
        pairs = ((self.old, self.before), (self.new, self.after))
        names = {qualified(model, each, self.dialect) for model, each in pairs if each}
        return (each for each in self.steps if each.table in names)
