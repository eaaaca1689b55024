"""The stream port of one object: records in, events out."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from portwright_runtime import outbox, refusals, telemetry
from portwright_runtime.cloudevents import event_headers, fixed_headers
from portwright_runtime.delivery import Delivery
from portwright_runtime.errors import ContractViolation
from portwright_runtime.event_ids import new_event_id
from portwright_runtime.record import Record, checked, type_at
from portwright_runtime.sender import Sender
from portwright_runtime.stream import Headers, Message
from portwright_runtime.telemetry import Sending
from portwright_runtime.topic import KeyValues, Topic
from portwright_runtime.wire import Framing

logger = logging.getLogger(__name__)

R = TypeVar("R", bound=Record)

# What `publish_all` sends at once, whichever is reached first.
_BATCH = 500
_BATCH_BYTES = 4 << 20


def watch(delivery: Delivery, sending: Sending) -> None:
    """Tells who watches the sending how it ended."""
    ended = sending.ended
    if ended is not None:
        delivery.add_done_callback(lambda done: ended(done.exception()))


class Publisher(Generic[R]):
    """Publishes the records of one topic. Used by any number of threads."""

    def __init__(self, sender: Sender, topic: Topic[R]) -> None:
        self._sender = sender
        self._topic = self.topic = topic
        self._contract = f"{topic.contract} {topic.version}"
        self._warned = False
        self._telemetry = telemetry.current()
        self._is_unseen = type(self._telemetry) is telemetry.Telemetry
        if not self._is_unseen:
            self._telemetry.supported(topic)
            refusals.of(topic.record, self._refused)

    @cached_property
    def _framing(self) -> Framing:
        """How the topic's values name their schema: asked of the stream once."""
        return self._sender.stream.wire.framing(self._topic.subject, self._topic.schema)

    @cached_property
    def _fixed(self) -> Headers:
        return fixed_headers(self._topic) + self._framing.headers

    def prepare(self) -> None:
        """Does now what the first record would wait for; UnknownSchema where none may be sent."""
        _ = self._fixed

    def publish(self, record: R, *, event_id: str | None = None) -> Delivery:
        """The handle of the record's event: done once the event is safe.

        A ContractViolation if the record breaks the contract; then nothing is sent.
        Publishing again under the same `event_id` makes a duplicate that readers can tell.
        """
        event_id = event_id or new_event_id()
        if self._is_unseen:
            return self._sender.send(self.message(record, event_id), event_id)
        sending = self.sending(event_id)
        return self._sent(self.message(record, event_id, sending.headers), event_id, sending)

    def delete(self, *key: object, event_id: str | None = None) -> Delivery:
        """The handle of a tombstone: the record of that key is no more.

        `key` holds the values of the topic's key, in order.
        """
        event_id = event_id or new_event_id()
        sending = self.sending(event_id)
        return self._sent(self.tombstone(key, event_id, sending.headers), event_id, sending)

    def enqueue(self, connection: Any, record: R, *, event_id: str | None = None) -> str:
        """The id of the record's event, written into the outbox by the connection's transaction."""
        event_id = event_id or new_event_id()
        with self._creating(event_id) as trace:
            outbox.enqueue(connection, self.message(record, event_id, trace), event_id)
        return event_id

    def enqueue_delete(self, connection: Any, *key: object, event_id: str | None = None) -> str:
        """As `enqueue`, for a tombstone."""
        event_id = event_id or new_event_id()
        with self._creating(event_id) as trace:
            outbox.enqueue(connection, self.tombstone(key, event_id, trace), event_id)
        return event_id

    async def enqueue_async(
        self, connection: Any, record: R, *, event_id: str | None = None
    ) -> str:
        """As `enqueue`, on a connection of an asyncio driver."""
        event_id = event_id or new_event_id()
        with self._creating(event_id) as trace:
            message = self.message(record, event_id, trace)
            await outbox.enqueue_async(connection, message, event_id)
        return event_id

    @contextmanager
    def _creating(self, event_id: str) -> Iterator[Headers]:
        if not self._sender.named and not self._warned:
            self._warned = True
            logger.warning(
                "no stream is named: what is written into the outbox is for the embedded one; set"
                " PORTWRIGHT_STREAM to where the relay sends it"
            )
        sending = self.sending(event_id, "create")
        error: BaseException | None = None
        try:
            yield sending.headers
        except BaseException as caught:
            error = caught
            raise
        finally:
            if sending.ended is not None:
                sending.ended(error)

    def publish_all(self, records: Iterable[R]) -> int:
        """How many records there were, each sent in turn, many at a time.

        The first that breaks the contract ends it; those before it are sent.
        """
        count = 0
        for batch in self._batches(records):
            sent = self._sender.send_all([(message, event_id) for message, event_id, _ in batch])
            for delivery, (_, _, sending) in zip(sent, batch, strict=True):
                watch(delivery, sending)
            count += len(batch)
        return count

    def sending(self, event_id: str, operation: str = "send") -> Sending:
        """Who watches the event's way, and the headers that tell its trace."""
        return self._telemetry.sending(self._topic.name, event_id, operation)

    def message(self, record: R, event_id: str, trace: Headers = ()) -> Message:
        """What is sent for a record: checked, encoded, framed, keyed; `trace` goes along."""
        try:
            return self._message_of(record, event_id, trace)
        except ContractViolation:
            self._refused()
            raise

    def _message_of(self, record: R, event_id: str, trace: Headers) -> Message:
        topic = self._topic
        whole = checked(topic.record, record, self._contract, topic.object)
        fault = ""
        try:
            value = topic.encode(whole)
            key = None if topic.key is None else topic.key_text(topic.key(whole))
            headers = () if topic.headers is None else topic.headers(whole)
        except (ValueError, TypeError, OverflowError) as error:
            fault = f"cannot be encoded ({type(error).__name__})"
        if fault:  # not as the other's context: what that says may quote a value
            raise ContractViolation(self._contract, topic.object, "", fault)
        return self._message(event_id, key, self._framing.prefix + value, headers + trace)

    def tombstone(self, key: KeyValues, event_id: str, trace: Headers = ()) -> Message:
        """What is sent where a record is no more."""
        topic = self._topic
        if topic.key is None:
            raise ContractViolation(self._contract, topic.object, "", "it has no key to delete by")
        if len(key) != len(topic.key_fields):
            wanted = ", ".join(topic.key_fields)
            raise ContractViolation(self._contract, topic.object, "", f"its key is: {wanted}")
        checked_key = tuple(map(self._key_value, topic.key_fields, self._key_types, key))
        text = topic.key_text(checked_key)
        if not text.isascii() and any("\ud800" <= each <= "\udfff" for each in text):
            raise ContractViolation(self._contract, topic.object, "", "its key has no UTF-8 form")
        return self._message(event_id, text, None, trace)

    def _refused(self) -> None:
        self._telemetry.refused(self._topic)

    def tombstone_of(self, key: bytes) -> Message:
        """What is sent where the record of a key, as messages have it, is no more."""
        return self._message(new_event_id(), key.decode(), None, ())

    @cached_property
    def _key_types(self) -> tuple[TypeAdapter[Any], ...]:
        """What checks each value of a key, as the record would."""
        config = ConfigDict(regex_engine="python-re", hide_input_in_errors=True)
        types = (type_at(self._topic.record, path) for path in self._topic.key_fields)
        return tuple(TypeAdapter(each, config=config) for each in types)

    def _key_value(self, path: str, type_: TypeAdapter[Any], value: object) -> object:
        try:
            found = type_.validate_python(value)
        except ValidationError as error:
            rule = error.errors(include_url=False, include_context=False, include_input=False)
            told = str(rule[0]["msg"])
        else:
            if found is not None:
                return found
            told = "a key has a value"
        raise ContractViolation(self._contract, self._topic.object, path, told)

    def _sent(self, message: Message, event_id: str, sending: Sending) -> Delivery:
        delivery = self._sender.send(message, event_id)
        watch(delivery, sending)
        return delivery

    def _message(
        self, event_id: str, key: str | None, value: bytes | None, headers: Headers
    ) -> Message:
        now = datetime.now(UTC)
        key_bytes = None if key is None else key.encode()
        subject = None if self._topic.private_key else key_bytes
        told = self._fixed + event_headers(event_id, now, subject)
        return Message(self._topic.name, key_bytes, value, told + headers if headers else told, now)

    def _batches(self, records: Iterable[R]) -> Iterator[list[tuple[Message, str, Sending]]]:
        """The messages of the records, in lists; what ends them is raised after the last."""
        batch: list[tuple[Message, str, Sending]] = []
        given = size = 0
        failure: Exception | None = None
        try:
            for record in records:
                event_id = new_event_id()
                sending = self.sending(event_id)
                message = self.message(record, event_id, sending.headers)
                batch.append((message, event_id, sending))
                size += len(message.value or b"")
                if len(batch) == _BATCH or size >= _BATCH_BYTES:
                    yield batch
                    given += len(batch)
                    batch, size = [], 0
        except ContractViolation as error:
            error.add_note(f"that was record {given + len(batch) + 1}; those before it are sent")
            failure = error
        except Exception as error:
            failure = error
        if batch:
            yield batch
        if failure is not None:
            raise failure
