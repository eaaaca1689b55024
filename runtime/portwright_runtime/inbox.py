"""Which events a consumer has handled already: in memory, or in a table of its own database.

An event is known by its CloudEvents `source` and `id`, which are one event's wherever it is
sent from and however often.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from threading import Lock, local
from typing import Any, Final, Protocol

from portwright_runtime.database import Dialect, execute, quoted
from portwright_runtime.errors import InboxError
from portwright_runtime.stream import Event

DEFAULT_TABLE: Final = "portwright_inbox"
# Characters of a column; three of them are as long as a key of MySQL may be.
_LONGEST: Final = 255


class Seen(Protocol):
    """Asked before an event is handled, told afterwards. Used by any number of threads."""

    def has(self, group: str, event: Event) -> bool:
        """Whether the group has handled the event."""

    def add(self, group: str, event: Event) -> None:
        """Remembers that the group has handled the event."""

    def close(self) -> None:
        """Lets go of what the calling thread uses: its run has ended."""


class SeenInMemory:
    """The last `most` events of this process: enough for what a producer sends twice in a row."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._known: OrderedDict[tuple[str, str, str], None] = OrderedDict()
        self._lock = Lock()

    def has(self, group: str, event: Event) -> bool:
        """Whether the event is among the last."""
        return (group, event.source, event.id) in self._known

    def add(self, group: str, event: Event) -> None:
        """Remembers the event, and forgets the oldest where there are too many."""
        with self._lock:
            self._known[group, event.source, event.id] = None
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def close(self) -> None:
        """Does nothing: another run may go on with what is known."""


class Inbox:
    """A table of handled events in the consumer's own database.

    `connect` gives a connection of a driver (psycopg, sqlite3, PyMySQL …), opened when first
    needed. A handler that works in that database makes its effect exactly once by calling
    `first_time` with the connection of its own transaction.
    """

    def __init__(self, connect: Callable[[], Any], table: str = DEFAULT_TABLE) -> None:
        self._connect = connect
        self._table = table
        # Drivers let a connection be used by the thread that opened it.
        self._local = local()

    def ddl(self, dialect: Dialect) -> str:
        """The statement that makes the table."""
        # Of MySQL's collations, most take texts that differ in case for one.
        mysql = f"VARCHAR({_LONGEST}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
        text = mysql if dialect == "mysql" else "TEXT"
        now = "DEFAULT CURRENT_TIMESTAMP"
        return (
            f"CREATE TABLE IF NOT EXISTS {quoted(self._table, dialect)} (\n"
            f"    consumer_group {text} NOT NULL,\n"
            f"    event_source {text} NOT NULL,\n"
            f"    event_id {text} NOT NULL,\n"
            f"    handled_at TIMESTAMP NOT NULL {now},\n"
            "    PRIMARY KEY (consumer_group, event_source, event_id)\n"
            ")"
        )

    def first_time(self, connection: Any, group: str, event: Event) -> bool:
        """Whether the group sees the event for the first time, which is remembered in the
        transaction of `connection`: handle the event in it, and commit both."""
        verbs = {"mysql": "INSERT IGNORE INTO"}
        ends = {"mysql": ""}

        def statement(dialect: Dialect) -> str:
            return (
                f"{verbs.get(dialect, 'INSERT INTO')} {quoted(self._table, dialect)}"
                " (consumer_group, event_source, event_id) VALUES (:g, :s, :e)"
                f"{ends.get(dialect, ' ON CONFLICT DO NOTHING')}"
            )

        cursor = execute(connection, statement, self._values(group, event))
        return bool(cursor.rowcount == 1)

    def has(self, group: str, event: Event) -> bool:
        """Whether the table has the event."""

        def statement(dialect: Dialect) -> str:
            return (
                f"SELECT 1 FROM {quoted(self._table, dialect)} WHERE consumer_group = :g"
                " AND event_source = :s AND event_id = :e"
            )

        def ask(connection: Any) -> bool:
            cursor = execute(connection, statement, self._values(group, event))
            return cursor.fetchone() is not None

        return self._on_own(ask)

    def add(self, group: str, event: Event) -> None:
        """Puts the event into the table."""
        self._on_own(lambda connection: self.first_time(connection, group, event))

    def close(self) -> None:
        """Closes the calling thread's connection; another is opened when needed."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def _on_own(self, work: Callable[[Any], bool]) -> bool:
        """What the work gives on the thread's own connection; an InboxError where it fails, and
        the next call opens another connection."""
        connection: Any = None
        try:
            connection = getattr(self._local, "connection", None) or self._connect()
            self._local.connection = connection
            found = work(connection)
            connection.commit()
        except Exception as error:
            self._local.connection = None
            with suppress(Exception):
                connection.close()
            # Its message may quote an event.
            told = f"the inbox {self._table} ({type(error).__name__})"
            raise InboxError(f"{told}: see that its table is made and its database up") from error
        return found

    @staticmethod
    def _values(group: str, event: Event) -> dict[str, object]:
        return {"g": _bounded(group), "s": _bounded(event.source), "e": _bounded(event.id)}


def _bounded(text: str) -> str:
    """The text, or its hash where a column of MySQL would cut it off."""
    if len(text) <= _LONGEST:
        return text
    return f"sha256:{sha256(text.encode()).hexdigest()}"
