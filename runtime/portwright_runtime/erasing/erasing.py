"""The order of an erasure: what could bring a person back goes first.

Rows of the outbox, which would be sent; then messages of the stream; then rows of tables, whose
keys the stream needs. In the end all is looked at again. Each step finds what is left of one that
was broken off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from portwright_runtime.erasing import outbox as outboxes
from portwright_runtime.erasing import stream as streams
from portwright_runtime.erasing.messages import Messages
from portwright_runtime.erasing.report import Found, Report
from portwright_runtime.erasing.subject import wanted
from portwright_runtime.errors import ConfigurationError, ContractViolation
from portwright_runtime.persons import Traces
from portwright_runtime.warehouse import Table

if TYPE_CHECKING:
    from portwright_runtime.async_port import AsyncStreamDataset, AsyncTableDataset
    from portwright_runtime.port import Outlets, StreamDataset, TableDataset
    from portwright_runtime.publisher import Publisher
    from portwright_runtime.stream import Stream
    from portwright_runtime.topic import Topic

    Dataset: TypeAlias = (
        StreamDataset[Any] | TableDataset[Any] | AsyncStreamDataset[Any] | AsyncTableDataset[Any]
    )
    # An object, as it is handed out one way.
    Handed: TypeAlias = Table[Any] | Topic[Any]


def erase(
    outlets: Outlets,
    datasets: Sequence[Dataset],
    person: str,
    objects: Sequence[str],
    outbox: str | None,
    *,
    dry_run: bool,
) -> Report:
    """The report of an erasure; see `Port.erase`."""
    meant = _meant(datasets, objects)
    tables = [each for each in map(_table, meant) if each is not None and each.persons]
    publishers = [each for each in map(_publisher, meant) if each and each.topic.persons]
    if not tables and not publishers:
        raise ConfigurationError(
            "no object here says whom its records are about: write `customProperties: [{property:"
            " dataSubject, value: true}]` at the property that names the person, and generate the"
            " package again"
        )
    _refuse_what_names_nobody(tables, publishers, person)
    work = _Erasure(outlets, tables, publishers, person, outbox, dry_run)
    with ExitStack() as stack:
        return work.report(stack, _uncovered(datasets, work.handed))


@dataclass
class _Erasure:
    outlets: Outlets
    tables: list[Table[Any]]
    publishers: list[Publisher[Any]]
    person: str
    outbox: str | None
    dry_run: bool

    @property
    def handed(self) -> list[Handed]:
        """What is looked at."""
        return [*self.tables, *(each.topic for each in self.publishers)]

    def report(self, stack: ExitStack, uncovered: tuple[str, ...]) -> Report:
        """Does it, and tells of it."""
        found: list[Found] = []
        remains = [*_otherwise_named(self.handed, self.person)]
        tombstones = 0
        scan = messages = None
        if self.publishers:
            self.outlets.sender.flush()  # what waits to be sent would come after all was read
            stream = self.outlets.stream.get()
            topics = [each.topic for each in self.publishers]
            messages = Messages(topics, stream.wire, self.person)
            if self.outbox:
                found += self._from_outbox(self.outbox, messages, remains)
            else:
                remains.append("what is in an outbox, as none was named")
            scan = stack.enter_context(streams.Scan(stream, messages))
            seen = scan.read(self._keys())
            tombstones = self._from_stream(stream, seen, remains)
            found += seen.found()
        found += self._from_tables(remains)
        again = () if self.dry_run else self._again(scan, messages)
        return Report(
            tuple(found), tombstones, tuple(dict.fromkeys(remains)), uncovered, again, self.dry_run
        )

    def _from_outbox(self, url: str, messages: Messages, remains: list[str]) -> list[Found]:
        if self.dry_run:
            return outboxes.traces(url, messages)
        found, left = outboxes.erase(url, messages)
        remains += left
        return found

    def _from_stream(self, stream: Stream, seen: streams.Seen, remains: list[str]) -> int:
        """How many tombstones there are to send; before them what can be removed is."""
        due = streams.due(seen)
        remains += streams.remains(stream, seen)
        if self.dry_run:
            return len(due)
        by_topic = {each.topic.name: each for each in self.publishers}
        sent = [stream.send(by_topic[topic].tombstone_of(key)) for topic, key in due]
        for each in sent:
            each.result()
        if isinstance(stream, streams.Removes):
            stream.remove([each for places in seen.places.values() for each in places])
        return len(sent)

    def _from_tables(self, remains: list[str]) -> list[Found]:
        found: list[Found] = []
        for table in self.tables:
            warehouse = self.outlets.warehouse.get()
            names = self._wanted(table)
            look = warehouse.traces if self.dry_run else warehouse.erase
            traces = look(table, names)
            found += _found(table, traces)
            remains += traces.remains
        return found

    def _again(self, scan: streams.Scan | None, messages: Messages | None) -> tuple[Found, ...]:
        """What came while all this was done."""
        found: list[Found] = []
        if self.outbox and messages is not None:
            found += outboxes.traces(self.outbox, messages)
        if scan is not None:
            found += scan.read().found()
        for table in self.tables:
            traces = self.outlets.warehouse.get().traces(table, self._wanted(table))
            found += _found(table, traces)
        return tuple(found)

    def _keys(self) -> Iterator[tuple[str, bytes]]:
        """The keys of the person's rows, as messages have them."""
        for table in self.tables:
            named = {each.name: each.property for each in table.columns}
            fields = tuple(named[each] for each in table.primary_key)
            for publisher in self.publishers:
                topic = publisher.topic
                if _identity(topic) != _identity(table) or topic.key_fields != fields:
                    continue
                traces = self.outlets.warehouse.get().traces(table, self._wanted(table))
                for key in traces.keys:
                    try:
                        message = publisher.tombstone(key, "")
                    except ContractViolation:  # as no message has it
                        continue
                    yield topic.name, message.key or b""

    def _wanted(self, table: Table[Any]) -> dict[str, str]:
        paths = (each.path for each in table.persons)
        return dict(wanted(table.record, paths, self.person))


