"""The Subscription of the embedded log: reads ahead in the partitions that are its own."""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Thread
from typing import Any, Final

from portwright_runtime.errors import ClosedError, StreamError
from portwright_runtime.sqlite_file import SqliteFile, headers_of
from portwright_runtime.sqlite_group import Membership, SubscribedTopic
from portwright_runtime.stream import Message, Position, Received

# Signs of life in the time of one lease.
_BEATS = 4
# How much is read ahead from one partition.
_ROWS = 200
_BYTES = 4 << 20
# Seconds between looks for new messages: the first, and the longest.
_LOOK = (0.002, 0.05)


@dataclass(slots=True)
class _Held:
    """A partition that is ours: where to read on, what was read ahead, what was handed out."""

    topic: SubscribedTopic
    partition: int
    next_offset: int
    ahead: deque[Received] = field(default_factory=deque)
    last_handed: int = -1
    last_committed: int = -1

    @property
    def busy(self) -> bool:
        """Whether something that was handed out is not committed."""
        return self.last_handed > self.last_committed


class SqliteSubscription:
    """A new member of `group`; silent for `lease` seconds, it is dead.

    `file` is its own from now on.
    """

    # Each member takes no more than it handles at once: partitions move between two events.
    prefetch: Final = 1

    def __init__(
        self, file: SqliteFile, topics: tuple[SubscribedTopic, ...], group: str, lease: float
    ) -> None:
        self._file = file
        self._topics = topics
        name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._membership = Membership(group, name, lease)
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

    @property
    def joined(self) -> bool:
        """True: there is nobody to wait for."""
        return True

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
        position = received.position
        held = self._held.get((position.topic, position.partition))
        if held is None or position.offset > held.last_handed:
            return
        with self._file.transaction() as connection:
            is_ours = self._membership.commit(
                connection, held.topic, held.partition, position.offset
            )
        if is_ours:
            held.last_committed = max(held.last_committed, position.offset)
        else:
            del self._held[position.topic, position.partition]

    def holds(self, received: Received) -> bool:
        """Whether the message's partition is still this member's, as far as it knows."""
        position = received.position
        held = self._held.get((position.topic, position.partition))
        return held is not None and position.offset <= held.last_handed

    def wait(self, seconds: float, stopping: Event) -> None:
        """Waits; signs of life are given meanwhile. `stopping` ends it at once."""
        stopping.wait(seconds)

    def at_end(self) -> bool:
        """True: an empty `poll` says so."""
        return True

    def caught_up(self) -> bool:
        """Whether the group has committed all that its topics hold now."""
        self._check_usable()
        with self._file.reading() as connection:
            return all(self._membership.is_caught_up(connection, each) for each in self._topics)

    def close(self) -> None:
        """Leaves the group: its other members get the partitions at once. Safe to call again."""
        if self._closed.is_set() or self._process != os.getpid():
            return
        self._closed.set()
        self._heart.join()
        self._held.clear()
        try:
            with self._file.transaction() as connection:
                self._membership.leave(connection)
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
                    "SELECT offset, timestamp, key, value, headers FROM messages"
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
        while not self._closed.wait(self._membership.lease / _BEATS):
            # What keeps this from being stored keeps `poll` from working, and is raised there.
            with suppress(StreamError, ClosedError), self._file.transaction() as connection:
                self._membership.renew(connection)

    def _balance(self) -> None:
        """Brings what this member holds to its share of the partitions."""
        now_held: dict[tuple[str, int], _Held] = {}
        with self._file.transaction() as connection:
            for topic in self._topics:
                busy = {
                    held.partition
                    for held in self._held.values()
                    if held.topic == topic and held.busy
                }
                share = self._membership.take_share(connection, topic, busy)
                for partition in sorted(share.kept | share.taken):
                    place = (topic.name, partition)
                    # What was lost and taken again begins anew: others have read on there.
                    before = self._held.get(place) if partition in share.kept else None
                    now_held[place] = before or _Held(
                        topic, partition, self._membership.next_offset(connection, topic, partition)
                    )
        self._held = now_held
        self._balance_at = time.monotonic() + self._membership.lease / _BEATS

    def _check_usable(self) -> None:
        group = self._membership.group
        if self._closed.is_set():
            raise ClosedError(f"the subscription of group {group} is closed")
        if self._process != os.getpid():
            raise StreamError(
                f"the subscription of group {group} belongs to another process: "
                "subscribe after the fork"
            )


def _received(held: _Held, row: tuple[Any, ...]) -> Received:
    offset, timestamp, key, value, headers = row
    try:
        time, pairs = datetime.fromisoformat(timestamp), headers_of(headers)
    except (AttributeError, TypeError, ValueError):
        raise StreamError(
            f"{held.topic.name}, partition {held.partition}, offset {offset}: "
            "its row in the log was changed by another program"
        ) from None
    message = Message(held.topic.name, key, value, pairs, time)
    return Received(message, Position(held.topic.name, held.partition, offset))
