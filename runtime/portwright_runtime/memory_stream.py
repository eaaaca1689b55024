"""A stream in memory, for unit tests of producers and consumers: no file, no broker.

It behaves like the others (partitions by key, groups, offsets, schemas by GUID) and is gone
with the object.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from threading import Condition, Event
from typing import Final

from portwright_runtime.delivery import Delivery
from portwright_runtime.errors import ClosedError
from portwright_runtime.murmur2 import partition_of
from portwright_runtime.schema import Schema, SchemaId
from portwright_runtime.stream import Message, Position, Received
from portwright_runtime.wire import Wire

DEFAULT_PARTITIONS = 4


class PlainRegistry:
    """The Registry of streams without one: it knows the schemas that this process writes.

    GUIDs are computed, so that readers of the same schema know it all the same.
    """

    numbered: Final = False

    def __init__(self) -> None:
        self._known: dict[bytes, Schema] = {}

    def find(self, subject: str, schema: Schema) -> SchemaId:
        """Its GUID."""
        self._known[schema.guid] = schema
        return SchemaId(None, schema.guid)

    def by_number(self, number: int) -> None:
        """None: schemas have no numbers here."""

    def by_guid(self, guid: bytes) -> Schema | None:
        """The schema of that GUID, None if this process does not write it."""
        return self._known.get(guid)

    def close(self) -> None:
        """Does nothing."""


@dataclass
class _Group:
    """The next offset of each partition, and whose partitions they are, by topic."""

    next: dict[tuple[str, int], int] = field(default_factory=dict)
    members: list[MemorySubscription] = field(default_factory=list)


class MemoryStream:
    """The Stream in memory. `messages` are all that were sent, in order."""

    def __init__(self, *, partitions: int = DEFAULT_PARTITIONS) -> None:
        self.messages: list[Message] = []
        self.wire = Wire(PlainRegistry(), "header")
        self._partitions = partitions
        self._topics: dict[str, list[list[Message]]] = {}
        self._groups: dict[str, _Group] = {}
        self._changed = Condition()
        self._closed = False

    def send(self, message: Message) -> Delivery:
        """Keeps the message; the handle is done."""
        with self._changed:
            self._check_open()
            partitions = self._topic(message.topic)
            if message.key is None:
                partition = random.randrange(len(partitions))
            else:
                partition = partition_of(message.key, len(partitions))
            offset = len(partitions[partition])
            partitions[partition].append(message)
            self.messages.append(message)
            self._changed.notify_all()
        delivery = Delivery()
        delivery.set_result(Position(message.topic, partition, offset))
        return delivery

    def try_send(self, message: Message) -> Delivery:
        """As `send`: there is always room."""
        return self.send(message)

    def send_all(self, messages: Sequence[Message]) -> Sequence[Delivery]:
        """As `send` for each."""
        return [self.send(message) for message in messages]

    def flush(self, timeout: float | None = None) -> None:
        """Returns at once: nothing is ever on its way."""

    def subscribe(self, topics: Iterable[str], group: str) -> MemorySubscription:
        """A new member of the group."""
        with self._changed:
            self._check_open()
            held = self._groups.setdefault(group, _Group())
            member = MemorySubscription(self, held, tuple(topics))
            held.members.append(member)
            return member

    def close(self, timeout: float | None = None) -> None:
        """Takes no more messages."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError("the stream is closed")

    def _topic(self, name: str) -> list[list[Message]]:
        return self._topics.setdefault(name, [[] for _ in range(self._partitions)])


class MemorySubscription:
    """One member of a group, which has every n-th partition of its topics."""

    prefetch: Final = 100

    def __init__(self, stream: MemoryStream, group: _Group, topics: tuple[str, ...]) -> None:
        self._stream = stream
        self._group = group
        self._topics = topics
        # What was handed out and is not committed: the next offset to hand out.
        self._read: dict[tuple[str, int], int] = {}

    @property
    def joined(self) -> bool:
        """True: there is nobody to wait for."""
        return True

    def poll(self, max_messages: int, timeout: float) -> Sequence[Received]:
        """The next messages, in order within each partition; [] if none came within `timeout` s."""
        with self._stream._changed:
            found = self._next(max_messages)
            if not found and timeout > 0:
                self._stream._changed.wait(timeout)
                found = self._next(max_messages)
            return found

    def commit(self, received: Received) -> None:
        """Stores that the group is past this message, if the partition is still this member's."""
        place = (received.position.topic, received.position.partition)
        with self._stream._changed:
            if place in self._held():
                self._group.next[place] = received.position.offset + 1

    def holds(self, received: Received) -> bool:
        """Whether the message's partition is still this member's."""
        with self._stream._changed:
            return (received.position.topic, received.position.partition) in self._held()

    def wait(self, seconds: float, stopping: Event) -> None:
        """Waits; `stopping` ends it at once."""
        stopping.wait(seconds)

    def at_end(self) -> bool:
        """True: an empty `poll` says so."""
        return True

    def caught_up(self) -> bool:
        """Whether the group has committed all that its topics hold now."""
        with self._stream._changed:
            return all(
                self._group.next.get((name, number), 0) >= len(messages)
                for name in self._topics
                for number, messages in enumerate(self._stream._topic(name))
            )

    def close(self) -> None:
        """Leaves the group. Safe to call again."""
        with self._stream._changed:
            if self in self._group.members:
                self._group.members.remove(self)

    def _held(self) -> list[tuple[str, int]]:
        """The partitions that are this member's now."""
        if self not in self._group.members:
            return []
        mine, of = self._group.members.index(self), len(self._group.members)
        places = [
            (name, number)
            for name in self._topics
            for number in range(len(self._stream._topic(name)))
        ]
        return [place for at, place in enumerate(places) if at % of == mine]

    def _next(self, limit: int) -> list[Received]:
        found: list[Received] = []
        held = self._held()
        # A partition that went and came back begins where the group is.
        self._read = {place: at for place, at in self._read.items() if place in held}
        for name, number in held:
            messages = self._stream._topic(name)[number]
            committed = self._group.next.get((name, number), 0)
            at = self._read.get((name, number), committed)
            taken = messages[at : at + limit - len(found)]
            found += (
                Received(message, Position(name, number, at + each))
                for each, message in enumerate(taken)
            )
            self._read[name, number] = at + len(taken)
        return found
