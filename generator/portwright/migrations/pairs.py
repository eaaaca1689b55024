"""Pairs: a table before and after, and what is different."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from portwright.migrations.losses import Loss, loss
from portwright.migrations.views import Column, Table, matched_fields, renamed
from portwright.model import Array, Field, Map, Record
from portwright.model.matching import Matched
from portwright.targets.ddl import Dialect
from portwright.targets.ddl.alterations import Alteration
from portwright.targets.ddl.constraints import Constraint

_TYPE = re.compile(r"([^()<>\[\]]*?)\s*(?:\(([0-9, ]+)(?: CHAR)?\))?")


@dataclass(frozen=True)
class Pair:
    """A table in two versions. The foreign keys `freed` of it lead to keys that are to go; others
    may refer to it (`referred`); with `moves` what has another name is another table."""

    before: Table
    after: Table
    dialect: Dialect
    moves: bool = False
    referred: bool = False
    freed: frozenset[str] = frozenset()

    @cached_property
    def columns(self) -> tuple[tuple[Column, Column], ...]:
        """Those that are in both, before and after."""
        return tuple(
            (self.before.columns[old.name], self.after.columns[new.name])
            for old, new in self._matched.pairs
        )

    @cached_property
    def removed(self) -> tuple[Column, ...]:
        return tuple(self.before.columns[each.name] for each in self._matched.removed)

    @cached_property
    def added(self) -> tuple[Column, ...]:
        return tuple(self.after.columns[each.name] for each in self._matched.added)

    @property
    def retyped(self) -> Iterator[tuple[Column, Column]]:
        return (pair for pair in self.columns if pair[0].plain != pair[1].plain)

    @cached_property
    def is_renamed(self) -> bool:
        return self.before.name != self.after.name

    @cached_property
    def lays_out(self) -> bool:
        """Whether rows are laid out otherwise, not only by columns of other names."""
        names = {old.field.name: new.field.column for old, new in self.columns}
        return renamed(self.before, names, self.dialect).layout != self.after.layout

    @cached_property
    def dropped(self) -> tuple[Constraint, ...]:
        """Constraints that go, or make way for a while."""
        kept = {self._identity(each) for each in self._kept}
        return tuple(each for each in self.before.constraints if self._identity(each) not in kept)

    @cached_property
    def gained(self) -> tuple[Constraint, ...]:
        kept = {self._identity(each) for each in self._kept}
        return tuple(each for each in self.after.constraints if self._identity(each) not in kept)

    @cached_property
    def _kept(self) -> tuple[Constraint, ...]:
        before = {self._identity(each) for each in self.before.constraints}
        retyped = {new.field.name for _, new in self.retyped}
        return tuple(
            each
            for each in self.after.constraints
            if self._identity(each) in before
            and each.name not in self.freed
            and not any(field.name in retyped for field in each.fields)
        )

    def _identity(self, constraint: Constraint) -> tuple[object, ...]:
        """What makes two constraints the same to the engine."""
        if constraint.kind in self.dialect.alterations.nameless:
            return constraint.kind, tuple(each.column for each in constraint.fields)
        return constraint.kind, constraint.name, constraint.clause, constraint.behind

    @cached_property
    def _matched(self) -> Matched[Field]:
        return matched_fields(self.before.object, self.after.object, self.dialect)

    def loss(self, old: Column, new: Column) -> Loss:
        """What becomes of the values of a column that gets another type."""
        named = self.dialect.alterations.named_casts
        found = loss(old.field.type, new.field.type, named=named)
        if found is Loss.NOTHING and old.field.type == new.field.type:
            return Loss.REFUSED  # it is in a key now, or no longer
        return found

    def way_of_type(self, old: Column, new: Column) -> Alteration | None:
        """How the type changes in place; None where it cannot."""
        ways = self.dialect.alterations.ways
        found = self.loss(old, new)
        if found is Loss.IMPOSSIBLE or self.sticks(old, new):
            return None
        if Alteration.WIDEN_TYPE in ways and found is Loss.NOTHING and self._widens(old, new):
            return Alteration.WIDEN_TYPE
        return Alteration.CHANGE_TYPE if Alteration.CHANGE_TYPE in ways else None

    def sticks(self, old: Column, new: Column) -> bool:
        """Whether a value that does not fit would stop the engine half-way, and no query finds it:
        those inside a list, a map or a record."""
        guarded = self.dialect.alterations.guard is not None
        nested = isinstance(old.field.type, Array | Map | Record)
        return guarded and nested and self.loss(old, new) is Loss.REFUSED

    def _widens(self, old: Column, new: Column) -> bool:
        before, after = _TYPE.fullmatch(old.type), _TYPE.fullmatch(new.type)
        if before is None or after is None:
            return False
        if (before[1], after[1]) not in self.dialect.alterations.widenings:
            return False
        if before[1] != after[1] or after[2] is None:
            return True
        less, more = (
            [int(each) for each in (found[2] or "").split(",") if each.strip()]
            for found in (before, after)
        )
        return len(less) == len(more) and less[0] <= more[0] and less[1:] == more[1:]
