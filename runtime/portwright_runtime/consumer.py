"""The base of generated consumers: events in, records to handlers, at least once.

Events are read in batches, and each is decoded, handled, and only then stored as done:
whatever happens in between, it comes again. What a handler cannot do is tried again, and
then put aside in a topic of dead letters.
"""

from __future__ import annotations

import inspect
import re
import threading
from abc import ABC
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import suppress
from types import TracebackType
from typing import Any, ClassVar, Final, Self, get_args

from portwright_runtime.cloudevents import event_of
from portwright_runtime.deprecation import Deprecation, warn_of
from portwright_runtime.dispatch import Dispatch, Route
from portwright_runtime.errors import ConfigurationError, PortwrightError
from portwright_runtime.handling import Handling, Interrupted, Moved, OnFailure, Outcome, Policy
from portwright_runtime.inbox import Seen
from portwright_runtime.resource import stream_resource
from portwright_runtime.retry import Retry
from portwright_runtime.signals import heard
from portwright_runtime.stream import Received, Stream, Subscription

# Seconds to wait for an event before looking whether to stop.
_POLL: Final = 0.1


class Consumer(ABC):  # noqa: B024  # generated subclasses have the abstract handlers
    """Handles the records of its routes. A generated subclass names these and their handlers.

    Consumers of one `group` share the work; each group sees every event. The group is
    the class's name (`order-mails` for `OrderMails`) where none is given.

    `retry` is how often a handler that raises is asked again; `on_failure` what follows:
    `dead-letter` puts the event into the topic `<topic>.dlq` and goes on, `stop` ends the run
    at once (a HandlerError or UndecodableEvent), and the event comes again. `deduplicate`
    remembers what was handled: those events are passed over.
    """

    routes: ClassVar[tuple[Route[Any], ...]] = ()
    retry: ClassVar[Retry] = Retry()
    on_failure: ClassVar[OnFailure] = "dead-letter"
    # What a handler is called with.
    given: ClassVar[tuple[str, ...]] = ("record", "event")
    _deprecations: ClassVar[tuple[Deprecation, ...]] = ()

    def __init_subclass__(cls, **facts: Any) -> None:
        super().__init_subclass__(**facts)
        handlers = {name for each in cls.routes for name in (each.handler, each.deleted)}
        for name in handlers & vars(cls).keys():
            handler = vars(cls)[name]
            if _returns_at_once(handler):
                raise TypeError(
                    f"{cls.__name__}.{name} would return before it has handled anything: "
                    "make it a plain method, without `async` and `yield`"
                )
            if inspect.isfunction(handler) and not _takes(handler, ("self", *cls.given)):
                raise TypeError(
                    f"{cls.__name__}.{name} does not take what it is given: {', '.join(cls.given)}"
                )

    def __init__(
        self,
        group: str | None = None,
        stream: Stream | str | None = None,
        *,
        deduplicate: Seen | None = None,
    ) -> None:
        if self.on_failure not in get_args(OnFailure):
            raise ConfigurationError(
                f"{type(self).__name__}.on_failure is {' or '.join(get_args(OnFailure))}"
            )
        self.group = group or _kebab(type(self).__name__)
        self._stream = stream_resource(stream)
        self._seen = deduplicate
        self._stopping = threading.Event()
        self._subscription: Subscription | None = None

    @property
    def ready(self) -> bool:
        """Whether it runs, and its group has taken it in."""
        subscription = self._subscription
        return subscription is not None and subscription.joined

    @classmethod
    def open(
        cls,
        group: str | None = None,
        stream: Stream | str | None = None,
        *,
        deduplicate: Seen | None = None,
    ) -> Self:
        """A consumer of the stream that is given, or that a url or the environment names."""
        warn_of(cls)
        if deduplicate is None:  # a subclass need not have heard of it
            return cls(group, stream)
        return cls(group, stream, deduplicate=deduplicate)

    def run(self, *, until_idle: bool = False, max_events: int | None = None) -> int:
        """How many events were handled, until told to stop.

        That is by `stop`, SIGTERM or SIGINT, after `max_events`, or, if `until_idle`,
        once the group has handled all there is. The event in hand is finished first.
        """
        try:
            with heard(lambda _: self.stop()):
                return self._run(until_idle, max_events)
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

    def _run(self, until_idle: bool, max_events: int | None = None) -> int:
        """How many events were handled, as a new member of the group."""
        stream = self._stream.get()
        dispatch = Dispatch(stream.wire, self.routes, self)
        topics = dict.fromkeys(each.topic.name for each in self.routes)
        subscription = self._subscription = stream.subscribe(topics, self.group)
        policy = Policy(self.retry, self.on_failure, self._seen)
        handling = Handling(
            dispatch, policy, stream, subscription, self._stopping, self.group, type(self).__name__
        )
        try:
            return self._consume(handling, subscription, until_idle, max_events)
        finally:
            self._subscription = None
            if self._seen is not None:
                self._seen.close()

    def _consume(
        self,
        handling: Handling,
        subscription: Subscription,
        until_idle: bool,
        max_events: int | None,
    ) -> int:
        handled = 0
        try:
            while not self._stopping.is_set() and (max_events is None or handled < max_events):
                most = self._prefetch(subscription)
                if max_events is not None:
                    most = min(most, max_events - handled)
                batch = subscription.poll(most, _POLL)
                if not batch and until_idle and subscription.caught_up():
                    break
                handled += self._handle(batch, handling, subscription)
        except BaseException:
            # The error to see is the one that ended the run.
            with suppress(PortwrightError):
                subscription.close()
            raise
        subscription.close()
        return handled

    def _prefetch(self, subscription: Subscription) -> int:
        """How many messages to ask for at once."""
        return subscription.prefetch

    def _handle(
        self,
        batch: Sequence[Received],
        handling: Handling,
        subscription: Subscription,
    ) -> int:
        """How many events of the batch were handled; what is left comes again."""
        handled = 0
        for received in batch:
            if self._stopping.is_set():
                break
            # What came before may have taken long enough to lose the partition.
            if not subscription.holds(received):
                continue
            try:
                outcome = handling.settle(received, event_of(received))
            except Interrupted:
                break
            except Moved:
                continue
            subscription.commit(received)
            handled += outcome is Outcome.HANDLED
        return handled


def run_consumers(*consumers: Consumer, until_idle: bool = False) -> int:
    """How many events all of them handled, each in a thread, until told to stop: all by a signal,
    one by its `stop`.

    If one ends with an error, the others finish the event in hand, and the error is raised.
    """

    def stop() -> None:
        for each in consumers:
            each.stop()

    try:
        with heard(lambda _: stop()), ThreadPoolExecutor(max(1, len(consumers))) as pool:
            runs = [pool.submit(each._run, until_idle) for each in consumers]
            try:
                wait(runs, return_when=FIRST_EXCEPTION)
            finally:
                stop()
    finally:
        for each in consumers:
            each._stopping.clear()
    return sum(run.result() for run in runs)


def _returns_at_once(function: object) -> bool:
    """Whether a call of it only makes something that would have to be awaited or iterated."""
    return (
        inspect.iscoroutinefunction(function)
        or inspect.isgeneratorfunction(function)
        or inspect.isasyncgenfunction(function)
    )


def _takes(function: Callable[..., object], given: Sequence[str]) -> bool:
    """Whether it can be called with so many arguments."""
    try:
        inspect.signature(function).bind(*given)
    except TypeError:
        return False
    return True


def _kebab(name: str) -> str:
    """`OrderMails` as `order-mails`."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W_a-zA-Z0-9]+", name)
    return "-".join(words).lower() or name
