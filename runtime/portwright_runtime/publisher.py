"""The stream port of one object: records in, events out."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Generic, TypeVar

from portwright_runtime.cloudevents import event_headers, fixed_headers
from portwright_runtime.errors import ContractViolation
from portwright_runtime.keys import key_text
from portwright_runtime.record import Record, validated
from portwright_runtime.sender import Sender
from portwright_runtime.stream import Delivery, Message, Topic

R = TypeVar("R", bound=Record)

# What `publish_all` sends at once, whichever is reached first.
_BATCH = 500
_BATCH_BYTES = 4 << 20


class Publisher(Generic[R]):
    """Publishes the records of one topic. Used by any number of threads."""

    def __init__(self, sender: Sender, topic: Topic[R]) -> None:
        self._sender = sender
        self._topic = topic
        self._contract = f"{topic.contract} {topic.version}"
        self._fixed = fixed_headers(topic)
        self._declared = False

    def publish(self, record: R, *, event_id: str | None = None) -> Delivery:
        """The handle of the record's event: done once the event is safe.

        A ContractViolation if the record breaks the contract; then nothing is sent.
        Publishing again under the same `event_id` makes a duplicate that readers can tell.
        """
        event_id = event_id or str(uuid.uuid4())
        message = self.message(record, event_id)
        self._declare()
        return self._sender.send(message, event_id)

    def publish_all(self, records: Iterable[R]) -> int:
        """How many records there were, each sent in turn, many at a time.

        The first that breaks the contract ends it; those before it are sent.
        """
        self._declare()
        count = 0
        for batch in self._batches(records):
            self._sender.send_all(batch)
            count += len(batch)
        return count

    def message(self, record: R, event_id: str) -> Message:
        """What is sent for a record: checked, encoded, keyed."""
        topic = self._topic
        checked = validated(topic.record, record, self._contract, topic.object)
        fault = ""
        try:
            value = topic.encode(checked)
            key = None if topic.key is None else key_text(topic.key(checked))
        except (ValueError, TypeError, OverflowError) as error:
            fault = f"cannot be encoded ({type(error).__name__})"
        if fault:  # not as the other's context: what that says may quote a value
            raise ContractViolation(self._contract, topic.object, "", fault)
        now = datetime.now(UTC)
        subject = None if topic.private_key else key
        return Message(
            topic=topic.name,
            key=None if key is None else key.encode(),
            value=value,
            headers=self._fixed + event_headers(event_id, now, subject),
            timestamp=now,
            schema=topic.schema.fingerprint,
        )

    def _batches(self, records: Iterable[R]) -> Iterator[list[tuple[Message, str]]]:
        """The messages of the records, in lists; what ends them is raised after the last."""
        batch: list[tuple[Message, str]] = []
        given = size = 0
        failure: Exception | None = None
        try:
            for record in records:
                event_id = str(uuid.uuid4())
                message = self.message(record, event_id)
                batch.append((message, event_id))
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

    def _declare(self) -> None:
        """Once: makes sure that readers will find the schema."""
        if not self._declared:
            self._sender.declare(self._topic.schema)
            self._declared = True
