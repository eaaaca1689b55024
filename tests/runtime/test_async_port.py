"""Ports for asyncio: acknowledged, back-pressed, and as loud as the others when something fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from portwright_runtime import ContractViolation, DeliveryError, StreamError
from portwright_runtime.delivery import Delivery
from portwright_runtime.generated import AsyncPort, AsyncStreamDataset, Outlets
from portwright_runtime.memory_stream import MemoryStream
from portwright_runtime.stream import Message
from support.shoes_port import PRIVATE_TOPIC, SHOES_TOPIC, Shoe


class AsyncCobblerPort(AsyncPort):
    def __init__(self, outlets: Outlets) -> None:
        super().__init__(outlets)
        self.shoes = AsyncStreamDataset(outlets, SHOES_TOPIC)
        self.owners = AsyncStreamDataset(outlets, PRIVATE_TOPIC)


def run(work: Callable[[AsyncCobblerPort], Awaitable[Any]], stream: Any) -> Any:
    async def main() -> Any:
        async with AsyncCobblerPort.open(stream) as port:
            return await work(port)

    return asyncio.run(main())


class Held(MemoryStream):
    """Acknowledges when it is told to, and has room for two messages."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[tuple[Message, Delivery]] = []
        self.refused = 0

    def try_send(self, message: Message) -> Delivery:
        if len(self.held) == 2:
            self.refused += 1
            return None  # type: ignore[return-value]  # as the protocol allows
        delivery = Delivery()
        self.held.append((message, delivery))
        return delivery

    def settle(self, error: Exception | None = None) -> None:
        held, self.held = self.held, []
        for message, delivery in held:
            if error is None:
                delivery.set_result(self.send(message).result())
            else:
                delivery.set_exception(error)

    def flush(self, timeout: float | None = None) -> None:
        self.settle()


def test_publishing_is_awaited_until_it_is_safe() -> None:
    stream = MemoryStream()

    async def work(port: AsyncCobblerPort) -> None:
        position = await port.shoes.publish(Shoe(sku="A", size=1), event_id="e1")
        assert position.topic == "cobbler.shoes"
        assert (await port.shoes.delete("A")).offset == 1

    run(work, stream)
    assert [each.value is None for each in stream.messages] == [False, True]
    assert dict(stream.messages[0].headers)["ce_id"] == b"e1"


def test_a_full_queue_is_waited_for_without_blocking_the_loop() -> None:
    stream = Held()

    async def work(port: AsyncCobblerPort) -> int:
        async def acknowledge() -> None:
            while len(stream.messages) < 7:
                await asyncio.sleep(0)
                stream.settle()

        helper = asyncio.create_task(acknowledge())
        sent = [await port.shoes.send(Shoe(sku=str(n), size=1)) for n in range(7)]
        positions = [await each for each in sent]
        await helper
        return len(positions)

    assert run(work, stream) == 7
    assert stream.refused > 0


def test_a_failure_is_raised_where_it_is_awaited_and_told_at_the_end() -> None:
    stream = Held()

    async def work(port: AsyncCobblerPort) -> None:
        delivery = await port.shoes.send(Shoe(sku="A", size=1), event_id="e1")
        stream.settle(StreamError("too large"))
        with pytest.raises(StreamError, match="too large"):
            await delivery
        with pytest.raises(DeliveryError, match="event e1"):
            await port.flush()
        await port.shoes.send(Shoe(sku="A", size=1), event_id="e2")
        stream.settle(StreamError("away"))

    with pytest.raises(DeliveryError, match=r"1 not delivered \(away\): event e2"):
        run(work, stream)


def test_a_task_that_is_cancelled_calls_no_message_back() -> None:
    stream = Held()

    async def work(port: AsyncCobblerPort) -> None:
        task = asyncio.create_task(port.shoes.publish(Shoe(sku="A", size=1)))
        while not stream.held:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(work, stream)
    assert len(stream.messages) == 1


def test_records_of_an_async_source_end_at_the_first_that_breaks_the_contract() -> None:
    stream = MemoryStream()

    async def records() -> AsyncIterator[Shoe]:
        for n in range(3):
            yield Shoe(sku=str(n), size=1)
        yield Shoe.model_construct(sku="x", size=99, owner="")

    async def work(port: AsyncCobblerPort) -> None:
        assert await port.shoes.publish_all([Shoe(sku="a", size=1)]) == 1
        with pytest.raises(ContractViolation) as caught:
            await port.shoes.publish_all(records())
        assert caught.value.__notes__ == ["that was record 4; those before it are sent"]

    run(work, stream)
    assert len(stream.messages) == 4


def test_an_error_inside_is_the_one_to_see() -> None:
    stream = Held()

    async def work(port: AsyncCobblerPort) -> None:
        await port.shoes.send(Shoe(sku="A", size=1), event_id="e1")
        stream.settle(StreamError("away"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        run(work, stream)
    assert caught.value.__notes__ == [
        "closing the port failed too: 1 not delivered (away): event e1"
    ]
