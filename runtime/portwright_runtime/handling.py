"""What becomes of one event: handled, passed over, retried, put aside, or left for later."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Literal, TypeAlias, TypeVar

from portwright_runtime import dead_letters, delivery, telemetry
from portwright_runtime.dead_letters import Failure, Place
from portwright_runtime.dispatch import Dispatch, Task
from portwright_runtime.errors import (
    ContractViolation,
    HandlerError,
    InboxError,
    PortwrightError,
    RefusedMessage,
    StreamError,
    UndecodableEvent,
)
from portwright_runtime.inbox import Seen
from portwright_runtime.retry import Retry
from portwright_runtime.stream import Event, Message, Received, Stream, Subscription

logger = logging.getLogger(__name__)

T = TypeVar("T")

OnFailure: TypeAlias = Literal["dead-letter", "stop"]

# Between two tries of what must work before anything goes on: registry, stream, inbox.
_AWAY: Final = Retry(attempts=0, first=0.5, most=30.0)
# Seconds between two looks whether a letter is safe.
_LOOK: Final = 0.1


class Outcome(StrEnum):
    """What became of an event."""

    HANDLED = "handled"
    PASSED = "passed"  # for nobody here
    DUPLICATE = "duplicate"
    DEAD = "dead-lettered"


class Interrupted(Exception):
    """The consumer was stopped while it waited: the event comes again."""


class Moved(Exception):
    """The event's partition went to another member meanwhile, who gets it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a consumer does about failures."""

    retry: Retry
    on_failure: OnFailure
    seen: Seen | None


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often a handler was asked about an event in vain, and when that began."""

    count: int = 0
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    def and_more(self) -> Attempts:
        """Those and one more."""
        return Attempts(self.count + 1, self.began)


class Handling:
    """Handles the events of one run of a consumer. Used by one thread."""

    def __init__(
        self,
        dispatch: Dispatch,
        policy: Policy,
        stream: Stream,
        subscription: Subscription,
        stopping: threading.Event,
        group: str,
        consumer: str,
    ) -> None:
        self._dispatch = dispatch
        self._policy = policy
        self._stream = stream
        self._subscription = subscription
        self._stopping = stopping
        self.group = group
        self._consumer = consumer
        self._telemetry = telemetry.current()
        for topic in dispatch.topics:
            self._telemetry.supported(topic)

    def settle(self, received: Received, event: Event) -> Outcome:
        """What became of the event; its offset may be stored then.

        Interrupted where the consumer is stopped meanwhile, Moved where the partition goes;
        EventError where failures end its run.
        """
        task = self.task(received, event)
        if isinstance(task, Outcome):
            return task
        return self.run(received, event, task)

    def task(self, received: Received, event: Event) -> Task | Outcome:
        """What there is to do about the event, or what became of it without."""
        seen = self._policy.seen
        try:
            task = self._insist(lambda: self._dispatch.task(received.message, event), received)
        except ContractViolation as error:
            failure = Failure.of_bytes(error)
            return self._give_up(received, event, failure, _unreadable(error, event), error)
        if task is None:
            return Outcome.PASSED
        if seen is not None and self._insist(lambda: seen.has(self.group, event), received):
            return self.duplicate(event)
        return task

    def run(
        self, received: Received, event: Event, task: Task, before: Attempts | None = None
    ) -> Outcome:
        """Asks the handler, again and again if it has to be; `before` are attempts in vain that
        the event was part of."""
        attempts = before
        failures = 0
        while True:
            try:
                with self._telemetry.process(received, event, self.group):
                    task.method(task.subject, event)
                break
            except Exception as error:
                failures += 1
                attempts = (attempts or Attempts()).and_more()
                if not self.retries(failures, received, event, error):
                    return self.give_up_on(received, event, error, attempts)
        return self.done(received, event)

    def processing(
        self, received: Received, event: Event, count: int
    ) -> AbstractContextManager[None]:
        """What watches a batch of events whose first one this is."""
        return self._telemetry.process(received, event, self.group, count)

    def duplicate(self, event: Event) -> Outcome:
        """Passes over an event that was handled before."""
        self._telemetry.consumed(event, self.group, Outcome.DUPLICATE)
        return Outcome.DUPLICATE

    def done(self, received: Received, event: Event) -> Outcome:
        """Remembers that the event was handled."""
        seen = self._policy.seen
        if seen is not None:
            self._insist(lambda: seen.add(self.group, event), received)
        self._telemetry.consumed(event, self.group, Outcome.HANDLED)
        return Outcome.HANDLED

    def give_up_on(
        self, received: Received, event: Event, error: Exception, attempts: Attempts
    ) -> Outcome:
        """Puts an event aside that its handler could not handle, or ends the run."""
        failure = Failure.of_handler(error, attempts.count, attempts.began)
        place = (event.topic, event.partition, event.offset, event.id)
        told = HandlerError(f"{self._consumer} raised {type(error).__name__}", *place)
        return self._give_up(received, event, failure, told, error)

    def retries(self, failures: int, received: Received, event: Event, error: Exception) -> bool:
        """Whether the handler is asked again, after a wait."""
        if self._policy.on_failure == "stop" or failures >= self._policy.retry.attempts:
            return False
        wait = self._policy.retry.wait(failures)
        logger.warning(
            "%s, event %s: %s raised %s; asked again in %.1f s",
            *(_place(event), event.id, self._consumer, type(error).__name__, wait),
        )
        self._telemetry.retried(event, self.group)
        self._pause(wait, received)
        return True

    def _insist(self, call: Callable[[], T], received: Received) -> T:
        """What the call gives, once registry, stream and inbox are there."""
        failures = 0
        while True:
            try:
                return call()
            except RefusedMessage:
                raise  # no later try can succeed
            except (StreamError, InboxError) as error:
                failures += 1
                wait = _AWAY.wait(failures)
                logger.error("%s; tried again in %.1f s", error, wait)
                self._pause(wait, received)

    def _pause(self, seconds: float, received: Received) -> None:
        """Waits as a member of the group."""
        deadline = time.monotonic() + seconds
        self._subscription.wait(seconds, self._stopping)
        if self._stopping.is_set() and time.monotonic() < deadline:
            raise Interrupted
        if not self._subscription.holds(received):
            raise Moved

    def _give_up(
        self,
        received: Received,
        event: Event,
        failure: Failure,
        error: PortwrightError,
        cause: Exception,
    ) -> Outcome:
        """Puts the event aside, safely, or ends the run."""
        if self._policy.on_failure == "stop":
            raise error from cause
        topic = self._dispatch.topic_of(event)
        place = Place(self.group, self._consumer, f"{topic.contract} {topic.version}")
        letter = dead_letters.letter(received, event, failure, place)
        self._insist(lambda: self._send(letter, received), received)
        logger.error(
            "%s, event %s: put into %s after %d attempts: %s (%s)",
            *(_place(event), event.id, letter.topic, failure.attempts),
            *(failure.reason, failure.error),
        )
        self._telemetry.consumed(event, self.group, Outcome.DEAD, failure.reason)
        return Outcome.DEAD

    def _send(self, letter: Message, received: Received) -> None:
        """Returns when the letter is safe."""
        sent = self._stream.send(letter)
        while not delivery.wait([sent], _LOOK):
            self._pause(_LOOK, received)
        sent.result()


def _unreadable(error: ContractViolation, event: Event) -> UndecodableEvent:
    return UndecodableEvent(str(error), event.topic, event.partition, event.offset, event.id)


def _place(event: Event) -> str:
    return f"{event.topic}, partition {event.partition}, offset {event.offset}"
