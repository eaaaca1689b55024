"""Messages of one topic to records, whichever version of the contract wrote them."""

from __future__ import annotations

import re
from typing import Generic, NoReturn, TypeVar

from portwright_runtime.errors import ContractViolation
from portwright_runtime.record import Record
from portwright_runtime.stream import Event, Message, Stream, Topic

R = TypeVar("R", bound=Record)

_MAJOR = re.compile(r"\.v\d+(?=\.[^.]+\Z)")


class Decoder(Generic[R]):
    """Reads the messages of `topic`; `stream` knows the schemas of other writers."""

    def __init__(self, stream: Stream, topic: Topic[R]) -> None:
        self._stream = stream
        self._topic = topic
        self._writers: dict[str, str] = {}

    def accepts(self, event: Event) -> bool:
        """Whether the event is one of this record. Objects may share a topic, and other writers
        may not say what they send.

        A ContractViolation if it is this record of another major version.
        """
        theirs, ours = event.type, self._topic.event_type
        if theirs in ("", ours):
            return True
        if _MAJOR.sub("", theirs) == _MAJOR.sub("", ours):
            self._refuse(f"an event of type {theirs}, where {ours} is read")
        return False

    def decode(self, message: Message) -> R:
        """The record; a ContractViolation that holds none of its values if there is none."""
        value = message.value
        if value is None:
            self._refuse("the event has no value")
        writer = self._writer(message)
        try:
            if writer is not None:
                from portwright_runtime.avro import resolved

                value = resolved(value, writer, self._topic.schema.text)
            return self._topic.decode(value)
        except ContractViolation:
            raise
        except Exception as error:
            kind = type(error).__name__
        # Any bytes may come in. What their decoders say may quote a value.
        self._refuse(f"the event's bytes are no such record ({kind})")

    def _writer(self, message: Message) -> str | None:
        """The schema that wrote the message, None if it is ours or the writer named none."""
        fingerprint = message.schema
        if fingerprint is None or fingerprint == self._topic.schema.fingerprint:
            return None
        if fingerprint not in self._writers:
            schema = self._stream.schema(fingerprint)
            if schema is None:
                self._refuse(f"the stream does not know the schema {fingerprint} that wrote it")
            self._writers[fingerprint] = schema.text
        return self._writers[fingerprint]

    def _refuse(self, rule: str) -> NoReturn:
        contract = f"{self._topic.contract} {self._topic.version}"
        raise ContractViolation(contract, self._topic.object, "", rule)
