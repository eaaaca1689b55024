"""Anew: a new table takes the place of an old one, which keeps its rows under another name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from portwright.migrations import casts
from portwright.migrations.in_place import UNKNOWN, InPlace
from portwright.migrations.losses import Loss
from portwright.migrations.pairs import Pair
from portwright.migrations.steps import Held, Step
from portwright.migrations.views import Column, table
from portwright.migrations.writing import (
    Named,
    creation,
    drop_constraint,
    named,
)
from portwright.model import Object
from portwright.targets.ddl.alterations import Alteration
from portwright.targets.ddl.constraints import ConstraintKind


@dataclass
class Anew:
    """A pair whose table is made anew, for `reasons`; the old one is called by the `label`."""

    pair: Pair
    label: str
    reasons: tuple[str, ...]
    waiting: dict[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dialect = self.pair.dialect
        self.before = named(self.pair.before, self.dialect)
        self.after = named(self.pair.after, self.dialect)
        moves = self.pair.is_renamed
        self.old = self.before if moves else self.before.beside(f"before {self.label}")
        unknown = [
            *self.pair.added,
            *(new for old, new in self.pair.columns if self._loss(old, new) is Loss.IMPOSSIBLE),
        ]
        self.waiting = {each.field.name: each for each in unknown if not each.nullable}
        ways = self.dialect.alterations.ways
        laid = self.pair.after.laid & self.waiting.keys()
        keyed = self.waiting.keys() & set(self.pair.after.object.primary_key)
        stuck = (self.waiting and Alteration.SET_NOT_NULL not in ways) or (
            keyed and Alteration.ADD_PRIMARY_KEY not in ways
        )
        # Rows cannot be copied at all before somebody says what is in these columns.
        self.held = Held.VALUES if laid or stuck else None

    def aside(self) -> Iterator[Step]:
        """The old table gets another name, and loses constraints whose names the new one needs."""
        if self.pair.is_renamed:
            return
        for each in self.pair.before.constraints:
            shared = each.kind in self.dialect.alterations.shared_names and not each.behind
            if shared and each.kind is not ConstraintKind.FOREIGN_KEY:
                yield drop_constraint(self.pair.before, each, self.dialect).holding(self.held)
        yield self.before.step(
            Alteration.MOVE_ASIDE,
            detail="; ".join(dict.fromkeys(self.reasons)),
            held=self.held,
            to=self.old,
        )
        if partition := self.pair.before.default_partition:
            there = Named(self.before.place, partition, self.dialect)
            to = there.beside(f"before {self.label}")
            yield there.step(Alteration.MOVE_ASIDE, held=self.held, to=to)

    def steps(self) -> Iterator[Step]:
        """The new table and its rows."""
        pair = self.pair
        made = self._loose()
        yield creation(pair.after.model, made, self.dialect).holding(self.held)
        yield self._copied()
        if self.waiting and not self.held:
            loose = table(pair.after.model, made, self.dialect)
            finish = InPlace(Pair(loose, pair.after, self.dialect))
            for column in self.waiting.values():
                yield finish.fill(column)
            for step in finish.steps():
                yield step.holding(Held.VALUES)

    def ends(self) -> Iterator[Step]:
        """What is left of the old table."""
        if not self.pair.moves:
            yield self.old.step(
                Alteration.DROP_TABLE,
                detail="its rows are in the new table",
                held=self.held or Held.DESTRUCTIVE,
            )

    def _loose(self) -> Object:
        """The object, with columns that wait for values as optional ones."""
        object_ = self.pair.after.object
        if self.held:
            return object_
        fields = tuple(
            replace(each, required=each.required and each.name not in self.waiting)
            for each in object_.record.fields
        )
        key = () if self.waiting.keys() & set(object_.primary_key) else object_.primary_key
        return replace(object_, record=replace(object_.record, fields=fields), primary_key=key)

    def _copied(self) -> Step:
        pairs = [
            (old, new)
            for old, new in self.pair.columns
            if self._loss(old, new) is not Loss.IMPOSSIBLE
        ]
        columns = [new.name for _, new in pairs]
        values = [casts.value(old, new, self.dialect) for old, new in pairs]
        if self.held:
            columns += (each.name for each in self.waiting.values())
            values += (f"{UNKNOWN} AS {each.name}" for each in self.waiting.values())
        if not columns:  # nothing of a row stays but that it is there
            columns, values = [next(iter(self.pair.after.columns.values())).name], ["NULL"]
        refused = any(self._loss(old, new) is Loss.REFUSED for old, new in pairs)
        words = "; a value that does not fit ends it" if refused else ""
        in_the_way = [
            condition
            for old, new in pairs
            if old.plain != new.plain and self._loss(old, new) is Loss.REFUSED
            for condition in casts.misfits(old, new, self.dialect)
        ]
        in_the_way += (
            f"{old.name} IS NULL" for old, new in pairs if old.nullable and not new.nullable
        )
        return self.old.step(
            Alteration.COPY_ROWS,
            detail=f"into {self.after.sql}{words}",
            conditions=in_the_way,
            held=self.held,
            columns=", ".join(columns),
            values=", ".join(values),
            to=self.after,
        )

    def _loss(self, old: Column, new: Column) -> Loss:
        return Loss.NOTHING if old.plain == new.plain else self.pair.loss(old, new)
