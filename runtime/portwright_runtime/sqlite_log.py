"""The embedded stream: a durable log in one SQLite file, shared by any number of processes.

A message is on the disk before `send` returns. Topics are made when they are first
named; a key always goes to the same partition, the one Kafka's clients would choose.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from portwright_runtime.delivery import Delivery
from portwright_runtime.errors import ConfigurationError
from portwright_runtime.murmur2 import partition_of
from portwright_runtime.sqlite_file import SqliteFile, headers_text
from portwright_runtime.sqlite_group import SubscribedTopic
from portwright_runtime.sqlite_registry import SqliteRegistry
from portwright_runtime.sqlite_subscription import SqliteSubscription
from portwright_runtime.stream import Message, Position
from portwright_runtime.wire import Wire

DEFAULT_PARTITIONS = 4
MOST_PARTITIONS = 10_000
# Seconds without a sign of life after which a consumer's partitions go to the others.
DEFAULT_LEASE = 5.0


@dataclass(frozen=True, slots=True)
class _Topic:
    id: int
    partitions: int


class SqliteLog:
    """The Stream in the file at `path`. `partitions` is for topics that are not there yet.

    `patience` is how many seconds to wait for other processes that write.
    """

    def __init__(
        self,
        path: Path,
        *,
        partitions: int = DEFAULT_PARTITIONS,
        lease: float = DEFAULT_LEASE,
        patience: float = 30.0,
    ) -> None:
        if not 1 <= partitions <= MOST_PARTITIONS:
            raise ConfigurationError(f"a topic has 1 to {MOST_PARTITIONS:,} partitions")
        self._file = SqliteFile(path, "FULL", patience)
        self._partitions = partitions
        self._lease = lease
        self._patience = patience
        self._topics: dict[str, _Topic] = {}
        self._wire = Wire(SqliteRegistry(self._file), "header")

    @property
    def wire(self) -> Wire:
        """Plain values; the schema's GUID is in a header, and its text in the same file."""
        return self._wire

    @property
    def path(self) -> Path:
        """The file."""
        return self._file.path

    def send(self, message: Message) -> Delivery:
        """Stores the message; the handle is done."""
        return self.send_all((message,))[0]

    def try_send(self, message: Message) -> Delivery:
        """As `send`: there is always room."""
        return self.send(message)

    def send_all(self, messages: Sequence[Message]) -> Sequence[Delivery]:
        """Stores all of the messages, or none, in one transaction; the handles are done."""
        topics = {message.topic: self._topic(message.topic) for message in messages}
        with self._file.transaction() as connection:
            positions = [
                _append(connection, topics[message.topic], message) for message in messages
            ]
        return [_delivered(position) for position in positions]

    def flush(self, timeout: float | None = None) -> None:
        """Returns at once: nothing is ever on its way."""

    def subscribe(self, topics: Iterable[str], group: str) -> SqliteSubscription:
        """A new member of the group."""
        subscribed = []
        for name in topics:
            topic = self._topic(name)
            subscribed.append(SubscribedTopic(topic.id, name, topic.partitions))
        # An offset lost in a power cut only means that an event comes again.
        file = SqliteFile(self._file.path, "NORMAL", self._patience)
        return SqliteSubscription(file, tuple(subscribed), group, self._lease)

    def remove(self, positions: Sequence[Position]) -> None:
        """Takes messages out, down to the bytes: the file is written anew."""
        with self._file.transaction() as connection:
            for each in positions:
                connection.execute(
                    "DELETE FROM messages WHERE partition = ? AND offset = ?"
                    " AND topic_id = (SELECT id FROM topics WHERE name = ?)",
                    (each.partition, each.offset, each.topic),
                )
        with self._file.reading() as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self, timeout: float | None = None) -> None:
        """Lets go of the file."""
        self._file.close()

    def _topic(self, name: str) -> _Topic:
        """The topic of that name, made if there is none."""
        if name not in self._topics:
            # A transaction of its own, ended: what is remembered here must be stored for sure.
            with self._file.transaction() as connection:
                topic = _find_or_make(connection, name, self._partitions)
            self._topics[name] = topic
        return self._topics[name]


def _find_or_make(connection: sqlite3.Connection, name: str, partitions: int) -> _Topic:
    query = "SELECT id, partitions FROM topics WHERE name = ?"
    row = connection.execute(query, (name,)).fetchone()
    if row is None:
        insert = "INSERT INTO topics (name, partitions) VALUES (?, ?)"
        connection.execute(insert, (name, partitions))
        row = connection.execute(query, (name,)).fetchone()
        connection.executemany(
            "INSERT INTO partitions VALUES (?, ?, 0)", [(row[0], each) for each in range(row[1])]
        )
    return _Topic(*row)


def _append(connection: sqlite3.Connection, topic: _Topic, message: Message) -> Position:
    """The place of the message, at the end of its partition."""
    if message.key is None:
        partition = random.randrange(topic.partitions)
    else:
        partition = partition_of(message.key, topic.partitions)
    place = (topic.id, partition)
    (offset,) = connection.execute(
        "SELECT next_offset FROM partitions WHERE topic_id = ? AND partition = ?", place
    ).fetchone()
    connection.execute(
        "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            *place,
            offset,
            message.timestamp.astimezone(UTC).isoformat(),
            message.key,
            message.value,
            headers_text(message.headers),
        ),
    )
    connection.execute(
        "UPDATE partitions SET next_offset = next_offset + 1 WHERE topic_id = ? AND partition = ?",
        place,
    )
    return Position(message.topic, partition, offset)


def _delivered(position: Position) -> Delivery:
    delivery = Delivery()
    delivery.set_result(position)
    return delivery
