"""The stream port: messages, where they end up, and what a stream must offer.

Shaped by what a broker does: sending is asynchronous, the acknowledgement arrives
later, and who consumes together shares partitions. An embedded stream acknowledges
before `send` returns.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from portwright_runtime.delivery import Delivery
    from portwright_runtime.wire import Wire

Headers: TypeAlias = tuple[tuple[str, bytes], ...]


# Nobody changes one. Made for every message, they are not frozen, as that takes four times as long.
@dataclass(slots=True, unsafe_hash=True)
class Message:
    """What a stream carries. `value` is all of the bytes on the wire; None is a tombstone.

    How a value names the schema that wrote it is the affair of the stream's `wire`.
    """

    topic: str
    # Records, classified fields among them, are nobody's business in a log.
    key: bytes | None = field(repr=False)
    value: bytes | None = field(repr=False)
    headers: Headers = field(repr=False)
    timestamp: datetime


@dataclass(slots=True, unsafe_hash=True)
class Position:
    """A message's place in a stream."""

    topic: str
    partition: int
    offset: int


@dataclass(slots=True, unsafe_hash=True)
class Received:
    """A message read back, and its place."""

    message: Message
    position: Position


@dataclass(slots=True, unsafe_hash=True)
class Event:
    """The CloudEvents attributes a record came with, and the place of its message."""

    id: str
    source: str
    type: str
    time: datetime
    subject: str | None
    dataschema: str | None
    topic: str
    partition: int
    offset: int
    # A key may hold what is classified, and events are what handlers log.
    key: bytes | None = field(repr=False)


class Subscription(Protocol):
    """One member of a consumer group. Used by one thread.

    `prefetch` is how many messages to ask for at once.
    """

    @property
    def prefetch(self) -> int: ...

    @property
    def joined(self) -> bool:
        """Whether the group has taken this member in."""

    def poll(self, max_messages: int, timeout: float) -> Sequence[Received]:
        """The next messages, in order within each partition; [] if none came within `timeout` s."""

    def commit(self, received: Received) -> None:
        """Stores that the group is past this message.

        Does nothing where the partition has moved to another member: the message
        comes again there.
        """

    def holds(self, received: Received) -> bool:
        """Whether the message's partition has been this member's since `poll` gave it out."""

    def wait(self, seconds: float, stopping: threading.Event) -> None:
        """Waits as a living member of the group, `stopping` ends it at once."""

    def at_end(self) -> bool:
        """Whether this member has been given all that its partitions hold: asked after a `poll`
        that gave nothing."""

    def caught_up(self) -> bool:
        """Whether the group has committed all that its topics hold now."""

    def close(self) -> None:
        """Leaves the group: its other members get the partitions at once."""


class Stream(Protocol):
    """Where messages go and come from. Used by any number of threads.

    Every failure is a StreamError that says what to do.
    """

    @property
    def wire(self) -> Wire:
        """How its values name the schemas that wrote them."""

    def send(self, message: Message) -> Delivery:
        """Hands the message over. A StreamError where it was not even accepted."""

    def try_send(self, message: Message) -> Delivery | None:
        """As `send`, but None instead of waiting where there is no room for the message now."""

    def send_all(self, messages: Sequence[Message]) -> Iterable[Delivery]:
        """As `send` for each, in order, at the price of one where the stream can batch. A handle
        comes as soon as its message is handed over: none may be left untaken."""

    def flush(self, timeout: float | None = None) -> None:
        """Returns when every message sent has been acknowledged or has failed."""

    def subscribe(self, topics: Iterable[str], group: str) -> Subscription:
        """A new member of the group, which begins with the oldest message it has not committed."""

    def close(self, timeout: float | None = None) -> None:
        """Lets go of the stream; what is not acknowledged within `timeout` seconds has failed.
        Subscriptions are closed before. Safe to call again."""
