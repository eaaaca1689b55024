"""The stream port: messages, where they end up, and what a stream must offer.

Shaped by what a broker does: sending is asynchronous, the acknowledgement arrives
later, and who consumes together shares partitions. An embedded stream acknowledges
before `send` returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Generic, Protocol, TypeAlias, TypeVar
from urllib.parse import quote

R = TypeVar("R")

KeyValues: TypeAlias = tuple[object, ...]
Headers: TypeAlias = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """An Avro schema as a writer has it. `fingerprint` is the SHA-256 of its text, in hex."""

    text: str
    fingerprint: str

    @classmethod
    def of(cls, text: str) -> Schema:
        """The schema of that text."""
        return cls(text, sha256(text.encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class Message:
    """What a stream carries. `schema` is the fingerprint of the schema that wrote `value`.

    How `schema` travels (a prefix, a header, a column) is the stream's own affair.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp: datetime
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """A message's place in a stream."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Received:
    """A message read back, and its place."""

    message: Message
    position: Position


# The handle of a message on its way: done once it is safe, or once it never will be.
Delivery: TypeAlias = Future[Position]


@dataclass(frozen=True, slots=True)
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
    """One member of a consumer group. Used by one thread."""

    def poll(self, max_messages: int, timeout: float) -> Sequence[Received]:
        """The next messages, in order within each partition; [] if none came within `timeout` s."""

    def commit(self, received: Received) -> None:
        """Stores that the group is past this message.

        Does nothing where the partition has moved to another member: the message
        comes again there.
        """

    def caught_up(self) -> bool:
        """Whether the group has committed all that its topics hold now."""

    def close(self) -> None:
        """Leaves the group: its other members get the partitions at once."""


class Stream(Protocol):
    """Where messages go and come from. Used by any number of threads.

    Every failure is a StreamError that says what to do.
    """

    def declare(self, schema: Schema) -> None:
        """Makes sure that readers will find the schema by its fingerprint."""

    def schema(self, fingerprint: str) -> Schema | None:
        """The schema of that fingerprint, None if no writer declared it."""

    def send(self, message: Message) -> Delivery:
        """Hands the message over. A StreamError where it was not even accepted."""

    def send_all(self, messages: Sequence[Message]) -> Sequence[Delivery]:
        """As `send` for each, in order, at the price of one where the stream can batch."""

    def flush(self, timeout: float | None = None) -> None:
        """Returns when every message sent has been acknowledged or has failed."""

    def subscribe(self, topics: Iterable[str], group: str) -> Subscription:
        """A new member of the group, which begins with the oldest message it has not committed."""

    def close(self) -> None:
        """Lets go of the stream. Subscriptions are closed before."""


@dataclass(frozen=True)
class Topic(Generic[R]):
    """One object's topic: how its records become messages and messages its records.

    `event_type` is the CloudEvents type. `key` gives the values of the primary key, in order.
    `private_key`: the key is classified and stays out of the headers.
    """

    contract: str
    version: str
    object: str
    name: str
    event_type: str
    record: type[R]
    schema_text: str
    encode: Callable[[R], bytes]
    decode: Callable[[bytes], R]
    key: Callable[[R], KeyValues] | None = None
    private_key: bool = False

    @cached_property
    def schema(self) -> Schema:
        """The schema that `encode` writes and `decode` reads."""
        return Schema.of(self.schema_text)

    @property
    def source(self) -> str:
        """The CloudEvents source: the contract."""
        return f"/{quote(self.contract, safe='')}"

    @property
    def dataschema(self) -> str:
        """The CloudEvents dataschema: a URI that names the writer's schema by its fingerprint."""
        parts = (self.contract, self.version, self.object)
        path = ":".join(quote(part, safe="") for part in parts)
        return f"urn:portwright:{path}#{self.schema.fingerprint}"

    def __str__(self) -> str:
        return f"{self.contract} {self.version}, {self.object}"
