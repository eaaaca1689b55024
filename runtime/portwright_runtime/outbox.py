"""The transactional outbox: an event is written into the service's own database, in the
transaction of what it tells of, and sent from there by a relay.

The table has the columns of Debezium's outbox event router first (debezium.io/documentation/
reference/stable/transformations/outbox-event-router.html), and rows are inserted and deleted,
never updated.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from portwright_runtime.database import (
    Dialect,
    execute,
    execute_async,
    is_of_asyncio,
    kind_of,
    quoted,
)
from portwright_runtime.errors import ConfigurationError
from portwright_runtime.murmur2 import murmur2
from portwright_runtime.sqlite_file import headers_text
from portwright_runtime.stream import Message

TABLE_VARIABLE: Final = "PORTWRIGHT_OUTBOX_TABLE"
DEFAULT_TABLE: Final = "portwright_outbox"
# Rows of one shard are sent by one worker at a time: the keys in it keep their order.
SHARDS: Final = 64

_COLUMNS: Final = (
    *("id", "aggregatetype", "aggregateid", "type", "payload"),
    *("shard", "headers", "tracingspancontext"),
)
_AS: Final[Mapping[Dialect, Mapping[str, str]]] = {
    "postgres": {"id": "CAST(:id AS uuid)", "headers": "CAST(:headers AS json)"},
    "mysql": {},
    "sqlite": {},
}


def table_name() -> str:
    """The outbox's table: what the environment says, else `portwright_outbox`."""
    return os.environ.get(TABLE_VARIABLE) or DEFAULT_TABLE


def enqueue(connection: Any, message: Message, event_id: str) -> None:
    """Writes the message in the transaction of the connection: one INSERT, and no commit."""
    check_transaction(connection)
    execute(connection, _insert, _values(message, event_id))


async def enqueue_async(connection: Any, message: Message, event_id: str) -> None:
    """As `enqueue`, on a connection of an asyncio driver."""
    check_transaction(connection)
    await execute_async(connection, _insert, _values(message, event_id))


def shard_of(key: str | None, event_id: str) -> int:
    """The shard of a row: its key's, or any where there is none."""
    return (murmur2((key if key is not None else event_id).encode()) & 0x7FFFFFFF) % SHARDS


def check_transaction(connection: Any) -> None:
    """ConfigurationError where the connection commits each statement by itself: the event would be
    out even if the service's change is rolled back."""
    if not _commits_by_itself(connection, kind_of(connection).library):
        return
    raise ConfigurationError(
        "the connection is in no transaction, and commits each statement by itself: begin the one"
        " that the event belongs to (with psycopg `with connection.transaction():`, with Django"
        " `with transaction.atomic():`, with mysqlclient by `autocommit(False)`)"
    )


def _commits_by_itself(connection: Any, library: str) -> bool:
    owner = connection
    if hasattr(connection, "fetchone"):  # a cursor; mysql-connector hides what it is of
        owner = getattr(connection, "connection", None) or connection._connection
    match library:
        case "psycopg" | "psycopg2":
            return bool(owner.autocommit) and owner.info.transaction_status == 0  # idle
        case "sqlite3" if getattr(owner, "autocommit", None) is True:  # of Python 3.12
            return not owner.in_transaction
        case "sqlite3":
            return owner.isolation_level is None and not owner.in_transaction
        case "aiosqlite":
            return connection.isolation_level is None and not connection.in_transaction
        case "django":
            return bool(connection.get_autocommit()) and not connection.in_atomic_block
        case "asyncpg":
            return not connection.is_in_transaction()
        case "pymysql":
            # The server says so with each answer: SERVER_STATUS_IN_TRANS.
            return bool(owner.get_autocommit()) and not owner.server_status & 1
        case "MySQLdb":
            # It does not tell of a transaction that a statement began.
            return bool(owner.get_autocommit())
        case "mysql":
            return bool(owner.autocommit) and not owner.in_transaction
        case "sqlalchemy":
            raw = _driver_connection(connection)
            return raw is not None and _commits_by_itself(raw, kind_of(raw).library)
        case _:
            return False


def _driver_connection(connection: Any) -> Any:
    """What SQLAlchemy's connection or session has of the driver, in the transaction that its first
    statement would begin; None of asyncio's drivers, which begin theirs only with that."""
    if is_of_asyncio(connection):
        return None
    found = connection.connection() if hasattr(connection, "get_bind") else connection
    if not found.in_transaction():
        found.begin()
    raw = found.connection.driver_connection
    return None if is_of_asyncio(raw) else raw


def _insert(dialect: Dialect) -> str:
    columns = ", ".join(_COLUMNS)
    values = ", ".join(_AS[dialect].get(name, f":{name}") for name in _COLUMNS)
    return f"INSERT INTO {quoted(table_name(), dialect)} ({columns}) VALUES ({values})"


def _values(message: Message, event_id: str) -> dict[str, object]:
    try:
        UUID(event_id)
    except ValueError:
        raise ConfigurationError("the id of an event in an outbox is a UUID") from None
    headers = dict(message.headers)
    key = None if message.key is None else message.key.decode()
    trace = headers.get("traceparent")
    return {
        "id": event_id,
        "aggregatetype": message.topic,
        "aggregateid": key,
        "type": headers.get("ce_type", b"").decode(),
        "payload": message.value,
        "shard": shard_of(key, event_id),
        "headers": headers_text(message.headers),
        # Java properties, as Debezium's tracing reads them.
        "tracingspancontext": None if trace is None else f"traceparent={trace.decode()}",
    }
