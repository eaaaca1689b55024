"""The ledger of loads in ClickHouse: one row an attempt, whose later state replaces the one before.

No statement writes two tables at once, so the ledger does not say whether a load is in its
table: the table does. An attempt writes down the UUID of the table that it is about to put in
place of the current one; that load is published if, and as soon as, the table of this
UUID has the name. Who comes next writes down that it is so, where the attempt itself could not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from portwright_runtime.errors import WarehouseError
from portwright_runtime.warehouse import LEDGER, Load, Table, Terms
from portwright_runtime.warehouses.clickhouse_server import (
    Place,
    Server,
    joined,
    literal,
)
from portwright_runtime.warehouses.ledger import Counts, Entry

_COLUMNS: Final = (
    "contract String",
    "`table` String",
    "load_id String",
    "object String",
    "version String",
    "schema_hash String",
    "mode String",
    "status String",
    "attempt UInt32",
    "token Int64",
    "rows UInt64",
    "rejected UInt64",
    "superseded UInt64",
    "deleted UInt64",
    "watermark Nullable(String)",
    "kept Bool",
    "started_at DateTime64(6, 'UTC')",
    "published_at Nullable(DateTime64(6, 'UTC'))",
    "data String COMMENT 'the UUID of the table that has the load'",
    "base String COMMENT 'the UUID of the table that it took the place of'",
    "revision UInt32",
)
_PENDING: Final = ("publishing", "undoing")
# What a row comes to where the table of this UUID has the name.
_STATUS: Final = (
    "multiIf(status = 'publishing', if(data = {current}, 'published', 'failed'),"
    " status = 'undoing', if(data = {current}, 'published', 'undone'), status)"
)


@dataclass(frozen=True, slots=True)
class Published:
    """A load that was published: its entry, whether that is in the ledger yet, whether it can be
    undone, and the UUIDs of the table that has it and of the one before."""

    entry: Entry
    settled: bool
    kept: bool
    data: str
    base: str


class ClickHouseLedger:
    """The ledger beside a table."""

    def __init__(self, server: Server, table: Table[Any], place: Place) -> None:
        self._server = server
        self._table = table
        self._place = place
        self._relation = ".".join(place)
        self.place = (place[0], LEDGER)
        self._name = joined(self.place)

    def is_there(self) -> bool:
        return self._server.engine(self.place) is not None

    def make(self) -> None:
        """Makes the ledger where there is none."""
        self._server.run(
            f"CREATE TABLE IF NOT EXISTS {self._name} ({', '.join(_COLUMNS)})"
            " ENGINE = ReplacingMergeTree(revision) ORDER BY (`table`, token)"
        )

    # -------------------------------------------------------------------- looks

    def find(self, terms: Terms) -> Published | None:
        """The load, if it is published. A WarehouseError if it is in another mode."""
        found = next(self._published(self._of(terms.load_id), 1), None)
        if found is not None and found.entry.mode != terms.mode:
            raise WarehouseError(
                f"load {terms.load_id!r} of {self._table.object} is in the table already, in mode"
                f" {found.entry.mode}: a load_id names one load, so give this one, in mode"
                f" {terms.mode}, another"
            )
        return found

    def last(self) -> Published | None:
        """The load whose table has the name."""
        return next(self._published(f"data != '' AND data = {self._current()}", 1), None)

    def any_published(self) -> bool:
        return next(self._published("true", 1), None) is not None

    def published_later(self, entry: Entry) -> str | None:
        """The id of a published load that began after `entry`, None if none did."""
        found = next(self._published(f"token > {entry.token}", 1), None)
        return found.entry.load_id if found is not None else None

    def watermark(self) -> str | None:
        """That of the last published load that has one."""
        mine = f"contract = {literal(self._table.contract)} AND watermark IS NOT NULL"
        found = next(self._published(mine, 1), None)
        return found.entry.counts.watermark if found is not None else None

    def loads(self, most: int) -> list[Load]:
        """The published loads, the last first."""
        mine = f"contract = {literal(self._table.contract)}"
        return [each.entry.load("published") for each in self._published(mine, most)]

    def pending(self) -> list[Published]:
        """The loads that are published, of which that is not in the ledger yet."""
        some = ", ".join(map(literal, _PENDING))
        return [*self._published(f"status IN ({some})", 100)]

    def kept(self) -> list[int]:
        """The tokens of the loads that can be undone, the last first."""
        return [each.entry.token for each in self._published("kept", 1_000_000)]

    def tokens(self, where: str = "true") -> list[int]:
        """Those of the attempts that meet the condition."""
        rows = self._server.query(
            f"SELECT token FROM {self._name} FINAL WHERE `table` = {literal(self._relation)}"
            f" AND ({where})"
        )
        return [int(token) for (token,) in rows]

    def others(self, entry: Entry) -> list[int]:
        """The tokens of the attempts at the same load that did not publish it."""
        open_ = "status IN ('started', 'publishing', 'failed')"
        return self.tokens(f"{self._of(entry.load_id)} AND token != {entry.token} AND {open_}")

    # ------------------------------------------------------------------- writes

    def entered(self, terms: Terms, schema_hash: str) -> Entry:
        """A new attempt, which is written down. Its token is the server's: of two attempts, that
        of the later one is greater."""
        table, relation = self._table, self._relation
        [[token]] = self._server.query("SELECT toInt64(generateSnowflakeID())")
        texts = (table.contract, relation, terms.load_id, table.object, table.version, schema_hash)
        attempt = (
            f"SELECT count() + 1 FROM {self._name} FINAL WHERE `table` = {literal(relation)}"
            f" AND {self._of(terms.load_id)}"
        )
        self._server.run(
            f"INSERT INTO {self._name} SELECT {', '.join(map(literal, texts))},"
            f" {literal(terms.mode)}, 'started', ({attempt}), {token},"
            " 0, 0, 0, 0, NULL, false, now64(6), NULL, '', '', 1"
        )
        return Entry(table.contract, relation, table.object, terms.load_id, terms.mode, int(token))

    def publishing(self, entry: Entry, counts: Counts, data: str, base: str, kept: bool) -> Entry:
        """Writes down which table is to take the place of which; the entry with its counts."""
        mark = "NULL" if counts.watermark is None else literal(counts.watermark)
        self._change(
            [entry.token],
            f"'publishing' AS status, toUInt64({counts.rows}) AS rows,"
            f" toUInt64({counts.rejected}) AS rejected,"
            f" toUInt64({counts.superseded}) AS superseded,"
            f" toUInt64({counts.deleted}) AS deleted, {mark} AS watermark,"
            f" {'true' if kept else 'false'} AS kept, {literal(data)} AS data,"
            f" {literal(base)} AS base, now64(6) AS published_at",
            "status IN ('started', 'publishing', 'failed')",
        )
        return replace(entry, counts=counts, published=True)

    def undoing(self, entry: Entry) -> None:
        """Writes down that the load is about to be undone."""
        self._change([entry.token], "'undoing' AS status", "status IN ('published', 'undoing')")

    def published(self, entry: Entry) -> None:
        self._change([entry.token], "'published' AS status", "status IN ('publishing', 'undoing')")

    def undone(self, entry: Entry) -> None:
        """Under its id the load may be loaded again."""
        self._change([entry.token], "'undone' AS status, false AS kept", "status != 'undone'")

    def settle_undone(self) -> None:
        """Writes down which loads were undone, where who did it could not."""
        tokens = self.tokens(f"status = 'undoing' AND data != {self._current()}")
        self._change(tokens, "'undone' AS status, false AS kept", "status = 'undoing'")

    def failed(self, tokens: Iterable[int]) -> None:
        self._change(tokens, "'failed' AS status", "status IN ('started', 'publishing')")

    def forgotten(self, tokens: Iterable[int]) -> None:
        """Writes down that these loads cannot be undone."""
        self._change(tokens, "false AS kept", "kept")

    # ------------------------------------------------------------------ private

    def _change(self, tokens: Iterable[int], values: str, where: str) -> None:
        """The later state of those of the rows that meet the condition."""
        given = ", ".join(map(str, tokens))
        if given:
            self._server.run(
                f"INSERT INTO {self._name} SELECT * REPLACE ({values}, revision + 1 AS revision)"
                f" FROM (SELECT * FROM {self._name} FINAL"
                f" WHERE `table` = {literal(self._relation)} AND token IN ({given}) AND ({where}))"
            )

    def _published(self, where: str, limit: int) -> Iterator[Published]:
        """The published loads of the table that meet the condition, the last first."""
        came_to = _STATUS.format(current=self._current())
        rows = self._server.query(
            "SELECT contract, object, load_id, mode, token, rows, rejected, superseded, deleted,"
            f" watermark, status, kept, data, base FROM {self._name} FINAL"
            f" WHERE `table` = {literal(self._relation)} AND ({where})"
            f" AND {came_to} = 'published' ORDER BY published_at DESC, token DESC LIMIT {limit}"
        )
        for contract, object_, load_id, mode, token, *counts, status, kept, data, base in rows:
            entry = Entry(
                contract,
                self._relation,
                object_,
                load_id,
                mode,
                int(token),
                counts=Counts(*counts),
                published=True,
            )
            yield Published(entry, status == "published", bool(kept), data, base)

    def _current(self) -> str:
        """The UUID of the table that has the name, empty where there is none."""
        database, name = map(literal, self._place)
        found = f"FROM system.tables WHERE database = {database} AND name = {name}"
        return f"ifNull((SELECT toString(uuid) {found}), '')"

    def _of(self, load_id: str) -> str:
        contract = literal(self._table.contract)
        return f"contract = {contract} AND load_id = {literal(load_id)}"
