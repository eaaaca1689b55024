"""The base of generated consumers: events in, records to a handler, at least once.

One event at a time is read, decoded, handled, and only then committed: whatever
happens in between, it comes again.
"""

from __future__ import annotations

import inspect
import re
import signal
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any, Generic, Self, TypeVar

from portwright_runtime.cloudevents import event_of
from portwright_runtime.decoder import Decoder
from portwright_runtime.errors import HandlerError, PortwrightError, UndecodableEvent
from portwright_runtime.record import Record
from portwright_runtime.resource import stream_resource
from portwright_runtime.stream import Event, Received, Stream
from portwright_runtime.topic import Topic

R = TypeVar("R", bound=Record)

# Seconds to wait for an event before looking whether to stop.
_POLL = 0.1


class Consumer(ABC, Generic[R]):
    """Handles the records of one topic. A generated subclass names the topic and its handler.

    Consumers of one `group` share the work; each group sees every event. The group is
    the class's name (`order-mails` for `OrderMails`) where none is given.
    """

    topic: Topic[R]

    def __init_subclass__(cls, **facts: Any) -> None:
        super().__init_subclass__(**facts)
        handlers = {
            name for base in cls.__mro__ for name in getattr(base, "__abstractmethods__", ())
        }
        for name in handlers & vars(cls).keys():
            if _returns_at_once(vars(cls)[name]):
                raise TypeError(
                    f"{cls.__name__}.{name} would return before it has handled anything: "
                    "make it a plain method, without `async` and `yield`"
                )

    def __init__(self, group: str | None = None, stream: Stream | str | None = None) -> None:
        self.group = group or _kebab(type(self).__name__)
        self._stream = stream_resource(stream)
        self._stopping = threading.Event()

    @classmethod
    def open(cls, group: str | None = None, stream: Stream | str | None = None) -> Self:
        """A consumer of the stream that is given, or that a url or the environment names."""
        return cls(group, stream)

    @abstractmethod
    def handle(self, record: R, event: Event) -> None:
        """Handles one record. The event is done when this returns, and comes again if it raises."""

    def run(self, *, until_idle: bool = False, max_events: int | None = None) -> int:
        """How many events were handled, until told to stop.

        That is by `stop`, SIGTERM or SIGINT, after `max_events`, or, if `until_idle`,
        once the group has handled all there is. The event in hand is finished first.
        An UndecodableEvent or HandlerError ends it; that event comes again.
        """
        try:
            with stopped_by_signals(self._stopping):
                return self._run(self._stopping, until_idle, max_events)
        finally:
            self._stopping.clear()

    def stop(self) -> None:
        """Makes `run` return after the event in hand. May be called from any thread."""
        self._stopping.set()

    def close(self) -> None:
        """Lets go of the stream, if it was opened here."""
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # ------------------------------------------------------------- the loop

    def _run(
        self, stopping: threading.Event, until_idle: bool, max_events: int | None = None
    ) -> int:
        """How many events were handled, as a new member of the group."""
        stream = self._stream.get()
        decoder = Decoder(stream.wire, self.topic)
        subscription = stream.subscribe([self.topic.name], self.group)
        try:
            handled = 0
            while not stopping.is_set() and (max_events is None or handled < max_events):
                batch = subscription.poll(1, _POLL)
                if not batch and until_idle and subscription.caught_up():
                    break
                for received in batch:
                    handled += self._handle_one(received, decoder)
                    subscription.commit(received)
        except BaseException:
            # The error to see is the one that ended the run.
            with suppress(PortwrightError):
                subscription.close()
            raise
        subscription.close()
        return handled

    def _handle_one(self, received: Received, decoder: Decoder[R]) -> bool:
        """Whether the event was for this consumer."""
        event = event_of(received)
        place = (event.topic, event.partition, event.offset, event.id)
        try:
            if not decoder.accepts(event):
                return False
            record = decoder.decode(received.message)
        except PortwrightError as error:
            raise UndecodableEvent(str(error), *place) from error
        try:
            self.handle(record, event)
        except Exception as error:
            raise HandlerError(
                f"{type(self).__name__} raised {type(error).__name__}", *place
            ) from error
        return True


def run_consumers(*consumers: Consumer[Any], until_idle: bool = False) -> int:
    """How many events all of them handled, each in a thread, until told to stop by a signal.

    If one ends with an error, the others finish the event in hand, and the error is raised.
    """
    stopping = threading.Event()
    with stopped_by_signals(stopping), ThreadPoolExecutor(max(1, len(consumers))) as pool:
        runs = [pool.submit(each._run, stopping, until_idle) for each in consumers]
        try:
            wait(runs, return_when=FIRST_EXCEPTION)
        finally:
            stopping.set()
    return sum(run.result() for run in runs)


@contextmanager
def stopped_by_signals(stopping: threading.Event) -> Iterator[None]:
    """SIGTERM and SIGINT set `stopping`; a second one does what it did before."""
    before: dict[signal.Signals, Any] = {}

    def restore() -> None:
        while before:
            signal.signal(*before.popitem())

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()
        restore()

    # Python lets no other thread have signal handlers.
    if threading.current_thread() is threading.main_thread():
        for each in (signal.SIGTERM, signal.SIGINT):
            handler = signal.getsignal(each)
            # Who started the process may have it ignore one; None is a handler not of Python.
            if handler not in (signal.SIG_IGN, None):
                before[each] = handler
                signal.signal(each, stop)
    try:
        yield
    finally:
        restore()


def _returns_at_once(function: object) -> bool:
    """Whether a call of it only makes something that would have to be awaited or iterated."""
    return (
        inspect.iscoroutinefunction(function)
        or inspect.isgeneratorfunction(function)
        or inspect.isasyncgenfunction(function)
    )


def _kebab(name: str) -> str:
    """`OrderMails` as `order-mails`."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W_a-zA-Z0-9]+", name)
    return "-".join(words).lower() or name
