"""Sends messages and remembers each until it is acknowledged, whoever holds its handle."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Final

from portwright_runtime.delivery import Delivery
from portwright_runtime.errors import DeliveryError
from portwright_runtime.resource import Resource
from portwright_runtime.stream import Message, Stream

logger = logging.getLogger(__name__)

# Failed events that are remembered by their ids until `flush`; of more, only the number is.
_MOST_FAILED: Final = 10_000


class Sender:
    """The way of a port's messages to its stream. Used by any number of threads.

    Its dicts are only ever touched by single operations, each of which is atomic.
    """

    def __init__(self, stream: Resource[Stream]) -> None:
        self._stream = stream
        # The ids of events that are on their way, and of those that failed and why.
        self._pending: dict[Delivery, str] = {}
        self._failed: dict[str, BaseException] = {}
        self._forgotten = 0

    @property
    def named(self) -> bool:
        """Whether somebody said which stream it is."""
        return self._stream.named

    @property
    def stream(self) -> Stream:
        """The stream, opened if it was not yet."""
        return self._stream.used or self._stream.get()

    def send(self, message: Message, event_id: str) -> Delivery:
        """The handle of the message."""
        delivery = self.stream.send(message)
        self._watch(delivery, event_id)
        return delivery

    def try_send(self, message: Message, event_id: str) -> Delivery | None:
        """The handle of the message, None where the stream has no room for it now."""
        delivery = self.stream.try_send(message)
        if delivery is not None:
            self._watch(delivery, event_id)
        return delivery

    def send_all(self, messages: Sequence[tuple[Message, str]]) -> Iterator[Delivery]:
        """The handles of messages, each sent with the id of its event, in order."""
        deliveries = self.stream.send_all([message for message, _ in messages])
        # One by one: what ends this halfway must not have others forgotten.
        for delivery, (_, event_id) in zip(deliveries, messages, strict=True):
            self._watch(delivery, event_id)
            yield delivery

    def flush(self, timeout: float | None = None) -> None:
        """Returns when all is acknowledged; else a DeliveryError that names what is not."""
        stream = self._stream.used
        if stream is not None:
            stream.flush(timeout)
        # Told once: the next flush is about what is sent from now on.
        failed, self._failed = self._failed, {}
        forgotten, self._forgotten = self._forgotten, 0
        pending = list(self._pending.values())
        if failed or pending or forgotten:
            why = next((str(each) for each in failed.values()), "no acknowledgement in time")
            ids = (*failed, *pending)
            count = len(ids) + forgotten
            raise DeliveryError(f"{count} not delivered ({why})", ids)

    def _watch(self, delivery: Delivery, event_id: str) -> None:
        self._pending[delivery] = event_id
        delivery.add_done_callback(self._settle)

    def _settle(self, delivery: Delivery) -> None:
        event_id = self._pending.pop(delivery, "")
        error = delivery.exception()
        if error is not None:
            self._fail(event_id, error)

    def _fail(self, event_id: str, error: BaseException) -> None:
        # Said at once, too: a service that never flushes must not lose events without a word.
        logger.error("event %s was not delivered: %s", event_id, error)
        if len(self._failed) < _MOST_FAILED:
            self._failed[event_id] = error
        else:
            self._forgotten += 1
