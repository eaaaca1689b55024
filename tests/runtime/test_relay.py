"""The relay: all that is committed is sent, in order by key, whatever dies in between."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import threading
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portwright_runtime import (
    ClosedError,
    MemoryStream,
    Position,
    RefusedMessage,
    StreamError,
    open_stream,
)
from portwright_runtime.cli import main
from portwright_runtime.delivery import Delivery
from portwright_runtime.outbox_store import OutboxStore
from portwright_runtime.relay import Relay
from portwright_runtime.relay_command import opened_outbox
from portwright_runtime.relay_worker import Counts, Settings
from portwright_runtime.retry import Retry
from portwright_runtime.stream import Message
from support import processes
from support.kafka import Broker
from support.outbox import Database
from support.shoes_port import SHOES_TOPIC, CobblerPort, Shoe

CANARY = "canary-7f3a"
QUICK = Settings(workers=2, retry=Retry(0, 0.001, 0.002))


def enqueue(database: Database, count: int, keys: int = 7, start: int = 0) -> list[str]:
    """The ids of events, whose `owner` counts up, one transaction each."""
    connection = database.connect()
    with CobblerPort.open(MemoryStream()) as port:
        ids = []
        for n in range(start, start + count):
            shoe = Shoe(sku=f"k{n % keys}", size=1, owner=str(n))
            ids.append(port.shoes.enqueue(connection, shoe))
            connection.commit()
    connection.close()
    return ids


def relayed(database: Database, stream: Any, settings: Settings = QUICK) -> Counts:
    """What a relay did until nothing was left."""
    with ExitStack() as stack:
        opener = opened_outbox(database.url, "portwright_outbox", settings.workers, stack)
        return Relay(opener, stream, settings).run(once=True)


def event_ids(messages: Sequence[Message]) -> list[str]:
    return [dict(each.headers)["ce_id"].decode() for each in messages]


def numbers_by_key(messages: Sequence[Message]) -> dict[bytes | None, list[int]]:
    """What was sent for each key, in order."""
    found: dict[bytes | None, list[int]] = defaultdict(list)
    for each in messages:
        found[each.key].append(int(json.loads(each.value or b"{}")["owner"]))
    return found


def waiting(database: Database) -> int:
    return int(database.query("SELECT count(*) FROM portwright_outbox")[0][0])


def test_all_that_waits_is_sent_in_order_and_removed(database: Database) -> None:
    ids = enqueue(database, 200)
    stream = MemoryStream()
    counts = relayed(database, stream, replace(QUICK, workers=4, batch=20))
    assert counts == Counts(sent=200, topics={each.topic for each in stream.messages})
    assert sorted(event_ids(stream.messages)) == sorted(ids)
    assert all(each == sorted(each) for each in numbers_by_key(stream.messages).values())
    assert waiting(database) == 0


class Refusing(MemoryStream):
    """Refuses values that hold one of the words."""

    def __init__(self, *words: bytes, error: type[StreamError] = RefusedMessage) -> None:
        super().__init__()
        self.words = words
        self.error = error
        self.asked: Counter[str] = Counter()

    def send_all(self, messages: Sequence[Message]) -> Sequence[Delivery]:
        return [self._one(each) for each in messages]

    def _one(self, message: Message) -> Delivery:
        self.asked[dict(message.headers)["ce_id"].decode()] += 1
        if any(word in (message.value or b"") for word in self.words):
            delivery = Delivery()
            delivery.set_exception(self.error(f"{message.topic}: no"))
            return delivery
        return self.send(message)


def test_a_row_that_is_refused_is_put_aside_after_its_attempts(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ids = enqueue(database, 5, keys=5)
    stream = Refusing(b'"owner":"3"')
    settings = replace(QUICK, attempts=3)
    counts = Counts()
    for _ in range(40):
        done = relayed(database, stream, settings)
        counts = Counts(
            counts.sent + done.sent, counts.refused + done.refused, counts.parked + done.parked
        )
        if waiting(database) == 0:
            break
    assert (counts.sent, counts.refused, counts.parked) == (4, 2, 1)
    assert stream.asked[ids[3]] == 3
    ((dead, error),) = database.query("SELECT id, error FROM portwright_outbox_dead")
    assert (str(dead), error) == (ids[3], "cobbler.shoes: no")
    assert database.query("SELECT count(*) FROM portwright_outbox_attempt") == [(0,)]
    assert f"event {ids[3]} is put aside after 3 attempts" in caplog.text


@pytest.mark.parametrize("wait", [1e-05, 0.0])
def test_the_shortest_waits_are_written_too(
    database: Database, monkeypatch: pytest.MonkeyPatch, wait: float
) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: wait)
    enqueue(database, 1)
    stream = Refusing(b'"owner":"0"')
    for _ in range(2):
        relayed(database, stream, replace(QUICK, attempts=2))
    assert waiting(database) == 0
    assert list(stream.asked.values()) == [2]


def test_where_poison_blocks_nothing_of_its_key_overtakes_it(database: Database) -> None:
    enqueue(database, 6, keys=2)
    stream = Refusing(b'"owner":"2"')
    settings = replace(QUICK, on_poison="block", retry=Retry(0, 3600, 3600))
    monkey = pytest.MonkeyPatch()
    monkey.setattr(random, "uniform", lambda low, high: high)
    relayed(database, stream, settings)
    monkey.undo()
    assert numbers_by_key(stream.messages) == {b"k0": [0], b"k1": [1, 3, 5]}
    assert waiting(database) == 2


def test_when_the_time_to_drain_is_over_nothing_is_sent_any_more(database: Database) -> None:
    class Full(MemoryStream):
        """Takes one message, and acknowledges it when it is closed; the next has to wait."""

        def __init__(self) -> None:
            super().__init__()
            self.taken = Delivery()
            self.gone = threading.Event()

        def send_all(self, messages: Sequence[Message]) -> Iterator[Delivery]:
            yield self.taken
            self.gone.wait(processes.PATIENCE)
            raise ClosedError("the stream is closed")

        def close(self, timeout: float | None = None) -> None:
            assert timeout == 0
            if not self.gone.is_set():
                self.taken.set_result(Position("t", 0, 0))
                self.gone.set()

    enqueue(database, 5)
    stream = Full()
    settings = Settings(workers=1, drain=0.2)
    with ExitStack() as stack:
        opener = opened_outbox(database.url, "portwright_outbox", settings.workers, stack)
        relay = Relay(opener, stream, settings)
        threading.Timer(0.5, relay.stop).start()
        began = time.monotonic()
        assert relay.run().sent == 1
    assert time.monotonic() - began < 20
    assert waiting(database) == 4


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:/no/such/folder/x.db", "there is no database /no/such/folder/x.db"),
        ("postgresql://relay:can%ary@127.0.0.1:1/x", "special characters of a password"),
        ("postgresql://relay:can ary@127.0.0.1:1/x", "special characters of a password"),
        ("postgresql://relay:canary@127.0.0.1:1/x", "connection failed"),
        ("mysql://relay:can#ary@127.0.0.1/x", "special characters of a password"),
        ("mysql://relay:can/ary@127.0.0.1/x", "special characters of a password"),
        ("mysql://relay:canary@127.0.0.1:1/x", "Can't connect to MySQL server"),
    ],
)
def test_an_outbox_that_is_not_there_is_said_without_its_password(
    url: str, told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", "none")
    assert main(["relay", "--database", url, "--stream", "kafka://127.0.0.1:1", "--once"]) == 1
    said = capsys.readouterr()
    assert told in said.err
    assert "can" not in said.out + said.err.replace("Can't", "").replace("cannot", "")


def test_tables_that_are_not_there_are_said(
    database: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    database.query("DROP TABLE portwright_outbox")
    assert main(command(database, f"sqlite:{tmp_path}/s.db")) == 1
    said = capsys.readouterr().err
    assert "the outbox portwright_outbox cannot be read" in said
    assert "made by what the target `outbox` generates" in said


def test_a_row_that_later_ones_overtook_is_not_sent_after_them(database: Database) -> None:
    enqueue(database, 4, keys=1)
    stream = Refusing(b'"owner":"1"')
    relayed(database, stream)
    assert numbers_by_key(stream.messages) == {b"k0": [0, 2, 3]}
    assert waiting(database) == 0
    assert database.query("SELECT count(*) FROM portwright_outbox_dead") == [(1,)]


def test_a_row_that_waits_to_be_tried_again_holds_up_its_key_alone(database: Database) -> None:
    enqueue(database, 1, keys=1)
    stream = Refusing(b'"owner":"0"')
    settings = replace(QUICK, on_poison="block", retry=Retry(0, 3600, 3600))
    monkey = pytest.MonkeyPatch()
    monkey.setattr(random, "uniform", lambda low, high: high)
    relayed(database, stream, settings)
    monkey.undo()
    enqueue(database, 20, keys=4, start=100)
    relayed(database, stream, settings)
    assert set(numbers_by_key(stream.messages)) == {b"k1", b"k2", b"k3"}
    assert waiting(database) == 6
    assert database.query("SELECT count(*) FROM portwright_outbox_dead") == [(0,)]


def test_a_topic_that_takes_nothing_holds_up_no_other_and_counts_no_attempts(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ids = enqueue(database, 3)
    with CobblerPort.open(MemoryStream()) as port:
        connection = database.connect()
        other = port.owners.enqueue(connection, Shoe(sku="A", size=1, owner="x"))
        connection.commit()
        connection.close()
    stream = Refusing(b'"sku":"k', error=StreamError)
    counts = relayed(database, stream)
    assert event_ids(stream.messages) == [other]
    assert (counts.sent, counts.parked) == (1, 0)
    assert waiting(database) == 3
    assert database.query("SELECT count(*) FROM portwright_outbox_attempt") == [(0,)]
    stream.words = ()
    until_empty(database, stream)
    assert sorted(event_ids(stream.messages)) == sorted([*ids, other])
    assert "its events wait for" in caplog.text


def until_empty(database: Database, stream: Any) -> None:
    deadline = time.monotonic() + processes.PATIENCE
    while waiting(database):
        assert time.monotonic() < deadline
        relayed(database, stream)


def test_what_is_put_aside_can_be_put_back(database: Database) -> None:
    ids = enqueue(database, 1)
    relayed(database, Refusing(b"k0"), replace(QUICK, attempts=1))
    columns = "id, aggregatetype, aggregateid, type, payload, shard, headers, tracingspancontext"
    database.query(
        f"INSERT INTO portwright_outbox ({columns}) SELECT {columns} FROM portwright_outbox_dead"
    )
    stream = MemoryStream()
    relayed(database, stream)
    assert event_ids(stream.messages) == ids


def test_lag_tells_what_waits(database: Database) -> None:
    enqueue(database, 3)
    with ExitStack() as stack:
        store: OutboxStore = opened_outbox(database.url, "portwright_outbox", 1, stack)(0)
        [(topic, lag)] = store.lag().items()
        store.close()
    assert (topic, lag.waiting, lag.dead) == (SHOES_TOPIC.name, 3, 0)
    assert 0 <= lag.oldest < 60


def test_a_running_relay_sends_what_is_committed_and_ends_when_it_is_stopped(
    database: Database,
) -> None:
    stream = MemoryStream()
    with ExitStack() as stack:
        opener = opened_outbox(database.url, "portwright_outbox", 2, stack)
        relay = Relay(opener, stream, QUICK)
        thread = threading.Thread(target=relay.run)
        thread.start()
        try:
            for n in range(5):
                enqueue(database, 1, start=n)
                processes.until(lambda n=n: len(stream.messages) == n + 1)  # type: ignore[misc]
            assert relay.ready
            processes.until(lambda: relay.lag() is not None)
        finally:
            relay.stop()
            thread.join(processes.PATIENCE)
    assert not thread.is_alive()


# ------------------------------------------------------------- processes

# A relay that stops for a line of input at one of its steps, and says so.
STOPPING = """
    import sys
    from contextlib import ExitStack
    from portwright_runtime import open_stream
    from portwright_runtime.outbox_store import OutboxStore
    from portwright_runtime.relay import Relay
    from portwright_runtime.relay_worker import Settings, Worker
    from portwright_runtime.relay_command import opened_outbox
    url, target, step = sys.argv[1:4]
    def stop(*_):
        print("at", step, flush=True)
        sys.stdin.readline()
    if step == "before send":
        send = Worker._send
        Worker._send = lambda self, rows: (stop(), send(self, rows))
    elif step == "after acknowledgement":
        settle = OutboxStore.settle
        OutboxStore.settle = lambda self, *rest: (stop(), settle(self, *rest))
    elif step == "before commit":
        note = OutboxStore._rows
        def rows(self, statement, *values):
            if statement == "COMMIT":
                stop()
            return note(self, statement, *values)
        OutboxStore._rows = rows
    with ExitStack() as stack:
        opener = opened_outbox(url, "portwright_outbox", 1, stack)
        stream = open_stream(target)
        Relay(opener, stream, Settings(workers=1, batch=30)).run(once=True)
