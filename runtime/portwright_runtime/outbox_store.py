"""An outbox's tables as a relay's worker sees them: rows of shards that it alone has for now.

A shard is held by a lock of the session, not of a transaction: it falls when the process
dies, and no transaction is open while a broker is waited for. So the relay needs connections of
its own, not those of a pool that shares sessions.
"""

from __future__ import annotations

import random
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from portwright_runtime.database import Dialect, quoted
from portwright_runtime.errors import PortwrightError
from portwright_runtime.sqlite_file import headers_of
from portwright_runtime.stream import Message

# The shards that have rows, by jumps over the index (shard, seq).
_WAITING: Final = (
    "WITH RECURSIVE waiting (shard) AS ("
    "SELECT MIN(shard) FROM {outbox} UNION ALL "
    "SELECT (SELECT MIN(o.shard) FROM {outbox} o WHERE o.shard > waiting.shard)"
    " FROM waiting WHERE waiting.shard IS NOT NULL"
    ") SELECT shard FROM waiting WHERE shard IS NOT NULL"
)
_ROWS: Final = (
    "SELECT o.id, o.aggregatetype, o.aggregateid, o.type, o.payload, o.headers, o.created_at,"
    " COALESCE(a.attempts, 0) FROM {outbox} o LEFT JOIN {attempt} a ON a.id = o.id"
    " WHERE o.shard IN ({shards}){resting}"
    " AND NOT EXISTS (SELECT 1 FROM {attempt} w JOIN {outbox} p ON p.id = w.id"
    " WHERE w.next_at > {now} AND p.shard = o.shard AND p.aggregatetype = o.aggregatetype"
    " AND p.aggregateid = o.aggregateid)"
    " ORDER BY o.shard, o.seq LIMIT {limit}"
)
_BLOCKED: Final = " AND o.aggregatetype NOT IN ({topics})"
_COPIED: Final = (
    "id, aggregatetype, aggregateid, type, payload, seq, shard, headers, tracingspancontext,"
    " created_at"
)


def named(error: Exception) -> str:
    """What is told of an error: its type and its database's code, and only of SQLite its words.
    Others may quote what is in a row."""
    if isinstance(error, (PortwrightError, sqlite3.Error)):
        return f"{type(error).__name__}: {error}"
    code = getattr(error, "sqlstate", None) or next(iter(error.args), None)
    shown = f" ({code})" if isinstance(code, int) or getattr(error, "sqlstate", None) else ""
    return f"{type(error).__name__}{shown}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the outbox, and how often the stream has refused it."""

    id: str
    message: Message
    attempts: int


@dataclass(frozen=True, slots=True)
class Lag:
    """How many rows of a topic wait, for how many seconds the oldest does, and how many were put
    aside."""

    waiting: int = 0
    oldest: float = 0.0
    dead: int = 0


