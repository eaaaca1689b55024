"""PostgreSQL: rows go there by COPY, in the transaction that publishes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg

from portwright_runtime.arrow import ArrowType, ListOf, MapOf, Nullable, Plain, Struct
from portwright_runtime.errors import ConfigurationError, WarehouseError
from portwright_runtime.loading import texts
from portwright_runtime.loading.naming import joined, listed, quoted
from portwright_runtime.loading.spool import private_staging
from portwright_runtime.loading.staging import DELETED, Staging
from portwright_runtime.warehouse import Column, Dialect, Table
from portwright_runtime.warehouses.sql import Row, SqlWarehouse
from portwright_runtime.warehouses.tables import Columns

_STAGED: Final = ("pg_temp", "_portwright_staging")
_BYTES: Final = r"'\x' || lower(hex({value}))"
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
    return SqlWarehouse("postgres", "PostgreSQL", lambda: PostgresSession(_connected(url)))


class PostgresSession:
    """A connection to a server."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self.execute("SET TIME ZONE 'UTC'")

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows that the statement gives."""
        if parameters:
            found = self._connection.execute(_marked(statement), tuple(parameters))
        else:
            found = self._connection.execute(statement.encode())
        return found.fetchall() if found.description else []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commits what is done inside, or nothing of it if it raises."""
        with self._connection.transaction():
            yield

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """An advisory lock of the session: it is gone with it."""
        key = f"portwright {name}"
        self.execute("SELECT pg_advisory_lock(hashtextextended(?, 0))", (key,))
        try:
            yield
        finally:
            with suppress(psycopg.Error):
                self.execute("SELECT pg_advisory_unlock(hashtextextended(?, 0))", (key,))

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

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def _copy(self, staging: Staging, place: tuple[str, ...], *, deleted: bool) -> None:
        from pyarrow import csv

        dialect = staging.table.dialects["postgres"]
        names = [name for name, _ in dialect.columns]
        forms = [
            f"{_form(column, type_)} AS c{at}"
            for at, (column, (_, type_)) in enumerate(
                zip(staging.table.columns, dialect.columns, strict=True)
            )
        ]
        where = f"NOT {quoted(DELETED)}"
        if deleted:
            names.append(DELETED)
            forms.append(quoted(DELETED))
            where = "true"
        options = csv.WriteOptions(include_header=False)
        statement = f"COPY {joined(place)} ({listed(names)}) FROM STDIN (FORMAT csv)"
        with self._connection.cursor().copy(statement.encode()) as copy:
            for batch in staging.batches(", ".join(forms), where):
                csv.write_csv(batch, _Sink(copy), options)


class _Sink:
    """A COPY as a file to write to."""

    closed = False

    def __init__(self, copy: psycopg.Copy) -> None:
        self._copy = copy

    def write(self, data: Any) -> int:
        self._copy.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Written already."""

    def close(self) -> None:
        """The COPY is ended by its owner."""


def _form(column: Column, type_: str) -> str:
    """The column's value as COPY takes it in CSV."""
    value = quoted(column.name)
    if type_ == "jsonb":
        return _absent(column, value, texts.json_text(column.type, value))
    match column.type:
        case ListOf(element):
            return _array(element, value)
        case Struct() | MapOf():
            raise ConfigurationError(f"PostgreSQL has no {type_} for {column.name}")
        case Plain(meaning="" | "enum") if type_ in _AS_THEY_ARE or type_.startswith(_SIZED):
            return value
        case _:
            return texts.text(column.type, value, _BYTES)


# What the CSV of Arrow's values is already.
_AS_THEY_ARE: Final = frozenset(
    {
        "text",
        "boolean",
        "smallint",
        "integer",
        "bigint",
        "real",
        "double precision",
        "date",
        "time",
        "timestamp",
        "timestamptz",
    }
)


_SIZED: Final = ("numeric(", "varchar(", "char(")


def _absent(column: Column, value: str, form: str) -> str:
    """`form`, and NULL where the value is absent, though JSON would have a null for it."""
    return form if column.required else f"CASE WHEN {value} IS NOT NULL THEN {form} END"


def _array(element: ArrowType, value: str) -> str:
    """The text of an array, all of its elements in quotes."""
    inner = element.inner if isinstance(element, Nullable) else element
    item = texts.text(inner, "x", _BYTES)
    escaped = rf"""replace(replace({item}, '\', '\\'), '"', '\"')"""
    shown = f"""CASE WHEN x IS NULL THEN 'NULL' ELSE '"' || {escaped} || '"' END"""
    return f"'{{' || array_to_string(list_transform({value}, lambda x: {shown}), ',') || '}}'"


def _connected(url: str) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(url, autocommit=True, application_name="portwright")
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
