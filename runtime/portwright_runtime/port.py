"""The base of generated ports, and the datasets that are their attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, ClassVar, Generic, Self, TypeAlias, TypeVar

from portwright_runtime.delivery import Delivery
from portwright_runtime.deprecation import Deprecation, warn_of
from portwright_runtime.erasing.report import Report
from portwright_runtime.errors import PortwrightError
from portwright_runtime.loading import loader
from portwright_runtime.publisher import Publisher
from portwright_runtime.record import Record
from portwright_runtime.resource import Resource, stream_resource, warehouse_resource
from portwright_runtime.sender import Sender
from portwright_runtime.service_level import ServiceLevel
from portwright_runtime.stream import Stream
from portwright_runtime.topic import Topic
from portwright_runtime.warehouse import (
    ArrowStream,
    Deleted,
    Load,
    LoadMode,
    OnBadRows,
    Table,
    Terms,
    Warehouse,
)

R = TypeVar("R", bound=Record)


# What a load takes.
Rows: TypeAlias = Iterable[R | Mapping[str, Any] | Deleted] | ArrowStream


class Outlets:
    """What the datasets of one port share: its stream, how it is sent to, and its warehouse."""

    def __init__(self, stream: Resource[Stream], warehouse: Resource[Warehouse]) -> None:
        self.stream = stream
        self.warehouse = warehouse
        self.sender = Sender(stream)
        self.publishers: list[Publisher[Any]] = []

    def prepare(self) -> None:
        """Does now what first records would wait for, if the stream is named: an UnknownSchema
        ends a service at its start, not at its first event."""
        if self.stream.named:
            for each in self.publishers:
                each.prepare()


def open_outlets(stream: Stream | str | None, warehouse: Warehouse | str | None) -> Outlets:
    """What is given, or what urls or the environment name; embedded ones without any."""
    return Outlets(stream_resource(stream), warehouse_resource(warehouse))


def close_outlets(outlets: Outlets) -> None:
    """Flushes and lets go of stream and warehouse, all of it even where some of it fails."""
    with ExitStack() as stack:
        stack.callback(outlets.warehouse.close)
        stack.callback(outlets.stream.close)
        stack.callback(outlets.sender.flush)


def leave_outlets(outlets: Outlets, error: BaseException | None) -> None:
    """As `close_outlets`, at the end of a `with` block that `error` may have ended."""
    try:
        close_outlets(outlets)
    except PortwrightError as failure:
        if error is None:
            raise
        # The first error is the one to see; it must not hide that records were lost.
        error.add_note(f"closing the port failed too: {failure}")


class StreamDataset(Generic[R]):
    """An object that is handed out as a stream of events."""

    def __init__(self, outlets: Outlets, topic: Topic[R]) -> None:
        self._publisher = Publisher(outlets.sender, topic)
        outlets.publishers.append(self._publisher)

    @property
    def publisher(self) -> Publisher[R]:
        """What makes the messages of the topic."""
        return self._publisher

    def publish(self, record: R, *, event_id: str | None = None) -> Delivery:
        """The handle of the record's event: done once the event is safe.

        A ContractViolation if the record breaks the contract; then nothing is sent.
        Publishing again under the same `event_id` makes a duplicate that readers can tell.
        """
        return self._publisher.publish(record, event_id=event_id)

    def delete(self, *key: object, event_id: str | None = None) -> Delivery:
        """The handle of a tombstone, which tells readers that the record of this key is no more.

        `key` holds the values of the key, in the contract's order.
        """
        return self._publisher.delete(*key, event_id=event_id)

    def enqueue(self, connection: Any, record: R, *, event_id: str | None = None) -> str:
        """The id of the record's event, which is in the outbox once the transaction of
        `connection` is committed; a relay sends it then.

        A ContractViolation if the record breaks the contract; then nothing is written.
        """
        return self._publisher.enqueue(connection, record, event_id=event_id)

    def enqueue_delete(self, connection: Any, *key: object, event_id: str | None = None) -> str:
        """As `enqueue`, for a tombstone of that key."""
        return self._publisher.enqueue_delete(connection, *key, event_id=event_id)

    def publish_all(self, records: Iterable[R]) -> int:
        """How many records there were, each sent in turn, many at a time.

        The first that breaks the contract ends it; those before it are sent.
        """
        return self._publisher.publish_all(records)


class TableDataset(Generic[R]):
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

    def load(
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
        """The load once its rows are in the table: all of them at once, or none if it raises.

        `records` are records, mappings by the contract's names, or anything in Arrow's form
        (tables and dataframes); `Deleted(*key)` among them where the mode is `upsert`.

        `replace` makes them the whole of the table, `partition` the whole of the partitions
        that they are in, `append` adds them, `upsert` writes them by primary key, where the
        later of two versions stays. A `load_id` that is in the table already is `unchanged`,
        and `records` are not looked at. A replacement by no records empties the table only if
        `allow_empty`.

        Rows that break the contract keep the load from being published (`block`), or are
        put aside into the table `_portwright_quarantine`, with what they broke, or left out
        (`discard`). The last `keep` loads can be undone by `roll_back`. What the contract's
        rules of quality say of all rows together is only told in the log if not `measured`,
        as for the few rows of a test.

        `expected_rows` is how many rows the source says it has, or what tells that once they were
        read: a load that was given more or fewer is not published.
        """
        terms = Terms(load_id, mode, on_bad_rows, allow_empty, keep, measured, expected_rows)
        return loader.load(self._warehouse.get(), self._table, records, terms)

    def roll_back(self, load_id: str | None = None) -> str:
        """Undoes the last load, which is `load_id` where that is given; its id."""
        return self._warehouse.get().roll_back(self._table, load_id)

    def watermark(self) -> str | None:
        """The greatest value of the contract's `latestBy` that was loaded, as text: where the next
        load may begin. None before the first."""
        return self._warehouse.get().watermark(self._table)

    def loads(self, most: int = 10) -> Sequence[Load]:
        """The last loads that are in the table, the newest first and not more than `most`."""
        return self._warehouse.get().loads(self._table, most)


class Dataset(StreamDataset[R], TableDataset[R]):
    """An object that is handed out both ways."""

    def __init__(self, outlets: Outlets, topic: Topic[R], table: Table[R]) -> None:
        StreamDataset.__init__(self, outlets, topic)
        TableDataset.__init__(self, outlets, table)


DATASETS = (StreamDataset, TableDataset)


class Port:
    """A contract's output port. Generated subclasses have a dataset for each object."""

    _deprecations: ClassVar[tuple[Deprecation, ...]] = ()

    def __init__(self, outlets: Outlets) -> None:
        self._outlets = outlets

    @classmethod
    def open(
        cls, stream: Stream | str | None = None, warehouse: Warehouse | str | None = None
    ) -> Self:
        """The port onto what is given, or what urls or the environment name.

        Without any, embedded ones below `.portwright/local`. What is given open stays
        open; the rest is opened when first used and closed with the port. A stream that is
        named is asked for the port's schemas at once: UnknownSchema if it lacks one.
        """
        warn_of(cls)
        outlets = open_outlets(stream, warehouse)
        port = cls(outlets)
        try:
            outlets.prepare()
        except BaseException:
            outlets.stream.close()
            raise
        return port

    def erase(
        self,
        person: str,
        *,
        objects: Sequence[str] = (),
        outbox: str | None = None,
        dry_run: bool = False,
    ) -> Report:
        """What was found of a person, as the contract's `dataSubject` names one, and is no more: in
        tables, the outbox at the url `outbox`, the stream and its dead letters.

        `objects` are those to look at, all without any. Nothing changes in a `dry_run`. Safe to
        call again, also where it was broken off.
        """
        from portwright_runtime.erasing.erasing import erase

        return erase(self._outlets, datasets(self), person, objects, outbox, dry_run=dry_run)

    def flush(self, timeout: float | None = None) -> None:
        """Returns when all that was published is safe; else a DeliveryError that names what is not.

        `timeout` in seconds.
        """
        self._outlets.sender.flush(timeout)

    def close(self) -> None:
        """Flushes and lets go of stream and warehouse, all of it even where some of it fails."""
        close_outlets(self._outlets)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        leave_outlets(self._outlets, error)


def datasets(port: Port) -> list[StreamDataset[Any] | TableDataset[Any]]:
    """All that the port hands out."""
    return [each for each in vars(port).values() if isinstance(each, DATASETS)]
