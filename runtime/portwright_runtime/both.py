"""Two major versions of a port at once: each record goes out as both, until the older one ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from pydantic import ValidationError

from portwright_runtime.delivery import Delivery
from portwright_runtime.erasing.report import Report
from portwright_runtime.errors import ConfigurationError, ContractViolation
from portwright_runtime.event_ids import new_event_id
from portwright_runtime.port import Port, StreamDataset, TableDataset, datasets
from portwright_runtime.record import Record
from portwright_runtime.stream import Stream
from portwright_runtime.warehouse import Deleted, Load, Warehouse

R = TypeVar("R", bound=Record)
E = TypeVar("E", bound=Record)
P = TypeVar("P", bound=Port)
B = TypeVar("B", bound=Port)


def _converted(made: Callable[[R], E], record: R) -> E:
    """The earlier record; a ContractViolation if the record breaks that contract."""
    try:
        return made(record)
    except ValidationError as error:
        contract, _, object_ = error.title.rpartition(", ")
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        path = ".".join(map(str, first["loc"]))
        refusal = ContractViolation(contract, object_, path, str(first["msg"]))
    raise refusal  # without the caught one, which quotes values, as its context


def _check_key(same: bool) -> None:
    if not same:
        raise ConfigurationError(
            "the two versions have other keys: delete from `now` and `earlier`, each by its own"
        )


class BothStreams(Generic[R, E]):
    """An object that both versions hand out as a stream. `made` gives the earlier record; without
    the `same_key` nothing is deleted by one key from both."""

    def __init__(
        self,
        now: StreamDataset[R],
        earlier: StreamDataset[E],
        made: Callable[[R], E],
        *,
        same_key: bool = True,
    ) -> None:
        self._now = now
        self._earlier = earlier
        self._made = made
        self._same_key = same_key

    def publish(self, record: R, *, event_id: str | None = None) -> tuple[Delivery, Delivery]:
        """The handles of both events, which have one id.

        A ContractViolation if the record breaks either contract; then nothing is sent.
        """
        event_id = event_id or new_event_id()
        earlier = _converted(self._made, record)
        return (
            self._now.publish(record, event_id=event_id),
            self._earlier.publish(earlier, event_id=event_id),
        )

    def publish_all(self, records: Iterable[R]) -> int:
        """How many records there were; the first that breaks a contract ends it."""
        count = 0
        for each in records:
            self.publish(each)
            count += 1
        return count

    def delete(self, *key: object, event_id: str | None = None) -> tuple[Delivery, Delivery]:
        """The handles of both tombstones."""
        _check_key(self._same_key)
        event_id = event_id or new_event_id()
        return (
            self._now.delete(*key, event_id=event_id),
            self._earlier.delete(*key, event_id=event_id),
        )

    def enqueue(self, connection: Any, record: R, *, event_id: str | None = None) -> str:
        """The id of both events, which are in the outbox once the transaction is committed."""
        event_id = event_id or new_event_id()
        self._earlier.enqueue(connection, _converted(self._made, record), event_id=event_id)
        return self._now.enqueue(connection, record, event_id=event_id)

    def enqueue_delete(self, connection: Any, *key: object, event_id: str | None = None) -> str:
        """As `enqueue`, for tombstones of that key."""
        _check_key(self._same_key)
        event_id = event_id or new_event_id()
        self._earlier.enqueue_delete(connection, *key, event_id=event_id)
        return self._now.enqueue_delete(connection, *key, event_id=event_id)


class BothTables(Generic[R, E]):
    """An object that both versions hand out as a table."""

    def __init__(
        self,
        now: TableDataset[R],
        earlier: TableDataset[E],
        made: Callable[[R], E],
        *,
        same_key: bool = True,
    ) -> None:
        self._tables = now, earlier
        self._made_row = made
        self._keys_agree = same_key

    def load(
        self, records: Callable[[], Iterable[R | Deleted]], *, load_id: str, **terms: Any
    ) -> tuple[Load, Load]:
        """Both loads, the earlier version's first; if one raises, loading again under the same id
        does the rest.

        `records` gives the rows anew each time it is called, as it is called for each table;
        `terms` are those of a dataset's `load`.
        """
        now, earlier = self._tables
        before = earlier.load(self._rows(records()), load_id=load_id, **terms)
        return now.load(records(), load_id=load_id, **terms), before

    def _rows(self, records: Iterable[R | Deleted]) -> Iterator[E | Deleted]:
        for each in records:
            if isinstance(each, Deleted):
                _check_key(self._keys_agree)
                yield each
            else:
                yield _converted(self._made_row, each)


class BothDataset(BothStreams[R, E], BothTables[R, E]):
    """An object that both versions hand out both ways."""

    def __init__(
        self, now: Any, earlier: Any, made: Callable[[R], E], *, same_key: bool = True
    ) -> None:
        BothStreams.__init__(self, now, earlier, made, same_key=same_key)
        BothTables.__init__(self, now, earlier, made, same_key=same_key)


class BothPorts(Generic[P, B]):
    """The ports of two major versions. Generated subclasses have a dataset for each object that
    both hand out; what only one of them has is published through `now` or `earlier`."""

    def __init__(self, now: P, earlier: B) -> None:
        self.now = now
        self.earlier = earlier

    @classmethod
    def opened(
        cls,
        now: type[P],
        earlier: type[B],
        stream: Stream | str | None,
        warehouse: Warehouse | str | None,
    ) -> Self:
        """Both ports onto the same."""
        first = now.open(stream, warehouse)
        try:
            return cls(first, earlier.open(stream, warehouse))
        except BaseException:
            first.close()
            raise

    def erase(
        self,
        person: str,
        *,
        objects: Sequence[str] = (),
        outbox: str | None = None,
        dry_run: bool = False,
    ) -> Report:
        """What was found of a person in either version and is no more, as `Port.erase`: one report,
        and one look at what both are in."""
        from portwright_runtime.erasing.erasing import erase

        self.flush()
        handed = [*datasets(self.now), *datasets(self.earlier)]
        return erase(self.now._outlets, handed, person, objects, outbox, dry_run=dry_run)

    def flush(self, timeout: float | None = None) -> None:
        """Returns when all that was published is safe; else a DeliveryError that names what is not.

        `timeout` in seconds, for each port.
        """
        self.now.flush(timeout)
        self.earlier.flush(timeout)

    def close(self) -> None:
        """Closes both, the second even where the first fails."""
        with ExitStack() as stack:
            stack.callback(self.now.close)
            stack.callback(self.earlier.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self.now.__exit__(kind, error, traceback)
        finally:
            self.earlier.__exit__(kind, error, traceback)
