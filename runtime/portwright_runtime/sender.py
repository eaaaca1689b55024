"""Sends messages and remembers each until it is acknowledged, whoever holds its handle."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from portwright_runtime.errors import DeliveryError
from portwright_runtime.resource import Resource
from portwright_runtime.stream import Delivery, Message, Schema, Stream


class Sender:
    """The way of a port's messages to its stream. Used by any number of threads."""

    def __init__(self, stream: Resource[Stream]) -> None:
        self._stream = stream
        self._lock = Lock()
        # The ids of events that are on their way, and of those that failed and why.
        self._pending: dict[Delivery, str] = {}
        self._failed: dict[str, BaseException] = {}

    def declare(self, schema: Schema) -> None:
        """Makes sure that readers will find the schema."""
        self._stream.get().declare(schema)

    def send(self, message: Message, event_id: str) -> Delivery:
        """The handle of the message."""
        delivery = self._stream.get().send(message)
        self._watch(delivery, event_id)
        return delivery

    def send_all(self, messages: Sequence[tuple[Message, str]]) -> None:
        """Sends messages, each with the id of its event, in order."""
        deliveries = self._stream.get().send_all([message for message, _ in messages])
        for delivery, (_, event_id) in zip(deliveries, messages, strict=True):
            self._watch(delivery, event_id)

    def flush(self, timeout: float | None = None) -> None:
        """Returns when all is acknowledged; else a DeliveryError that names what is not."""
        stream = self._stream.used
        if stream is not None:
            stream.flush(timeout)
        with self._lock:
            failed, pending = dict(self._failed), list(self._pending.values())
            # Told once: the next flush is about what is sent from now on.
            self._failed.clear()
        if failed or pending:
            why = next((str(each) for each in failed.values()), "no acknowledgement in time")
            ids = (*failed, *pending)
            raise DeliveryError(f"{len(ids)} not delivered ({why})", ids)

    def _watch(self, delivery: Delivery, event_id: str) -> None:
        if delivery.done() and not delivery.cancelled() and delivery.exception() is None:
            return
        with self._lock:
            self._pending[delivery] = event_id
        delivery.add_done_callback(self._settle)

    def _settle(self, delivery: Delivery) -> None:
        with self._lock:
            event_id = self._pending.pop(delivery, "")
            if delivery.cancelled():
                self._failed[event_id] = DeliveryError("cancelled", (event_id,))
            elif error := delivery.exception():
                self._failed[event_id] = error
