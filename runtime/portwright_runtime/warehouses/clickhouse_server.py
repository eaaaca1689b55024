"""A connection to ClickHouse, over HTTP: statements, names, tables, and rows in Arrow's form."""

from __future__ import annotations

import io
import logging
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import clickhouse_connect
import duckdb
import pyarrow
from clickhouse_connect.driver.exceptions import ClickHouseError

from portwright_runtime.arrow import ArrowSchema, RecordBatch
from portwright_runtime.errors import WarehouseError
from portwright_runtime.warehouses.clickhouse_address import Address
from portwright_runtime.warehouses.tables import Columns

Row = tuple[Any, ...]
Place = tuple[str, str]

# Codes of the server.
TABLE_EXISTS: Final = 57
UNKNOWN_TABLE: Final = 60

# The server's words for these hold no value of a row; those of others may.
_SHOWN: Final = frozenset({36, 47, 48, 57, 60, 62, 81, 82, 115, 159, 164, 192, 194, 202, 241, 243})
_SHOWN_TOO: Final = frozenset({251, 252, 344, 359, 452, 497, 516})
# Rows are there when the statement ends; a null is no other value; a load is one insert, however
# many partitions it has.
_SETTINGS: Final = {
    "async_insert": 0,
    "input_format_null_as_default": 0,
    "max_partitions_per_insert_block": 0,
    "mutations_sync": 1,
    "print_pretty_type_names": 0,
}

# Whether the driver is at work for a load: what goes wrong is told by an error then, and the
# driver's log has no traceback of it.
_AT_WORK: ContextVar[bool] = ContextVar("_AT_WORK", default=False)
logging.getLogger("clickhouse_connect.driver._backend.http_sync").addFilter(
    lambda record: not (record.exc_info and _AT_WORK.get())
)


class ServerError(Exception):
    """What the server, or the way to it, answers in place of rows; `code` is the server's."""

    def __init__(self, text: str, code: int | None) -> None:
        super().__init__(text)
        self.code = code


class Server:
    """A client of a server."""

    def __init__(self, address: Address) -> None:
        self._at = f"{address.host}:{address.port}"
        options: dict[str, Any] = dict(address.options)
        with self._errors():
            self._client = clickhouse_connect.get_client(
                host=address.host,
                port=address.port,
                username=address.user,
                password=address.password,
                interface="https" if address.secure else "http",
                settings=_SETTINGS,
                autogenerate_session_id=False,  # statements of one client may meet
                show_clickhouse_errors="scrub",
                client_name="portwright",
                **options,
            )

    def query(self, statement: str) -> list[Row]:
        """The rows that a SELECT gives."""
        with self._errors():
            return [tuple(row) for row in self._client.query(statement).result_rows]

    def run(self, statement: str) -> None:
        """Executes a statement, once: it is not repeated where no answer comes."""
        with self._errors():
            self._client.command(statement, settings={"wait_end_of_query": 1})

    def insert(self, statement: str, schema: ArrowSchema, batches: Iterable[RecordBatch]) -> None:
        """Executes an INSERT that reads Arrow's stream from its `input`, a batch at a time."""
        with self._errors():
            self._client.raw_insert("", insert_block=_stream(statement, schema, batches))

    def close(self) -> None:
        """Lets go of the server."""
        self._client.close()

    # ---------------------------------------------------------------- catalogue

    def engine_of(self, database: str) -> str | None:
        """The engine of a database, None where there is none."""
        found = self.query(f"SELECT engine FROM system.databases WHERE name = {literal(database)}")
        return str(found[0][0]) if found else None

    def engine(self, place: tuple[str, ...]) -> str | None:
        """The engine of a table, None where there is none."""
        found = self.query(f"SELECT engine FROM system.tables WHERE {_is(place)}")
        return str(found[0][0]) if found else None

    def kind(self, place: tuple[str, ...]) -> str | None:
        """What has the name, as engines of SQL say it: `BASE TABLE`, or another word."""
        engine = self.engine(place)
        if engine is None:
            return None
        return "BASE TABLE" if engine.endswith("MergeTree") else f"table of engine {engine}"

    def written(self, statement: str) -> str:
        """The statement as it is."""
        return statement

    def described(self, place: tuple[str, ...]) -> Columns:
        """The columns of a table."""
        where = f"database = {literal(place[0])} AND table = {literal(place[1])}"
        return _columns(
            self.query(
                "SELECT name, type FROM system.columns"
                f" WHERE {where} AND default_kind NOT IN ('ALIAS', 'MATERIALIZED')"
                " ORDER BY position"
            )
        )

    def declared(self, columns: Iterable[tuple[str, str]]) -> Columns:
        """The columns of a contract's table, in the server's own words."""
        return _columns(self.query(f"DESCRIBE TABLE null({literal(structure(columns))})"))

    def identity(self, place: Place) -> str | None:
        """The UUID of the table that has the name now, None where there is none."""
        found = self.query(f"SELECT toString(uuid) FROM system.tables WHERE {_is(place)}")
        return str(found[0][0]) if found else None

    def names(self, database: str, prefix: str) -> list[str]:
        """The tables whose names begin so."""
        found = self.query(
            f"SELECT name FROM system.tables WHERE database = {literal(database)}"
            f" AND startsWith(name, {literal(prefix)})"
        )
        return [str(name) for (name,) in found]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        before = _AT_WORK.set(True)
        try:
            yield
        except ClickHouseError as error:
            code = getattr(error, "code", None)
            raise ServerError(_told(error, code, self._at), code) from None
        finally:
            _AT_WORK.reset(before)


