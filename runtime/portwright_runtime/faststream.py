"""For services on FastStream: a decoder that gives its subscribers typed records.

broker = KafkaBroker("localhost:9092")

@broker.subscriber("sales.checkout.orders.v1", decoder=decoder(ORDERS_TOPIC))
async def pack(order: Order) -> None: ...
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from portwright_runtime.decoder import Decoder
from portwright_runtime.environment import open_stream
from portwright_runtime.record import Record
from portwright_runtime.stream import Message, Stream
from portwright_runtime.topic import Topic

R = TypeVar("R", bound=Record)


def decoder(topic: Topic[R], stream: Stream | None = None) -> Callable[[Any], Awaitable[R | None]]:
    """What FastStream calls with a message of the topic: the record, None for a tombstone.

    `stream` knows the schemas of other writers; without one, that of the environment does, which
    is opened with the first message. A ContractViolation where the message is no record.
    """
    found: list[Decoder[R]] = []

    async def decode(message: Any) -> R | None:
        if not found:
            found.append(Decoder((stream or open_stream()).wire, topic))
        if not message.body:
            return None
        return found[0].decode(_message(topic.name, message))

    return decode


def _message(topic: str, message: Any) -> Message:
    """FastStream's message as ours; it gives headers as text where they are UTF-8."""
    headers = tuple(
        (name, value if isinstance(value, bytes) else str(value).encode())
        for name, value in _raw_headers(message)
    )
    return Message(topic, None, message.body, headers, datetime.now(UTC))


def _raw_headers(message: Any) -> list[tuple[str, Any]]:
    """The headers as the client has them: FastStream's own may be text made of any bytes."""
    raw = getattr(message, "raw_message", None)
    raw = raw[0] if isinstance(raw, tuple) and raw else raw
    held = getattr(raw, "headers", None)
    found = held() if callable(held) else held
    return list(found or dict(message.headers or {}).items())
