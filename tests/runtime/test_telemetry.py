"""Seen by default and private by default: traces linked along the way of an event, metrics, and no
classified value in anything that is seen."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import ValidationError

from portwright.model import Array, Integer, Map, String
from portwright_runtime import ContractViolation, MemoryStream, Retry, telemetry
from portwright_runtime.cli import JsonFormatter
from portwright_runtime.delivery import Delivery
from portwright_runtime.errors import StreamError
from portwright_runtime.generated import Route, routed
from portwright_runtime.otel_metrics import LATENCIES
from portwright_runtime.outbox_engines import SqliteStore
from portwright_runtime.publisher import Publisher
from portwright_runtime.relay import Relay
from portwright_runtime.relay_worker import Settings
from portwright_runtime.resource import stream_resource
from portwright_runtime.sender import Sender
from portwright_runtime.warehouses.duckdb import DuckDBWarehouse
from support import outbox, packages, processes
from support.models import a_model, an_object, enum, field, record
from support.outbox import Database
from support.shoes_port import SHOES_TOPIC, CobblerPort, Shelf, Shoe
from support.tables import Loader, Order, order, orders_table

from .test_relay import relayed

CANARY = "canary-7f3a"


class Seen:
    """All that is recorded, as text, and the spans by name."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.reader = InMemoryMetricReader()

    @property
    def spans(self) -> dict[str, Any]:
        return {each.name: each for each in self.exporter.get_finished_spans()}

    @property
    def figures(self) -> dict[str, list[Any]]:
        data = self.reader.get_metrics_data()
        found: dict[str, list[Any]] = {}
        for resource in data.resource_metrics if data else ():
            for scope in resource.scope_metrics:
                for each in scope.metrics:
                    found[each.name] = list(each.data.data_points)
        return found

    def text(self) -> str:
        spans = "".join(each.to_json() for each in self.exporter.get_finished_spans())
        return spans + str(self.figures)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    """An SDK that the process has set up."""
    found = Seen()
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(found.exporter))
    meters = MeterProvider(metric_readers=[found.reader])
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: tracers)
    monkeypatch.setattr(metrics, "get_meter_provider", lambda: meters)
    telemetry.forget()
    yield found
    telemetry.forget()
    meters.shutdown()


ONE = Settings(workers=1)


class Closed(MemoryStream):
    """A stream that is away: rows stay where they are."""

    def send_all(self, messages: Any) -> Iterator[Delivery]:
        for _ in messages:
            delivery = Delivery()
            delivery.set_exception(StreamError("away"))
            yield delivery


class Quick(Shelf):
    on_failure = "dead-letter"
    retry = Retry(attempts=2, first=0.001, most=0.001)

    def on_shoe(self, shoe: Shoe, event: Any) -> None:
        if shoe.sku == "bad":
            raise ValueError(f"no {shoe.owner}")
        super().on_shoe(shoe, event)


def test_spans_are_linked_from_the_sender_to_the_handler(seen: Seen) -> None:
    stream = MemoryStream()
    with CobblerPort.open(stream) as port:
        port.shoes.publish(Shoe(sku="A", size=1), event_id="e1")
    Quick("g", stream).run(until_idle=True)
    sent, processed = seen.spans["send cobbler.shoes"], seen.spans["process cobbler.shoes"]
    assert (sent.kind.name, processed.kind.name) == ("PRODUCER", "CONSUMER")
    (link,) = processed.links
    assert link.context.span_id == sent.context.span_id
    assert processed.parent is None
    assert sent.attributes["messaging.message.id"] == "e1"
    assert processed.attributes["messaging.consumer.group.name"] == "g"
    assert sent.attributes["messaging.system"] == "kafka"


def test_spans_are_linked_across_the_outbox(seen: Seen, tmp_path: Path) -> None:
    path = tmp_path / "service.db"
    database = Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path))
    outbox.run_script(database)
    connection = database.connect()
    with CobblerPort.open(MemoryStream()) as port:
        port.shoes.enqueue(connection, Shoe(sku="A", size=1))
    connection.commit()
    connection.close()
    stream = MemoryStream()
    relayed(database, stream)
    Quick("g", stream).run(until_idle=True)
    created, sent = seen.spans["create cobbler.shoes"], seen.spans["send cobbler.shoes"]
    processed = seen.spans["process cobbler.shoes"]
    assert [each.context.span_id for each in sent.links] == [created.context.span_id]
    assert [each.context.span_id for each in processed.links] == [sent.context.span_id]
    ((context,),) = [(dict(stream.messages[0].headers)["traceparent"],)]
    assert context.count(b"-") == 3


