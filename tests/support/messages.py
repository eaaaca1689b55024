"""Messages for a stream, of as few words as a test needs."""

from __future__ import annotations

from datetime import UTC, datetime

from portwright_runtime.stream import Message

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def message(key: str | None, value: bytes | None = b"", topic: str = "t") -> Message:
    """A message of the topic."""
    return Message(topic, None if key is None else key.encode(), value, (), NOON)
