"""The ledger in DuckDB: one row a load, written in the transaction that publishes it.

A load is known by contract, table and load_id. Every attempt takes the next token of
the ledger, so of two attempts it is known which began later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import duckdb

from portwright_runtime.errors import WarehouseError
from portwright_runtime.warehouse import LEDGER, Load, LoadMode, LoadStatus, Table

_CREATE = f"""
CREATE TABLE IF NOT EXISTS {LEDGER} (
    contract VARCHAR NOT NULL,
    "table" VARCHAR NOT NULL,
    load_id VARCHAR NOT NULL,
    object VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    schema_hash VARCHAR NOT NULL,
    mode VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    attempt INTEGER NOT NULL,
    token BIGINT NOT NULL,
    "rows" BIGINT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    published_at TIMESTAMPTZ,
    PRIMARY KEY (contract, "table", load_id)
)
"""
_LOAD = 'contract = $contract AND "table" = $table AND load_id = $load_id'


@dataclass(frozen=True, slots=True)
class Entry:
    """A load's row in the ledger, as one attempt at it has it."""

    contract: str
    table: str
    object: str
    load_id: str
    mode: LoadMode
    token: int = 0
    rows: int = 0
    published: bool = False

    @property
    def key(self) -> dict[str, str]:
        """The parameters that name the load."""
        return {"contract": self.contract, "table": self.table, "load_id": self.load_id}

    def load(self, status: LoadStatus) -> Load:
        """The load as its caller is told of it."""
        return Load(self.object, self.load_id, self.mode, self.rows, status)


def entered(
    cursor: duckdb.DuckDBPyConnection,
    table: Table[Any],
    load_id: str,
    mode: LoadMode,
    schema_hash: str,
) -> Entry:
    """The load's entry: as published, else as a new attempt at it, which is written down."""
    cursor.execute(_CREATE)
    relation = f"{table.schema or 'main'}.{table.name}"
    entry = current(cursor, Entry(table.contract, relation, table.object, load_id, mode))
    if entry.published:
        return entry
    [token] = cursor.execute(f"SELECT coalesce(max(token), 0) + 1 FROM {LEDGER}").fetchall()[0]
    cursor.execute(
        f"INSERT INTO {LEDGER} VALUES ($contract, $table, $load_id, $object, $version,"
        " $schema_hash, $mode, 'started', 1, $token, 0, now(), NULL)"
        " ON CONFLICT DO UPDATE SET version = $version, schema_hash = $schema_hash,"
        " mode = $mode, status = 'started', attempt = attempt + 1, token = $token,"
        " started_at = now()",
        {
            **entry.key,
            "object": table.object,
            "version": table.version,
            "schema_hash": schema_hash,
            "mode": mode,
            "token": token,
        },
    )
    return replace(entry, token=token)


def current(cursor: duckdb.DuckDBPyConnection, entry: Entry) -> Entry:
    """`entry` as published, if it is. A WarehouseError if it is in another mode."""
    found = cursor.execute(
        f"SELECT mode, \"rows\" FROM {LEDGER} WHERE {_LOAD} AND status = 'published'", entry.key
    ).fetchone()
    if found is None:
        return entry
    mode, rows = found
    if mode != entry.mode:
        raise WarehouseError(
            f"load {entry.load_id!r} of {entry.object} is in the table already, in mode {mode}: "
            f"a load_id names one load, so give this one, in mode {entry.mode}, another"
        )
    return replace(entry, rows=rows, published=True)


def published(cursor: duckdb.DuckDBPyConnection, entry: Entry, rows: int) -> Entry:
    """`entry` as published, which is written down."""
    cursor.execute(
        f"UPDATE {LEDGER} SET status = 'published', token = $token, \"rows\" = $rows,"
        f" published_at = now() WHERE {_LOAD}",
        {**entry.key, "token": entry.token, "rows": rows},
    )
    return replace(entry, rows=rows, published=True)


def failed(cursor: duckdb.DuckDBPyConnection, entry: Entry) -> None:
    """Writes down that this attempt failed, unless it or a later one did not."""
    cursor.execute(
        f"UPDATE {LEDGER} SET status = 'failed'"
        f" WHERE {_LOAD} AND token = $token AND status = 'started'",
        {**entry.key, "token": entry.token},
    )


def published_later(cursor: duckdb.DuckDBPyConnection, entry: Entry) -> str | None:
    """The id of a published load of the same table that began after `entry`, None if none did."""
    found = cursor.execute(
        f"SELECT load_id FROM {LEDGER}"
        " WHERE \"table\" = ? AND status = 'published' AND token > ? LIMIT 1",
        [entry.table, entry.token],
    ).fetchone()
    return None if found is None else str(found[0])
