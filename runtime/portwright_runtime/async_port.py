"""Ports for asyncio: nothing here blocks the event loop.

Encoding is done at once, as it takes microseconds; full queues are waited for, and what asks
a registry, a disk or a warehouse runs in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, ClassVar, Final, Generic, Self, TypeVar

from portwright_runtime.delivery import Delivery
from portwright_runtime.deprecation import Deprecation, warn_of
from portwright_runtime.erasing.report import Report
from portwright_runtime.errors import ContractViolation
from portwright_runtime.event_ids import new_event_id
from portwright_runtime.loading import loader
from portwright_runtime.port import Outlets, Rows, close_outlets, leave_outlets, open_outlets
from portwright_runtime.publisher import Publisher, watch
from portwright_runtime.record import Record
from portwright_runtime.service_level import ServiceLevel
from portwright_runtime.stream import Message, Position, Stream
from portwright_runtime.telemetry import Sending
from portwright_runtime.topic import Topic
from portwright_runtime.warehouse import Load, LoadMode, OnBadRows, Table, Terms, Warehouse

R = TypeVar("R", bound=Record)

# Seconds between two looks whether a full queue has room.
_FULL: Final = 0.005


class AsyncStreamDataset(Generic[R]):
    """An object that is handed out as a stream of events."""

    def __init__(self, outlets: Outlets, topic: Topic[R]) -> None:
        self._sender = outlets.sender
        self._publisher = Publisher(outlets.sender, topic)
        outlets.publishers.append(self._publisher)

    @property
    def publisher(self) -> Publisher[R]:
        """What makes the messages of the topic."""
        return self._publisher

    async def publish(self, record: R, *, event_id: str | None = None) -> Position:
        """Where the record's event is, once it is safe.

        A ContractViolation if the record breaks the contract; then nothing is sent. A StreamError
        if it was not acknowledged.
        """
        return await (await self.send(record, event_id=event_id))

    async def send(self, record: R, *, event_id: str | None = None) -> Delivery:
        """The handle of the record's event, to be awaited or not: `flush` tells of all."""
        event_id = event_id or new_event_id()
        sending = self._publisher.sending(event_id)
        message = self._publisher.message(record, event_id, sending.headers)
        return await self._send(message, event_id, sending)

    async def delete(self, *key: object, event_id: str | None = None) -> Position:
        """Where the tombstone is, which tells readers that the record of this key is no more.

        `key` holds the values of the key, in the contract's order.
        """
        event_id = event_id or new_event_id()
        sending = self._publisher.sending(event_id)
        message = self._publisher.tombstone(key, event_id, sending.headers)
        return await (await self._send(message, event_id, sending))

    async def enqueue(self, connection: Any, record: R, *, event_id: str | None = None) -> str:
        """The id of the record's event, which is in the outbox once the transaction of
        `connection` is committed: of psycopg, asyncpg, aiosqlite or SQLAlchemy's asyncio.

        A ContractViolation if the record breaks the contract; then nothing is written.
        """
        return await self._publisher.enqueue_async(connection, record, event_id=event_id)

    async def publish_all(self, records: Iterable[R] | AsyncIterable[R]) -> int:
        """How many records there were, each sent in turn; `flush` waits for them.

        The first that breaks the contract ends it; those before it are sent.
        """
        count = 0
        try:
            if isinstance(records, AsyncIterable):
                async for record in records:
                    await self.send(record)
                    count += 1
            else:
                for record in records:
                    await self.send(record)
                    count += 1
        except ContractViolation as error:
            error.add_note(f"that was record {count + 1}; those before it are sent")
            raise
        return count

    async def _send(self, message: Message, event_id: str, sending: Sending) -> Delivery:
        while True:
            delivery = self._sender.try_send(message, event_id)
            if delivery is not None:
                watch(delivery, sending)
                return delivery
            await asyncio.sleep(_FULL)