@contextmanager
def failures(what: str) -> Iterator[None]:
    """Turns what the server answers, and DuckDB, into WarehouseErrors that begin with `what`."""
    try:
        yield
    except ServerError as error:
        raise WarehouseError(f"{what}: {error}") from None
    except duckdb.Error as error:
        raise WarehouseError(f"{what}: {type(error).__name__} in the staging") from None


# ------------------------------------------------------------------------- SQL


def quoted(identifier: str) -> str:
    """An identifier."""
    return f"`{_escaped(identifier, '`')}`"


def literal(text: str) -> str:
    """The text as a literal."""
    return f"'{_escaped(text, chr(39))}'"


def listed(names: Iterable[str]) -> str:
    """Identifiers with commas between."""
    return ", ".join(map(quoted, names))


def joined(place: Place) -> str:
    """A qualified name."""
    return ".".join(map(quoted, place))


def structure(columns: Iterable[tuple[str, str]]) -> str:
    """Columns by name and type, as functions like `input` take them."""
    return ", ".join(f"{quoted(name)} {type_}" for name, type_ in columns)


def _escaped(text: str, mark: str) -> str:
    return text.replace("\\", "\\\\").replace(mark, f"\\{mark}")


def _is(place: tuple[str, ...]) -> str:
    return f"database = {literal(place[0])} AND name = {literal(place[1])}"


def _columns(rows: Iterable[Row]) -> Columns:
    # A column that can be null says so in its type, which is compared as a whole.
    return {name: (type_, "Nullable(" in type_.partition("Array")[0]) for name, type_, *_ in rows}


def _stream(
    statement: str, schema: ArrowSchema, batches: Iterable[RecordBatch]
) -> Generator[bytes, None, None]:
    """The statement with its rows."""
    yield f"{statement} FORMAT ArrowStream\n".encode()
    sink = io.BytesIO()
    with pyarrow.ipc.new_stream(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            yield sink.getvalue()
            sink.seek(0)
            sink.truncate()
    yield sink.getvalue()


def _reason(error: BaseException) -> str:
    """What the system says of it, if it does."""
    at: BaseException | None = error
    while at is not None:
        if isinstance(at, OSError) and at.strerror:
            return f": {at.strerror}"
        at = at.__cause__ or at.__context__
    return ""


def _told(error: ClickHouseError, code: int | None, at: str) -> str:
    """What the server says, but for values of rows."""
    if code is None:
        return f"the server at {at} does not answer{_reason(error)}"
    text = str(error).partition("DB::Exception: ")[2].strip().split("\n", 1)[0]
    if code in _SHOWN or code in _SHOWN_TOO:
        return text or f"the server says {code}"
    name = getattr(error, "name", None) or f"code {code}"
    return (
        f"the server says {name}: a type or a constraint of the table itself may refuse a row;"
        " compare the table with the DDL of the contract"
    )
