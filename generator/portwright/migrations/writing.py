"""Writing: an alteration as a step, in the words that the ways of a dialect name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from portwright.migrations.steps import Held, Step
from portwright.migrations.views import Column, Table
from portwright.model import Model, Object
from portwright.targets.ddl import (
    Dialect,
    literal,
    qualified,
    quote,
    schema_statements,
    table_statements,
)
from portwright.targets.ddl.alterations import Alteration
from portwright.targets.ddl.constraints import Constraint, ConstraintKind
from portwright.targets.ddl.places import joined
from portwright.targets.ddl.text import constraint_name, name_literal

ADDED = {
    ConstraintKind.PRIMARY_KEY: Alteration.ADD_PRIMARY_KEY,
    ConstraintKind.UNIQUE: Alteration.ADD_UNIQUE,
    ConstraintKind.CHECK: Alteration.ADD_CHECK,
    ConstraintKind.FOREIGN_KEY: Alteration.ADD_FOREIGN_KEY,
}
DROPPED = {
    ConstraintKind.PRIMARY_KEY: Alteration.DROP_PRIMARY_KEY,
    ConstraintKind.UNIQUE: Alteration.DROP_UNIQUE,
    ConstraintKind.CHECK: Alteration.DROP_CHECK,
    ConstraintKind.FOREIGN_KEY: Alteration.DROP_FOREIGN_KEY,
}

_KEYS = (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE)


@dataclass(frozen=True, slots=True)
class Named:
    """A table under one of the names that it has during a migration."""

    place: tuple[str, ...]
    bare: str
    dialect: Dialect

    @property
    def sql(self) -> str:
        return joined((*self.place, self.bare), self.dialect)

    @property
    def words(self) -> dict[str, str]:
        """What statements call it."""
        schema = self.place[-1] if self.place else self.dialect.default_schema or ""
        return {
            "table": self.sql,
            "table_text": literal(self.sql, self.dialect),
            "schema_text": name_literal(schema, self.dialect),
            "name_text": name_literal(self.bare, self.dialect),
        }

    @property
    def as_new(self) -> dict[str, str]:
        """What statements call it that give it this name."""
        return {
            "new_table": self.sql,
            "new_name": quote(self.bare, self.dialect),
            "new_name_text": name_literal(self.bare, self.dialect),
        }

    def beside(self, suffix: str) -> Named:
        """Another table in its schema."""
        return Named(self.place, beside(self.bare, suffix, self.dialect), self.dialect)

    def step(
        self,
        kind: Alteration,
        *,
        column: str | None = None,
        detail: str = "",
        rows: Iterable[str] = (),
        conditions: Iterable[str] = (),
        held: Held | None = None,
        to: Named | None = None,
        **words: str,
    ) -> Step:
        """The alteration of this table, which leads `to` another one or another name of it.
        `conditions` are those of rows that it must not have."""
        way = self.dialect.alterations.ways[kind]
        named = {**self.words, **(to.as_new if to else {}), "column": column or "", **words}
        conditions = tuple(conditions)
        return Step(
            kind,
            self.sql,
            (
                *(each for condition in conditions for each in self._guard(condition)),
                *(each.format(**named) for each in way.statements),
            ),
            column,
            detail,
            way.note,
            (*(f"SELECT * FROM {self.sql} WHERE {each}" for each in conditions), *rows),
            way.rewrites,
            held,
        )

    def _guard(self, condition: str) -> Iterable[str]:
        form = self.dialect.alterations.guard
        if form is not None:
            words = literal(f"a row in the way: {condition}", self.dialect)
            yield form.format(**self.words, words=words, condition=condition)


def named(table: Table, dialect: Dialect) -> Named:
    return Named(table.place, table.object.table, dialect)


def beside(name: str, suffix: str, dialect: Dialect) -> str:
    """A name that nothing else has, made of that of what it stands beside."""
    made = f"{name}__{re.sub('[^A-Za-z0-9]+', '_', suffix).strip('_').lower()}"
    rules = dialect.identifiers
    limit = min(rules.max_bytes or 128, rules.max_characters or 128)
    if len(made.encode()) <= limit:
        return made
    return constraint_name("t", (name, suffix), dialect, made)


def creation(model: Model, object_: Object, dialect: Dialect) -> Step:
    """The step that makes a table, as the target `ddl` does."""
    statements = (
        *schema_statements(model, object_, dialect),
        *table_statements(model, object_, dialect),
    )
    return Step(Alteration.CREATE_TABLE, qualified(model, object_, dialect), statements)


def add_constraint(table: Named, constraint: Constraint, held: Held | None = None) -> Step:
    """The step that adds it, with the rows that break it."""
    kind = ADDED[constraint.kind]
    conditions, rows = _breaches(table, constraint)
    step = table.step(
        kind,
        detail=constraint.name,
        rows=rows,
        conditions=conditions,
        held=held,
        clause=constraint.clause,
        name=constraint.name,
    )
    if constraint.behind:
        return Step(
            kind, step.table, constraint.behind, None, step.detail, step.note, rows, held=held
        )
    return step


def drop_constraint(table: Table, constraint: Constraint, dialect: Dialect) -> Step:
    """The step that drops it from the table that it is in."""
    kind = Alteration.DROP_INDEX if constraint.behind else DROPPED[constraint.kind]
    of = named(table, dialect)
    step = of.step(kind, detail=constraint.name, name=constraint.name)
    form = dialect.alterations.reference_index
    if form and constraint.reference and not _starts_a_key(table, constraint):
        index = form.format(**of.words, name=constraint.name)
        return replace(step, statements=(*step.statements, index))
    return step


def _starts_a_key(table: Table, constraint: Constraint) -> bool:
    count = len(constraint.fields)
    keys = (each for each in table.constraints if each.kind in _KEYS)
    return any(each.fields[:count] == constraint.fields for each in keys)


def _breaches(table: Named, constraint: Constraint) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Conditions of rows that break it, and queries that find others."""
    dialect = table.dialect
    columns = [quote(each.column, dialect) for each in constraint.fields]
    if constraint.kind is ConstraintKind.CHECK:
        return (f"NOT ({constraint.predicate})",), ()
    if constraint.reference is None:
        listed = ", ".join(columns)
        return (), (
            f"SELECT {listed}, COUNT(*) FROM {table.sql} GROUP BY {listed} HAVING COUNT(*) > 1",
        )
    targets = (quote(each.column, dialect) for each in constraint.reference.targets)
    pairs = zip(columns, targets, strict=True)
    alike = " AND ".join(f"o.{target} = t.{column}" for column, target in pairs)
    there = " AND ".join(f"t.{each} IS NOT NULL" for each in columns)
    return (), (
        f"SELECT * FROM {table.sql} t WHERE {there}"
        f" AND NOT EXISTS (SELECT 1 FROM {constraint.target} o WHERE {alike})",
    )


def comment_of(column: Column, dialect: Dialect) -> str:
    return column.comment or dialect.alterations.no_comment
