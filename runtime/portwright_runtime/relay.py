"""The relay: sends what services have written into an outbox, in order by key, and removes what
the stream has acknowledged.

Workers take shards of keys by turns; each sends the oldest rows of its shards, waits for all
acknowledgements, and then deletes the rows. Wherever it dies, rows are sent again under
the same event id, and none is lost.

Order by key rests on the stream: its messages of one partition arrive in the order in which they
were sent, and none is given up while later ones get through. Kafka keeps that with idempotence
and no time limit for deliveries, which is how `portwright-runtime relay` opens it.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

from portwright_runtime import telemetry
from portwright_runtime.errors import PortwrightError, RefusedMessage, StreamError
from portwright_runtime.outbox_store import Lag, OutboxStore, Row
from portwright_runtime.retry import Retry
from portwright_runtime.stream import Delivery, Headers, Message, Position, Stream

logger = logging.getLogger(__name__)

OnPoison: TypeAlias = Literal["park", "block"]
Opener: TypeAlias = Callable[[int], OutboxStore]

# Seconds: between two looks into an outbox with nothing in it, the first and the longest; for
# figures; and what is waited where database or stream are away.
_IDLE: Final = (0.02, 1.0)
_LOOK: Final = 10.0
_AWAY: Final = Retry(attempts=0, first=0.5, most=30.0)
_SHARDS: Final = 16
_BYTES: Final = 16 << 20


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
    """What a relay has done so far."""

    sent: int = 0
    refused: int = 0
    parked: int = 0
    failed: int = 0


class Relay:
    """The workers of one process. `open_store` gives a worker its connection, by its number."""

    def __init__(self, open_store: Opener, stream: Stream, settings: Settings) -> None:
        self._open_store = open_store
        self._stream = stream
        self._settings = settings
        self.counts = Counts()
        self._counting = threading.Lock()
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._drain_by = float("inf")
        self._lag: Lag | None = None
        self._seen = 0.0
        self._telemetry = telemetry.current()

    @property
    def ready(self) -> bool:
        """Whether a worker has reached the outbox in the last minute."""
        return time.monotonic() - self._seen < 60

    def lag(self) -> Lag | None:
        """What waited when it was last looked at; None before."""
        return self._lag

    def run(self, *, once: bool = False) -> Counts:
        """What was done, until `stop`; or, if `once`, until there is nothing to do."""
        workers = [
            threading.Thread(target=self._work, args=(number, once), name=f"relay-{number}")
            for number in range(self._settings.workers)
        ]
        watchers = [
            threading.Thread(target=each, daemon=True) for each in (self._listen, self._measure)
        ]
        for each in (*workers, *([] if once else watchers)):
            each.start()
        for each in workers:
            while each.is_alive():  # in steps, so that signals are heard
                each.join(0.2)
        return self.counts

    def stop(self) -> None:
        """Makes `run` return after the batches in hand."""
        self._drain_by = time.monotonic() + self._settings.drain
        self._stopping.set()
        self._wake.set()

    # ------------------------------------------------------------- workers

    def _work(self, number: int, once: bool) -> None:
        failures = 0
        while not self._stopping.is_set():
            store = None
            try:
                store = self._open_store(number)
                worker = _Worker(self, store)
                self._pass_by_pass(worker, once)
                return
            except Exception as error:
                # A fault of ours must not end the relay either: it is said, and tried again.
                known = isinstance(error, (PortwrightError, *(store.errors if store else ())))
                failures += 1
                pause = _AWAY.wait(failures)
                logger.error(
                    "the outbox: %s; tried again in %.1f s",
                    type(error).__name__,
                    pause,
                    exc_info=None if known else error,
                )
                self._stopping.wait(pause)
            finally:
                if store is not None:
                    store.close()

    def _pass_by_pass(self, worker: _Worker, once: bool) -> None:
        pause, longest = _IDLE
        while not self._stopping.is_set():
            found = worker.once()
            self._seen = time.monotonic()
            if found:
                pause = _IDLE[0]
                continue
            if once:
                return
            # Others wait for the same sign; whoever misses it looks soon.
            if self._wake.wait(pause):
                self._wake.clear()
                pause = _IDLE[0]
            else:
                pause = min(pause * 2, longest)

    def _listen(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                store = self._open_store(0)
                try:
                    signs = store.listener()
                    if signs is None:
                        return
                    for _ in signs:
                        failures = 0
                        self._wake.set()
                        if self._stopping.is_set():
                            return
                finally:
                    store.close()
            except Exception as error:
                failures += 1
                logger.warning("no notifications of the outbox: %s", type(error).__name__)
                self._stopping.wait(_AWAY.wait(failures))

    def _measure(self) -> None:
        """Looks at what waits, now and then."""
        store: OutboxStore | None = None
        for name, unit, told, read in (
            ("portwright.outbox.rows", "{row}", "Rows that wait", lambda lag: lag.waiting),
            ("portwright.outbox.oldest", "s", "Age of the oldest row", lambda lag: lag.oldest),
            ("portwright.outbox.dead", "{row}", "Rows put aside", lambda lag: lag.dead),
        ):
            self._telemetry.observe(name, unit, told, _reader(self, read))
        while not self._stopping.is_set():
            try:
                store = store or self._open_store(0)
                self._lag = store.lag()
            except Exception as error:
                logger.warning("the outbox cannot be measured: %s", type(error).__name__)
                if store is not None:
                    store.close()
                store = None
            self._stopping.wait(_LOOK)
        if store is not None:
            store.close()

    def _count(self, sent: int, refused: int, parked: int, failed: int) -> None:
        with self._counting:
            self.counts.sent += sent
            self.counts.refused += refused
            self.counts.parked += parked
            self.counts.failed += failed


def _reader(relay: Relay, read: Callable[[Lag], float]) -> Callable[[], float | None]:
    return lambda: None if relay._lag is None else read(relay._lag)


class _Worker:
    """One connection at work."""

    def __init__(self, relay: Relay, store: OutboxStore) -> None:
        self._relay = relay
        self._store = store
        self._settings = relay._settings
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
            if rows:
                self._send(rows)
            return len(rows)
        finally:
            self._store.release(shards)

    def _send(self, rows: Sequence[Row]) -> None:
        sendings = [self._relay._telemetry.relaying(row.message, row.id) for row in rows]
        messages = [
            _traced(row.message, sending.headers)
            for row, sending in zip(rows, sendings, strict=True)
        ]
        deliveries = self._relay._stream.send_all(messages)
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
        self._rest(failed, {row.message.topic for row in rows} - failed.keys())
        self._relay._count(len(sent), len(refused), len(dead), len(rows) - len(sent))

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
        """Returns when all are done, or when the time to drain is over."""
        left: set[Future[Position]] = {*deliveries}
        while left and time.monotonic() < self._relay._drain_by:
            _, left = wait(left, timeout=0.2)


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


def _traced(message: Message, trace: Headers) -> Message:
    """The message with the trace of its sending in the place of that of its writing."""
    if not trace:
        return message
    names = {name for name, _ in trace}
    kept = tuple(each for each in message.headers if each[0] not in names)
    return replace(message, headers=kept + trace)
