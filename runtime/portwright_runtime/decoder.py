"""Messages of one topic to records, whichever version of the contract wrote them."""

from __future__ import annotations

import json
import re
from typing import Generic, NoReturn, TypeVar

from portwright_runtime.errors import ContractViolation, StreamError
from portwright_runtime.record import Record
from portwright_runtime.schema import Schema
from portwright_runtime.stream import Event, Message
from portwright_runtime.topic import Topic
from portwright_runtime.wire import Wire, read_message_path

R = TypeVar("R", bound=Record)

_MAJOR = re.compile(r"\.v\d+(?=\.[^.]+\Z)")


class Decoder(Generic[R]):
    """Reads the messages of `topic`; the registry of `wire` knows the schemas of other writers."""

    def __init__(self, wire: Wire, topic: Topic[R]) -> None:
        self._wire = wire
        self._topic = topic
        # The writer's schema of each name seen; None where it is ours.
        self._writers: dict[bytes, str | None] = {b"": None, b"\x01" + topic.schema.guid: None}

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
        """The record; a ContractViolation that holds none of its values if there is none.

        A StreamError where the registry that should know the writer's schema is away.
        """
        value = message.value
        if value is None:
            self._refuse("the event has no value")
        try:
            framed = self._wire.read(message, value)
            writer = self._writer(framed.name)
            start = self._past_path(value, framed.start)
            data = value[start:] if start else value
            if writer is not None:
                from portwright_runtime.avro import resolved

                data = resolved(data, writer, self._topic.schema.text)
            return self._topic.decode(data)
        except (ContractViolation, StreamError):
            raise
        except Exception as error:
            kind = type(error).__name__
        # Any bytes may come in. What their decoders say may quote a value.
        self._refuse(f"the event's bytes are no such record ({kind})")

    def record_name(self, message: Message) -> str:
        """The full name of the record in the Avro schema that wrote a message; "" if none tells."""
        try:
            name = self._wire.read(message, message.value or b"").name
            schema = self._wire.writer(name) if name else None
            document = json.loads(schema.text) if schema and schema.kind == "AVRO" else {}
            return f"{document['namespace']}.{document['name']}"
        except (KeyError, TypeError, ValueError):
            return ""

    def _writer(self, name: bytes) -> str | None:
        """The schema text that is named so, None where it is read like ours."""
        if name not in self._writers:
            schema = self._wire.writer(name)
            if schema is None:
                numbered = len(name) == 5
                shown = str(int.from_bytes(name, "big")) if numbered else name[1:].hex()
                self._refuse(f"the registry does not know the schema {shown} that wrote it")
            self._writers[name] = self._other(schema)
        return self._writers[name]

    def _other(self, schema: Schema) -> str | None:
        """The text of a schema that is not ours, None where ours reads what it wrote."""
        ours = self._topic.schema
        if schema.kind != ours.kind:
            self._refuse(f"it was written as {schema.kind}, and {ours.kind} is read here")
        # Fields of Protobuf are found by their numbers, whoever wrote them.
        if ours.kind == "PROTOBUF" or json.loads(schema.text) == json.loads(ours.text):
            return None
        return schema.text

    def _past_path(self, value: bytes, start: int) -> int:
        """Where a value begins that may have the path of its message before it."""
        ours = self._topic.schema
        if start == 0 or ours.kind != "PROTOBUF":
            return start
        indexes, start = read_message_path(value, start)
        if indexes != ours.indexes:
            self._refuse("it is another message of its .proto file")
        return start

    def _refuse(self, rule: str) -> NoReturn:
        contract = f"{self._topic.contract} {self._topic.version}"
        raise ContractViolation(contract, self._topic.object, "", rule)