def test_metrics_say_what_became_of_events(seen: Seen) -> None:
    stream = MemoryStream()
    with CobblerPort.open(stream) as port:
        for sku in ("A", "bad", "B"):
            port.shoes.publish(Shoe(sku=sku, size=1))
        port.shoes.publish_all(Shoe(sku=sku, size=1) for sku in "CD")
    Quick("g", stream).run(until_idle=True)
    figures = seen.figures
    assert sum(each.value for each in figures["messaging.client.sent.messages"]) == 5
    assert all("traceparent" in dict(each.headers) for each in stream.messages[:5])
    outcomes = {
        each.attributes["portwright.outcome"]: each.value
        for each in figures["messaging.client.consumed.messages"]
    }
    assert outcomes == {"handled": 4, "dead-lettered": 1}
    assert [each.value for each in figures["portwright.consumer.retries"]] == [1]
    assert sum(each.count for each in figures["messaging.process.duration"]) == 6


def points(seen: Seen, name: str) -> dict[tuple[str, ...], Any]:
    """The points of a figure by the values of their labels, without the one that all have."""
    return {
        tuple(text for label, text in each.attributes.items() if label != "messaging.system"): each
        for each in seen.figures.get(name, ())
    }


TOPIC = "cobbler.shoes"


def test_delivery_is_measured_from_the_event_to_its_handler(seen: Seen) -> None:
    stream = MemoryStream()
    before = time.time()
    with CobblerPort.open(stream) as port:
        port.shoes.publish(Shoe(sku="A", size=1))
        port.shoes.publish(Shoe(sku="bad", size=1))
    old = datetime.now(UTC) - timedelta(minutes=3)
    first = stream.messages[0]
    headers = {**dict(first.headers), "ce_time": old.isoformat().encode(), "ce_id": b"late"}
    stream.send(replace(first, headers=tuple(headers.items())))
    Quick("g", stream).run(until_idle=True)
    latency = points(seen, "portwright.delivery.latency")
    # What was put aside did not get through.
    published, consumed = latency[TOPIC, "publish"], latency[TOPIC, "consume", "g"]
    assert (published.count, consumed.count) == (2, 2)
    assert published.explicit_bounds == LATENCIES and 0 < published.sum < 10
    late = dict(zip(consumed.explicit_bounds, consumed.bucket_counts, strict=False))
    assert late[300.0] == 1 and 180 < consumed.sum < 190
    newest = points(seen, "portwright.delivery.newest")
    for each in (newest[TOPIC, "publish"], newest[TOPIC, "consume", "g"]):
        assert before <= each.value <= time.time()


def test_a_relay_tells_how_long_rows_have_waited(seen: Seen, tmp_path: Path) -> None:
    path = tmp_path / "service.db"
    database = Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path))
    outbox.run_script(database)
    connection = database.connect()
    with CobblerPort.open(MemoryStream()) as port:
        port.shoes.enqueue(connection, Shoe(sku="A", size=1))
    connection.execute("UPDATE portwright_outbox SET created_at = datetime('now', '-40 seconds')")
    connection.commit()
    connection.close()
    relayed(database, MemoryStream())
    latency = points(seen, "portwright.delivery.latency")
    assert list(latency) == [(TOPIC, "relay")]
    assert 39 < latency[TOPIC, "relay"].sum < 100
    newest = points(seen, "portwright.delivery.newest")[TOPIC, "relay"].value
    assert 39 < time.time() - newest < 100


def test_a_running_relay_is_up_and_tells_of_each_topic(seen: Seen, tmp_path: Path) -> None:
    path = tmp_path / "service.db"
    database = Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path))
    outbox.run_script(database)
    connection = database.connect()
    with CobblerPort.open(MemoryStream()) as port:
        port.shoes.enqueue(connection, Shoe(sku="A", size=1))
    connection.execute(
        "INSERT INTO portwright_outbox_dead (id, aggregatetype, type, seq, shard, headers,"
        " created_at, error) VALUES ('x', 'cobbler.boots', '', 1, 1, '[]', '', 'refused')"
    )
    connection.commit()
    connection.close()
    relay = Relay(lambda worker: SqliteStore(f"{path}", "portwright_outbox", 0, 1), Closed(), ONE)
    thread = threading.Thread(target=relay.run)
    thread.start()
    try:
        processes.until(lambda: relay.lag() is not None and relay.ready)
        rows = points(seen, "portwright.outbox.rows")
        assert {topic: each.value for (topic,), each in rows.items()} == {
            TOPIC: 1,
            "cobbler.boots": 0,
        }
        assert points(seen, "portwright.outbox.dead")["cobbler.boots",].value == 1
        assert 0 <= points(seen, "portwright.outbox.oldest")[TOPIC,].value < 60
        assert points(seen, "portwright.relay.up")[()].value == 1
    finally:
        relay.stop()
        thread.join(processes.PATIENCE)
    assert not points(seen, "portwright.relay.up")


