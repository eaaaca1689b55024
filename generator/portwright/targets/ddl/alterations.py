"""Alterations: how one SQL engine changes a table that has rows, as a value.

A `Way` is the statements of one alteration, as format strings, and what they cost. An alteration
without a way cannot be made in place: the table is made anew, or the column is, beside the old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Alteration(StrEnum):
    """What can be done to a table, in words for people."""

    ADD_COLUMN = "add column"
    DROP_COLUMN = "drop column"
    RENAME_COLUMN = "rename column"
    WIDEN_TYPE = "widen type"
    CHANGE_TYPE = "change type"
    SET_NOT_NULL = "set not null"
    DROP_NOT_NULL = "drop not null"
    ADD_PRIMARY_KEY = "add primary key"
    DROP_PRIMARY_KEY = "drop primary key"
    ADD_UNIQUE = "add unique"
    DROP_UNIQUE = "drop unique"
    ADD_CHECK = "add check"
    DROP_CHECK = "drop check"
    ADD_FOREIGN_KEY = "add foreign key"
    DROP_FOREIGN_KEY = "drop foreign key"
    DROP_INDEX = "drop index"
    COMMENT_COLUMN = "comment on column"
    COMMENT_TABLE = "comment on table"
    LAY_OUT = "change layout"
    RENAME_TABLE = "rename table"
    MOVE_ASIDE = "move table aside"
    CREATE_TABLE = "create table"
    COPY_ROWS = "copy rows"
    FILL_COLUMN = "fill column"
    DROP_TABLE = "drop table"
    DROP_VIEW = "drop view"
    MAKE_VIEW = "make view"


@dataclass(frozen=True, slots=True)
class Way:
    """Statements that make an alteration, what they lock and read (`note`), and whether the table
    is written anew (`rewrites`)."""

    statements: tuple[str, ...]
    note: str
    rewrites: bool = False


def way(*statements: str, note: str, rewrites: bool = False) -> Way:
    return Way(statements, note, rewrites)


@dataclass(frozen=True, slots=True)
class Alterations:
    """What an engine alters in place, and how.

    Statements name the `{table}`, a `{column}`, its `{type}` of values, its `{definition}` as in
    CREATE TABLE, the `{text}` of a comment (`no_comment` where there is none), the `{name}` and the
    `{clause}` of a constraint, and the `{value}` that a column's own becomes. What is renamed or
    moved gets the `{new_column}`, or the `{new_table}`, which is `{new_name}` in its schema;
    `…_text` is the same as a text literal. Rows are copied as `{values}` into `{columns}`. Layouts
    are made of a `{partition}` (`{partition_texts}`, as text literals) and a `{cluster}`;
    `no_layout` where there is neither any more.

    `widenings` are the types, without their parameters, that take another one's place without a
    cast; where both are the same, no parameter becomes less. Other values become what `cast` says,
    and `try_cast` is null for those that cannot; with `named_casts` it takes fields of records by
    their names. `zoned` and `unzoned` are casts between timestamps, in UTC. An engine that keeps no
    rule of itself has a `guard`: a query that fails where rows meet a `{condition}`.

    No alteration in `held_by_keys` is made to a table with a key, in `held_by_layout` to a column
    that rows are laid out by, in `held_by_references` to a table that others refer to, or to a
    column that refers. The names of constraints whose kinds are among `shared_names` are the
    schema's, not the table's; the engine forgets those of `nameless` ones.
    A `reference_index` goes with a foreign key whose columns no key of the table starts with.
    Where `views_bind`, what a view shows cannot be altered below it. `transaction` is what all
    statements stand between, where that undoes them; a `batch` is what ends behind each of them,
    where the next one would not see what it has made.
    """

    ways: Mapping[Alteration, Way]
    widenings: frozenset[tuple[str, str]] = frozenset()
    cast: str = "CAST({value} AS {type})"
    try_cast: str | None = None
    named_casts: bool = False
    zoned: str | None = None
    unzoned: str | None = None
    guard: str | None = None
    no_comment: str = "NULL"
    no_layout: str | None = None
    held_by_keys: frozenset[Alteration] = frozenset()
    held_by_layout: frozenset[Alteration] = frozenset()
    held_by_references: frozenset[Alteration] = frozenset()
    shared_names: frozenset[str] = frozenset()
    nameless: frozenset[str] = frozenset()
    reference_index: str | None = None
    views_bind: bool = False
    transaction: tuple[str, str] | None = None
    batch: str | None = None