"""


@pytest.mark.parametrize("step", ["before send", "after acknowledgement", "before commit"])
def test_killed_at_any_step_nothing_is_lost(database: Database, tmp_path: Path, step: str) -> None:
    if step == "before commit" and database.dialect == "sqlite":
        pytest.skip("SQLite's store has statements of its own")
    ids = enqueue(database, 100)
    target = f"sqlite:{tmp_path}/stream.db"
    for _ in range(2):
        with processes.program(STOPPING, database.url, target, step) as victim:
            assert processes.line(victim) == f"at {step}"
            victim.kill()
            victim.wait(processes.PATIENCE)
    with closing(open_stream(target)) as stream:
        until_empty(database, stream)
        found = read(stream)
    counts = Counter(event_ids(found))
    twice = sum(counts.values()) - len(counts)
    print(f"{step}: enqueued 100, sent {len(counts)}, twice {twice}, lost {100 - len(counts)}")
    assert counts.keys() == set(ids)
    assert twice == 0 if step == "before send" else twice > 0
    assert_order(found)


def read(stream: Any, topic: str = "cobbler.shoes") -> list[Message]:
    """All messages, in order by partition."""
    found: list[Message] = []
    with closing(stream.subscribe([topic], "reader")) as subscription:
        while not subscription.caught_up():
            for each in subscription.poll(500, 0.5):
                found.append(each.message)
                subscription.commit(each)
    return found


def assert_order(messages: Sequence[Message]) -> None:
    """Without what came twice, each key's numbers grow."""
    for numbers in numbers_by_key(messages).values():
        first = list(dict.fromkeys(numbers))
        assert first == sorted(first)