def _found(table: Table[Any], traces: Traces) -> Iterator[Found]:
    counts = {
        "the table": traces.rows,
        "rows put aside": traces.put_aside,
        "copies to undo loads": traces.copies,
    }
    yield from (Found(table.object, place, count) for place, count in counts.items() if count)


def _uncovered(datasets: Sequence[Dataset], seen: Sequence[Handed]) -> tuple[str, ...]:
    """The objects that were not looked at, with their versions where there are several."""
    known = {_identity(_handed(each)) for each in datasets}
    left = sorted(known - {_identity(each) for each in seen})
    several = len({each[:2] for each in known}) > 1
    return tuple(
        f"{name} of {contract} {version}" if several else name for contract, version, name in left
    )


def _otherwise_named(seen: Sequence[Handed], person: str) -> Iterator[str]:
    """What is told of objects whose persons have names of another kind than this one."""
    for each in seen:
        paths = [one if isinstance(one, str) else one.path for one in each.persons]
        if not wanted(each.record, paths, person):
            yield (
                f"what {each.object} {each.version} has: what is given as the person is no value"
                f" of {', '.join(paths)} there"
            )


def _meant(datasets: Sequence[Dataset], objects: Sequence[str]) -> list[Dataset]:
    known = {_handed(each).object for each in datasets}
    if unknown := sorted({*objects} - known):
        raise ConfigurationError(
            f"there is no object {unknown[0]!r} here; there are: {', '.join(sorted(known))}"
        )
    return [each for each in datasets if not objects or _handed(each).object in objects]


def _refuse_what_names_nobody(
    tables: Sequence[Table[Any]], publishers: Sequence[Publisher[Any]], person: str
) -> None:
    """Raises where the name is no value of any property that names a person."""
    named = [(each.record, [one.path for one in each.persons]) for each in tables]
    named += [(each.topic.record, [*each.topic.persons]) for each in publishers]
    if not person or not any(wanted(record, paths, person) for record, paths in named):
        paths = sorted({path for _, some in named for path in some})
        raise ConfigurationError(f"what is given as the person is no value of {', '.join(paths)}")


def _handed(dataset: Dataset) -> Handed:
    publisher = _publisher(dataset)
    found = _table(dataset)
    if found is not None:
        return found
    assert publisher is not None, "a dataset has a table, or a topic"
    return publisher.topic


def _identity(handed: Handed) -> tuple[str, str, str]:
    """What tells an object from that of the same name in another version."""
    return handed.contract, handed.version, handed.object


def _table(dataset: Dataset) -> Table[Any] | None:
    return getattr(dataset, "table", None)


def _publisher(dataset: Dataset) -> Publisher[Any] | None:
    return getattr(dataset, "publisher", None)