class AsyncTableDataset(Generic[R]):
    """An object that is handed out as a table."""

    def __init__(self, outlets: Outlets, table: Table[R]) -> None:
        self._warehouse = outlets.warehouse
        self._table = table

    @property
    def table(self) -> Table[R]:
        """The table."""
        return self._table

    @property
    def sla(self) -> ServiceLevel:
        """What the contract promises of the table: when it is loaded, and how old it may be."""
        return self._table.sla

    async def load(
        self,
        records: Rows[R],
        *,
        load_id: str,
        mode: LoadMode = "replace",
        on_bad_rows: OnBadRows = "block",
        allow_empty: bool = False,
        keep: int = 1,
        measured: bool = True,
        expected_rows: int | Callable[[], int] | None = None,
    ) -> Load:
        """The load once its rows are in the table, as `TableDataset.load` in a thread."""
        terms = Terms(load_id, mode, on_bad_rows, allow_empty, keep, measured, expected_rows)
        warehouse = await asyncio.to_thread(self._warehouse.get)
        return await asyncio.to_thread(loader.load, warehouse, self._table, records, terms)

    async def roll_back(self, load_id: str | None = None) -> str:
        """As `TableDataset.roll_back`, in a thread."""
        warehouse = await asyncio.to_thread(self._warehouse.get)
        return await asyncio.to_thread(warehouse.roll_back, self._table, load_id)

    async def watermark(self) -> str | None:
        """As `TableDataset.watermark`, in a thread."""
        warehouse = await asyncio.to_thread(self._warehouse.get)
        return await asyncio.to_thread(warehouse.watermark, self._table)

    async def loads(self, most: int = 10) -> Sequence[Load]:
        """As `TableDataset.loads`, in a thread."""
        warehouse = await asyncio.to_thread(self._warehouse.get)
        return await asyncio.to_thread(warehouse.loads, self._table, most)


class AsyncDataset(AsyncStreamDataset[R], AsyncTableDataset[R]):
    """An object that is handed out both ways."""

    def __init__(self, outlets: Outlets, topic: Topic[R], table: Table[R]) -> None:
        AsyncStreamDataset.__init__(self, outlets, topic)
        AsyncTableDataset.__init__(self, outlets, table)


class AsyncPort:
    """A contract's output port for asyncio. Generated subclasses have a dataset for each object."""

    _deprecations: ClassVar[tuple[Deprecation, ...]] = ()

    def __init__(self, outlets: Outlets) -> None:
        self._outlets = outlets

    @classmethod
    def open(
        cls, stream: Stream | str | None = None, warehouse: Warehouse | str | None = None
    ) -> Self:
        """The port as `Port.open` gives it, to be entered by `async with`, which asks the stream
        for the port's schemas: UnknownSchema if it lacks one."""
        warn_of(cls)
        return cls(open_outlets(stream, warehouse))

    async def erase(
        self,
        person: str,
        *,
        objects: Sequence[str] = (),
        outbox: str | None = None,
        dry_run: bool = False,
    ) -> Report:
        """What was found of a person and is no more, as `Port.erase` in a thread."""
        from portwright_runtime.erasing.erasing import erase

        kinds = (AsyncStreamDataset, AsyncTableDataset)
        datasets = [each for each in vars(self).values() if isinstance(each, kinds)]
        return await asyncio.to_thread(
            erase, self._outlets, datasets, person, objects, outbox, dry_run=dry_run
        )

    async def flush(self, timeout: float | None = None) -> None:
        """Returns when all that was published is safe; else a DeliveryError that names what is not.

        `timeout` in seconds.
        """
        await asyncio.to_thread(self._outlets.sender.flush, timeout)

    async def close(self) -> None:
        """Flushes and lets go of stream and warehouse, all of it even where some of it fails."""
        await asyncio.to_thread(close_outlets, self._outlets)

    async def __aenter__(self) -> Self:
        try:
            await asyncio.to_thread(self._outlets.prepare)
        except BaseException:
            self._outlets.stream.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(leave_outlets, self._outlets, error)
