"""FastStream's subscribers get typed records."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import pytest
from faststream.confluent import KafkaBroker

from portwright_runtime import MemoryStream, open_stream
from portwright_runtime.faststream import decoder, parser
from portwright_runtime.generated import Outlets, StreamDataset
from portwright_runtime.stream import Headers
from support import registry
from support.kafka import Broker
from support.shoes_port import SHOES_TOPIC, CobblerPort, Shoe

PATIENCE = 60.0


@pytest.mark.parametrize("wire", ["prefix", "header"])
@pytest.mark.parametrize("batch", [False, True])
def test_a_subscriber_gets_records_and_none_for_tombstones(
    kafka: Broker, monkeypatch: pytest.MonkeyPatch, wire: str, batch: bool
) -> None:
    topic = replace(SHOES_TOPIC, name=kafka.topic(partitions=1))

    class Port(CobblerPort):
        def __init__(self, outlets: Outlets) -> None:
            super(CobblerPort, self).__init__(outlets)
            self.shoes = StreamDataset(outlets, topic)

    with registry.running() as schemas:
        monkeypatch.setenv("PORTWRIGHT_WIRE", wire)
        monkeypatch.setenv("PORTWRIGHT_REGISTRY", schemas.url)
        monkeypatch.setenv("PORTWRIGHT_STREAM", kafka.url)
        schemas.register(f"{SHOES_TOPIC.name}-value", {"schema": SHOES_TOPIC.schema.text})
        with Port.open() as port:
            port.shoes.publish(Shoe(sku="A", size=42))
            port.shoes.publish(Shoe(sku="B", size=43))
            port.shoes.delete("A")
        seen: list[Any] = []

        async def main() -> None:
            done = asyncio.Event()
            broker = KafkaBroker(kafka.bootstrap)

            @broker.subscriber(
                topic.name,
                group_id=topic.name,
                auto_offset_reset="earliest",
                batch=batch,
                parser=parser,
                decoder=decoder(topic, stream),
            )
            async def shelve(given: Any) -> None:
                seen.extend(given if batch else [given])
                if len(seen) == 3:
                    done.set()

            async with broker:
                await broker.start()
                await asyncio.wait_for(done.wait(), PATIENCE)

        with closing(open_stream()) as stream:
            asyncio.run(main())
    assert seen == [Shoe(sku="A", size=42), Shoe(sku="B", size=43), None]


@dataclass
class Record:
    """A message as aiokafka, FastStream's other client, gives it."""

    value: bytes | None
    headers: Headers
    offset: int = 0


def test_messages_of_its_other_client_are_read_too() -> None:
    stream = MemoryStream()
    with CobblerPort.open(stream) as port:
        port.shoes.publish(Shoe(sku="A", size=42))
    (sent,) = stream.messages
    decode = decoder(SHOES_TOPIC, stream)

    @dataclass
    class Parsed:
        headers: dict[str, str]
        raw_message: Any

    async def parse(message: Any) -> Parsed:
        # As FastStream's own parser does.
        each = message[0] if isinstance(message, tuple) else message
        assert each.offset == 0
        return Parsed({name: value.decode() for name, value in each.headers}, message)

    async def main() -> None:
        one = Record(sent.value, sent.headers)
        for given, expected in (
            (one, Shoe(sku="A", size=42)),
            ((one, Record(None, ())), [Shoe(sku="A", size=42), None]),
        ):
            parsed = await parser(given, parse)
            assert parsed.raw_message is given
            assert await decode(parsed) == expected

    asyncio.run(main())
