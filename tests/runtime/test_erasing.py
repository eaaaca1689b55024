"""A person is erased from all that a port has handed out, down to the bytes of every file."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from portwright.model import Model, String, Uuid
from portwright.model import Port as PortKind
from portwright_runtime import ConfigurationError, MemoryStream, Retry, open_stream
from portwright_runtime.both import BothPorts
from portwright_runtime.cli import main
from portwright_runtime.dead_letters import SUFFIX
from portwright_runtime.erasing import outbox as outboxes
from portwright_runtime.erasing.report import Found, Report
from portwright_runtime.erasing.stream import Scan
from portwright_runtime.kafka_config import KafkaConfig
from portwright_runtime.kafka_retention import told
from portwright_runtime.kafka_stream import KafkaStream
from portwright_runtime.memory_stream import PlainRegistry
from portwright_runtime.outbox_store import OutboxStore
from portwright_runtime.relay_command import opened_outbox
from portwright_runtime.sqlite_log import SqliteLog
from portwright_runtime.stream import Message, Position, Received
from portwright_runtime.wire import Wire
from support import outbox as outbox_tables
from support import packages, processes
from support.kafka import Broker
from support.models import a_model, an_object, field, record
from support.outbox import Database

CANARY = "canary-7f3a"
OTHER = "somebody-else"
TOPIC = "sales.orders"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """The package of orders, by customers, and of refunds, which name nobody."""
    folder = packages.write(a_shop(), tmp_path_factory.mktemp("shop"))
    return packages.load(folder)


def a_shop(topic: str = TOPIC, named: bool = True) -> Model:
    """Its contract, whose orders are of somebody if that is `named`."""
    customer = record(
        *("customer", "orders", "customer"),
        fields=(
            field("customer_id", String(), subject=named),
            field("email", String(), False, classification="restricted"),
        ),
    )
    orders = an_object(
        *("orders", "order"),
        field("order_id", Uuid()),
        field("customer", customer),
        primary_key=("order_id",),
        topic=topic,
    )
    refunds = an_object(
        *("refunds", "refund"),
        field("refund_id", String()),
        primary_key=("refund_id",),
        ports=(PortKind.TABLE,),
    )
    return a_model(orders, refunds)


class Shop:
    """A port with all of its stores in one folder."""

    def __init__(self, package: Callable[[str], Any], folder: Path) -> None:
        self.package, self.folder = package, folder
        self.port_class = next(
            each
            for name, each in vars(package("port")).items()
            if name.endswith("Port")
            and each.__module__ == package("port").__name__
            and not name.startswith("Async")
        )
        self.stream = f"sqlite:///{folder}/stream.db"
        self.warehouse = f"duckdb:///{folder}/warehouse.duckdb"

    def open(self, **given: Any) -> Any:
        return self.port_class.open(**{"stream": self.stream, "warehouse": self.warehouse, **given})

    def order(self, number: int, customer: str = CANARY) -> Any:
        models: ModuleType = self.package("models")
        return models.Order(
            order_id=uuid.UUID(int=number),
            customer=models.OrderCustomer(customer_id=customer, email=f"{customer}@acme.example"),
        )

    def files_with(self, text: str = CANARY) -> list[str]:
        """The files that have the text in their bytes."""
        return sorted(
            str(each.relative_to(self.folder))
            for each in self.folder.rglob("*")
            if each.is_file() and text.encode() in each.read_bytes()
        )

    def fill(self, outbox: Database | None = None) -> None:
        """Orders of two customers in the table, the stream, its dead letters and the outbox."""
        mine, others = [self.order(1), self.order(2)], [self.order(3, OTHER), self.order(4, OTHER)]
        with self.open() as port:
            port.orders.load([*mine, *others], load_id="1")
            port.orders.load([*mine, *others], load_id="2")
            port.orders.publish_all([*mine, *others, self.order(1)])
            if outbox is not None:
                connection = outbox.connect()
                for each in (*mine, *others):
                    port.orders.enqueue(connection, each)
                connection.commit()
                connection.close()
        consumers = self.package("consumers")

        class Refusing(consumers.OrdersConsumer):  # type: ignore[misc, name-defined]
            on_failure = "dead-letter"
            retry = Retry(attempts=1)

            def on_order(self, order: Any, event: Any) -> None:
                raise ValueError("no room")

        with closing(open_stream(self.stream)) as stream:
            Refusing("g", stream).run(until_idle=True)


@pytest.fixture
def filled(shop: Callable[[str], Any], tmp_path: Path) -> Iterator[Shop]:
    yield Shop(shop, tmp_path)


def counts(found: tuple[Found, ...]) -> dict[str, int]:
    return {each.place: each.count for each in found}


def test_a_person_is_no_more_anywhere(
    filled: Shop, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    filled.fill(database)
    caplog.set_level(logging.DEBUG)
    with filled.open() as port:
        looked = port.erase(CANARY, outbox=database.url, dry_run=True)
        done = port.erase(CANARY, outbox=database.url)
        again = port.erase(CANARY, outbox=database.url)
    assert (
        counts(looked.found)
        == counts(done.found)
        == {
            "the outbox": 2,
            "the stream": 3,
            "dead letters": 3,
            "the table": 2,
            "copies to undo loads": 1,
        }
    )
    assert (looked.tombstones, done.tombstones, again.tombstones) == (2, 2, 0)
    assert (again.found, done.again, again.again) == ((), (), ())
    assert done.uncovered == ("refunds",)
    if database.dialect == "sqlite":
        assert filled.files_with() == []
    for table in ("portwright_outbox", "portwright_outbox_dead"):
        rows = database.query(f"SELECT payload FROM {table}")
        assert len(rows) == (2 if table == "portwright_outbox" else 0)
        assert not any(CANARY.encode() in bytes(payload) for (payload,) in rows)
    for report in (looked, done, again):
        assert CANARY not in json.dumps(report.document()) + "".join(report.lines())
    assert CANARY not in caplog.text
    assert len(filled.files_with(OTHER)) >= 2


def test_dead_rows_of_the_outbox_go_too(filled: Shop, database: Database) -> None:
    filled.fill(database)
    columns = (
        "id, aggregatetype, aggregateid, type, payload, seq, shard, headers, tracingspancontext,"
        " created_at"
    )
    database.query(
        f"INSERT INTO portwright_outbox_dead ({columns}, error)"
        f" SELECT {columns}, 'refused' FROM portwright_outbox"
    )
    database.query("DELETE FROM portwright_outbox")
    with filled.open() as port:
        report = port.erase(CANARY, outbox=database.url)
    assert counts(report.found)["dead rows of the outbox"] == 2
    assert len(database.query("SELECT id FROM portwright_outbox_dead")) == 2


def test_rows_of_the_outbox_that_cannot_be_read_are_told(filled: Shop, database: Database) -> None:
    filled.fill(database)
    broken = "decode('78', 'hex')" if database.dialect == "postgres" else "x'78'"
    database.query(f"UPDATE portwright_outbox SET payload = {broken}")
    with filled.open() as port:
        report = port.erase(CANARY, outbox=database.url)
    unread = "4 rows of the outbox that cannot be read, and do not tell whom they are of"
    assert unread in report.remains and "the outbox" not in counts(report.found)
    assert len(database.query("SELECT id FROM portwright_outbox")) == 4


def test_who_reads_the_stream_is_told_to_forget(filled: Shop) -> None:
    filled.fill()
    with filled.open() as port:
        port.erase(CANARY)
    stream = SqliteLog(filled.folder / "stream.db")
    with closing(stream), closing(stream.subscribe([TOPIC], "reader")) as reading:
        messages = [each.message for each in reading.poll(100, 1)]
    dead = sorted(each.key for each in messages if each.value is None and each.key)
    assert dead == [str(uuid.UUID(int=number)).encode() for number in (1, 2)]
    assert len(messages) == 4


def test_a_consumer_that_was_behind_still_comes_to_an_end(filled: Shop) -> None:
    with filled.open() as port:
        port.orders.publish_all([filled.order(number) for number in range(9)])
        port.erase(CANARY)
    letters = SqliteLog(filled.folder / "stream.db")
    with closing(letters), closing(letters.subscribe([f"{TOPIC}{SUFFIX}"], "g")) as reading:
        assert reading.poll(10, 0) == []
        assert reading.caught_up()


def test_a_stream_that_cannot_remove_says_what_it_keeps(filled: Shop) -> None:
    stream = MemoryStream()
    with filled.open(stream=stream) as port:
        port.orders.publish_all([filled.order(1), filled.order(2, OTHER), filled.order(3)])
        port.orders.publish(filled.order(3, OTHER))  # another's by now: its record stays
        report = port.erase(CANARY)
        again = port.erase(CANARY)
    assert report.tombstones == 1
    assert [each.key for each in stream.messages if each.value is None] == [
        str(uuid.UUID(int=1)).encode()
    ]
    assert f"2 messages of orders in {TOPIC}, as long as the topic keeps them" in report.remains
    assert again.tombstones == 0


@pytest.mark.parametrize(("name", "found"), [(CANARY, {"the stream": 1}), ("42", {})])
def test_what_cannot_be_read_is_of_whom_it_surely_names(
    filled: Shop, name: str, found: dict[str, int]
) -> None:
    """A short name is in the bytes of others by chance: they would lose their messages."""
    broken = Message(TOPIC, b"1", b"broken " + name.encode(), (), datetime.now(UTC))
    with closing(open_stream(filled.stream)) as stream:
        stream.send(broken).result()
    with filled.open() as port:
        report = port.erase(name, objects=["orders"])
    assert counts(report.found) == found
    assert any("cannot be read" in each for each in report.remains) is not bool(found)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"retention.ms": "604800000"}, "as long as the topic keeps them: for 7 days"),
        (
            {"retention.ms": "-1", "cleanup.policy": "delete"},
            "as long as the topic keeps them: for ever",
        ),
        (
            {"cleanup.policy": "compact", "delete.retention.ms": "86400000"},
            "until the topic is compacted, and tombstones for 1 days",
        ),
        (
            {"cleanup.policy": "compact,delete", "retention.ms": "43200000"},
            "until the topic is compacted, and tombstones for 0 days; what has no key for 0.5 days",
        ),
    ],
)
def test_what_a_topic_of_kafka_keeps_is_told(settings: dict[str, str], words: str) -> None:
    assert told(settings) == words


def test_a_topic_of_kafka_gets_one_tombstone_a_key(kafka: Broker, filled: Shop) -> None:
    topic = kafka.topic(TOPIC, partitions=1, cleanup_policy="compact")
    stream = KafkaStream(KafkaConfig(kafka.bootstrap), Wire(PlainRegistry(), "header"))
    with closing(stream), filled.open(stream=stream) as port:
        port.orders.publish_all([filled.order(1), filled.order(2, OTHER), filled.order(1)])
        port.flush()
        report, again = port.erase(CANARY), port.erase(CANARY)
    assert topic == TOPIC
    assert (report.tombstones, again.tombstones) == (1, 0)
    assert any("2 messages of orders" in each and "compacted" in each for each in report.remains)


def test_rows_whose_events_are_gone_have_tombstones(filled: Shop) -> None:
    with filled.open(stream=MemoryStream()) as port:
        port.orders.load([filled.order(5), filled.order(6, OTHER)], load_id="1")
        report = port.erase(CANARY)
        assert (report.tombstones, counts(report.found)["the table"]) == (1, 1)


def test_what_comes_meanwhile_is_told(filled: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = MemoryStream()
    with filled.open(stream=stream) as port:
        port.orders.publish(filled.order(1))
        send = stream.send

        def late(message: Any) -> Any:
            delivery = send(message)
            if message.value is None:
                monkeypatch.undo()
                port.orders.publish(filled.order(8)).result()
            return delivery

        monkeypatch.setattr(stream, "send", late)
        report = port.erase(CANARY)
    assert report.again == (Found("orders", "the stream", 1),)
    assert "came meanwhile: 1 in the stream of orders" in "\n".join(report.lines())


def test_a_relay_that_is_busy_is_waited_for(
    filled: Shop, database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(outboxes, "_PATIENCE", 0.1)
    with opening(database) as store, filled.open() as port:
        assert store.lock([7]) == [7]
        told = (
            "another process relays" if database.dialect == "sqlite" else "a relay keeps 1 shards"
        )
        with pytest.raises(ConfigurationError, match=told):
            port.erase(CANARY, outbox=database.url)


@contextmanager
def opening(database: Database) -> Iterator[OutboxStore]:
    """The outbox as a relay has it."""
    with ExitStack() as stack:
        opener = opened_outbox(database.url, "portwright_outbox", 1, stack)
        yield stack.enter_context(closing(opener(0)))


@pytest.mark.parametrize("step", ["outbox", "remove", "table"])
def test_killed_at_any_step_it_is_finished_by_the_next(
    filled: Shop, step: str, tmp_path: Path
) -> None:
    path = tmp_path / "service.db"
    database = Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path))
    outbox_tables.run_script(database)
    filled.fill(database)
    folder = Path(filled.package("").__file__).parent
    source = f"""
        import os, sys
        sys.path.insert(0, {str(folder.parent)!r})
        from portwright_runtime import outbox_engines, sqlite_log
        from portwright_runtime.warehouses import duckdb
        from {folder.name} import {filled.port_class.__name__} as Port
        class Killed:
            def __init__(self, owner, name):
                setattr(owner, name, lambda *a, **k: os.kill(os.getpid(), 9))
        steps = {{
            "outbox": (outbox_engines.SqliteStore, "sweep"),
            "remove": (sqlite_log.SqliteLog, "remove"),
            "table": (duckdb, "rewritten"),
        }}
        Killed(*steps[{step!r}])
        with Port.open({filled.stream!r}, {filled.warehouse!r}) as port:
            port.erase({CANARY!r}, outbox={database.url!r})
    """
    with processes.program(source) as process:
        assert process.wait(processes.PATIENCE) == -9
    with filled.open() as port:
        report: Report = port.erase(CANARY, outbox=database.url)
        assert port.erase(CANARY, outbox=database.url).found == ()
    assert report.again == ()
    assert filled.files_with() == []


# ------------------------------------------------------------ ports of other kinds


def test_a_port_for_asyncio_erases_too(filled: Shop) -> None:
    filled.fill()
    name = f"Async{filled.port_class.__name__}"

    async def erased() -> Report:
        async with getattr(filled.package("port"), name).open(
            filled.stream, filled.warehouse
        ) as port:
            report: Report = await port.erase(CANARY)
            return report

    report = asyncio.run(erased())
    assert (counts(report.found)["the table"], counts(report.found)["the stream"]) == (2, 3)
    assert filled.files_with() == []


@pytest.mark.parametrize("named", [True, False])
def test_a_person_goes_from_both_majors_at_once(
    filled: Shop, named: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    earlier = replace(a_shop("sales.v0.orders", named), version="0.9.0", major=0)
    before = Shop(
        packages.load(packages.write(earlier, tmp_path_factory.mktemp("before"))), filled.folder
    )
    before.warehouse = f"duckdb:///{filled.folder}/before.duckdb"
    with before.open() as port:
        port.orders.publish_all([before.order(1), before.order(2, OTHER)])
    with BothPorts(filled.open(), before.open()) as ports:
        ports.now.orders.publish_all([filled.order(1), filled.order(2, OTHER)])
        report = ports.erase(CANARY)
    assert [each.count for each in report.found] == [1] * (1 + named)
    assert report.tombstones == 1 + named
    assert [each for each in report.uncovered if each.startswith("orders")] == (
        [] if named else [f"orders of {earlier.name} 0.9.0"]
    )
    assert filled.files_with() == ([] if named else ["stream.db"])


# ------------------------------------------------------------------- the command


def test_the_command_tells_what_it_did_and_not_of_whom(
    filled: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.fill()
    monkeypatch.setenv("PORTWRIGHT_STREAM", filled.stream)
    name = f"{filled.port_class.__module__}:{filled.port_class.__name__}"
    given = ["erase", name, "--warehouse", filled.warehouse]
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{CANARY}\n"))
    assert main([*given, "--subject", "-", "--dry-run", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["dryRun"] is True
    assert {"object": "orders", "place": "the table", "count": 2} in shown["found"]
    assert main([*given, "--subject", CANARY]) == 0
    out = capsys.readouterr()
    assert "erased: 2 in the table of orders" in out.out
    assert "not covered: refunds" in out.out
    assert CANARY not in out.out + out.err
    assert main([*given, "--subject", CANARY]) == 0
    assert "nothing found" in capsys.readouterr().out


def test_wrong_use_is_told(filled: Shop) -> None:
    with filled.open() as port:
        with pytest.raises(ConfigurationError, match="there is no object 'carts' here"):
            port.erase(CANARY, objects=["carts"])
        with pytest.raises(ConfigurationError, match="property: dataSubject, value: true"):
            port.erase(CANARY, objects=["refunds"])
        with pytest.raises(ConfigurationError, match=r"is no value of customer\.customer_id"):
            port.erase("")


def test_a_store_that_is_away_is_told_and_not_whom_it_was_about(
    filled: Shop, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    name = f"{filled.port_class.__module__}:{filled.port_class.__name__}"
    given = ["--log-level", "DEBUG", "erase", name, "--subject", CANARY]
    away = "127.0.0.1:1"
    at = ["--stream", filled.stream, "--warehouse"]
    assert main([*given, *at, f"postgresql://nobody@{away}/none"]) == 1
    assert main([*given, *at, filled.warehouse, "--outbox", f"postgresql://n@{away}/none"]) == 1
    assert main([*given, *at, filled.warehouse, "--object", "carts"]) == 1
    said = capsys.readouterr()
    assert said.err.count("error: ") == 3
    assert CANARY not in said.out + said.err


class OneByOne:
    """A busy stream: a message at each look, and never an end before the last."""

    def __init__(self, ages: list[float]) -> None:
        self.left = [
            Received(
                Message(TOPIC, None, str(number).encode(), (), datetime.fromtimestamp(at, UTC)),
                Position(TOPIC, 0, number),
            )
            for number, at in enumerate(time.time() + each for each in ages)
        ]

    def subscribe(self, topics: object, group: str) -> Any:
        return self

    def poll(self, most: int, seconds: float) -> list[Received]:
        return [self.left.pop(0)] if self.left else []

    def at_end(self) -> bool:
        return not self.left

    def close(self) -> None:
        """Nothing is open."""


class Last:
    """The person is in the last message."""

    topics = (TOPIC,)

    def __init__(self, number: int) -> None:
        self.number = str(number).encode()

    def is_of(self, message: Message) -> bool:
        return message.value == self.number

    def object_of(self, message: Message) -> str:
        return "orders"


@pytest.mark.parametrize("ahead", [5.0, 3600.0], ids=["a little", "an hour"])
def test_a_producer_whose_clock_is_ahead_hides_nobody(ahead: float) -> None:
    stream: Any = OneByOne([-1.0, ahead, ahead, -0.5])
    messages: Any = Last(3)
    with Scan(stream, messages) as scan:
        assert [each.count for each in scan.read().found()] == [1]
