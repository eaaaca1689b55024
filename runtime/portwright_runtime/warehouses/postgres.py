"""PostgreSQL: rows go there by COPY, in the transaction that publishes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import psycopg

from portwright_runtime import arrow
from portwright_runtime.arrow import ArrowType, ListOf, MapOf, Nullable, Struct
from portwright_runtime.errors import ConfigurationError, WarehouseError
from portwright_runtime.loading import texts
from portwright_runtime.loading.naming import joined, listed, quoted
from portwright_runtime.loading.pipelining import ahead
from portwright_runtime.loading.spool import private_staging
from portwright_runtime.loading.staging import DELETED, Staging
from portwright_runtime.warehouse import Dialect, Table
from portwright_runtime.warehouses import places, postgres_binary, postgres_lock
from portwright_runtime.warehouses.session import Row
from portwright_runtime.warehouses.sql import SqlWarehouse
from portwright_runtime.warehouses.tables import Columns

T = TypeVar("T")

_STAGED: Final = ("pg_temp", "_portwright_staging")
_KINDS: Final = {
    "r": "BASE TABLE",
    "p": "BASE TABLE",
    "v": "VIEW",
    "m": "MATERIALIZED VIEW",
    "f": "FOREIGN TABLE",
}
_MARKER: Final = re.compile(r'"[^"]*"|\?|%')


def postgres_warehouse(url: str) -> SqlWarehouse:
    """The tables of the database at `url`, which libpq reads: what it leaves out are its
    environment variables and files."""
    return SqlWarehouse(
        "postgres",
        "PostgreSQL",
        lambda: PostgresSession(_connected(url)),
        lambda: places.postgres(url),
    )


class PostgresSession:
    """A connection to a server."""

    transactional = True
    reject = None

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self.execute("SET TIME ZONE 'UTC'")
        postgres_lock.bound(self.execute)

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows that the statement gives."""
        if parameters:
            found = self._connection.execute(_marked(statement), tuple(parameters))
        else:
            found = self._connection.execute(statement.encode())
        return found.fetchall() if found.description else []

    def written(self, statement: str) -> str:
        """The statement as it is."""
        return statement

    def alone(self, place: tuple[str, ...], work: Callable[[], T]) -> T:
        """What `work` gives, in a transaction under a lock of the place."""
        key = f"portwright {joined(place)}"
        with postgres_lock.held(self.execute, key), self._connection.transaction():
            return work()

    def kind(self, place: tuple[str, ...]) -> str | None:
        """What has the name."""
        found = self.execute(
            "SELECT relkind FROM pg_class WHERE oid = to_regclass(?)", (joined(place),)
        )
        return _KINDS.get(_character(found[0][0]), "BASE TABLE") if found else None

    def described(self, place: tuple[str, ...]) -> Columns:
        """The columns of a table."""
        rows = self.execute(
            "SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull FROM pg_attribute"
            " WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            (joined(place),),
        )
        return {name: (type_, nullable) for name, type_, nullable in rows}

    def declared(self, table: Table[Any], dialect: Dialect) -> Columns:
        """The columns of the contract's table, in the server's own words."""
        place = ("pg_temp", "_portwright_declared")
        types = ", ".join(f"{quoted(name)} {type_}" for name, type_ in dialect.columns)
        self.execute(f"CREATE TEMP TABLE {quoted(place[1])} ({types})")
        described = self.described(place)
        self.execute(f"DROP TABLE {joined(place)}")
        return {
            name: (type_, not column.required)
            for (name, (type_, _)), column in zip(described.items(), table.columns, strict=True)
        }

    def staging(self, table: Table[Any]) -> Staging:
        """Beside the server: it gets what passed the audits."""
        return private_staging(table)

    def bring(self, staging: Staging) -> str:
        """A temporary table, without the constraints of the real one."""
        dialect = staging.table.dialects["postgres"]
        self.execute(
            f"CREATE TEMP TABLE {quoted(_STAGED[1])} ON COMMIT DROP AS"
            f" SELECT *, false AS {quoted(DELETED)} FROM {joined(dialect.place)} WITH NO DATA"
        )
        self._copy(staging, _STAGED, deleted=True)
        self.execute(f"ANALYZE {joined(_STAGED)}")
        return joined(_STAGED)

    def insert(self, staging: Staging, place: tuple[str, ...]) -> None:
        """Inserts the staged rows into a table."""
        self._copy(staging, place, deleted=False)

    @contextmanager
    def failures(self, what: str) -> Iterator[None]:
        """Turns the driver's errors into WarehouseErrors."""
        try:
            yield
        except psycopg.Error as error:
            # What it says itself may quote values.
            raise WarehouseError(f"{what}: {_told(error)}") from None

    def swept(self, places: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        """Has the space of deleted rows used again, and the planner's figures, which show values,
        made anew; what may still be in files of the server."""
        told = []
        for each in places:
            self.execute(f"VACUUM (ANALYZE) {joined(each)}")
            if not self.execute(f"SELECT 1 FROM {joined(each)} LIMIT 1"):  # it leaves these alone
                told.append(
                    f"what the planner knows of the values of {each[-1]} (pg_stats), until an"
                    " ANALYZE once it has rows"
                )
        return (
            *told,
            "free space in PostgreSQL's files until it is written over (VACUUM FULL does that at"
            " once), its write-ahead log until that is recycled, and backups and archived logs as"
            " long as they are kept",
        )

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def _copy(self, staging: Staging, place: tuple[str, ...], *, deleted: bool) -> None:
        columns = staging.table.dialects["postgres"].columns
        forms = [
            f"{_form(column.type, type_, quoted(column.name))} AS {quoted(column.name)}"
            for column, (_, type_) in zip(staging.table.columns, columns, strict=True)
        ]
        where = f"NOT {quoted(DELETED)}"
        if deleted:
            columns = (*columns, (DELETED, "boolean"))
            forms.append(quoted(DELETED))
            where = "true"
        names, types = zip(*columns, strict=True)
        statement = f"COPY {joined(place)} ({listed(names)}) FROM STDIN (FORMAT binary)"
        batches = staging.batches(", ".join(forms), where)
        with self._connection.cursor().copy(statement.encode()) as copy:
            copy.write(postgres_binary.START)
            for rows in ahead(postgres_binary.rows(each, types) for each in batches):
                copy.write(rows)
            copy.write(postgres_binary.END)


def _form(type_: ArrowType, postgres: str, value: str) -> str:
    """The value as the binary form takes it, in DuckDB's SQL."""
    if postgres == "jsonb":
        # What is absent is no null of JSON.
        return f"CASE WHEN {value} IS NOT NULL THEN {texts.json_text(type_, value)} END"
    match type_:
        case Nullable(inner):
            return _form(inner, postgres, value)
        case ListOf(element):
            inner_form = _form(element, postgres.removesuffix("[]"), "x")
            return (
                value if inner_form == "x" else f"list_transform({value}, lambda x: {inner_form})"
            )
        case Struct() | MapOf():
            raise ConfigurationError(f"PostgreSQL has no {postgres} for {value}")
        case arrow.UUID:
            return f"unhex(replace(CAST({value} AS VARCHAR), '-', ''))"
        case arrow.UINT64:
            return f"CAST({value} AS DECIMAL(20, 0))"
        case arrow.INT128 | arrow.UINT128:
            half = f"CAST({postgres_binary.HALF} AS {'U' * (type_ == arrow.UINT128)}HUGEINT)"
            high, low = (f"CAST({value} {by} {half} AS DECIMAL(20, 0))" for by in ("//", "%"))
            return f"CASE WHEN {value} IS NOT NULL THEN {{high: {high}, low: {low}}} END"
        case _:
            return value


def _connected(url: str) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(
            url, autocommit=True, application_name="portwright", client_encoding="utf8"
        )
    except psycopg.ProgrammingError:  # it quotes the url, where a password may be
        fault = "the url of the warehouse cannot be read: special characters of a password are"
        fault = f"{fault} percent-encoded"
    except psycopg.Error as error:
        raise WarehouseError(f"cannot open the warehouse: {_first_line(error)}") from None
    raise ConfigurationError(fault)


def _told(error: psycopg.Error) -> str:
    """What the server says, but for values: those are in details, and in errors of class 22."""
    state = error.sqlstate or ""
    if state.startswith("23"):
        name = error.diag.constraint_name or error.diag.column_name
        which = f" ({name})" if name else ""
        return (
            f"a constraint of the table itself{which} refuses a row; "
            "compare the table with the DDL of the contract"
        )
    if state in ("22021", "22P05"):
        return (
            "a text has the character U+0000, which PostgreSQL cannot hold; leave such rows out, or"
            " give them another text"
        )
    if state.startswith("22"):
        return (
            "a type of the table itself refuses a row; "
            "compare the table with the DDL of the contract"
        )
    if state.startswith("53"):
        return f"{_first_line(error)}; free some space or memory and load again"
    return _first_line(error)


def _first_line(error: psycopg.Error) -> str:
    said = error.diag.message_primary or str(error)
    return said.strip().split("\n", 1)[0] or type(error).__name__


def _marked(statement: str) -> bytes:
    """The statement with the markers of the driver; what is in quotes is a name."""

    def marked(found: re.Match[str]) -> str:
        return "%s" if found[0] == "?" else found[0].replace("%", "%%")

    return _MARKER.sub(marked, statement).encode()


def _character(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
