"""The embedded warehouse: a DuckDB file.

Rows are staged in a temporary table, which dies with its connection: a load that was
killed leaves nothing behind to clean. They are published, and the table is made if there
is none, by one transaction with the ledger's row. DuckDB lets one process open a file
for writing, so it is open only while a load is under way, and attempts can only meet
inside a process; there a lock makes one publish after the other.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from portwright_runtime import arrow, duckdb_audit, duckdb_ledger, duckdb_tables
from portwright_runtime.duckdb_ledger import Entry
from portwright_runtime.duckdb_tables import Columns, columns, quoted
from portwright_runtime.errors import ClosedError, WarehouseError
from portwright_runtime.warehouse import Finding, Load, LoadMode, Table, violation

# Beyond this DuckDB spills beside the file: what a load takes does not grow with its rows.
MEMORY_LIMIT = "512MB"

_STAGING = 'temp."_portwright_staging"'
_BATCH = "_portwright_batch"
_LOCKED = "Could not set lock"
_LOCKS: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)


class DuckDBWarehouse:
    """Tables in the DuckDB file at `path`, which a load makes, with its folders, if need be.

    `patience` is how many seconds to wait for another process that has the file.
    """

    def __init__(self, path: Path | str, *, patience: float = 10.0) -> None:
        # Absolute, as DuckDB has names of its own that are no paths: `:memory:`, `md:`.
        self._path = Path(path).absolute()
        self._lock = _LOCKS[self._path.resolve()]
        self._patience = patience
        self._closed = False

    def begin(self, table: Table[Any], load_id: str, mode: LoadMode) -> DuckDBAttempt | Load:
        """A new attempt, or the load if it is in the table; see `Warehouse.begin`."""
        if self._closed:
            raise ClosedError(f"the warehouse {self._path} was closed")
        with _failures(f"cannot begin load {load_id!r} of {table.object}"), ExitStack() as undo:
            connection = undo.enter_context(_connected(self._path, self._patience))
            expected = duckdb_tables.expected(table)
            schema_hash = duckdb_tables.digest(expected)
            with self._lock, _transaction(connection):
                duckdb_tables.is_there(connection, table, expected)
                entry = duckdb_ledger.entered(connection, table, load_id, mode, schema_hash)
            if entry.published:
                return entry.load("unchanged")
            attempt = DuckDBAttempt(connection, self._lock, table, expected, entry)
            undo.pop_all()
            return attempt

    def close(self) -> None:
        """Begins no more loads."""
        self._closed = True


class DuckDBAttempt:
    """One try at a load, on a connection of its own."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        lock: threading.Lock,
        table: Table[Any],
        expected: Columns,
        entry: Entry,
    ) -> None:
        self._connection = connection
        self._lock = lock
        self._table = table
        self._entry = entry
        self._expected = expected
        self._target = duckdb_tables.name(table)
        self._columns = columns(expected)
        # The table's types and none of its constraints: audits count what those refuse.
        types = ", ".join(f"{quoted(name)} {type_}" for name, (type_, _) in expected.items())
        connection.execute(f"CREATE TEMP TABLE {_STAGING} ({types})")

    def stage(self, batch: arrow.RecordBatch) -> None:
        """Adds rows where no reader sees them."""
        with _failures(f"cannot stage rows of {self._table.object}"):
            self._connection.register(_BATCH, batch)
            try:
                self._connection.execute(
                    f"INSERT INTO {_STAGING} BY NAME SELECT * FROM {quoted(_BATCH)}"
                )
            finally:
                self._connection.unregister(_BATCH)

    def audit(self) -> Sequence[Finding]:
        """What the staged rows break among themselves."""
        with _failures(f"cannot audit rows of {self._table.object}"):
            return duckdb_audit.findings(self._connection, self._table, _STAGING)

    def publish(self, *, allow_empty: bool) -> Load:
        """The load, in one transaction with the ledger's row; see `Attempt.publish`."""
        what = f"load {self._entry.load_id!r} of {self._table.object} is not published"
        with _failures(what), self._lock, _transaction(self._connection):
            current = duckdb_ledger.current(self._connection, self._entry)
            if current.published:
                return current.load("unchanged")
            duckdb_tables.ensure(self._connection, self._table, self._expected)
            if self._entry.mode == "replace":
                self._clear(what, allow_empty)
            else:
                present = duckdb_audit.present(
                    self._connection, self._table, _STAGING, self._target
                )
                if present:
                    raise violation(self._table, present)
            self._connection.execute(
                f"INSERT INTO {self._target} ({self._columns})"
                f" SELECT {self._columns} FROM {_STAGING}"
            )
            entry = duckdb_ledger.published(self._connection, self._entry, self._staged())
            return entry.load("published")

    def discard(self) -> None:
        """Frees the staging, and notes in the ledger that an unpublished load failed."""
        with suppress(duckdb.Error), self._lock, _transaction(self._connection):
            duckdb_ledger.failed(self._connection, self._entry)
        with suppress(duckdb.Error):
            self._connection.close()

    def _clear(self, what: str, allow_empty: bool) -> None:
        """Deletes the rows that are to be replaced, if they may be."""
        later = duckdb_ledger.published_later(self._connection, self._entry)
        if later is not None:
            raise WarehouseError(
                f"{what}: load {later!r} of the same table began later and is in it already"
            )
        if not allow_empty and not self._staged() and _count(self._connection, self._target):
            raise WarehouseError(
                f"{what}: it has no rows and would empty the table; "
                "pass allow_empty=True if that is meant"
            )
        self._connection.execute(f"DELETE FROM {self._target}")

    def _staged(self) -> int:
        return _count(self._connection, _STAGING)


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    [count] = connection.execute(f"SELECT count(*) FROM {relation}").fetchone() or (0,)
    return int(count)