class OutboxStore(ABC):
    """One worker's connection to the outbox. Its errors are the driver's own."""

    dialect: ClassVar[Dialect]
    mark: ClassVar[str] = "%s"
    now: ClassVar[str]
    later: ClassVar[str]
    age: ClassVar[str]
    errors: tuple[type[Exception], ...] = ()
    # What is left of deleted rows after `sweep`.
    remains: ClassVar[tuple[str, ...]] = ()

    def __init__(self, connection: Any, table: str) -> None:
        self._connection = connection
        schema, dot, name = table.rpartition(".")
        self.table = table
        self._names = {
            "outbox": quoted(table, self.dialect),
            "attempt": quoted(f"{schema}{dot}{name}_attempt", self.dialect),
            "dead": quoted(f"{schema}{dot}{name}_dead", self.dialect),
            "now": self.now,
        }

    # ------------------------------------------------------------- shards

    def claim(self, most: int) -> list[int]:
        """Up to `most` shards that have rows, which nobody else has until `release`."""
        waiting = self.waiting()
        random.shuffle(waiting)
        return self._lock(waiting[:most])

    def waiting(self) -> list[int]:
        """The shards that have rows."""
        return [shard for (shard,) in self._rows(_WAITING.format(**self._names))]

    def release(self, shards: Sequence[int]) -> None:
        """Lets others have the shards."""
        if shards:
            self._unlock(shards)

    @abstractmethod
    def _lock(self, shards: Sequence[int]) -> list[int]:
        """Those of the shards that this session has now."""

    @abstractmethod
    def _unlock(self, shards: Sequence[int]) -> None: ...

    def lock(self, shards: Sequence[int]) -> list[int]:
        """Those of the shards that nobody else has from now on, as long as the session lasts."""
        return self._lock(shards)

    # ------------------------------------------------------------- rows

    def all_rows(self, topics: Sequence[str]) -> Iterator[tuple[Row, bool]]:
        """The rows of topics, also those that were put aside, and whether they are of these."""
        marks = ", ".join(self.mark for _ in topics)
        for table in ("outbox", "dead"):
            statement = (
                "SELECT id, aggregatetype, aggregateid, type, payload, headers, created_at, 0"
                f" FROM {self._names[table]} WHERE aggregatetype IN ({marks})"
            )
            for found in self._rows(statement, *topics):
                yield _row(*found), table == "dead"

    def remove(self, ids: Sequence[str]) -> None:
        """Removes rows, wherever they are, in one transaction."""
        with self._transaction():
            for id_ in ids:
                for table in ("outbox", "attempt", "dead"):
                    statement = f"DELETE FROM {self._names[table]} WHERE id = {self.mark}"
                    self._rows(statement, id_)

    @abstractmethod
    def sweep(self) -> None:
        """Writes over what was deleted, as far as the engine can do that at once."""

    def rows(self, shards: Sequence[int], limit: int, resting: Collection[str]) -> list[Row]:
        """The oldest rows of the shards in order, without those of topics that rest, and of keys
        whose first row waits to be tried again."""
        topics = ", ".join(self.mark for _ in resting)
        statement = _ROWS.format(
            **self._names,
            shards=", ".join(map(str, map(int, shards))),
            resting=_BLOCKED.format(topics=topics) if resting else "",
            limit=int(limit),
        )
        return [_row(*found) for found in self._rows(statement, *resting)]

    def settle(
        self,
        sent: Sequence[str],
        refused: Mapping[str, tuple[str, float]],
        dead: Mapping[str, str],
    ) -> None:
        """In one transaction: removes what was sent, notes what was refused (why, and how many
        seconds to wait), and puts aside what is dead (why)."""
        with self._transaction():
            for id_, (error, wait) in refused.items():
                self._note(id_, error, wait)
            for id_, error in dead.items():
                self._rows(
                    f"INSERT INTO {self._names['dead']} ({_COPIED}, error)"
                    f" SELECT {_COPIED}, {self.mark} FROM {self._names['outbox']}"
                    f" WHERE id = {self.mark}",
                    *(error, id_),
                )
            gone = [*sent, *dead]
            for start in range(0, len(gone), 500):
                part = gone[start : start + 500]
                marks = ", ".join(self.mark for _ in part)
                for table in ("outbox", "attempt"):
                    self._rows(f"DELETE FROM {self._names[table]} WHERE id IN ({marks})", *part)

    def _note(self, id_: str, error: str, wait: float) -> None:
        """One attempt more, and the next one after a wait."""
        later = self.later.format(seconds=f"{max(0.0, wait):.6f}")
        updated = self._changed(
            f"UPDATE {self._names['attempt']} SET attempts = attempts + 1, next_at = {later},"
            f" last_error = {self.mark} WHERE id = {self.mark}",
            *(error, id_),
        )
        if not updated:
            self._rows(
                f"INSERT INTO {self._names['attempt']} (id, attempts, next_at, last_error)"
                f" VALUES ({self.mark}, 1, {later}, {self.mark})",
                *(id_, error),
            )

    def lag(self) -> dict[str, Lag]:
        """What waits, by topic."""
        found = {
            topic: Lag(int(waiting), max(0.0, float(oldest)))
            for topic, waiting, oldest in self._rows(
                f"SELECT aggregatetype, count(*), {self.age} FROM {self._names['outbox']}"
                " GROUP BY aggregatetype"
            )
        }
        for topic, dead in self._rows(
            f"SELECT aggregatetype, count(*) FROM {self._names['dead']} GROUP BY aggregatetype"
        ):
            found[topic] = replace(found.get(topic, Lag()), dead=int(dead))
        return found

    def listener(self) -> Iterator[None] | None:
        """What gives something whenever rows were committed, None where the engine cannot tell."""
        return None

    def close(self) -> None:
        """Ends the session, and with it its locks."""
        with suppress(Exception):
            self._connection.close()

    # ------------------------------------------------------------- statements

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        cursor = self._connection.cursor()
        try:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall()) if cursor.description else []
        finally:
            cursor.close()

    def _changed(self, statement: str, *values: object) -> int:
        cursor = self._connection.cursor()
        try:
            cursor.execute(statement, values)
            return int(cursor.rowcount)
        finally:
            cursor.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._rows("BEGIN")
        try:
            yield
        except BaseException:
            with suppress(Exception):
                self._rows("ROLLBACK")
            raise
        self._rows("COMMIT")


def _row(
    id_: Any,
    topic: str,
    key: str | None,
    kind: str,
    payload: Any,
    headers: Any,
    created: Any,
    attempts: int,
) -> Row:
    text = headers if isinstance(headers, str) else None
    pairs = headers_of(text) if text is not None else _pairs(headers)
    instant = datetime.fromisoformat(created) if isinstance(created, str) else created
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    message = Message(
        topic,
        None if key is None else key.encode(),
        None if payload is None else bytes(payload),
        pairs,
        instant,
    )
    return Row(str(id_), message, int(attempts))


def _pairs(headers: list[list[str]]) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, value.encode("utf-8", "surrogateescape")) for name, value in headers)
