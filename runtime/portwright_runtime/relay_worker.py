"""One worker of a relay: takes shards, sends their oldest rows, and settles what became of each."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

from portwright_runtime.delivery import Delivery, wait
from portwright_runtime.errors import ClosedError, RefusedMessage, StreamError
from portwright_runtime.outbox_store import OutboxStore, Row
from portwright_runtime.retry import Retry
from portwright_runtime.stream import Headers, Message, Stream
from portwright_runtime.telemetry import Telemetry

logger = logging.getLogger(__name__)

OnPoison: TypeAlias = Literal["park", "block"]

_AWAY: Final = Retry(attempts=0, first=0.5, most=30.0)
_SHARDS: Final = 16
_BYTES: Final = 16 << 20
# Seconds in which a stream that is closed settles what it has.
_CLOSING: Final = 10.0


@dataclass(frozen=True, slots=True)
class Settings:
    """`batch` is the most rows sent at once, `attempts` how often a row that the stream refuses is
    tried; then it is put aside (`park`), or holds up its key for ever (`block`). `drain` is
    how many seconds a batch in hand has when the relay is stopped."""

    workers: int = 2
    batch: int = 500
    attempts: int = 5
    on_poison: OnPoison = "park"
    drain: float = 20.0
    retry: Retry = field(default=Retry(attempts=0, first=1.0, most=60.0))


@dataclass(slots=True)
class Counts:
    """What a relay has done so far, and for which topics."""

    sent: int = 0
    refused: int = 0
    parked: int = 0
    failed: int = 0
    topics: set[str] = field(default_factory=set)


class Worker:
    """One connection at work. `drain_by` is when a batch in hand is given up, on the monotonic
    clock; `count` hears how many rows were sent, refused, put aside, and not sent."""

    def __init__(
        self,
        store: OutboxStore,
        stream: Stream,
        settings: Settings,
        telemetry: Telemetry,
        drain_by: Callable[[], float],
        count: Callable[[Counts], None],
    ) -> None:
        self._store = store
        self._stream = stream
        self._settings = settings
        self._telemetry = telemetry
        self._drain_by = drain_by
        self._count = count
        # Topics that the stream cannot take from now: until when they rest, and after how many
        # failures in a row.
        self._resting: dict[str, tuple[float, int]] = {}

    def once(self) -> int:
        """How many rows were dealt with."""
        shards = self._store.claim(_SHARDS)
        try:
            now = time.monotonic()
            resting = [topic for topic, (until, _) in self._resting.items() if until > now]
            rows = self._store.rows(shards, self._settings.batch, resting) if shards else []
            rows = _bounded(rows)
            if self._settings.on_poison == "block":
                rows = _first_of_keys(rows)
            if rows:
                self._send(rows)
            return len(rows)
        finally:
            self._store.release(shards)

    def _send(self, rows: Sequence[Row]) -> None:
        sendings = [self._telemetry.relaying(row.message, row.id) for row in rows]
        messages = [
            _traced(row.message, sending.headers)
            for row, sending in zip(rows, sendings, strict=True)
        ]
        deliveries: list[Delivery] = []
        with suppress(ClosedError):  # the time to drain is over
            for each in self._stream.send_all(messages):
                deliveries.append(each)
        rows, sendings = rows[: len(deliveries)], sendings[: len(deliveries)]
        self._wait(deliveries)
        sent: list[str] = []
        passed: set[tuple[str, bytes | None]] = set()
        refused: dict[str, tuple[str, float]] = {}
        dead: dict[str, str] = {}
        failed: dict[str, StreamError] = {}
        # From the last to the first: who is refused must know whether later ones got through.
        for row, delivery, sending in reversed([*zip(rows, deliveries, sendings, strict=True)]):
            error = _error(delivery)
            if sending.ended is not None:
                sending.ended(error)
            if error is None:
                sent.append(row.id)
                passed.add((row.message.topic, row.message.key))
            elif isinstance(error, RefusedMessage):
                overtaken = (row.message.topic, row.message.key) in passed
                self._refuse(row, error, overtaken, refused, dead)
            else:
                failed[row.message.topic] = error
        self._store.settle(sent, refused, dead)
        topics = {row.message.topic for row in rows}
        self._rest(failed, topics - failed.keys())
        self._count(Counts(len(sent), len(refused), len(dead), len(rows) - len(sent), topics))

    def _refuse(
        self,
        row: Row,
        error: RefusedMessage,
        overtaken: bool,
        refused: dict[str, tuple[str, float]],
        dead: dict[str, str],
    ) -> None:
        """Puts a row aside or has it tried again. What later rows of its key have overtaken is not
        sent after them."""
        attempts = row.attempts + 1
        parks = self._settings.on_poison == "park" and attempts >= self._settings.attempts
        if parks or (overtaken and row.message.key is not None):
            dead[row.id] = str(error)
            logger.error("event %s is put aside after %d attempts: %s", row.id, attempts, error)
        else:
            refused[row.id] = (str(error), self._settings.retry.wait(attempts))
            logger.warning("event %s, attempt %d: %s", row.id, attempts, error)

    def _rest(self, failed: dict[str, StreamError], well: set[str]) -> None:
        for topic in well:
            self._resting.pop(topic, None)
        for topic, error in failed.items():
            failures = self._resting.get(topic, (0.0, 0))[1] + 1
            pause = _AWAY.wait(failures) + random.uniform(0, 0.1)
            self._resting[topic] = (time.monotonic() + pause, failures)
            logger.error("%s; its events wait for %.1f s", error, pause)

    def _wait(self, deliveries: Sequence[Delivery]) -> None:
        """Returns when all are done: by the relay's closing of the stream, when the time to drain
        is over."""
        while not wait(deliveries, 0.2) and time.monotonic() < self._drain_by() + _CLOSING:
            pass


def _error(delivery: Delivery) -> StreamError | None:
    """What kept a message from being acknowledged."""
    if not delivery.done():
        return StreamError("no acknowledgement before the relay ended")
    error = delivery.exception()
    if error is None or isinstance(error, StreamError):
        return error
    return StreamError(type(error).__name__)


def _bounded(rows: list[Row]) -> list[Row]:
    """As many of the rows as fit into a batch, one at least."""
    size = 0
    for count, row in enumerate(rows):
        size += len(row.message.value or b"")
        if size > _BYTES and count:
            return rows[:count]
    return rows


def _first_of_keys(rows: list[Row]) -> list[Row]:
    """The rows that no other one of their key is before."""
    keys: set[tuple[str, bytes]] = set()
    found = []
    for row in rows:
        key = row.message.key
        if key is None or (row.message.topic, key) not in keys:
            found.append(row)
        if key is not None:
            keys.add((row.message.topic, key))
    return found


def _traced(message: Message, trace: Headers) -> Message:
    """The message with the trace of its sending in the place of that of its writing."""
    if not trace:
        return message
    names = {name for name, _ in trace}
    kept = tuple(each for each in message.headers if each[0] not in names)
    return replace(message, headers=kept + trace)