def test_records_that_are_refused_are_counted(seen: Seen) -> None:
    shoes = Publisher(Sender(stream_resource(MemoryStream())), SHOES_TOPIC)
    with pytest.raises(ValidationError):
        Shoe(sku="A", size="large")
    with pytest.raises(ContractViolation):
        shoes.publish(Shoe.model_construct(sku="A", size="large"))
    with pytest.raises(ContractViolation):
        shoes.publish("no shoe")  # type: ignore[arg-type]
    shoe = Shoe(sku="A", size=1)
    with pytest.raises(ValidationError):
        shoe.size = 2
    invalid = points(seen, "portwright.records.invalid")
    assert {labels: each.value for labels, each in invalid.items()} == {
        ("cobbler", "shoes", "1"): 3
    }


def test_the_end_of_support_is_a_figure_of_who_publishes_and_who_reads(seen: Seen) -> None:
    topic = replace(SHOES_TOPIC, supported_until="2027-01-31")
    end = datetime(2027, 2, 1, tzinfo=UTC).timestamp()
    sender = Sender(stream_resource(MemoryStream()))
    Publisher(sender, topic)
    ends = points(seen, "portwright.end_of_support.timestamp")
    assert {labels: each.value for labels, each in ends.items()} == {("cobbler", "shoes", "1"): end}

    class Reader(Quick):
        routes = routed(Route(replace(topic, object="boots"), "on_shoe", "on_shoe_deleted"))

    Reader("g", MemoryStream()).run(until_idle=True)
    assert ("cobbler", "boots", "1") in points(seen, "portwright.end_of_support.timestamp")


def test_labels_are_as_many_as_there_are_objects(seen: Seen) -> None:
    stream = MemoryStream()
    with CobblerPort.open(stream) as port:
        port.shoes.publish_all(Shoe(sku=f"sku-{n}", size=n) for n in range(1, 51))
    Quick("g", stream).run(until_idle=True)
    assert all(len(each) <= 2 for each in seen.figures.values())
    assert "sku-" not in str(seen.figures)


def test_loads_have_spans_and_figures(seen: Seen, tmp_path: Path) -> None:
    loader = Loader(DuckDBWarehouse(tmp_path / "shop.duckdb"), orders_table())
    rows = [order(1), order(2), order(3, -1)]
    for _ in range(2):
        loader.load(rows, load_id="1", on_bad_rows="discard")
    *_, span = seen.exporter.get_finished_spans()
    assert (span.name, span.attributes["portwright.load.status"]) == ("load orders", "unchanged")
    assert span.attributes["portwright.load.rows.written"] == 2
    facts = {
        "portwright.contract": "checkout",
        "portwright.object": "orders",
        "portwright.major": "1",
        "portwright.load.mode": "replace",
    }
    figures = seen.figures
    counts = {
        each.attributes["portwright.outcome"]: each for each in figures["portwright.load.rows"]
    }
    assert {outcome: each.value for outcome, each in counts.items()} == {
        "written": 2,
        "rejected": 1,
        "superseded": 0,
        "deleted": 0,
    }
    [duration] = figures["portwright.load.duration"]
    assert (duration.count, dict(duration.attributes)) == (2, facts)
    [success] = figures["portwright.load.last_success"]
    assert success.value > 1.7e9
    assert dict(success.attributes) == {
        name: facts[name] for name in facts if name != "portwright.load.mode"
    }
    last = {
        each.attributes["portwright.outcome"]: each.value
        for each in figures["portwright.load.last_rows"]
    }
    assert (last["written"], last["rejected"]) == (2, 1)


def test_two_major_versions_in_one_process_have_figures_of_their_own(
    seen: Seen, tmp_path: Path
) -> None:
    warehouse = DuckDBWarehouse(tmp_path / "shop.duckdb")
    for version, rows in (("1.2.0", 1), ("v2", 2)):
        table = orders_table(version=version, supported_until="2027-01-31")
        Loader(warehouse, table).load(map(order, range(rows)), load_id=version)
    assert {
        each.attributes["portwright.major"]: each.value
        for each in seen.figures["portwright.load.last_rows"]
        if each.attributes["portwright.outcome"] == "written"
    } == {"1": 1, "2": 2}
    ends = seen.figures["portwright.end_of_support.timestamp"]
    assert {each.attributes["portwright.major"] for each in ends} == {"1", "2"}


def test_a_load_that_fails_is_told_without_its_words(seen: Seen, tmp_path: Path) -> None:
    loader = Loader(DuckDBWarehouse(tmp_path / "shop.duckdb"), orders_table())

    def rows() -> Iterator[Order]:
        yield order(1, card=CANARY)
        raise ValueError(CANARY)

    with pytest.raises(ValueError, match=CANARY):
        loader.load(rows(), load_id="1")
    [span] = seen.exporter.get_finished_spans()
    assert (span.status.status_code.name, span.status.description) == ("ERROR", "ValueError")
    [duration] = seen.figures["portwright.load.duration"]
    assert duration.attributes["error.type"] == "ValueError"
    assert "portwright.load.last_success" not in seen.figures
    assert CANARY not in seen.text()


