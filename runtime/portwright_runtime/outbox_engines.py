"""The engines that an outbox may be in: how each locks a shard for a session, and tells time."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portwright_runtime.outbox_store import OutboxStore


class PostgresStore(OutboxStore):
    """PostgreSQL by psycopg: advisory locks (two keys: the table's and the shard's)."""

    dialect = "postgres"
    now = "clock_timestamp()"
    later = "clock_timestamp() + interval '{seconds} seconds'"
    age = "EXTRACT(EPOCH FROM clock_timestamp() - MIN(created_at))"
    remains = (
        "free space in the files of the outbox's tables until it is written over, and what the"
        " server's write-ahead log and its replication slots hold until they are past it",
    )

    def __init__(self, url: str, table: str) -> None:
        import psycopg

        self._url = url
        self.errors = (psycopg.Error,)
        super().__init__(psycopg.connect(url, autocommit=True), table)
        self._class = zlib.crc32(table.encode()) - (1 << 31)
        # Rows come and go faster than statistics: plans look dear that are not, and to compile one
        # takes ten times as long as to run it.
        self._rows("SET jit = off")

    def _lock(self, shards: Sequence[int]) -> list[int]:
        found = self._rows(
            "SELECT shard, pg_try_advisory_lock(%s, shard) FROM unnest(CAST(%s AS int[])) AS shard",
            *(self._class, list(shards)),
        )
        return [shard for shard, is_ours in found if is_ours]

    def _unlock(self, shards: Sequence[int]) -> None:
        self._rows(
            "SELECT pg_advisory_unlock(%s, shard) FROM unnest(CAST(%s AS int[])) AS shard",
            *(self._class, list(shards)),
        )

    def sweep(self) -> None:
        for table in ("outbox", "attempt", "dead"):
            self._rows(f"VACUUM {self._names[table]}")

    def listener(self) -> Iterator[None] | None:
        import psycopg

        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("LISTEN portwright_outbox")
            while True:
                for _ in connection.notifies(timeout=1):
                    yield None
                yield None


class MysqlStore(OutboxStore):
    """MySQL and MariaDB by PyMySQL: named locks."""

    dialect = "mysql"
    now = "UTC_TIMESTAMP(6)"
    later = "UTC_TIMESTAMP(6) + INTERVAL {seconds} SECOND"
    age = "TIMESTAMPDIFF(MICROSECOND, MIN(created_at), UTC_TIMESTAMP(6)) / 1000000"
    remains = (
        "what the server's binary log has of the outbox until `binlog_expire_logs_seconds` are"
        " over, and its redo log until it is written over",
    )

    def __init__(self, settings: Mapping[str, Any], table: str) -> None:
        import pymysql

        self.errors = (pymysql.Error,)
        super().__init__(pymysql.connect(**settings, autocommit=True, charset="utf8mb4"), table)

    def _lock(self, shards: Sequence[int]) -> list[int]:
        if not shards:
            return []
        calls = ", ".join(f"GET_LOCK({self.mark}, 0)" for _ in shards)
        (found,) = self._rows(f"SELECT {calls}", *map(self._lock_name, shards))
        return [shard for shard, is_ours in zip(shards, found, strict=True) if is_ours]

    def _unlock(self, shards: Sequence[int]) -> None:
        calls = ", ".join(f"RELEASE_LOCK({self.mark})" for _ in shards)
        self._rows(f"SELECT {calls}", *map(self._lock_name, shards))

    def sweep(self) -> None:
        for table in ("outbox", "attempt", "dead"):
            self._rows(f"OPTIMIZE TABLE {self._names[table]}")

    def _lock_name(self, shard: int) -> str:
        # At most 64 characters, and one space for all databases of the server.
        return f"{zlib.crc32(self._database().encode()):08x}-{self.table[-40:]}-{shard}"

    def _database(self) -> str:
        return (self._connection.db or b"").decode()


class SqliteStore(OutboxStore):
    """SQLite: one process at a time by a lock on a file, and its workers share the shards out."""

    dialect = "sqlite"
    mark = "?"
    now = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
    later = "strftime('%Y-%m-%d %H:%M:%f', 'now', '+{seconds} seconds')"
    age = "(julianday('now') - julianday(MIN(created_at))) * 86400"

    def __init__(self, path: str, table: str, worker: int, workers: int) -> None:
        import sqlite3

        self.errors = (sqlite3.Error,)
        connection = sqlite3.connect(
            path, isolation_level=None, timeout=30, check_same_thread=False
        )
        super().__init__(connection, table)
        self._worker, self._workers = worker, workers

    def _lock(self, shards: Sequence[int]) -> list[int]:
        return [shard for shard in shards if shard % self._workers == self._worker]

    def _unlock(self, shards: Sequence[int]) -> None: ...

    def sweep(self) -> None:
        self._rows("VACUUM")
        self._rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def claim(self, most: int) -> list[int]:
        return self._lock(self.waiting())[:most]

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return list(self._connection.execute(statement, values).fetchall())
