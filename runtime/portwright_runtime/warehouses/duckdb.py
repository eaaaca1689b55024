"""The embedded warehouse: a DuckDB file.

Rows are staged in a temporary table, which dies with its connection: a load that was
killed leaves nothing behind to clean. DuckDB lets one process open a file
for writing, so it is open only while a load is under way, and attempts can only meet
inside a process; there a lock makes one publish after the other.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

import duckdb

from portwright_runtime.errors import WarehouseError
from portwright_runtime.loading.naming import joined
from portwright_runtime.loading.staging import STAGED, Staging
from portwright_runtime.persons import Traces, Wanted
from portwright_runtime.warehouse import Dialect, Table
from portwright_runtime.warehouses import places
from portwright_runtime.warehouses.duckdb_file import rewritten
from portwright_runtime.warehouses.session import Row
from portwright_runtime.warehouses.sql import SqlWarehouse
from portwright_runtime.warehouses.tables import Columns

T = TypeVar("T")

# Beyond this DuckDB spills beside the file: what a load takes does not grow with its rows.
MEMORY_LIMIT: Final = "512MB"

_LOCKED: Final = "Could not set lock"
_LOCKS: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)


class DuckDBWarehouse(SqlWarehouse):
    """Tables in the DuckDB file at `path`, which a load makes, with its folders, if need be.

    `patience` is how many seconds to wait for another process that has the file.
    """

    def __init__(self, path: Path | str, *, patience: float = 10.0) -> None:
        # Absolute, as DuckDB has names of its own that are no paths: `:memory:`, `md:`.
        self._path = Path(path).absolute()
        lock = _LOCKS[self._path.resolve()]
        super().__init__(
            "duckdb",
            "DuckDB",
            lambda: DuckDBSession(_connected(self._path, patience), lock),
            lambda: places.duckdb(self._path),
        )

    def traces(self, table: Table[Any], wanted: Wanted) -> Traces:
        """What there is of a person; see `Warehouse.traces`."""
        return super().traces(table, wanted) if self._path.exists() else Traces()

    def erase(self, table: Table[Any], wanted: Wanted) -> Traces:
        """What there was of a person; see `Warehouse.erase`."""
        if not self._path.exists():
            return Traces()
        found = super().erase(table, wanted)
        return replace(found, remains=(*found.remains, *rewritten(self._path)))


class DuckDBSession:
    """A connection to the file."""

    transactional = True
    insert = None
    reject = None

    def __init__(self, connection: duckdb.DuckDBPyConnection, lock: threading.Lock) -> None:
        self.connection = connection
        self._lock = lock

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows that the statement gives."""
        return self.connection.execute(statement, parameters or None).fetchall()

    def written(self, statement: str) -> str:
        """The statement as it is."""
        return statement

    def alone(self, place: tuple[str, ...], work: Callable[[], T]) -> T:
        """What `work` gives, in a transaction; one lock for all places, as there is one process."""
        with self._lock:
            self.connection.begin()
            try:
                found = work()
            except BaseException:
                with suppress(duckdb.Error):
                    self.connection.rollback()
                raise
            self.connection.commit()
            return found

    def kind(self, place: tuple[str, ...]) -> str | None:
        """What has the name."""
        *schema, table = place
        found = self.execute(
            "SELECT table_type FROM information_schema.tables"
            " WHERE table_catalog = current_database()"
            " AND lower(table_schema) = lower(?) AND lower(table_name) = lower(?)",
            [schema[-1] if schema else "main", table],
        )
        return str(found[0][0]) if found else None

    def described(self, place: tuple[str, ...]) -> Columns:
        """The columns of a table."""
        rows = self.execute(
            f'SELECT column_name, column_type, "null" FROM (DESCRIBE {joined(place)})'
        )
        return {column: (type_, null == "YES") for column, type_, null in rows}

    def declared(self, table: Table[Any], dialect: Dialect) -> Columns:
        """The columns of the contract's table: it is made, out of the way."""
        with duckdb.connect(":memory:", config={"threads": 1}) as scratch:
            made = DuckDBSession(scratch, threading.Lock())
            for statement in (*dialect.create_schema, *dialect.create):
                made.execute(statement)
            return made.described(dialect.place)

    def staging(self, table: Table[Any]) -> Staging:
        """In the session itself."""
        return Staging(self.connection, table)

    def bring(self, staging: Staging) -> str:
        """They are here."""
        return STAGED

    @contextmanager
    def failures(self, what: str) -> Iterator[None]:
        """Turns DuckDB's errors into WarehouseErrors."""
        with _failures(what):
            yield

    def swept(self, places: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        """Nothing by itself: the file is written anew once the session has ended."""
        return ()

    def close(self) -> None:
        """Ends the connection."""
        with suppress(duckdb.Error):
            self.connection.close()


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
            waiting = _LOCKED in str(error) or _being_made(path)
            if not waiting or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def _being_made(path: Path) -> bool:
    """Whether another process makes the file: DuckDB locks it only after it looked what it is."""
    try:
        with path.open("rb") as file:
            start = file.read(12)
    except OSError:
        return False
    return not start or start[8:] == b"DUCK"


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
        said = str(error).strip().split("\n", 1)[0]
        raise WarehouseError(f"{what}: {said}") from error
    except RuntimeError as error:
        if "interrupted" in str(error):  # what DuckDB makes of Ctrl-C
            raise KeyboardInterrupt from error
        raise
