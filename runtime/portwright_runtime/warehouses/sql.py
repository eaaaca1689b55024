"""What engines of SQL share: a load is published, and undone, by one transaction.

Beside the table, in its schema, are the ledger, the table of rows that were put aside, and
for each load that can be undone one table of what it changed. An engine is a `Session`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from portwright_runtime.errors import (
    ClosedError,
    ConfigurationError,
    PortwrightError,
    WarehouseError,
)
from portwright_runtime.loading.naming import joined
from portwright_runtime.loading.staging import Staging
from portwright_runtime.persons import Traces, Wanted
from portwright_runtime.warehouse import QUARANTINE, Dialect, Load, Table, Terms
from portwright_runtime.warehouses import change, tables
from portwright_runtime.warehouses.change import Change
from portwright_runtime.warehouses.ledger import Entry, Ledger
from portwright_runtime.warehouses.places import Place, named
from portwright_runtime.warehouses.session import Session, in_steps
from portwright_runtime.warehouses.sql_erasing import Erasing, Work

# Rows that one statement puts aside.
_AT_ONCE = 500


class SqlWarehouse:
    """Tables of one engine: `name` is that of its dialect, `connect` makes a session, and `where`
    tells the place that `dataset` names tables by."""

    def __init__(
        self,
        name: str,
        title: str,
        connect: Callable[[], Session],
        where: Callable[[], Place] | None = None,
    ) -> None:
        self._name = name
        self._title = title
        self._connect = connect
        self._where = where or (lambda: (name, ()))
        self._closed = False

    def begin(self, table: Table[Any], terms: Terms) -> SqlAttempt | Load:
        """A new attempt, or the load if it is in the table; see `Warehouse.begin`."""
        dialect = self._dialect(table)
        what = f"cannot begin load {terms.load_id!r} of {table.object}"
        with self._session() as (session, undo), session.failures(what):
            expected = session.declared(table, dialect)
            book = Ledger(session, table, dialect.place)

            def prepare() -> None:
                # Who may write the table need not be one who may make schemas.
                if not tables.is_there(session, table, dialect, expected):
                    for statement in dialect.create_schema:
                        session.execute(statement)
                book.ensure()

            entry = in_steps(
                session,
                book.place,
                prepare,
                lambda _: book.entered(terms, tables.digest(expected)),
                lambda entered: _clear(session, dialect, entered.before),
            )
            if entry.published:
                return entry.load("unchanged")
            attempt = SqlAttempt(session, table, dialect, expected, terms, entry)
            undo.pop_all()
            return attempt

    def roll_back(self, table: Table[Any], load_id: str | None) -> str:
        """Undoes the last load of the table; see `Warehouse.roll_back`."""
        dialect = self._dialect(table)
        what = f"cannot undo a load of {table.object}"
        with self._session() as (session, _), session.failures(what):
            book = Ledger(session, table, dialect.place)
            if session.kind(book.place) is None:
                raise WarehouseError(f"{what}: there is none")

            def undo(_: None) -> Entry:
                last = book.last()
                if last is None:
                    raise WarehouseError(f"{what}: there is none")
                if load_id is not None and last.load_id != load_id:
                    raise WarehouseError(f"{what}: the last one is {last.load_id!r}, undo it first")
                change.undo(session, table, dialect, last, what)
                book.undone(last)
                return last

            def forget(undone: Entry) -> None:
                change.forget(session, dialect, undone.token)
                book.forgot(undone.token)

            last = in_steps(session, dialect.place, lambda: None, undo, forget)
        return last.load_id

    def watermark(self, table: Table[Any]) -> str | None:
        """That of the last load of the table that has one."""
        dialect = self._dialect(table)
        what = f"cannot read the watermark of {table.object}"
        with self._session() as (session, _), session.failures(what):
            book = Ledger(session, table, dialect.place)
            return None if session.kind(book.place) is None else book.watermark()

    def loads(self, table: Table[Any], most: int) -> list[Load]:
        """The last loads of the table, the newest first; see `Warehouse.loads`."""
        dialect = self._dialect(table)
        what = f"cannot read the loads of {table.object}"
        with self._session() as (session, _), session.failures(what):
            book = Ledger(session, table, dialect.place)
            return [] if session.kind(book.place) is None else book.loads(most)

    def traces(self, table: Table[Any], wanted: Wanted) -> Traces:
        return self._person(table, wanted, Erasing.traces)

    def erase(self, table: Table[Any], wanted: Wanted) -> Traces:
        return self._person(table, wanted, Erasing.erase)

    def dataset(self, table: Table[Any]) -> tuple[str, str]:
        """The table's name to the world; see `Warehouse.dataset`."""
        return named(self._where(), self._dialect(table).place)

    def close(self) -> None:
        """Begins no more loads."""
        self._closed = True

    def _dialect(self, table: Table[Any]) -> Dialect:
        found = table.dialects.get(self._name)
        if found is None:
            raise ConfigurationError(
                f"{table.object} has no table in {self._title}: name one of type {self._name} among"
                " the contract's `servers`, and generate the package again"
            )
        return found

    def _person(self, table: Table[Any], wanted: Wanted, work: Work) -> Traces:
        dialect = self._dialect(table)
        what = f"cannot erase a person from {table.object}"
        with self._session() as (session, _), session.failures(what):
            return work(Erasing(session, self._name, table, dialect, wanted))

    @contextmanager
    def _session(self) -> Iterator[tuple[Session, ExitStack]]:
        """A new session, closed at the end unless what is to undo is taken away."""
        if self._closed:
            raise ClosedError("the warehouse was closed")
        with ExitStack() as undo:
            session = self._connect()
            undo.callback(session.close)
            yield session, undo


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an attempt is at."""

    table: Table[Any]
    dialect: Dialect
    expected: tables.Columns
    terms: Terms
    entry: Entry


class SqlAttempt:
    """One try at a load, in a session of its own."""

    def __init__(
        self,
        session: Session,
        table: Table[Any],
        dialect: Dialect,
        expected: tables.Columns,
        terms: Terms,
        entry: Entry,
    ) -> None:
        self._session = session
        self._facts = _Facts(table, dialect, expected, terms, entry)
        self._ledger = Ledger(session, table, dialect.place)
        self._staging = session.staging(table)
        what = f"load {entry.load_id!r} of {table.object} is not published"
        self._change = Change(session, self._staging, dialect, terms, entry, what)
        self._published = False

    @property
    def staging(self) -> Staging:
        """Where the rows are staged."""
        return self._staging

    def earlier(self, most: int) -> list[Load]:
        """The last loads of the table; see `Attempt.earlier`."""
        with self._session.failures(self._change.what):
            return self._ledger.loads(most)

    def publish(self) -> Load:
        """The load, in one transaction with the ledger's row; see `Attempt.publish`."""
        with self._session.failures(self._change.what):
            load = in_steps(
                self._session,
                self._facts.dialect.place,
                self._prepare,
                self._publish,
                lambda _: self._forget(),
            )
        self._published = load.status == "published"
        return load

    def discard(self) -> None:
        """Frees the staging, and notes in the ledger that an unpublished load failed."""
        session, entry = self._session, self._facts.entry
        if not self._published:
            with suppress(PortwrightError), session.failures("cannot note"):
                self._ledger.failed(entry)
                # The answer to its COMMIT may have been lost.
                if not self._ledger.current(entry).published:
                    _clear(session, self._facts.dialect, entry.token)
        self._staging.close()
        session.close()

    def _prepare(self) -> tuple[str | None, str | None]:
        """Makes what is missing; the relations that hold the staged and the rejected rows."""
        facts = self._facts
        tables.ensure(self._session, facts.table, facts.dialect, facts.expected)
        if self._puts_aside and self._session.kind(self._quarantine) is None:
            self._session.execute(
                f"CREATE TABLE IF NOT EXISTS {joined(self._quarantine)} (contract VARCHAR NOT NULL,"
                ' "table" VARCHAR NOT NULL, load_id VARCHAR NOT NULL, "row" BIGINT NOT NULL,'
                " path VARCHAR NOT NULL, rule VARCHAR NOT NULL, shown VARCHAR NOT NULL,"
                " put_aside_at TIMESTAMP WITH TIME ZONE NOT NULL)"
            )
        reject = self._session.reject if self._puts_aside else None
        return self._change.prepared(), reject(self._staging) if reject else None

    def _publish(self, brought: tuple[str | None, str | None]) -> Load:
        staged, rejected = brought
        entry = self._facts.entry
        current = self._ledger.current(entry)
        if current.published:
            return current.load("unchanged")
        if entry.mode in ("replace", "partition"):
            self._refuse_what_undoes(self._change.what)
        counts = self._change.made(staged)
        if self._puts_aside:
            self._put_aside(rejected)
        return self._ledger.published(entry, counts, kept=self._change.keeps).load("published")

    def _forget(self) -> None:
        for token in self._ledger.kept(self._facts.terms.keep):
            change.forget(self._session, self._facts.dialect, token)
            self._ledger.forgot(token)

    def _refuse_what_undoes(self, what: str) -> None:
        later = self._ledger.published_later(self._facts.entry)
        if later is not None:
            raise WarehouseError(
                f"{what}: load {later!r} of the same table began later and is in it already"
            )

    @property
    def _puts_aside(self) -> bool:
        """Whether there are rejected rows, and they are to be kept."""
        return bool(self._facts.terms.on_bad_rows == "quarantine" and self._staging.rejected)

    @property
    def _quarantine(self) -> tuple[str, ...]:
        return (*self._facts.dialect.place[:-1], QUARANTINE)

    def _put_aside(self, rejected: str | None) -> None:
        """Writes down the rejected rows, which a relation may hold."""
        entry, name = self._facts.entry, joined(self._quarantine)
        self._session.execute(
            f'DELETE FROM {name} WHERE contract = ? AND "table" = ? AND load_id = ?', entry.key
        )
        if rejected is not None:
            self._session.execute(
                f'INSERT INTO {name} SELECT ?, ?, ?, "row", path, rule, shown, current_timestamp'
                f" FROM {rejected}",
                entry.key,
            )
            return
        rejections = self._staging.rejections()
        while some := [*islice(rejections, _AT_ONCE)]:
            values = ", ".join(["(?, ?, ?, ?, ?, ?, ?, current_timestamp)"] * len(some))
            facts = [(*entry.key, e.row, e.path, e.rule, e.shown) for e in some]
            self._session.execute(f"INSERT INTO {name} VALUES {values}", [*chain(*facts)])


def _clear(session: Session, dialect: Dialect, token: int | None) -> None:
    """Drops what an attempt made that was not published, where no transaction did that."""
    if token is not None and not session.transactional:
        change.forget(session, dialect, token)
