"""For services on FastStream: a parser and a decoder that give its subscribers typed records.

broker = KafkaBroker("localhost:9092")

@broker.subscriber("sales.checkout.orders.v1", parser=parser, decoder=decoder(ORDERS_TOPIC))
async def pack(order: Order) -> None: ...

They serve `faststream.confluent` and `faststream.kafka`, and subscribers with `batch=True`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from portwright_runtime.decoder import Decoder
from portwright_runtime.environment import open_stream
from portwright_runtime.record import Record
from portwright_runtime.stream import Headers, Message, Stream
from portwright_runtime.topic import Topic

R = TypeVar("R", bound=Record)


async def parser(message: Any, original: Callable[[Any], Awaitable[Any]]) -> Any:
    """What FastStream calls with what its client received.

    FastStream's own parser takes all headers for UTF-8, and fails where one names a schema by
    its GUID: it is shown those that are no text escaped.
    """
    shown = tuple(map(_Shown, message)) if isinstance(message, tuple) else _Shown(message)
    parsed = await original(shown)
    parsed.raw_message = message
    return parsed


def decoder(
    topic: Topic[R], stream: Stream | None = None
) -> Callable[[Any], Awaitable[R | list[R | None] | None]]:
    """What FastStream calls with a message of the topic: the record, None for a tombstone, and a
    list of them for a batch.

    `stream` knows the schemas of other writers; without one, that of the environment does, which
    is opened with the first message. A ContractViolation where a message is no record.
    """
    found: list[Decoder[R]] = []

    def record(raw: Any) -> R | None:
        message = _message(topic.name, raw)
        return None if message.value is None else found[0].decode(message)

    async def decode(message: Any) -> R | list[R | None] | None:
        if not found:
            found.append(Decoder((stream or open_stream()).wire, topic))
        raw = message.raw_message
        return [record(each) for each in raw] if isinstance(raw, tuple) else record(raw)

    return decode


class _Shown:
    """A client's message whose headers are texts."""

    def __init__(self, message: Any) -> None:
        self._message = message
        texts = [
            (name, value.decode("utf-8", "backslashreplace").encode())
            for name, value in _headers(message)
        ]
        # The one client has a method, the other an attribute.
        self.headers = (lambda: texts) if callable(message.headers) else texts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._message, name)


def _message(topic: str, raw: Any) -> Message:
    """The client's message as ours."""
    return Message(topic, None, _asked(raw.value), _headers(raw), datetime.now(UTC))


def _headers(raw: Any) -> Headers:
    return tuple(
        (name, value.encode() if isinstance(value, str) else value or b"")
        for name, value in _asked(raw.headers) or ()
    )


def _asked(held: Any) -> Any:
    return held() if callable(held) else held