def test_without_an_sdk_nothing_is_recorded_or_sent() -> None:
    telemetry.forget()
    stream = MemoryStream()
    with CobblerPort.open(stream) as port:
        port.shoes.publish(Shoe(sku="A", size=1))
    assert "traceparent" not in dict(stream.messages[0].headers)
    assert type(telemetry.current()) is telemetry.Telemetry


def test_a_line_of_the_log_is_json() -> None:
    logged = logging.makeLogRecord(
        {"msg": "sent %d", "args": (3,), "levelname": "INFO", "name": "x", "topic": "t"}
    )
    line = json.loads(JsonFormatter().format(logged))
    assert (line["message"], line["topic"], line["level"]) == ("sent 3", "t", "INFO")


# ---------------------------------------------------------------------- canary

CLASSIFIED = a_model(
    an_object(
        "people",
        "person",
        field("email", String(max_length=40), classification="restricted"),
        field("name", String(pattern="^[a-z0-9-]*$"), False, classification="PII"),
        field("kind", enum("people", "kind", values=("A", "B")), False, classification="x"),
        field("tags", Array(String(max_length=20)), False, classification="secret"),
        field("labels", Map(String(), String()), False, classification="secret"),
        field(
            "home",
            record(
                "home", "people", "home", fields=(field("street", String()), field("n", Integer()))
            ),
            False,
            classification="restricted",
        ),
        primary_key=("email",),
    )
)
VALUES: dict[str, Any] = {
    "email": f"{CANARY}@example.org",
    "name": CANARY,
    "kind": "A",
    "tags": [CANARY],
    "labels": {CANARY: CANARY},
    "home": {"street": CANARY, "n": 1},
}
# What breaks a rule, field by field, with the canary in it.
BROKEN: list[dict[str, Any]] = [
    {"email": CANARY * 9},
    {"name": f"{CANARY}!"},
    {"kind": f"{CANARY}!"},
    {"tags": [CANARY * 9]},
    {"labels": {CANARY: 1}},
    {"home": {"street": CANARY, "n": CANARY}},
]


def test_no_classified_value_is_in_anything_that_is_seen(
    seen: Seen, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    package = packages.load(packages.write(CLASSIFIED, tmp_path))
    said: list[str] = []

    def tried(call: Any) -> None:
        try:
            call()
        except Exception as error:
            chain: BaseException | None = error
            while chain is not None:
                said.append(f"{chain!s} {chain!r} {getattr(chain, '__notes__', '')}")
                chain = chain.__cause__ or chain.__context__

    person_class = package("").Person
    for change in BROKEN:
        tried(lambda change=change: person_class(**{**VALUES, **change}))
        tried(lambda change=change: person_class.model_validate({**VALUES, **change}))
    person = person_class(**VALUES)
    said += [repr(person), str(person), f"{person}"]

    path = tmp_path / "service.db"
    database = Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path))
    outbox.run_script(database)
    stream = MemoryStream(partitions=1)
    connection = database.connect()
    with package("").CheckoutPort.open(stream) as port:
        port.people.publish(person)
        port.people.delete(VALUES["email"])
        for change in BROKEN:
            bad = person_class.model_construct(**{**VALUES, **change})
            tried(lambda bad=bad: port.people.publish(bad))
            tried(lambda bad=bad: port.people.enqueue(connection, bad))
        tried(lambda: port.people.publish(CANARY))
        port.people.enqueue(connection, person)
    connection.commit()
    connection.close()
    assert said and any(ContractViolation.__name__ in each for each in said)
    relayed(database, stream)

    class Failing(package("consumers").PeopleConsumer):  # type: ignore[misc]  # generated
        retry = Retry(attempts=2, first=0.001, most=0.001)

        def on_person(self, person: Any, event: Any) -> None:
            said.append(repr(event))
            raise ValueError(f"cannot do {person.email} {VALUES}")

    stream.send(broken_message(stream))
    Failing("g", stream).run(until_idle=True)
    letters = [each for each in stream.messages if each.topic.endswith(".dlq")]
    assert len(letters) == 3
    headers = str([each.headers for each in stream.messages])
    output = capsys.readouterr()
    for what, text in {
        "headers": headers,
        "errors and reprs": "".join(said),
        "logs": caplog.text,
        "spans and metrics": seen.text(),
        "output": output.out + output.err,
    }.items():
        assert CANARY not in text, what
    assert seen.spans and seen.figures


def broken_message(stream: MemoryStream) -> Any:
    """The first message with its value cut short."""
    first = stream.messages[0]
    return replace(first, value=(first.value or b"")[:-3])
