"""The table that a load makes, beside the current one: by its mode."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final

from portwright_runtime.errors import WarehouseError
from portwright_runtime.loading.staging import DELETED, Staging
from portwright_runtime.warehouse import Column, Dialect, Finding, Table, Terms, violation
from portwright_runtime.warehouses.clickhouse_exchange import Exchange
from portwright_runtime.warehouses.clickhouse_server import (
    Place,
    Server,
    joined,
    listed,
    literal,
    quoted,
    structure,
)
from portwright_runtime.warehouses.clickhouse_values import form, input_type
from portwright_runtime.warehouses.ledger import Counts, Entry

_NAME: Final = r"(?:\w+|`(?:[^`\\]|\\.)*`)"
# How the contract's DDL begins.
_CREATE: Final = re.compile(rf"CREATE TABLE IF NOT EXISTS {_NAME}(?:\.{_NAME})?", re.DOTALL)
_ANY_ORDER: Final = "ENGINE = MergeTree ORDER BY tuple()"


@dataclass(frozen=True)
class Change:
    """One load of one table; `what` begins its errors."""

    server: Server
    exchange: Exchange
    staging: Staging
    dialect: Dialect
    place: Place
    terms: Terms
    entry: Entry
    what: str

    # ------------------------------------------------------------------ staging

    def stage(self, there: bool) -> None:
        """Takes the staged rows to the server, into tables that no reader knows."""
        columns = self._table.columns
        self._make(self._at("staged"), there)
        self._insert("staged", columns, deleted=False)
        if self.terms.mode == "upsert":
            told = listed(self._names(self._told_columns))
            self.server.run(
                f"CREATE TABLE {self._named('gone')} {_ANY_ORDER}"
                f" AS SELECT {told} FROM {self._named('staged')} WHERE false"
            )
            self._insert("gone", self._told_columns, deleted=True)

    def _make(self, place: Place, there: bool) -> None:
        """An empty table that is like the current one, or else as the contract has it."""
        if there:
            self.server.run(f"CREATE TABLE {joined(place)} AS {joined(self.place)}")
            return
        head = f"CREATE TABLE {joined(place)}"
        for statement in self.dialect.create:
            self.server.run(_CREATE.sub(lambda _: head, statement, count=1))

    def _insert(self, kind: str, columns: Iterable[Column], *, deleted: bool) -> None:
        """Inserts staged rows, or the keys of those that are no more."""
        pairs = zip(self._table.columns, self.dialect.columns, strict=True)
        types = {column: type_ for column, (_, type_) in pairs}
        given = [*columns]
        forms = ", ".join(f"{form(each)} AS c{at}" for at, each in enumerate(given))
        casts = ", ".join(f"CAST(c{at} AS {types[each]})" for at, each in enumerate(given))
        sent = structure((f"c{at}", input_type(each)) for at, each in enumerate(given))
        where = f'"{DELETED}"' if deleted else f'NOT "{DELETED}"'
        batches = self.staging.batches(forms, where)
        for first in batches:  # there is none where there are no rows
            self.server.insert(
                f"INSERT INTO {self._named(kind)} ({listed(self._names(given))})"
                f" SELECT {casts} FROM input({literal(sent)})",
                first.schema,
                chain([first], batches),
            )

    # ------------------------------------------------------------------- making

    def made(self, there: bool) -> tuple[Place, Counts]:
        """The table as it is to be, from the current one as it is now; what became of the rows."""
        staging = self.staging
        counts = Counts(
            staging.rows, staging.rejected, staging.superseded, staging.deleted, staging.watermark
        )
        if self.terms.mode == "replace":
            self._refuse_to_empty(counts, there)
            return self._at("staged"), counts
        for kind in ("built", "older"):
            self.exchange.drop(kind, self.entry.token)
        if there:
            self.server.run(f"CREATE TABLE {self._named('built')} CLONE AS {joined(self.place)}")
        else:
            self._make(self._at("built"), there)
        older = "false"
        if self.terms.mode == "upsert" and self._table.latest_by is not None:
            older = self._find_older()
            late = self._count(self._named("older"))
            gone = self._count(f"{self._named('older')} WHERE {quoted(DELETED)}")
            counts = replace(
                counts,
                rows=counts.rows - late + gone,
                deleted=counts.deleted - gone,
                superseded=counts.superseded + late,
            )
        self._take_out(older)
        present = f"{self._named('staged')} WHERE NOT ({older})"
        self._refuse_what_is_there(present)
        columns = listed(self._names(self._table.columns))
        self.server.run(
            f"INSERT INTO {self._named('built')} ({columns}) SELECT {columns} FROM {present}"
        )
        return self._at("built"), counts

    def _find_older(self) -> str:
        """The condition of rows of which the table has a later version."""
        key = self._names(self._columns(self._table.primary_key))
        latest = quoted(self._names(self._columns([self._table.latest_by or ""]))[0])
        same = " AND ".join(f"s.{quoted(each)} = t.{quoted(each)}" for each in key)
        keys = ", ".join(f"s.{quoted(each)} AS {quoted(each)}" for each in key)
        self.server.run(
            f"CREATE TABLE {self._named('older')} {_ANY_ORDER}"
            f" AS SELECT DISTINCT {keys}, s.{quoted(DELETED)} AS {quoted(DELETED)}"
            f" FROM {self._named('built')} AS t INNER JOIN ({self._touched()}) AS s ON {same}"
            f" WHERE t.{latest} > s.{latest}"
        )
        return f"({listed(key)}) IN (SELECT {listed(key)} FROM {self._named('older')})"

    def _touched(self) -> str:
        """The keys of an upsert, with what grows, and whether they are no more."""
        told = listed(self._names(self._told_columns))
        return (
            f"SELECT {told}, false AS {quoted(DELETED)} FROM {self._named('staged')}"
            f" UNION ALL SELECT {told}, true FROM {self._named('gone')}"
        )

    def _take_out(self, older: str) -> None:
        """Takes out of the new table what the load replaces."""
        if self.terms.mode == "append":
            return
        if self.terms.mode == "partition":
            parts = ", ".join(self._comparable(self._table.partition_key))
            which = f"({parts}) IN (SELECT {parts} FROM {self._named('staged')})"
        else:
            key = listed(self._names(self._columns(self._table.primary_key)))
            which = f"({key}) IN (SELECT {key} FROM ({self._touched()})) AND NOT ({older})"
        self.server.run(f"DELETE FROM {self._named('built')} WHERE {which}")

    def _comparable(self, key: Iterable[str]) -> Iterable[str]:
        """Expressions that are equal where the columns are, or are both null."""
        for each in self._columns(key):
            name = quoted(self._names([each])[0])
            if each.required:
                yield name
            else:
                yield f"isNull({name})"
                yield f"ifNull(toString({name}), '')"

    # ----------------------------------------------------------------- refusing

    def _refuse_to_empty(self, counts: Counts, there: bool) -> None:
        if counts.rows or self.terms.allow_empty or not there:
            return
        if self.server.query(f"SELECT 1 FROM {joined(self.place)} LIMIT 1"):
            raise WarehouseError(
                f"{self.what}: it has no rows and would empty the table; "
                "pass allow_empty=True if that is meant"
            )

    def _refuse_what_is_there(self, present: str) -> None:
        """Raises a ContractViolation where a row that stays has the key of one that comes."""
        found: list[Finding] = []
        for key in self._table.keys:
            columns = self._columns(key)
            names = listed(self._names(columns))
            both = f"{self._named('built')} WHERE ({names}) IN (SELECT {names} FROM {present})"
            if rows := self._count(both):
                path = ", ".join(each.property for each in columns)
                sample = self._sample(columns, both)
                found.append(Finding(path, "must not be in the table already", rows, sample))
        if found:
            raise violation(self._table, found)

    def _sample(self, columns: list[Column], rows: str) -> str | None:
        """The first key of the rows, None where it may not be shown."""
        if any(each.classified for each in columns):
            return None
        texts = ", ".join(f"toString({quoted(name)})" for name in self._names(columns))
        [values] = self.server.query(f"SELECT {texts} FROM {rows} ORDER BY 1 LIMIT 1")
        pairs = zip(columns, values, strict=True)
        return ", ".join(f"{each.property} {value!r}" for each, value in pairs)

    # ------------------------------------------------------------------ private

    @property
    def _table(self) -> Table[Any]:
        return self.staging.table

    @property
    def _told_columns(self) -> list[Column]:
        """The primary key, and what grows with every version."""
        latest = self._table.latest_by
        grows = [latest] if latest and latest not in self._table.primary_key else []
        return self._columns([*self._table.primary_key, *grows])

    def _columns(self, names: Iterable[str]) -> list[Column]:
        found = {each.name: each for each in self._table.columns}
        return [found[name] for name in names]

    def _names(self, columns: Iterable[Column]) -> list[str]:
        """Their names in the server's catalogue."""
        pairs = zip(self._table.columns, self.dialect.columns, strict=True)
        names = {column.name: name for column, (name, _) in pairs}
        return [names[each.name] for each in columns]

    def _at(self, kind: str) -> Place:
        return self.exchange.name(kind, self.entry.token)

    def _named(self, kind: str) -> str:
        return joined(self._at(kind))

    def _count(self, rows: str) -> int:
        [[found]] = self.server.query(f"SELECT count() FROM {rows}")
        return int(found)
