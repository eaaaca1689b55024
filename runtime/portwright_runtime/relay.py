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
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from portwright_runtime import telemetry
from portwright_runtime.errors import PortwrightError, StreamError
from portwright_runtime.outbox_store import Lag, OutboxStore, named
from portwright_runtime.relay_worker import Counts, Settings, Worker
from portwright_runtime.retry import Retry
from portwright_runtime.stream import Stream

logger = logging.getLogger(__name__)

Opener: TypeAlias = Callable[[int], OutboxStore]

# Seconds: between two looks into an outbox with nothing in it, the first and the longest; for
# figures; and what is waited where database or stream are away.
_IDLE: Final = (0.02, 1.0)
_LOOK: Final = 10.0
_AWAY: Final = Retry(attempts=0, first=0.5, most=30.0)


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
        self._failure: StreamError | None = None
        self._lag: dict[str, Lag] | None = None
        self._seen = float("-inf")
        self._telemetry = telemetry.current()

    @property
    def ready(self) -> bool:
        """Whether a worker has reached the outbox in the last minute."""
        return time.monotonic() - self._seen < 60

    def lag(self) -> dict[str, Lag] | None:
        """What waited of each topic when it was last looked at; None where it cannot be read. A
        topic whose rows are all sent is told of still: nothing of it waits."""
        if self._lag is None:
            return None
        with self._counting:
            return {**dict.fromkeys(self.counts.topics, Lag()), **self._lag}

    def run(self, *, once: bool = False) -> Counts:
        """What was done, until `stop`; or, if `once`, until there is nothing to do: a StreamError
        where the outbox cannot be read then. When the time to drain is over, the stream is closed.
        """
        workers = [
            threading.Thread(target=self._work, args=(number, once), name=f"relay-{number}")
            for number in range(self._settings.workers)
        ]
        watchers = [
            threading.Thread(target=each, daemon=True) for each in (self._listen, self._measure)
        ]
        if not once:
            self._observe()
        for each in (*workers, *([] if once else watchers)):
            each.start()
        while any(each.is_alive() for each in workers):  # in steps, so that signals are heard
            for each in workers:
                each.join(0.2)
            if time.monotonic() > self._drain_by:
                # Now, while rows are locked: what came through later would be sent twice.
                self._stream.close(0)
        if self._failure is not None:
            raise self._failure
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
                self._pass_by_pass(self._worker(store), once)
                return
            except Exception as error:
                if once:
                    self._failure = StreamError(f"the outbox: {named(error)}")
                    return
                # A fault of ours must not end the relay either: it is said, and tried again.
                known = isinstance(error, (PortwrightError, *(store.errors if store else ())))
                failures += 1
                pause = _AWAY.wait(failures)
                logger.error(
                    "the outbox: %s; tried again in %.1f s",
                    named(error),
                    pause,
                    exc_info=None if known else error,
                )
                self._stopping.wait(pause)
            finally:
                if store is not None:
                    store.close()

    def _worker(self, store: OutboxStore) -> Worker:
        return Worker(
            store,
            self._stream,
            self._settings,
            self._telemetry,
            lambda: self._drain_by,
            self._count,
        )

    def _pass_by_pass(self, worker: Worker, once: bool) -> None:
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
                logger.warning("no notifications of the outbox: %s", named(error))
                self._stopping.wait(_AWAY.wait(failures))

    def _observe(self) -> None:
        """Has figures read of what waits, and of itself."""
        for name, unit, told, read in (
            ("portwright.outbox.rows", "{row}", "Rows that wait", lambda lag: lag.waiting),
            ("portwright.outbox.oldest", "s", "Age of the oldest row", lambda lag: lag.oldest),
            ("portwright.outbox.dead", "{row}", "Rows put aside", lambda lag: lag.dead),
        ):
            self._telemetry.observe(name, unit, told, _reader(self, read))
        self._telemetry.observe(
            "portwright.relay.up",
            "",
            "Whether a worker has reached the outbox within the last minute",
            lambda: [] if self._stopping.is_set() else [(int(self.ready), {})],
        )

    def _measure(self) -> None:
        """Looks at what waits, now and then."""
        store: OutboxStore | None = None
        while not self._stopping.is_set():
            try:
                store = store or self._open_store(0)
                self._lag = store.lag()
            except Exception as error:
                logger.warning("the outbox cannot be measured: %s", named(error))
                self._lag = None
                if store is not None:
                    store.close()
                store = None
            self._stopping.wait(_LOOK)
        if store is not None:
            store.close()

    def _count(self, done: Counts) -> None:
        with self._counting:
            self.counts.sent += done.sent
            self.counts.refused += done.refused
            self.counts.parked += done.parked
            self.counts.failed += done.failed
            self.counts.topics |= done.topics


def _reader(relay: Relay, read: Callable[[Lag], float]) -> telemetry.Read:
    def values() -> Iterator[telemetry.Value]:
        for topic, lag in ({} if relay._stopping.is_set() else relay.lag() or {}).items():
            yield read(lag), {"messaging.destination.name": topic}

    return values
