"""Consumers whose handler takes many records at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from portwright_runtime.cloudevents import event_of
from portwright_runtime.consumer import Consumer
from portwright_runtime.dispatch import Task
from portwright_runtime.handling import Attempts, Handling, Interrupted, Moved, Outcome
from portwright_runtime.record import Record
from portwright_runtime.stream import Event, Received, Subscription

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Item(Generic[R]):
    """A record and the event that it came with; None for a tombstone of the event's key."""

    record: R | None
    event: Event


@dataclass(slots=True)
class _Work:
    """The events of a batch that are for its handler."""

    taken: list[tuple[Received, Event, Task]]
    handling: Handling
    subscription: Subscription

    def held(self) -> bool:
        """Whether any are left, without those whose partitions moved away."""
        self.taken = [each for each in self.taken if self.subscription.holds(each[0])]
        return bool(self.taken)


class BatchConsumer(Consumer):
    """Hands the records of a topic over in batches of at most `most`, as they come.

    Offsets are stored once the batch is handled. A batch whose handler raises is tried again as a
    whole, then record by record, so that only those that fail alone are put aside.
    """

    most: ClassVar[int] = 500
    given: ClassVar[tuple[str, ...]] = ("items",)

    def _prefetch(self, subscription: Subscription) -> int:
        return max(1, self.most)

    def _handle(
        self, batch: Sequence[Received], handling: Handling, subscription: Subscription
    ) -> int:
        work = _Work([], handling, subscription)
        settled: list[Received] = []
        names: set[tuple[str, str]] = set()
        try:
            for received in batch:
                event = event_of(received)
                try:
                    task = handling.task(received, event)
                except Moved:
                    continue
                settled.append(received)
                if not isinstance(task, Task):
                    continue
                name = (event.source, event.id)
                if self._seen is not None and name in names:
                    handling.duplicate(event)
                    continue
                names.add(name)
                work.taken.append((received, event, task))
            handled = self._together(work)
        except Interrupted:
            return 0
        for received in settled:
            subscription.commit(received)
        return handled

    def _together(self, work: _Work) -> int:
        """How many of them were handled."""
        handling = work.handling
        attempts = Attempts()
        while work.held():
            received, event, _ = work.taken[0]
            try:
                with handling.processing(received, event, len(work.taken)):
                    self._method()([_item(task.subject, event) for _, event, task in work.taken])
                break
            except Exception as error:
                attempts = attempts.and_more()
                with suppress(Moved):
                    if not handling.retries(attempts.count, received, event, error):
                        return self._alone(work, error, attempts)
        for received, event, _ in work.taken:
            with suppress(Moved):
                handling.done(received, event)
        return len(work.taken)

    def _alone(self, work: _Work, error: Exception, attempts: Attempts) -> int:
        """How many of them were handled, each by itself."""
        handling, handled = work.handling, 0
        for received, event, task in work.taken:
            with suppress(Moved):
                if len(work.taken) == 1:
                    handling.give_up_on(received, event, error, attempts)
                else:
                    single = Task(_method_of_one(self._method()), task.subject, task.route)
                    outcome = handling.run(received, event, single, attempts)
                    handled += outcome is Outcome.HANDLED
                # Not to be handled once more where the consumer is stopped at a later one.
                work.subscription.commit(received)
        return handled

    def _method(self) -> Callable[[Sequence[Item[Any]]], None]:
        [route] = self.routes
        found: Callable[[Sequence[Item[Any]]], None] = getattr(self, route.handler)
        return found


def _item(subject: Any, event: Event) -> Item[Any]:
    return Item(subject if isinstance(subject, Record) else None, event)


def _method_of_one(method: Callable[[Sequence[Item[Any]]], None]) -> Callable[[Any, Event], None]:
    def handle(subject: Any, event: Event) -> None:
        method([_item(subject, event)])

    return handle
