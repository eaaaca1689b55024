"""CloudEvents in the headers of a message: the binary mode of the Kafka protocol binding."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portwright_runtime.schema import CONTENT_TYPES
from portwright_runtime.stream import Event, Headers, Received
from portwright_runtime.topic import Topic


def fixed_headers(topic: Topic[Any]) -> Headers:
    """The headers that every event of the topic carries."""
    return (
        ("ce_specversion", b"1.0"),
        ("ce_source", topic.source.encode()),
        ("ce_type", topic.event_type.encode()),
        ("ce_dataschema", topic.dataschema.encode()),
        ("content-type", CONTENT_TYPES[topic.schema.kind]),
    )


def event_headers(event_id: str, time: datetime, subject: str | None) -> Headers:
    """The headers of one event."""
    headers = (("ce_id", event_id.encode()), ("ce_time", time.isoformat().encode()))
    return headers if subject is None else (*headers, ("ce_subject", subject.encode()))


def event_of(received: Received) -> Event:
    """The event of a message. What a writer without CloudEvents leaves out is made of its place."""
    message, position = received.message, received.position
    headers = {name: value.decode("utf-8", "replace") for name, value in message.headers}
    place = f"{position.topic}/{position.partition}/{position.offset}"
    return Event(
        # Debezium's outbox router gives the id in a header of that name.
        id=headers.get("ce_id") or headers.get("id") or place,
        source=headers.get("ce_source", ""),
        type=headers.get("ce_type", ""),
        time=_time(headers.get("ce_time")) or message.timestamp,
        subject=headers.get("ce_subject"),
        dataschema=headers.get("ce_dataschema"),
        topic=position.topic,
        partition=position.partition,
        offset=position.offset,
        key=message.key,
    )


def _time(text: str | None) -> datetime | None:
    """The instant, None where there is none to be read."""
    try:
        time = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return time if time is not None and time.tzinfo is not None else None