def _connected(path: Path, patience: float) -> duckdb.DuckDBPyConnection:
    """A connection of its own, or a WarehouseError that says why not and what to do."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = _once_free(path, patience)
        connection.execute(f"SET GLOBAL memory_limit = '{MEMORY_LIMIT}'")
    except OSError as error:
        raise WarehouseError(f"cannot make the folder of {path}: {error.strerror}") from error
    except duckdb.Error as error:
        text = str(error)
        if _LOCKED in text:
            holder = text.partition("held in ")[2].partition(". See")[0] or "another process"
            raise WarehouseError(
                f"{path} is in use: {holder} holds it, and DuckDB lets one process at a time "
                "write to a file; wait for it to end, or have it close its port"
            ) from error
        raise WarehouseError(f"cannot open {path}: {text}") from error
    return connection


def _once_free(path: Path, patience: float) -> duckdb.DuckDBPyConnection:
    """A connection, as soon as no other process has the file; its error after `patience` s."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return duckdb.connect(path)
        except duckdb.IOException as error:
            if _LOCKED not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commits what is done inside, or nothing of it if it raises."""
    connection.begin()
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):
            connection.rollback()
        raise
    connection.commit()


@contextmanager
def _failures(what: str) -> Iterator[None]:
    """Turns DuckDB's errors into WarehouseErrors."""
    try:
        yield
    # What the first three say quotes values, which may be classified.
    except (duckdb.ConstraintException, duckdb.ConversionException) as error:
        kind = "constraint" if isinstance(error, duckdb.ConstraintException) else "type"
        raise WarehouseError(
            f"{what}: a {kind} of the table itself refuses a row; "
            "compare the table with the DDL of the contract"
        ) from None
    except duckdb.TransactionException as error:
        if "Could not write" in str(error):
            raise WarehouseError(
                f"{what}: the disk did not take it; free some space and load again"
            ) from error
        raise WarehouseError(
            f"{what}: another connection of this process changed the table meanwhile, "
            "or a constraint of the table itself refuses a row"
        ) from None
    except duckdb.Error as error:
        raise WarehouseError(f"{what}: {error}") from error
    except RuntimeError as error:
        if "interrupted" in str(error):  # what DuckDB makes of Ctrl-C
            raise KeyboardInterrupt from error
        raise
