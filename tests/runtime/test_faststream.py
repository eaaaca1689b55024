"""FastStream's subscribers get typed records."""

from __future__ import annotations

import asyncio
from typing import Any

from faststream.confluent import KafkaBroker, TestKafkaBroker

from portwright_runtime import MemoryStream
from portwright_runtime.faststream import decoder
from support.shoes_port import SHOES_TOPIC, CobblerPort, Shoe


def test_a_subscriber_gets_records_and_none_for_tombstones() -> None:
    stream = MemoryStream()
    with CobblerPort.open(stream) as port:
        port.shoes.publish(Shoe(sku="A", size=42))
    (sent,) = stream.messages
    broker = KafkaBroker()
    seen: list[Any] = []

    @broker.subscriber(SHOES_TOPIC.name, decoder=decoder(SHOES_TOPIC, stream))
    async def shelve(shoe: Shoe | None) -> None:
        seen.append(shoe)

    async def main() -> None:
        async with TestKafkaBroker(broker) as test:
            headers = {"ce_type": "craft.cobbler.v1.Shoe"}
            await test.publish(sent.value, SHOES_TOPIC.name, headers=headers)
            await test.publish(b"", SHOES_TOPIC.name)

    asyncio.run(main())
    assert seen == [Shoe(sku="A", size=42), None]
