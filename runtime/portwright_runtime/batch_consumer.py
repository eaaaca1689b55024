"""Consumers whose handler takes many records at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar

from portwright_runtime.cloudevents import event_of
from portwright_runtime.consumer import Consumer
from portwright_runtime.dispatch import Task
from portwright_runtime.handling import Handling, Interrupted, Outcome
from portwright_runtime.record import Record
from portwright_runtime.stream import Event, Received, Subscription

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Item(Generic[R]):
    """A record and the event that it came with; None for a tombstone of the event's key."""

    record: R | None
    event: Event


class BatchConsumer(Consumer):
    """Hands the records of a topic over in batches of at most `most`, as they come.

    Offsets are stored once the batch is handled. A batch whose handler raises is tried again as a
    whole, then record by record, so that only those that fail alone are put aside.
    """

    most: ClassVar[int] = 500

    def _prefetch(self, subscription: Subscription) -> int:
        return max(1, self.most)

    def _handle(
        self,
        batch: Sequence[Received],
        handling: Handling,
        subscription: Subscription,
        stopping: threading.Event,
    ) -> int:
        taken: list[tuple[Received, Event, Task]] = []
        settled: list[Received] = []
        try:
            for received in batch:
                event = event_of(received)
                task = handling.task(received, event)
                settled.append(received)
                if isinstance(task, Task):
                    taken.append((received, event, task))
            handled = self._together(taken, handling)
        except Interrupted:
            return 0
        for received in settled:
            subscription.commit(received)
        return handled

    def _together(self, taken: list[tuple[Received, Event, Task]], handling: Handling) -> int:
        """How many of them were handled."""
        if not taken:
            return 0
        failures = 0
        while True:
            try:
                received, event, _ = taken[0]
                with handling.processing(received, event, len(taken)):
                    self._method()([_item(event, task) for _, event, task in taken])
                break
            except Exception as error:
                failures += 1
                if not handling.retries(failures, taken[0][1], error):
                    return self._alone(taken, handling, error)
        for _, event, _ in taken:
            handling.done(event)
        return len(taken)

    def _alone(
        self,
        taken: list[tuple[Received, Event, Task]],
        handling: Handling,
        error: Exception,
    ) -> int:
        """How many of them were handled, each by itself."""
        if len(taken) == 1:
            received, event, _ = taken[0]
            handling.give_up_on(received, event, error, datetime.now(UTC))
            return 0
        handled = 0
        for received, event, task in taken:
            single = Task(_method_of_one(self._method()), task.subject, task.route)
            handled += handling.run(received, event, single) is Outcome.HANDLED
        return handled

    def _method(self) -> Callable[[Sequence[Item[Any]]], None]:
        [route] = self.routes
        found: Callable[[Sequence[Item[Any]]], None] = getattr(self, route.handler)
        return found


def _item(event: Event, task: Task) -> Item[Any]:
    return Item(task.subject if isinstance(task.subject, Record) else None, event)


def _method_of_one(method: Callable[[Sequence[Item[Any]]], None]) -> Callable[[Any, Event], None]:
    def handle(subject: Any, event: Event) -> None:
        method([Item(subject if isinstance(subject, Record) else None, event)])

    return handle
