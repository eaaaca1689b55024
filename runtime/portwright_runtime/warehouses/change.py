"""What a load does to a table, by its mode, and how that is undone.

`_portwright_undo_<token>` holds what a load changed: rows that it took out, to be put back, and
what tells the rows that it put in, to be taken out.

What needs DDL is done before and after the rows change, so that an engine whose DDL commits can do
the rest, which is DML alone, in one transaction. What has to be known is looked up before the first
row of the table changes, so that an engine can be sent all changes at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from portwright_runtime.errors import WarehouseError
from portwright_runtime.loading.naming import joined, listed, quoted
from portwright_runtime.loading.staging import DELETED, Staging
from portwright_runtime.warehouse import Column, Dialect, Finding, Table, Terms, violation
from portwright_runtime.warehouses.ledger import Counts, Entry

if TYPE_CHECKING:
    from portwright_runtime.warehouses.session import Session

_TAKEN_OUT: Final = "_portwright_taken_out"


@dataclass(frozen=True)
class Change:
    """One load of one table; `what` begins its errors."""

    session: Session
    staging: Staging
    dialect: Dialect
    terms: Terms
    entry: Entry
    what: str

    @property
    def keeps(self) -> bool:
        """Whether the load can be undone: something tells its rows from the others."""
        mode = self.terms.mode
        return bool(
            self.terms.keep and (mode == "replace" or _told(self._table, self.dialect, mode))
        )

    def prepared(self) -> str | None:
        """Makes what the change needs beside the table; the relation that holds the staged rows,
        None where they go straight into the table."""
        if self.keeps and not self.session.transactional:
            types = ", ".join(f"{quoted(name)} {type_}" for name, type_ in self.dialect.columns)
            self._execute(
                f"CREATE TABLE {_undo(self.dialect, self.entry)}"
                f" ({types}, {quoted(_TAKEN_OUT)} BOOLEAN NOT NULL)"
            )
        mode = self.terms.mode
        straight = mode == "replace" or (mode == "append" and not any(self._table.keys))
        if straight and self.session.insert:
            return None
        return self.session.bring(self.staging)

    def made(self, staged: str | None) -> Counts:
        """What became of the rows, which are in the table then; `staged` is what was prepared."""
        staging, mode = self.staging, self.terms.mode
        counts = Counts(
            staging.rows, staging.rejected, staging.superseded, staging.deleted, staging.watermark
        )
        if mode == "replace":
            self._refuse_to_empty(counts)
            self._take_out("true")
        if mode == "replace" or staged is None:
            self._insert(staged)
        else:
            older = self._leave_older_out(staged) if mode == "upsert" else 0
            counts = replace(
                counts,
                rows=self._count(f"{staged} WHERE NOT {quoted(DELETED)}"),
                deleted=self._count(f"{staged} WHERE {quoted(DELETED)}"),
                superseded=counts.superseded + older,
            )
            self._write(staged)
        return counts

    def _write(self, staged: str) -> None:
        """Puts the staged rows in the place of those that they replace."""
        told = _told(self._table, self.dialect, self.terms.mode)
        takes_out = self.terms.mode != "append"
        same = self._same(told)
        which = f"EXISTS (SELECT 1 FROM {staged} AS s WHERE {same})" if takes_out else "false"
        self._refuse_what_is_there(staged, which)
        self._take_out(which)
        present = f"{staged} WHERE NOT {quoted(DELETED)}"
        if self.keeps:
            self._execute(
                f"INSERT INTO {_undo(self.dialect, self.entry)} ({listed(told)},"
                f" {quoted(_TAKEN_OUT)}) SELECT DISTINCT {listed(told)}, false FROM {present}"
            )
        self._insert(staged)

    def _insert(self, staged: str | None) -> None:
        if staged is None and self.session.insert:
            self.session.insert(self.staging, self.dialect.place)
            return
        columns = listed(_names(self._table, self.dialect).values())
        self._execute(
            f"INSERT INTO {self._target} ({columns}) SELECT {columns} FROM {staged}"
            f" WHERE NOT {quoted(DELETED)}"
        )

    def _take_out(self, which: str) -> None:
        """Deletes the rows `t` that meet the condition, and keeps them where that is asked for."""
        rows, kept = f"{self._target} AS t WHERE {which}", _undo(self.dialect, self.entry)
        if self.keeps:
            columns = listed(_names(self._table, self.dialect).values())
            into = f"INSERT INTO {kept} ({columns}, {quoted(_TAKEN_OUT)})"
            if self.session.transactional:
                # Whoever emptied the ledger has tokens begin again.
                forget(self.session, self.dialect, self.entry.token)
                into = f"CREATE TABLE {kept} AS"  # in one go
            self._execute(f"{into} SELECT {columns}, true AS {quoted(_TAKEN_OUT)} FROM {rows}")
        if which != "false":
            self._execute(f"DELETE FROM {rows}")

    def _leave_older_out(self, staged: str) -> int:
        """How many staged rows had a later version in the table already; they are left out."""
        if self._table.latest_by is None:
            return 0
        latest = quoted(_names(self._table, self.dialect)[self._table.latest_by])
        older = (
            f"{staged} AS s WHERE EXISTS (SELECT 1 FROM {self._target} AS t"
            f" WHERE {self._same(self._key)} AND t.{latest} > s.{latest})"
        )
        found = self._count(older)
        if found:
            self._execute(f"DELETE FROM {older}")
        return found

    def _refuse_to_empty(self, counts: Counts) -> None:
        if counts.rows or self.terms.allow_empty:
            return
        if self.session.execute(f"SELECT 1 FROM {self._target} LIMIT 1"):
            raise WarehouseError(
                f"{self.what}: it has no rows and would empty the table; "
                "pass allow_empty=True if that is meant"
            )

    def _refuse_what_is_there(self, staged: str, goes: str) -> None:
        """Raises a ContractViolation where a row that stays has the key of one that comes; those
        that meet `goes` do not stay."""
        found: list[Finding] = []
        names = _names(self._table, self.dialect)
        for key in self._table.keys:
            same = " AND ".join(
                f"s.{quoted(names[each])} = t.{quoted(names[each])}" for each in key
            )
            both = (
                f"{self._target} AS t WHERE EXISTS"
                f" (SELECT 1 FROM {staged} AS s WHERE NOT s.{quoted(DELETED)} AND {same})"
                f" AND NOT ({goes})"
            )
            if rows := self._count(both):
                held = [each for each in self._table.columns if each.name in key]
                path = ", ".join(each.property for each in held)
                sample = self._sample(held, both)
                found.append(Finding(path, "must not be in the table already", rows, sample))
        if found:
            raise violation(self._table, found)

    def _sample(self, columns: list[Column], rows: str) -> str | None:
        """The first key of the rows, None where it may not be shown."""
        if any(each.classified for each in columns):
            return None
        names = _names(self._table, self.dialect)
        texts = ", ".join(f"CAST({quoted(names[each.name])} AS VARCHAR)" for each in columns)
        [values] = self._execute(f"SELECT {texts} FROM {rows} ORDER BY 1 LIMIT 1")
        pairs = zip(columns, values, strict=True)
        return ", ".join(f"{each.property} {value!r}" for each, value in pairs)

    @property
    def _table(self) -> Table[Any]:
        return self.staging.table

    @property
    def _target(self) -> str:
        return joined(self.dialect.place)

    @property
    def _key(self) -> list[str]:
        names = _names(self._table, self.dialect)
        return [names[each] for each in self._table.primary_key]

    def _same(self, key: Iterable[str]) -> str:
        return _same(self._table, self.dialect, key)

    def _execute(self, statement: str) -> list[tuple[Any, ...]]:
        return self.session.execute(statement)

    def _count(self, rows: str) -> int:
        [[found]] = self.session.execute(f"SELECT count(*) FROM {rows}")
        return int(found)


def forget(session: Session, dialect: Dialect, token: int) -> None:
    """Drops what would undo the load of this token."""
    session.execute(f"DROP TABLE IF EXISTS {joined(undo_place(dialect, token))}")


def undo(session: Session, table: Table[Any], dialect: Dialect, entry: Entry, what: str) -> None:
    """Puts the rows of the table back as they were before the load."""
    told = _told(table, dialect, entry.mode)
    if entry.mode != "replace" and not told:
        raise WarehouseError(f"{what}: {table.object} has no key that tells its rows")
    if session.kind(undo_place(dialect, entry.token)) is None:
        raise WarehouseError(
            f"{what}: what load {entry.load_id!r} changed was not kept; `keep` of a load says how"
            " many can be undone"
        )
    target, kept = joined(dialect.place), _undo(dialect, entry)
    which = "true"
    if entry.mode != "replace":
        same = _same(table, dialect, told)
        which = f"EXISTS (SELECT 1 FROM {kept} AS s WHERE NOT {quoted(_TAKEN_OUT)} AND {same})"
    session.execute(f"DELETE FROM {target} AS t WHERE {which}")
    columns = listed(_names(table, dialect).values())
    session.execute(
        f"INSERT INTO {target} ({columns}) SELECT {columns} FROM {kept} WHERE {quoted(_TAKEN_OUT)}"
    )


def _told(table: Table[Any], dialect: Dialect, mode: str) -> list[str]:
    """The columns that tell which rows of the table those of a load are."""
    names = _names(table, dialect)
    key = table.partition_key if mode == "partition" else table.primary_key
    return [names[each] for each in key]


def _same(table: Table[Any], dialect: Dialect, key: Iterable[str]) -> str:
    """Whether a row `s` and one of the table, `t`, have one key; nulls are equal here.

    Where there are none it is an equation, by which engines find rows without comparing all."""
    names = _names(table, dialect)
    filled = {names[each.name] for each in table.columns if each.required}
    return " AND ".join(
        f"s.{quoted(each)} {'=' if each in filled else 'IS NOT DISTINCT FROM'} t.{quoted(each)}"
        for each in key
    )


def _names(table: Table[Any], dialect: Dialect) -> dict[str, str]:
    """The names of the columns in the engine's catalogue, by their own."""
    pairs = zip(table.columns, dialect.columns, strict=True)
    return {column.name: name for column, (name, _) in pairs}


def _undo(dialect: Dialect, entry: Entry) -> str:
    return joined(undo_place(dialect, entry.token))


def undo_place(dialect: Dialect, token: int) -> tuple[str, ...]:
    """The table of what a load changed."""
    return (*dialect.place[:-1], f"_portwright_undo_{token}")
