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


def event_headers(event_id: str, time: datetime, subject: bytes | None) -> Headers:
    """The headers of one event."""
    id_, at = ("ce_id", event_id.encode()), ("ce_time", time.isoformat().encode())
    return (id_, at) if subject is None else (id_, at, ("ce_subject", subject))


def event_of(received: Received) -> Event:
    """The event of a message. What a writer without CloudEvents leaves out is made of its place."""
    message, position = received.message, received.position
    get = dict(message.headers).get
    # Debezium's outbox router gives the id in a header of that name.
    id_ = get("ce_id") or get("id")
    return Event(
        _text(id_) or f"{position.topic}/{position.partition}/{position.offset}",
        _text(get("ce_source")) or "",
        _text(get("ce_type")) or "",
        _time(_text(get("ce_time"))) or message.timestamp,
        _text(get("ce_subject")),
        _text(get("ce_dataschema")),
        position.topic,
        position.partition,
        position.offset,
        message.key,
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else str(value, "utf-8", "replace")


def _time(text: str | None) -> datetime | None:
    """The instant, None where there is none to be read."""
    try:
        time = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return time if time is not None and time.tzinfo is not None else None
