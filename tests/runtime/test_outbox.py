"""Enqueueing: an event is in the outbox if, and only if, the transaction it was written in is
committed, whatever the driver."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiosqlite
import asyncpg
import django
import psycopg
import pytest
import sqlalchemy
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from portwright_runtime import ConfigurationError, ContractViolation, MemoryStream
from portwright_runtime.cloudevents import event_of
from portwright_runtime.generated import AsyncPort, AsyncStreamDataset, Outlets
from portwright_runtime.outbox import SHARDS, shard_of
from portwright_runtime.outbox_engines import PostgresStore, SqliteStore
from portwright_runtime.stream import Message, Position, Received
from support import outbox
from support.outbox import Database
from support.shoes_port import SHOES_TOPIC, CobblerPort, Shoe

CANARY = "canary-7f3a"


@pytest.fixture
def port() -> Iterator[CobblerPort]:
    with CobblerPort.open(MemoryStream()) as port:
        yield port


def ids(database: Database) -> list[str]:
    rows = database.query("SELECT id FROM portwright_outbox ORDER BY seq")
    return [str(each) for (each,) in rows]


def test_an_event_is_out_if_the_transaction_is_committed(
    database: Database, port: CobblerPort
) -> None:
    chance = random.Random(7)
    connection = database.connect()
    committed: list[str] = []
    for n in range(60):
        written = [
            port.shoes.enqueue(connection, Shoe(sku=f"{n % 5}", size=1 + n % 60))
            for _ in range(chance.randint(1, 3))
        ]
        if chance.random() < 0.4:
            connection.rollback()
        else:
            connection.commit()
            committed += written
    connection.close()
    print(f"committed {len(committed)}, in the outbox {len(ids(database))}")
    assert ids(database) == committed


def test_a_row_is_the_message_that_is_sent(database: Database, port: CobblerPort) -> None:
    connection = database.connect()
    event_id = port.shoes.enqueue(connection, Shoe(sku="A é", size=40, owner=CANARY))
    port.shoes.enqueue_delete(connection, "B")
    connection.commit()
    rows = database.query(
        "SELECT id, aggregatetype, aggregateid, type, payload, shard FROM portwright_outbox"
        " ORDER BY seq"
    )
    payload = '{"sku":"A é","size":40,"owner":"canary-7f3a"}'.encode()
    shard = shard_of("A é", event_id)
    first = (event_id, "cobbler.shoes", "A é", "craft.cobbler.v1.Shoe", payload, shard)
    assert (str(rows[0][0]), *rows[0][1:]) == first
    assert rows[1][1:5] == ("cobbler.shoes", "B", "craft.cobbler.v1.Shoe", None)
    connection.close()


def test_headers_that_are_no_text_survive(database: Database, port: CobblerPort) -> None:
    from portwright_runtime.outbox import enqueue

    sent = Message(
        "t",
        b"k",
        b"\x00\xff",
        (("__value_schema_id", b"\x01\xff\xfe"), ("a", "é".encode())),
        datetime.now(UTC),
    )
    connection = database.connect()
    enqueue(connection, sent, "01a2172d-aaa0-70d1-89b1-3280b0536fa5")
    connection.commit()
    connection.close()
    (row,) = stored(database)
    assert (row.message.topic, row.message.key, row.message.value, row.message.headers) == (
        sent.topic,
        sent.key,
        sent.value,
        sent.headers,
    )
    assert abs((row.message.timestamp - sent.timestamp).total_seconds()) < 60


def stored(database: Database) -> Any:
    from contextlib import ExitStack

    from portwright_runtime.relay_command import opened_outbox

    with ExitStack() as stack:
        store = opened_outbox(database.url, "portwright_outbox", 1, stack)(0)
        shards = store.claim(SHARDS)
        rows = store.rows(shards, 100, [])
        store.release(shards)
        store.close()
        return rows


def test_nothing_is_written_of_a_record_that_breaks_the_contract(
    database: Database, port: CobblerPort
) -> None:
    connection = database.connect()
    with pytest.raises(ContractViolation) as caught:
        port.shoes.enqueue(connection, Shoe.model_construct(sku="A", size=99, owner=CANARY))
    connection.commit()
    connection.close()
    assert ids(database) == []
    assert CANARY not in str(caught.value)


def test_an_id_of_the_callers_is_a_uuid(database: Database, port: CobblerPort) -> None:
    connection = database.connect()
    with pytest.raises(ConfigurationError, match="UUID"):
        port.shoes.enqueue(connection, Shoe(sku="A", size=1), event_id="17")
    connection.close()


# ------------------------------------------------------------- other libraries


def engine(database: Database) -> sqlalchemy.Engine:
    drivers = {
        "sqlite": "sqlite://",
        "postgres": "postgresql+psycopg://",
        "mysql": "mysql+pymysql://",
    }
    return sqlalchemy.create_engine(drivers[database.dialect], creator=database.connect)


def test_sqlalchemys_connections_and_sessions(database: Database, port: CobblerPort) -> None:
    found = engine(database)
    with found.begin() as connection:
        kept = [port.shoes.enqueue(connection, Shoe(sku="A", size=1))]
    with Session(found) as session:
        kept.append(port.shoes.enqueue(session, Shoe(sku="A", size=2)))
        session.commit()
        port.shoes.enqueue(session, Shoe(sku="A", size=3))
        session.rollback()
    alone = found.execution_options(isolation_level="AUTOCOMMIT")
    for opened in (alone.connect(), Session(alone)):
        with (
            opened as each,  # type: ignore[attr-defined]  # both are
            pytest.raises(ConfigurationError, match="is in no transaction"),
        ):
            port.shoes.enqueue(each, Shoe(sku="A", size=4))
    found.dispose()
    assert ids(database) == kept


def test_sqlalchemy_on_sqlite_as_its_manual_has_it(port: CobblerPort, tmp_path: Path) -> None:
    """With transactions that SQLAlchemy begins itself, as it needs for savepoints."""
    path = tmp_path / "service.db"
    found = Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path))
    outbox.run_script(found)
    engine_ = engine(found)

    @sqlalchemy.event.listens_for(engine_, "connect")
    def leave(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @sqlalchemy.event.listens_for(engine_, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    with engine_.connect() as connection:
        kept = port.shoes.enqueue(connection, Shoe(sku="A", size=1))
        connection.commit()
        port.shoes.enqueue(connection, Shoe(sku="A", size=2))
        connection.rollback()
    engine_.dispose()
    assert ids(found) == [kept]


def test_sqlalchemys_way_from_asyncio_back(port: CobblerPort, tmp_path: Path) -> None:
    path = tmp_path / "service.db"
    found = Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path))
    outbox.run_script(found)

    async def main() -> str:
        engine_ = create_async_engine(f"sqlite+aiosqlite:///{path}")
        async with AsyncSession(engine_) as session, session.begin():
            kept = await session.run_sync(
                lambda inner: port.shoes.enqueue(inner, Shoe(sku="A", size=1))
            )
        await engine_.dispose()
        return kept

    kept = asyncio.run(main())
    assert ids(found) == [kept]


def test_djangos_connection(database: Database, port: CobblerPort, tmp_path: Path) -> None:
    if database.dialect != "sqlite":
        pytest.skip("Django's settings are of one database in a process")
    from django.conf import settings
    from django.db import connection, connections, transaction

    path = database.url.removeprefix("sqlite:")
    options = {"ENGINE": "django.db.backends.sqlite3", "NAME": path}
    if not settings.configured:
        settings.configure(DATABASES={"default": options})
        django.setup()
    connections["default"].settings_dict["NAME"] = path
    with transaction.atomic():
        kept = port.shoes.enqueue(connection, Shoe(sku="A", size=1))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        port.shoes.enqueue(connections["default"], Shoe(sku="A", size=2))
        _ = 1 / 0
    with pytest.raises(ConfigurationError, match=r"transaction\.atomic"):
        port.shoes.enqueue(connection, Shoe(sku="A", size=3))
    connections.close_all()
    assert ids(database) == [kept]


def test_a_cursor_does_for_its_connection(database: Database, port: CobblerPort) -> None:
    connection = database.connect()
    kept = port.shoes.enqueue(connection.cursor(), Shoe(sku="A", size=1))
    connection.commit()
    connection.close()
    assert ids(database) == [kept]


def test_without_a_transaction_it_says_so(database: Database, port: CobblerPort) -> None:
    connection = database.connect()
    if database.dialect == "sqlite":
        connection.isolation_level = None
    elif database.dialect == "mysql":
        connection.autocommit(True)
    else:
        connection.autocommit = True
    with pytest.raises(ConfigurationError, match="is in no transaction"):
        port.shoes.enqueue(connection, Shoe(sku="A", size=1))
    connection.cursor().execute("BEGIN")
    kept = port.shoes.enqueue(connection, Shoe(sku="A", size=1))
    connection.cursor().execute("COMMIT")
    connection.close()
    assert ids(database) == [kept]


@pytest.mark.parametrize(
    ("database", "driver"),
    [("postgres", "psycopg2"), ("mysql", "mysql.connector"), ("mysql", "MySQLdb")],
    indirect=["database"],
)
def test_other_drivers(database: Database, driver: str, port: CobblerPort) -> None:
    module = pytest.importorskip(driver, reason=f"{driver} is not installed: it has no wheels")
    with closing(database.connect()) as usual:
        if driver == "psycopg2":
            connection = module.connect(usual.info.dsn)
        else:
            place = {"unix_socket": usual.unix_socket, "user": "root", "database": "test"}
            connection = module.connect(**place, charset="utf8mb4")
    kept = port.shoes.enqueue(connection, Shoe(sku="A é", size=1))
    connection.commit()
    port.shoes.enqueue(connection.cursor(), Shoe(sku="A", size=2))
    connection.rollback()
    if driver == "MySQLdb":
        connection.autocommit(True)
    else:
        connection.autocommit = True
    for each in (connection, connection.cursor()):
        with pytest.raises(ConfigurationError, match="is in no transaction"):
            port.shoes.enqueue(each, Shoe(sku="A", size=3))
    if driver == "MySQLdb":  # it cannot tell that a statement began a transaction
        connection.autocommit(False)
    connection.cursor().execute("BEGIN")
    kept_too = port.shoes.enqueue(connection.cursor(), Shoe(sku="A", size=4))
    connection.cursor().execute("COMMIT")
    connection.close()
    assert ids(database) == [kept, kept_too]


def test_of_asyncio_or_not_is_told_before_anything_is_written(
    port: CobblerPort, tmp_path: Path
) -> None:
    path = tmp_path / "service.db"
    found = Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path))
    outbox.run_script(found)

    async def main() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
        async with (
            engine.connect() as alchemist,
            AsyncSession(engine) as session,
            aiosqlite.connect(path) as plain,
        ):
            for each in (alchemist, session, plain):
                with pytest.raises(ConfigurationError, match="is of asyncio"):
                    port.shoes.enqueue(each, Shoe(sku="A", size=1))
        await engine.dispose()
        async with AsyncCobblerPort.open(MemoryStream()) as other:
            with closing(found.connect()) as connection:
                with pytest.raises(ConfigurationError, match="is not of asyncio"):
                    await other.shoes.enqueue(connection, Shoe(sku="A", size=1))
                connection.commit()

    asyncio.run(main())
    assert ids(found) == []


def test_an_error_of_the_database_tells_nothing_of_the_record(
    database: Database, port: CobblerPort
) -> None:
    database.query("DROP TABLE portwright_outbox")
    found = engine(database)
    with found.connect() as connection:
        with pytest.raises(sqlalchemy.exc.SQLAlchemyError) as caught:
            port.shoes.enqueue(connection, Shoe(sku="A", size=1, owner=CANARY))
        connection.rollback()
    found.dispose()
    assert CANARY not in str(caught.value)


def test_without_a_stream_it_is_said_whom_the_events_are_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PORTWRIGHT_STREAM", raising=False)
    path = tmp_path / "service.db"
    found = Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path))
    outbox.run_script(found)
    with CobblerPort.open() as port, closing(found.connect()) as connection:
        for _ in range(2):
            port.shoes.enqueue(connection, Shoe(sku="A", size=1))
    assert caplog.text.count("set PORTWRIGHT_STREAM to where the relay sends it") == 1


def test_what_is_no_connection_is_named(port: CobblerPort) -> None:
    with pytest.raises(ConfigurationError, match=r"a builtins\.str is no connection .* psycopg"):
        port.shoes.enqueue("connection", Shoe(sku="A", size=1))


# ------------------------------------------------------------- asyncio


class AsyncCobblerPort(AsyncPort):
    def __init__(self, outlets: Outlets) -> None:
        super().__init__(outlets)
        self.shoes = AsyncStreamDataset(outlets, SHOES_TOPIC)


def in_asyncio(work: Callable[[AsyncCobblerPort], Any]) -> Any:
    async def main() -> Any:
        async with AsyncCobblerPort.open(MemoryStream()) as port:
            return await work(port)

    return asyncio.run(main())


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg", "sqlalchemy", "aiosqlite"])
def test_drivers_of_asyncio(driver: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if driver == "aiosqlite":
        path = tmp_path / "service.db"
        found = Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path))
    else:
        info = request.getfixturevalue("postgres").info
        dsn, host = info.dsn, info.host
        found = Database("postgres", "", lambda: psycopg.connect(dsn))
    outbox.run_script(found)

    async def work(port: AsyncCobblerPort) -> str:
        shoe, other = Shoe(sku="A", size=1), Shoe(sku="B", size=1)
        if driver == "psycopg":
            async with await psycopg.AsyncConnection.connect(dsn) as connection:
                kept = await port.shoes.enqueue(connection, shoe)
                await connection.commit()
                await port.shoes.enqueue(connection, other)
                await connection.rollback()
        elif driver == "asyncpg":
            raw = await asyncpg.connect(host=host, user="postgres", database="test")
            async with raw.transaction():
                kept = await port.shoes.enqueue(raw, shoe)
            with pytest.raises(ConfigurationError, match="no transaction"):
                await port.shoes.enqueue(raw, other)
            await raw.close()
        elif driver == "sqlalchemy":
            made = create_async_engine(
                "postgresql+asyncpg://",
                async_creator=lambda: asyncpg.connect(host=host, user="postgres", database="test"),
            )
            async with made.begin() as connection_:
                kept = await port.shoes.enqueue(connection_, shoe)
            await made.dispose()
        else:
            async with aiosqlite.connect(path) as lite:
                kept = await port.shoes.enqueue(lite, shoe)
                await lite.commit()
                await port.shoes.enqueue(lite, other)
        return kept

    assert [in_asyncio(work)] == ids(found)


# ------------------------------------------------------------- what others do


def test_what_debezium_sends_is_an_event_of_the_same_id() -> None:
    headers = (("id", b"e1"), ("eventType", b"craft.cobbler.v1.Shoe"))
    message = Message("t", b"k", b"", headers, datetime.now(UTC))
    assert event_of(Received(message, Position("t", 0, 0))).id == "e1"


def test_shards_are_spread() -> None:
    found = {shard_of(str(n), "") for n in range(2000)}
    assert found == set(range(SHARDS))
    assert shard_of("a", "x") == shard_of("a", "y")
    assert len({shard_of(None, str(n)) for n in range(2000)}) == SHARDS


def test_stores_tell_tables_of_several_outboxes_apart(postgres: Any, tmp_path: Path) -> None:
    dsn = postgres.info.dsn
    postgres.execute("CREATE SCHEMA events")
    for table in ("portwright_outbox", "events.outbox"):
        postgres.execute(outbox.ddl("postgres", table))
    tables = ("portwright_outbox", "events.outbox", "events.outbox")
    stores = [PostgresStore(dsn, table) for table in tables]
    locked = [store._lock(shards) for store, shards in zip(stores, ([3], [3], [3, 4]), strict=True)]
    assert locked == [[3], [3], [4]]
    lite = SqliteStore(":memory:", "x", 1, 2)
    assert lite._lock([1, 2, 3]) == [1, 3]
    for each in (*stores, lite):
        each.close()
