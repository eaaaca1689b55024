"""A consumer group's member on the embedded log: which partitions are its own, and its offsets.

A partition belongs to one member at a time. Members say regularly that they are
alive; each takes its share of the partitions, gives back what exceeds it, and takes
over what a silent one held. Only the holder of a partition stores its offset.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import time
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Thread
from typing import Any

from portwright_runtime.errors import ClosedError, StreamError
from portwright_runtime.sqlite_file import SqliteFile, headers_of
from portwright_runtime.stream import Message, Position, Received

# Signs of life in the time of one lease.
_BEATS = 4
# How much is read ahead from one partition.
_ROWS = 200
_BYTES = 4 << 20
# Seconds between looks for new messages: the first, and the longest.
_LOOK = (0.002, 0.05)


@dataclass(frozen=True, slots=True)
class SubscribedTopic:
    """A topic as the log knows it."""

    id: int
    name: str
    partitions: int


@dataclass(slots=True)
class _Held:
    """A partition that is ours: where to read on, what was read ahead, what was handed out."""

    topic: SubscribedTopic
    partition: int
    next_offset: int
    ahead: deque[Received] = field(default_factory=deque)
    last_handed: int = -1
    last_committed: int = -1


class SqliteSubscription:
    """The Subscription of one new member of `group`; silent for `lease` seconds, it is dead.

    `file` is its own from now on.
    """

    def __init__(
        self, file: SqliteFile, topics: tuple[SubscribedTopic, ...], group: str, lease: float
    ) -> None:
        self._file = file
        self._topics = topics
        self._group = group
        self._lease = lease
        self._member = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._process = os.getpid()
        self._held: dict[tuple[str, int], _Held] = {}
        self._balance_at = 0.0
        self._closed = Event()
        try:
            self._balance()
        except BaseException:
            file.close()
            raise
        self._heart = Thread(target=self._beat, name=f"portwright-{group}", daemon=True)
        self._heart.start()

    @property
    def partitions(self) -> frozenset[tuple[str, int]]:
        """The topics and partitions that are this member's."""
        return frozenset(self._held)

    def poll(self, max_messages: int, timeout: float) -> Sequence[Received]:
        """The next messages, in order within each partition; [] if none came within `timeout` s."""
        self._check_usable()
        deadline = time.monotonic() + timeout
        pause, longest = _LOOK
        while True:
            if time.monotonic() >= self._balance_at:
                self._balance()
            if not any(held.ahead for held in self._held.values()):
                self._read_ahead()
            found = list(self._hand_out(max_messages))
            left = deadline - time.monotonic()
            if found or left <= 0:
                return found
            time.sleep(min(pause, left))
            pause = min(pause * 2, longest)

    def commit(self, received: Received) -> None:
        """Stores that the group is past this message, unless the partition is another's by now."""
        self._check_usable()
        place = (received.position.topic, received.position.partition)
        held = self._held.get(place)
        if held is None:
            return
        key = (self._group, held.topic.id, held.partition)
        with self._file.transaction() as connection:
            owner = connection.execute(
                "SELECT member FROM leases"
                " WHERE consumer_group = ? AND topic_id = ? AND partition = ?",
                key,
            ).fetchone()
            if owner == (self._member,):
                connection.execute(
                    "INSERT INTO offsets VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
                    " SET next_offset = max(next_offset, excluded.next_offset)",
                    (*key, received.position.offset + 1),
                )
        if owner == (self._member,):
            held.last_committed = max(held.last_committed, received.position.offset)
        else:
            del self._held[place]

    def caught_up(self) -> bool:
        """Whether the group has committed all that its topics hold now."""
        self._check_usable()
        query = (
            "SELECT 1 FROM partitions LEFT JOIN offsets ON offsets.consumer_group = ?"
            " AND offsets.topic_id = partitions.topic_id"
            " AND offsets.partition = partitions.partition"
            " WHERE partitions.topic_id = ?"
            " AND partitions.next_offset > coalesce(offsets.next_offset, 0) LIMIT 1"
        )
        with self._file.reading() as connection:
            return not any(
                connection.execute(query, (self._group, topic.id)).fetchone()
                for topic in self._topics
            )

    def close(self) -> None:
        """Leaves the group: its other members get the partitions at once. Safe to call again."""
        if self._closed.is_set() or self._process != os.getpid():
            return
        self._closed.set()
        self._heart.join()
        self._held.clear()
        try:
            with self._file.transaction() as connection:
                for table in ("leases", "members"):
                    connection.execute(f"DELETE FROM {table} WHERE member = ?", (self._member,))
        finally:
            self._file.close()

    # ------------------------------------------------------------- reading

    def _hand_out(self, count: int) -> Iterator[Received]:
        """Up to `count` messages, one partition after the other in turn."""
        while count > 0:
            ready = [held for held in self._held.values() if held.ahead]
            if not ready:
                return
            for held in ready[:count]:
                received = held.ahead.popleft()
                held.last_handed = received.position.offset
                yield received
            count -= len(ready[:count])

    def _read_ahead(self) -> None:
        with self._file.reading() as connection:
            for held in self._held.values():
                size = 0
                rows = connection.execute(
                    "SELECT offset, timestamp, key, value, headers, schema FROM messages"
                    " WHERE topic_id = ? AND partition = ? AND offset >= ?"
                    " ORDER BY offset LIMIT ?",
                    (held.topic.id, held.partition, held.next_offset, _ROWS),
                )
                for row in rows:
                    held.ahead.append(_received(held, row))
                    held.next_offset = row[0] + 1
                    size += len(row[3] or b"")
                    if size > _BYTES:
                        break

    # ----------------------------------------------------------- belonging

    def _beat(self) -> None:
        while not self._closed.wait(self._lease / _BEATS):
            # What keeps this from being stored keeps `poll` from working, and is raised there.
            with suppress(StreamError, ClosedError), self._file.transaction() as connection:
                connection.execute(
                    "UPDATE members SET renewed = ?, lease = ? WHERE member = ?",
                    (time.time(), self._lease, self._member),
                )

    def _balance(self) -> None:
        """Brings what this member holds to its share of the partitions."""
        kept: dict[tuple[str, int], _Held] = {}
        with self._file.transaction() as connection:
            for topic in self._topics:
                self._bury_the_dead(connection, topic)
                for partition in self._take_share(connection, topic):
                    place = (topic.name, partition)
                    kept[place] = self._held.get(place) or self._begin(connection, topic, partition)
        self._held = kept
        self._balance_at = time.monotonic() + self._lease / _BEATS

    def _bury_the_dead(self, connection: sqlite3.Connection, topic: SubscribedTopic) -> None:
        """Notes that this member lives, and removes those whose lease is over."""
        where = {"group": self._group, "topic": topic.id, "now": time.time()}
        connection.execute(
            "INSERT OR REPLACE INTO members VALUES (:group, :topic, :member, :now, :lease)",
            where | {"member": self._member, "lease": self._lease},
        )
        # abs: a clock that was set back must not keep the dead alive.
        connection.execute(
            "DELETE FROM members WHERE consumer_group = :group AND topic_id = :topic"
            " AND abs(:now - renewed) >= lease",
            where,
        )
        connection.execute(
            "DELETE FROM leases WHERE consumer_group = :group AND topic_id = :topic AND member"
            " NOT IN (SELECT member FROM members"
            " WHERE consumer_group = :group AND topic_id = :topic)",
            where,
        )

    def _take_share(self, connection: sqlite3.Connection, topic: SubscribedTopic) -> list[int]:
        """The partitions of the topic that are this member's from now on."""
        group = (self._group, topic.id)
        rows = connection.execute(
            "SELECT member FROM members WHERE consumer_group = ? AND topic_id = ? ORDER BY member",
            group,
        ).fetchall()
        members = [member for (member,) in rows]
        owners: dict[int, str] = dict(
            connection.execute(
                "SELECT partition, member FROM leases WHERE consumer_group = ? AND topic_id = ?",
                group,
            ).fetchall()
        )
        whole, over = divmod(topic.partitions, len(members))
        share = whole + (members.index(self._member) < over)
        mine = sorted(each for each, owner in owners.items() if owner == self._member)
        for each in set(self._held) - {(topic.name, partition) for partition in mine}:
            if each[0] == topic.name:
                # Lost while this member was silent. Should it come back, it begins anew.
                del self._held[each]

        # What was handed out and is not committed is kept until it is.
        busy = [each for each in mine if not self._is_at_rest(topic, each)]
        idle = [each for each in mine if each not in busy]
        keep = busy + idle[: max(0, share - len(busy))]
        free = [each for each in range(topic.partitions) if each not in owners]
        take = free[: max(0, share - len(keep))]
        where = "WHERE consumer_group = ? AND topic_id = ? AND partition = ?"
        connection.executemany(
            f"DELETE FROM leases {where}", [(*group, each) for each in mine if each not in keep]
        )
        connection.executemany(
            "INSERT INTO leases VALUES (?, ?, ?, ?)",
            [(*group, each, self._member) for each in take],
        )
        return sorted(keep + take)

    def _is_at_rest(self, topic: SubscribedTopic, partition: int) -> bool:
        """Whether all that was handed out of the partition is committed."""
        held = self._held.get((topic.name, partition))
        return held is None or held.last_handed <= held.last_committed

    def _begin(
        self, connection: sqlite3.Connection, topic: SubscribedTopic, partition: int
    ) -> _Held:
        """The partition, read from where the group left off."""
        row = connection.execute(
            "SELECT next_offset FROM offsets"
            " WHERE consumer_group = ? AND topic_id = ? AND partition = ?",
            (self._group, topic.id, partition),
        ).fetchone()
        return _Held(topic, partition, 0 if row is None else row[0])

    def _check_usable(self) -> None:
        if self._closed.is_set():
            raise ClosedError(f"the subscription of group {self._group} is closed")
        if self._process != os.getpid():
            raise StreamError(
                f"the subscription of group {self._group} belongs to another process: "
                "subscribe after the fork"
            )


def _received(held: _Held, row: tuple[Any, ...]) -> Received:
    offset, timestamp, key, value, headers, schema = row
    message = Message(
        held.topic.name,
        key,
        value,
        headers_of(headers),
        datetime.fromisoformat(timestamp),
        schema,
    )
    return Received(message, Position(held.topic.name, held.partition, offset))
