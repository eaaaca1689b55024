"""What engines of SQL share: a load is published, and undone, by one transaction.

Beside the table, in its schema, are the ledger, the table of rows that were put aside, and
for each load that can be undone one table of what it changed. An engine is a `Session`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Protocol

from portwright_runtime.errors import (
    ClosedError,
    ConfigurationError,
    PortwrightError,
    WarehouseError,
)
from portwright_runtime.loading.naming import joined
from portwright_runtime.loading.staging import Staging
from portwright_runtime.warehouse import QUARANTINE, Dialect, Load, Table, Terms
from portwright_runtime.warehouses import change, ledger, tables
from portwright_runtime.warehouses.change import Change
from portwright_runtime.warehouses.ledger import Entry, Ledger

Row = tuple[Any, ...]

# Rows that one statement puts aside.
_AT_ONCE = 500


class Session(Protocol):
    """A connection to an engine. Its errors are those of the driver, `failures` makes them ours."""

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows that the statement gives, whose parameters are `?`."""

    def transaction(self) -> AbstractContextManager[None]:
        """Commits what is done inside, or nothing of it if it raises."""

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Lets no other attempt into a transaction under the same name."""

    def kind(self, place: tuple[str, ...]) -> str | None:
        """What has the name, such as `BASE TABLE`; None if nothing has."""

    def described(self, place: tuple[str, ...]) -> tables.Columns:
        """The columns of a table."""

    def declared(self, table: Table[Any], dialect: Dialect) -> tables.Columns:
        """The columns that the contract's table has when it is made."""

    def staging(self, table: Table[Any]) -> Staging:
        """A new staging."""

    def bring(self, staging: Staging) -> str:
        """The relation in this session that holds the staged rows."""

    def insert(self, staging: Staging, place: tuple[str, ...]) -> None:
        """Inserts the staged rows into a table."""

    def failures(self, what: str) -> AbstractContextManager[None]:
        """Turns the driver's errors into WarehouseErrors that begin with `what`."""

    def close(self) -> None:
        """Ends the connection. Safe to call again."""


class SqlWarehouse:
    """Tables of one engine: `name` is that of its dialect, `connect` makes a session."""

    def __init__(self, name: str, title: str, connect: Callable[[], Session]) -> None:
        self._name = name
        self._title = title
        self._connect = connect
        self._closed = False

    def begin(self, table: Table[Any], terms: Terms) -> SqlAttempt | Load:
        """A new attempt, or the load if it is in the table; see `Warehouse.begin`."""
        dialect = self._dialect(table)
        what = f"cannot begin load {terms.load_id!r} of {table.object}"
        with self._session() as (session, undo), session.failures(what):
            expected = session.declared(table, dialect)
            book = Ledger(session, table, dialect.place)
            with session.lock(ledger.LOCK), session.transaction():
                # Who may write the table need not be one who may make schemas.
                if not tables.is_there(session, table, dialect, expected):
                    for statement in dialect.create_schema:
                        session.execute(statement)
                entry = book.entered(terms, tables.digest(expected))
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
            with session.lock(joined(dialect.place)), session.transaction():
                if session.kind(book.place) is None or (last := book.last()) is None:
                    raise WarehouseError(f"{what}: there is none")
                if load_id is not None and last.load_id != load_id:
                    raise WarehouseError(f"{what}: the last one is {last.load_id!r}, undo it first")
                change.undo(session, table, dialect, last, what)
                book.undone(last)
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

    @property
    def staging(self) -> Staging:
        """Where the rows are staged."""
        return self._staging

    def publish(self) -> Load:
        """The load, in one transaction with the ledger's row; see `Attempt.publish`."""
        facts, session = self._facts, self._session
        entry, table, dialect = facts.entry, facts.table, facts.dialect
        what = f"load {entry.load_id!r} of {table.object} is not published"
        with (
            session.failures(what),
            session.lock(joined(dialect.place)),
            session.transaction(),
        ):
            current = self._ledger.current(entry)
            if current.published:
                return current.load("unchanged")
            tables.ensure(session, table, dialect, facts.expected)
            if entry.mode in ("replace", "partition"):
                self._refuse_what_undoes(what)
            counts = Change(session, self._staging, dialect, facts.terms, entry, what).made()
            self._put_aside()
            kept = change.is_kept(session, dialect, entry)
            published = self._ledger.published(entry, counts, kept=kept)
            change.forget(session, dialect, self._ledger.forgotten(facts.terms.keep))
        return published.load("published")

    def discard(self) -> None:
        """Frees the staging, and notes in the ledger that an unpublished load failed."""
        session = self._session
        with (
            suppress(PortwrightError),
            session.failures("cannot note"),
            session.lock(ledger.LOCK),
            session.transaction(),
        ):
            self._ledger.failed(self._facts.entry)
        self._staging.close()
        session.close()

    def _refuse_what_undoes(self, what: str) -> None:
        later = self._ledger.published_later(self._facts.entry)
        if later is not None:
            raise WarehouseError(
                f"{what}: load {later!r} of the same table began later and is in it already"
            )

    def _put_aside(self) -> None:
        """Writes down the rejected rows, if they are to be kept."""
        if self._facts.terms.on_bad_rows != "quarantine" or not self._staging.rejected:
            return
        entry = self._facts.entry
        place = (*self._facts.dialect.place[:-1], QUARANTINE)
        name = joined(place)
        if self._session.kind(place) is None:
            self._session.execute(
                f"CREATE TABLE {name} (contract VARCHAR NOT NULL,"
                ' "table" VARCHAR NOT NULL, load_id VARCHAR NOT NULL, "row" BIGINT NOT NULL,'
                " path VARCHAR NOT NULL, rule VARCHAR NOT NULL, shown VARCHAR NOT NULL,"
                " put_aside_at TIMESTAMP WITH TIME ZONE NOT NULL)"
            )
        self._session.execute(
            f'DELETE FROM {name} WHERE contract = ? AND "table" = ? AND load_id = ?', entry.key
        )
        rejections = self._staging.rejections()
        while some := [*islice(rejections, _AT_ONCE)]:
            values = ", ".join(["(?, ?, ?, ?, ?, ?, ?, current_timestamp)"] * len(some))
            facts = [(*entry.key, e.row, e.path, e.rule, e.shown) for e in some]
            self._session.execute(f"INSERT INTO {name} VALUES {values}", [*chain(*facts)])
