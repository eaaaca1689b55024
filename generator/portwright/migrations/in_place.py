"""In place: the steps that alter a table as it stands, and its columns one beside the other where
their types cannot change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from portwright.migrations import casts
from portwright.migrations.losses import Loss
from portwright.migrations.pairs import Pair
from portwright.migrations.steps import Held, Step
from portwright.migrations.views import Column, under_name
from portwright.migrations.writing import (
    Named,
    add_constraint,
    beside,
    comment_of,
    drop_constraint,
    named,
)
from portwright.targets.ddl import literal, quote
from portwright.targets.ddl.alterations import Alteration
from portwright.targets.ddl.constraints import Constraint, ConstraintKind
from portwright.targets.ddl.text import name_literal, same_name

# What stands for a value that only people know.
UNKNOWN = "<value>"


@dataclass
class InPlace:
    """The alteration of a pair. `held` are the properties whose columns wait for another step."""

    pair: Pair
    held: dict[str, Held] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dialect = self.pair.dialect
        self.before = named(self.pair.before, self.dialect)
        self.now = named(self.pair.after, self.dialect)
        for old, new in self.pair.retyped:
            found = self.pair.loss(old, new)
            if self.pair.way_of_type(old, new) is None or found is Loss.LOST:
                self.held[new.field.name] = self.held[old.field.name] = Held.DESTRUCTIVE
        for column in self.pair.added:
            if not column.nullable:
                self.held.setdefault(column.field.name, Held.VALUES)

    def steps(self) -> Iterator[Step]:
        """All but those of foreign keys."""
        for each in self.pair.dropped:
            if each.kind is not ConstraintKind.FOREIGN_KEY:
                yield drop_constraint(self.pair.before, each, self.dialect).holding(
                    self._held_of(each)
                )
        if self.pair.is_renamed:
            detail = f"now {self.now.sql}"
            yield self.before.step(Alteration.RENAME_TABLE, detail=detail, to=self.now)
            yield from self._rename_partition()
        for column in self.pair.removed:
            yield self.now.step(
                Alteration.DROP_COLUMN,
                column=column.name,
                detail="the contract has it no more",
                held=Held.DESTRUCTIVE,
            )
        yield from self._renames()
        for column in self.pair.added:
            yield from self._addition(column)
        for old, new in self.pair.columns:
            yield from self._column(old, new)
        if self.pair.lays_out:
            yield self._layout()
        for each in self.pair.gained:
            if each.kind is not ConstraintKind.FOREIGN_KEY:
                yield add_constraint(self.now, each, self._held_of(each))
        yield from self._comments()

    def _rename_partition(self) -> Iterator[Step]:
        was, is_ = self.pair.before.default_partition, self.pair.after.default_partition
        if was and is_ and was != is_:
            old, new = (Named(self.now.place, each, self.dialect) for each in (was, is_))
            yield old.step(Alteration.RENAME_TABLE, detail=f"now {new.sql}", to=new)

    def _held_of(self, constraint: Constraint) -> Held | None:
        """Why the constraint waits: a column of it does. Nulls are in the way of a primary key."""
        found = [self.held[each.name] for each in constraint.fields if each.name in self.held]
        if Held.DESTRUCTIVE in found:
            return Held.DESTRUCTIVE
        is_key = constraint.kind is ConstraintKind.PRIMARY_KEY
        return Held.VALUES if found and is_key else None

    def _renames(self) -> Iterator[Step]:
        """Columns get their new names; one whose name another one gets makes way first."""
        changed = [(old, new) for old, new in self.pair.columns if old.name != new.name]
        wanted = [new.field.column for _, new in changed] + [
            each.field.column for each in self.pair.added
        ]
        for old, _ in changed:
            if self._is_among(old.field.column, wanted):
                yield self._rename(old.name, beside(old.field.column, "was", self.dialect))
        for old, new in changed:
            column = old.name
            if self._is_among(old.field.column, wanted):
                column = quote(beside(old.field.column, "was", self.dialect), self.dialect)
            yield self._rename(column, new.field.column)

    def _is_among(self, name: str, others: Iterable[str]) -> bool:
        rules = self.dialect.identifiers
        return same_name(name, rules) in {same_name(each, rules) for each in others}

    def _rename(self, column: str, to: str, held: Held | None = None) -> Step:
        new = quote(to, self.dialect)
        return self.now.step(
            Alteration.RENAME_COLUMN,
            column=column,
            detail=f"now {new}",
            held=held,
            new_column=new,
            table_column_text=literal(f"{self.now.sql}.{column}", self.dialect),
            new_column_text=name_literal(to, self.dialect),
        )

    def _addition(self, column: Column) -> Iterator[Step]:
        """A new column is null in all rows that there are."""
        yield self.now.step(
            Alteration.ADD_COLUMN,
            column=column.name,
            detail=column.null_type,
            definition=column.loose,
        )
        if not column.nullable:
            yield self.fill(column)
            if Alteration.SET_NOT_NULL in self.dialect.alterations.ways:
                yield self._nullability(Alteration.SET_NOT_NULL, column, Held.VALUES)

    def fill(self, column: Column) -> Step:
        """A column that nobody here knows the values of gets them."""
        return self.now.step(
            Alteration.FILL_COLUMN,
            column=column.name,
            detail=f"write what {UNKNOWN} is in the rows that there are",
            held=Held.VALUES,
            value=UNKNOWN,
        )

    def _nullability(
        self,
        kind: Alteration,
        column: Column,
        held: Held | None = None,
    ) -> Step:
        sets = kind is Alteration.SET_NOT_NULL
        return self.now.step(
            kind,
            column=column.name,
            conditions=(f"{column.name} IS NULL",) if sets else (),
            held=held,
            definition=column.definition if sets else column.loose,
            type=column.type,
            type_text=literal(column.type, self.dialect),
        )

    def _column(self, old: Column, new: Column) -> Iterator[Step]:
        """What a column's type and nullability need, under the name that it has now."""
        held = self.held.get(new.field.name)
        kind = self.pair.way_of_type(old, new) if old.plain != new.plain else None
        if old.plain != new.plain and kind is None:
            yield from self._beside(old, new)
            return
        if kind is not None:
            yield self._retype(kind, old, new, held)
        if new.nullable and not old.nullable:
            yield self._nullability(Alteration.DROP_NOT_NULL, new, held)
        if old.nullable and not new.nullable:
            yield self._nullability(Alteration.SET_NOT_NULL, new, held)

    def _retype(self, kind: Alteration, old: Column, new: Column, held: Held | None) -> Step:
        loose = old.nullable or new.nullable
        found = self.pair.loss(old, new)
        misfits = casts.misfits(old, new, self.dialect, name=new.name)
        return self.now.step(
            kind,
            column=new.name,
            detail=f"{old.type} becomes {new.type}{_WORDS[found]}",
            conditions=misfits if found is Loss.REFUSED else (),
            held=held,
            type=new.type,
            null="NULL" if loose else "NOT NULL",
            definition=new.loose if loose else new.definition,
            value=casts.value(old, new, self.dialect, name=new.name),
        )

    def _beside(self, old: Column, new: Column) -> Iterator[Step]:
        """The column under another name beside the old one, filled from it, then in its place."""
        found = self.pair.loss(old, new)
        bare = beside(new.field.column, "new", self.dialect)
        name = quote(bare, self.dialect)
        yield self.now.step(
            Alteration.ADD_COLUMN,
            column=name,
            detail=f"{new.type}, to stand in for {new.name}, which is {old.type}",
            definition=under_name(new.field, bare, self.dialect),
        )
        possible = found is not Loss.IMPOSSIBLE
        yield self.now.step(
            Alteration.FILL_COLUMN,
            column=name,
            detail=f"from {new.name}{_WORDS[found]}",
            conditions=(
                casts.misfits(old, new, self.dialect, name=new.name)
                if found is Loss.REFUSED
                else ()
            ),
            held=None if possible else Held.VALUES,
            value=casts.value(old, new, self.dialect, name=new.name) if possible else UNKNOWN,
        )
        yield self.now.step(
            Alteration.DROP_COLUMN,
            column=new.name,
            detail="its values are in the column beside it",
            held=Held.DESTRUCTIVE if possible else Held.VALUES,
        )
        held = Held.DESTRUCTIVE if possible else Held.VALUES
        yield self._rename(name, new.field.column, held)
        if not new.nullable:
            yield self._nullability(Alteration.SET_NOT_NULL, new, held)

    def _layout(self) -> Step:
        after = self.pair.after
        way = self.dialect.alterations.ways[Alteration.LAY_OUT]
        step = self.now.step(
            Alteration.LAY_OUT,
            partition=", ".join(after.partition),
            partition_texts=", ".join(literal(each, self.dialect) for each in after.partition),
            cluster=", ".join(after.cluster),
        )
        none = self.dialect.alterations.no_layout
        if any(after.layout) or none is None:
            return step
        return Step(step.kind, step.table, (none.format(table=self.now.sql),), note=way.note)

    def _comments(self) -> Iterator[Step]:
        pair = self.pair
        if pair.before.comment != pair.after.comment:
            text = pair.after.comment or self.dialect.alterations.no_comment
            yield self.now.step(Alteration.COMMENT_TABLE, text=text)
        clause = self.dialect.statements.comment_clause is not None
        for old, new in (*pair.columns, *((None, each) for each in pair.added)):
            before = old.comment if old else new.comment if clause else None
            if before == new.comment and not (old and self._is_new(old, new) and new.comment):
                continue
            held = self.held.get(new.field.name)
            loose = held is Held.VALUES
            yield self.now.step(
                Alteration.COMMENT_COLUMN,
                column=new.name,
                held=held if held is Held.DESTRUCTIVE else None,
                definition=new.loose if loose else new.definition,
                text=comment_of(new, self.dialect),
                column_text=name_literal(new.field.column, self.dialect),
            )

    def _is_new(self, old: Column, new: Column) -> bool:
        """Whether another column stands in for the old one, and has no comment yet."""
        clause = self.dialect.statements.comment_clause is not None
        beside_it = old.plain != new.plain and self.pair.way_of_type(old, new) is None
        return beside_it and not clause


_WORDS = {
    Loss.NOTHING: "",
    Loss.REFUSED: "; a value that does not fit ends it",
    Loss.LOST: "; values may lose something",
    Loss.IMPOSSIBLE: "; there is no cast",
}
