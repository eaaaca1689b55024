"""Reasons: why a table cannot be altered as it stands, and a new one takes its place."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.migrations.pairs import Pair
from portwright.migrations.views import Column
from portwright.migrations.writing import ADDED, DROPPED
from portwright.targets.ddl.alterations import Alteration
from portwright.targets.ddl.constraints import Constraint


def reasons(pair: Pair) -> Iterator[str]:
    """Why the table has to be made anew, in words; nothing where it need not."""
    title = pair.dialect.title
    ways = pair.dialect.alterations.ways
    if pair.is_renamed and (pair.moves or pair.before.place != pair.after.place):
        yield "the table stands in another place"
    for each in (*map(_drop, pair.dropped), *map(_add, pair.gained)):
        if each not in ways:
            yield f"{title} cannot {each}"
    if pair.lays_out and Alteration.LAY_OUT not in ways:
        yield f"{title} lays out rows when a table is made"
    for kind, column in needed(pair):
        name = column.field.name if column else ""
        if kind is None:
            yield from _retyped(pair, column)
        elif kind not in ways:
            yield f"{title} cannot {kind}"
        elif name in pair.before.laid | pair.after.laid and _held(pair, kind, "layout"):
            yield f"{title} cannot {kind} of what rows are laid out by"
        elif pair.before.has_keys and _held(pair, kind, "keys"):
            yield f"{title} cannot {kind} of a table with keys"
        elif pair.referred and _held(pair, kind, "references"):
            yield f"{title} cannot {kind} of a table that others refer to"


def needed(pair: Pair) -> Iterator[tuple[Alteration | None, Column | None]]:
    """Each alteration of a column or of the name that makes the one table the other; None for a
    type that cannot be changed in place. A new column may be null for a while."""
    if pair.is_renamed:
        yield Alteration.RENAME_TABLE, None
    for each in pair.removed:
        yield Alteration.DROP_COLUMN, each
    for each in pair.added:
        yield Alteration.ADD_COLUMN, each
    for old, new in pair.columns:
        if old.name != new.name:
            yield Alteration.RENAME_COLUMN, new
        if old.plain != new.plain:
            yield pair.way_of_type(old, new), new
        if old.nullable and not new.nullable:
            yield Alteration.SET_NOT_NULL, new
        if new.nullable and not old.nullable:
            yield Alteration.DROP_NOT_NULL, new


def _retyped(pair: Pair, column: Column | None) -> Iterator[str]:
    """Why no column can stand in for one of another type."""
    assert column is not None
    name = column.field.name
    old = next(old for old, new in pair.columns if new is column)
    title = pair.dialect.title
    ways = pair.dialect.alterations.ways
    if pair.before.constrained(old.field.name) or pair.after.constrained(name):
        yield f"{title} cannot change the type of what is in a key, or lays out rows"
    elif pair.sticks(old, column):
        yield f"{title} would stop half-way at a value that does not fit"
    elif not column.nullable and Alteration.SET_NOT_NULL not in ways:
        yield f"{title} cannot add a column that is never null"
    elif Alteration.DROP_COLUMN not in ways or (
        pair.before.has_keys and _held(pair, Alteration.DROP_COLUMN, "keys")
    ):
        yield f"{title} cannot change the type, and cannot drop the column"


def _held(pair: Pair, kind: Alteration, by: str) -> bool:
    held: frozenset[Alteration] = getattr(pair.dialect.alterations, f"held_by_{by}")
    return kind in held


def _drop(constraint: Constraint) -> Alteration:
    return Alteration.DROP_INDEX if constraint.behind else DROPPED[constraint.kind]


def _add(constraint: Constraint) -> Alteration:
    return Alteration.DROP_INDEX if constraint.behind else ADDED[constraint.kind]