RELAY = ("-m", "portwright_runtime", "--log-format", "json", "relay")


def command(database: Database, stream: str, *more: str) -> list[str]:
    return ["relay", "--database", database.url, "--stream", stream, *more]


def test_four_relays_keep_the_order_of_keys_while_one_is_killed(
    database: Database, tmp_path: Path
) -> None:
    if database.dialect == "sqlite":
        pytest.skip("of an SQLite file there is one relay at a time")
    target = f"sqlite:{tmp_path}/stream.db"
    program = "import sys; from portwright_runtime.cli import main; sys.exit(main(sys.argv[1:]))"
    with ExitStack() as stack:
        relays = [
            stack.enter_context(
                processes.program(
                    program, *command(database, target, "--workers", "1", "--batch", "20")
                )
            )
            for _ in range(4)
        ]
        ids = enqueue(database, 300, keys=20)
        relays[0].kill()
        ids += enqueue(database, 300, keys=20, start=300)
        processes.until(lambda: waiting(database) == 0)
        for each in relays[1:]:
            processes.until(lambda each=each: processes.hears(each, signal.SIGTERM))  # type: ignore[misc]
            each.send_signal(signal.SIGTERM)
        for each in relays[1:]:
            processes.finished(each)
    with closing(open_stream(target)) as stream:
        found = read(stream)
    counts = Counter(event_ids(found))
    print(f"four relays: 600 enqueued, {len(counts)} sent, twice {sum(counts.values()) - 600}")
    assert counts.keys() == set(ids)
    assert_order(found)


