"""Snowflake: rows go there as Parquet, by PUT and COPY INTO a temporary table.

Each DDL statement commits there, so the rows change in a transaction of DML alone. A transaction
begins with an UPDATE of the one row of `_portwright_lock`, whose table stays locked until it ends:
the next one waits there, and sees what this one did. Temporary tables end with their session.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeVar

from snowflake import connector

from portwright_runtime.errors import WarehouseError
from portwright_runtime.loading.naming import joined, literal, quoted
from portwright_runtime.loading.spool import new_folder, private_staging
from portwright_runtime.loading.staging import DELETED, Staging
from portwright_runtime.warehouse import Dialect, Table
from portwright_runtime.warehouses import places
from portwright_runtime.warehouses.session import Row
from portwright_runtime.warehouses.snowflake_types import transfer
from portwright_runtime.warehouses.sql import SqlWarehouse
from portwright_runtime.warehouses.tables import Columns

T = TypeVar("T")

_LOCK: Final = "_portwright_lock"
# Temporary: they are the session's own, and in no other's way.
_BROUGHT: Final = "_portwright_brought"
_STAGED: Final = "_portwright_staged"
_DECLARED: Final = "_portwright_declared"
_FILES: Final = "_portwright_files"
# Rows of one file, of which Snowflake reads several at a time.
_ROWS_A_FILE: Final = 1_000_000
# Texts mean the same whatever the account says.
_PARAMETERS: Final = {
    "TIMEZONE": "UTC",
    "DATE_INPUT_FORMAT": "AUTO",
    "TIME_INPUT_FORMAT": "AUTO",
    "TIMESTAMP_INPUT_FORMAT": "AUTO",
    "BINARY_INPUT_FORMAT": "BASE64",
}


def snowflake_warehouse(options: Mapping[str, str]) -> SqlWarehouse:
    """The tables of an account: `options` are those of the connector, which has the others from
    its `connections.toml`."""
    return SqlWarehouse(
        "snowflake",
        "Snowflake",
        lambda: SnowflakeSession(_connected(options)),
        lambda: places.snowflake(options),
    )


class SnowflakeSession:
    """A connection of Snowflake's connector, with `?` for parameters."""

    transactional = False
    insert = None
    reject = None

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows that the statement gives."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, tuple(parameters) or None)
            return list(cursor.fetchall())

    def written(self, statement: str) -> str:
        """The statement as it is."""
        return statement

    def alone(self, place: tuple[str, ...], work: Callable[[], T]) -> T:
        """What `work` gives, in a transaction that has locked the row of the schema."""
        lock = (*place[:-1], _LOCK)
        self._ensure_lock(lock)
        self.execute("BEGIN TRANSACTION")
        try:
            self.execute(f"UPDATE {joined(lock)} SET held = held + 1")
            found = work()
            self.execute("COMMIT")
        except BaseException:
            try:
                self.execute("ROLLBACK")
            except connector.Error:
                self.close()  # what is open would be committed by the next DDL
            raise
        return found

    def swept(self, places: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        """What Snowflake keeps (docs.snowflake.com/en/user-guide/data-cdp-storage-costs)."""
        return (
            "Time Travel for the table's DATA_RETENTION_TIME_IN_DAYS (1 by default, 90 at most),"
            " then Fail-safe for 7 days",
        )

    def kind(self, place: tuple[str, ...]) -> str | None:
        """What has the name."""
        *schemas, name = place
        schema = "?" if schemas else "CURRENT_SCHEMA()"
        found = self.execute(
            f"SELECT table_type FROM {_catalogue(place)}.TABLES"
            f" WHERE table_schema = {schema} AND table_name = ?",
            (*schemas[-1:], name),
        )
        return str(found[0][0]) if found else None

    def described(self, place: tuple[str, ...]) -> Columns:
        """The columns of a table."""
        rows = self.execute(f"DESCRIBE TABLE {joined(place)}")
        return {row[0]: (row[1], row[3] == "Y") for row in rows}

    def declared(self, table: Table[Any], dialect: Dialect) -> Columns:
        """The columns of the contract's table, in Snowflake's own words; temporary tables are in
        the schema of the table from now on."""
        if schemas := dialect.place[:-1]:
            there = f"SELECT 1 FROM {_catalogue(dialect.place)}.SCHEMATA WHERE schema_name = ?"
            if not self.execute(there, schemas[-1:]):
                for statement in dialect.create_schema:
                    self.execute(statement)
            self.execute(f"USE SCHEMA {joined(schemas)}")
        self._temporary(_DECLARED, dialect.columns)
        described = self.described((_DECLARED,))
        self.execute(f"DROP TABLE {quoted(_DECLARED)}")
        return {
            name: (type_, not column.required)
            for (name, (type_, _)), column in zip(described.items(), table.columns, strict=True)
        }

    def staging(self, table: Table[Any]) -> Staging:
        """Beside the engine: it gets what passed the audits."""
        return private_staging(table)

    def bring(self, staging: Staging) -> str:
        """A temporary table of the types of the real one, made of one that holds what files do."""
        table = staging.table
        columns = table.dialects["snowflake"].columns
        moves = [
            transfer(each.type, type_, quoted(each.name), f"C{at}")
            for at, (each, (_, type_)) in enumerate(zip(table.columns, columns, strict=True))
        ]
        mark = f"C{len(moves)}"
        held = [*((f"C{at}", each.brought) for at, each in enumerate(moves)), (mark, "BOOLEAN")]
        forms = [*(each.form for each in moves), quoted(DELETED)]
        self._temporary(_BROUGHT, held)
        self.execute(f"CREATE TEMPORARY STAGE {quoted(_FILES)}")
        self._put(staging, ", ".join(f"{form} AS C{at}" for at, form in enumerate(forms)))
        self.execute(
            f"COPY INTO {quoted(_BROUGHT)} FROM @{quoted(_FILES)} FILE_FORMAT = (TYPE = PARQUET)"
            " MATCH_BY_COLUMN_NAME = CASE_SENSITIVE ON_ERROR = ABORT_STATEMENT"
        )
        [[came]] = self.execute(f"SELECT count({mark}) FROM {quoted(_BROUGHT)}")
        if came != (sent := staging.count()):
            raise WarehouseError(f"of {sent} rows of {table.object} {came} came to Snowflake")
        self._temporary(_STAGED, [*columns, (DELETED, "BOOLEAN")])
        values = ", ".join([*(each.value for each in moves), mark])
        self.execute(f"INSERT INTO {quoted(_STAGED)} SELECT {values} FROM {quoted(_BROUGHT)}")
        return quoted(_STAGED)

    @contextmanager
    def failures(self, what: str) -> Iterator[None]:
        """Turns the connector's errors into WarehouseErrors."""
        try:
            yield
        except connector.Error as error:
            # What it says itself may quote values.
            raise WarehouseError(f"{what}: {_told(error)}") from None

    def close(self) -> None:
        """Ends the connection."""
        with suppress(connector.Error):
            self._connection.close()

    def _ensure_lock(self, lock: tuple[str, ...]) -> None:
        """Makes the table of one row if it is not there; another may at the same time."""
        if self.kind(lock) is not None:
            return
        try:
            self.execute(f"CREATE TABLE {joined(lock)} AS SELECT 0 AS held")
        except connector.ProgrammingError:
            if self.kind(lock) is None:
                raise

    def _temporary(self, name: str, columns: Sequence[tuple[str, str]]) -> None:
        types = ", ".join(f"{quoted(column)} {type_}" for column, type_ in columns)
        self.execute(f"CREATE TEMPORARY TABLE {quoted(name)} ({types})")

    def _put(self, staging: Staging, forms: str) -> None:
        """Puts the staged rows into files of the session's own."""
        folder = new_folder()
        try:
            for path in _files(staging, forms, folder):
                at = literal(f"file://{path.as_posix()}")
                self.execute(f"PUT {at} @{quoted(_FILES)} AUTO_COMPRESS = FALSE")
                path.unlink()
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise WarehouseError(f"cannot put a file of rows together: {why}") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _files(staging: Staging, forms: str, folder: Path) -> Iterator[Path]:
    """The staged rows as files of Parquet, one at a time."""
    from pyarrow import parquet

    batches = staging.batches(forms, "true")
    for number in count():
        first = next(batches, None)
        if first is None:
            return
        path, rows = folder / f"{number}.parquet", first.num_rows
        with parquet.ParquetWriter(path, first.schema, compression="snappy") as writer:
            writer.write_batch(first)
            while rows < _ROWS_A_FILE and (batch := next(batches, None)) is not None:
                writer.write_batch(batch)
                rows += batch.num_rows
        yield path


def _catalogue(place: tuple[str, ...]) -> str:
    """The INFORMATION_SCHEMA of the database that the table is in."""
    return joined((*place[:-2], "INFORMATION_SCHEMA"))


def _connected(options: Mapping[str, str]) -> Any:
    try:
        return connector.connect(
            **options,
            paramstyle="qmark",
            autocommit=True,
            application="portwright",
            session_parameters=_PARAMETERS,
        )
    except connector.Error as error:
        raise WarehouseError(f"cannot open the warehouse: {_first_line(error)}") from None


def _told(error: connector.Error) -> str:
    """What Snowflake says, but for values: those are in errors of data."""
    state = str(getattr(error, "sqlstate", "") or "")
    if state.startswith(("22", "23")) or 100_000 <= (error.errno or 0) < 101_000:
        return (
            "a type or a constraint of the table itself refuses a row; "
            "compare the table with the DDL of the contract"
        )
    return _first_line(error)


def _first_line(error: connector.Error) -> str:
    said = " ".join((error.msg or str(error)).split())
    return said or type(error).__name__