def test_one_relay_at_a_time_has_an_sqlite_outbox(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from support import outbox

    path = tmp_path / "service.db"
    database = Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path))
    outbox.run_script(database)
    with ExitStack() as stack:
        opened_outbox(database.url, "portwright_outbox", 1, stack)
        assert main(command(database, f"sqlite:{tmp_path}/s.db", "--once")) == 1
    assert "another process relays" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("oracle://x", "an outbox is at postgresql"),
        ("", "PORTWRIGHT_OUTBOX_DATABASE"),
    ],
)
def test_wrong_use_is_said(url: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["relay", "--database", url, "--once"]) == 1
    assert says in capsys.readouterr().err


def test_metrics_and_health_are_served(tmp_path: Path, unused_port: int) -> None:
    from support import outbox

    path = tmp_path / "service.db"
    database = Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path))
    outbox.run_script(database)
    enqueue(database, 3)
    program = "import sys; from portwright_runtime.cli import main; sys.exit(main(sys.argv[1:]))"
    arguments = command(database, f"sqlite:{tmp_path}/s.db", "--metrics-port", str(unused_port))

    def asked(place: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{unused_port}/{place}") as answer:
            return str(answer.read().decode())

    with processes.program(program, *arguments) as relay:
        processes.until(lambda: waiting(database) == 0)
        processes.until(lambda: asked("readyz") == "ok\n")
        assert asked("livez") == "ok\n"
        processes.until(lambda: "portwright_outbox_oldest_seconds" in asked("metrics"))
        assert "messaging_client_sent_messages_total" in asked("metrics")
        relay.send_signal(signal.SIGTERM)
        assert relay.wait(processes.PATIENCE) == 0


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


# ------------------------------------------------------------- Kafka


@pytest.fixture
def postgres_outbox(postgres: Any) -> Iterator[Database]:
    import psycopg

    from support import outbox

    dsn = postgres.info.dsn
    found = Database(
        "postgres",
        f"postgresql://postgres@/test?host={postgres.info.host}",
        lambda: psycopg.connect(dsn),
    )
    outbox.run_script(found)
    yield found


def test_a_broker_that_is_killed_under_load_loses_nothing(
    postgres_outbox: Database, private_kafka: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", "none")
    away = float(os.environ.get("PORTWRIGHT_OUTAGE", "5"))
    private_kafka.topic(SHOES_TOPIC.name, partitions=3)
    program = "import sys; from portwright_runtime.cli import main; sys.exit(main(sys.argv[1:]))"
    latencies: list[float] = []
    ids: list[str] = []
    with ExitStack() as stack:
        relays = [
            stack.enter_context(
                processes.program(program, *command(postgres_outbox, private_kafka.url))
            )
            for _ in range(2)
        ]

        def serve(until: float) -> None:
            while time.monotonic() < until:
                began = time.perf_counter()
                ids.extend(enqueue(postgres_outbox, 20, keys=11, start=len(ids)))
                latencies.append((time.perf_counter() - began) / 20)

        serve(time.monotonic() + 2)
        up = sorted(latencies)[len(latencies) // 2]
        private_kafka.kill()
        latencies.clear()
        serve(time.monotonic() + away)
        down = sorted(latencies)[len(latencies) // 2]
        relays[0].kill()
        private_kafka.start()
        serve(time.monotonic() + 1)
        processes.until(lambda: waiting(postgres_outbox) == 0)
        relays[1].send_signal(signal.SIGTERM)
        assert relays[1].wait(processes.PATIENCE) == 0
    with closing(open_stream(private_kafka.url)) as stream:
        found = read(stream)
    counts = Counter(event_ids(found))
    lost, twice = len(set(ids) - counts.keys()), sum(counts.values()) - len(counts)
    print(f"broker away {away} s, a relay killed: enqueued {len(ids)}, lost {lost}, twice {twice}")
    print(f"enqueue and commit: {up * 1e6:.0f} µs, without a broker {down * 1e6:.0f} µs")
    assert counts.keys() == set(ids)
    assert_order(found)
    assert down < max(5 * up, 0.01)
