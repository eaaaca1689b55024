"""Jobs of Spark at work: from a Kafka topic to tables of Delta Lake and of Iceberg, which have what
the table port loads."""

from __future__ import annotations

import importlib.util
import io
import json
import struct
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal as Number
from decimal import localcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import fastavro
import pytest
from hypothesis import Phase, given, settings

from portwright import lock, pipeline
from portwright.model import (
    Array,
    Decimal,
    Integer,
    Json,
    Map,
    Model,
    Record,
    String,
    Time,
    Uuid,
)
from portwright.targets import avro_schema
from portwright.targets.spark import Spark as SparkTarget
from portwright_runtime.confluent_registry import ConfluentRegistry
from portwright_runtime.environment import open_stream
from portwright_runtime.memory_stream import PlainRegistry
from portwright_runtime.spark_job import Job, Writers, main
from portwright_runtime.spark_reading import judged, named
from portwright_runtime.spark_table import FORMATS, SparkTable, TableFormat
from portwright_runtime.spark_writing import Mark, Target
from portwright_runtime.stream import Headers, Message
from portwright_runtime.wire import Wire
from support import cases, jars, models, packages, tools
from support.kafka import Broker
from support.records import records as drawn_records
from support.registry import Registry

if TYPE_CHECKING:
    from support.spark import Spark

# Spark's client leaves connections to the collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

CHECKOUT = Path(__file__).parents[2] / "samples/checkout/contracts/checkout.odcs.yaml"
NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    """The Spark of this file."""
    from support import spark

    found = [jars.fetch(group) for group in ("delta", "streams")]
    if None in found:
        tools.missing("no Java is installed")
    every = [jar for group in found for jar in group or ()]
    with spark.running(every, tmp_path_factory.mktemp("spark")) as running:
        yield running


@dataclass
class Shop:
    """The port of the sample, with topics and tables of a test's own, and the jobs of objects."""

    model: Model
    folder: Path
    package: Any
    broker: Broker
    registry: Registry

    def open(self) -> Any:
        """The port."""
        warehouse = f"duckdb:{self.folder}/warehouse.duckdb"
        return self.package("").CheckoutPort.open(self.broker.url, warehouse)

    def register(self, subject: str, text: str) -> int:
        """The number of a schema."""
        status, found = self.registry.register(subject, {"schema": text, "schemaType": "AVRO"})
        assert status == 200
        return int(found["id"])

    def job(self, object_: str, format_: TableFormat) -> Job:
        """The job of an object, which ends when all is read."""
        table = job_table(self.model, object_, self.folder)
        return Job(
            table,
            Target(f"{'lake.db' if format_ == 'iceberg' else 'default'}.{table.table}", format_),
            self.broker.bootstrap,
            ConfluentRegistry(self.registry.url),
            f"{self.folder}/{object_}-checkpoint",
            once=True,
        )


def job_table(model: Model, object_: str, folder: Path) -> SparkTable:
    """What the generated job of an object says of its table."""
    files = {each.path.name: each.text for each in SparkTarget().emit(model)}
    path = folder / f"{object_}_to_table.py"
    path.write_text(files[path.name], "utf-8")
    return table_of(path)


def table_of(job: Path) -> SparkTable:
    """What a job says of its table."""
    spec = importlib.util.spec_from_file_location(job.stem, job)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: SparkTable = module.TABLE
    return found


@pytest.fixture
def shop(
    tmp_path: Path, kafka: Broker, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> Shop:
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", registry.url)
    found, _ = pipeline.load(CHECKOUT, "checkout.odcs.yaml", {})
    assert found is not None
    own = uuid.uuid4().hex[:8]
    objects = (
        replace(each, topic=kafka.topic(partitions=2), table=f"{each.name}_{own}")
        for each in lock.apply(found, lock.Lock())[0].objects
    )
    model = replace(found, objects=tuple(objects))
    package = packages.load(packages.write(model, tmp_path))
    made = Shop(model, tmp_path, package, kafka, registry)
    for each in (package("topics").ORDERS_TOPIC, package("topics").REFUNDS_TOPIC):
        made.register(each.subject, each.schema.text)
    return made


def order(types: Any, n: int, **facts: Any) -> Any:
    line = types.OrderLine(sku=f"S{n}", quantity=n, unit_price=Number("9.90"))
    cheaper = types.OrderLine(
        sku="né", quantity=1, unit_price=Number("0.10"), discount=Number("0.05")
    )
    given = {
        "order_id": uuid.UUID(int=n),
        "status": types.OrderStatus.PLACED,
        "placed_at": NOON,
        "customer": types.OrderCustomer(customer_id=n, email=f"{n}@example.org"),
        "currency": "EUR",
        "total": Number(n),
        "lines": [line, cheaper][: 1 + n % 2],
        "attributes": {"campaign": "spring", "é": ""} if n % 2 else {},
        "gift_message": None if n % 3 else "'; --",
    }
    return types.Order(**{**given, **facts})


def command_line(job: Job) -> list[str]:
    """The words that a job is run with, in a session that is there."""
    said = {
        "bootstrap-servers": job.bootstrap,
        "checkpoint": job.checkpoint,
        "format": job.target.format,
        "table": job.target.name,
    }
    return ["--once", *(word for name, value in said.items() for word in (f"--{name}", value))]


class Killed(Exception):
    """What a test ends a job with."""


def run(job: Job, spark: Spark) -> None:
    """Runs the job until all is read."""
    query = job.start(spark.session)
    query.awaitTermination()


def run_until_written(job: Job, spark: Spark, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs the job, which dies when its batch is in the tables and not yet in the checkpoint."""
    write = Target.write

    def dying(self: Target, *arguments: Any) -> None:
        write(self, *arguments)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Target, "write", dying)
        with pytest.raises(Exception, match="Killed"):
            run(job, spark)


def bad_messages(shop: Shop, codec: Any, number: int) -> list[tuple[bytes, bytes | None, Headers]]:
    """The key, value and headers of what is no order, in the order of `REASONS`."""
    types = shop.package("models")
    prefix = b"\0" + struct.pack(">I", number)
    good = order(types, 70)
    wrong = types.Order.model_construct(**{**dict(good), "currency": "eur"})
    return [
        (b"70", prefix + b"\xff\xff\xff", ()),
        (b"70", b"\0\0\0", ()),
        (b"70", b"\0\0\0\x03\xe7" + codec.encode_order(good), ()),
        (b"no uuid", None, ()),
        (b"70", prefix + encoded(codec.ORDER_SCHEMA, {**document(wrong), "currency": "eur"}), ()),
        (b"70", prefix + codec.encode_order(good), (("ce_type", b"sales.checkout.v2.Order"),)),
    ]


REASONS = [
    ("deserialization", "the event's bytes are no such record"),
    ("deserialization", "what names its schema is cut off"),
    ("deserialization", "the registry does not know the schema 999 that wrote it"),
    ("deserialization", "its key is not the primary key of a record"),
    ("validation", "currency: must match ^[A-Z]{3}$"),
    ("deserialization", "an event of another major version"),
]


def document(record: Any) -> dict[str, Any]:
    """A record as fastavro takes it."""
    return {
        **{name: getattr(record, name) for name in type(record).model_fields},
        "order_id": str(record.order_id),
        "status": record.status.value,
        "customer": dict(record.customer),
        "lines": [dict(each) for each in record.lines],
        "attributes": dict(record.attributes),
    }


def encoded(schema: str, values: dict[str, Any]) -> bytes:
    written = io.BytesIO()
    fastavro.schemaless_writer(written, json.loads(schema), values)
    return written.getvalue()


def other_version(shop: Shop, codec: Any, subject: str) -> tuple[int, str]:
    """The number and text of the schema of a producer that has other fields and one status more."""
    schema = json.loads(codec.ORDER_SCHEMA)
    kept = [each for each in schema["fields"] if each["name"] != "gift_message"]
    (status,) = (each["type"] for each in kept if each["name"] == "status")
    status["symbols"].insert(0, "LOST")
    schema["fields"] = [{"name": "channel", "type": "string"}, *kept]
    return shop.register(subject, json.dumps(schema)), json.dumps(schema)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_job_has_what_the_table_port_loads(
    shop: Shop, spark: Spark, format_: TableFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    types, codec = shop.package("models"), shop.package("codec")
    topic = shop.package("topics").ORDERS_TOPIC
    job = shop.job("orders", format_)
    number, theirs = other_version(shop, codec, topic.subject)
    lost = order(types, 9, status=types.OrderStatus.UNKNOWN)
    foreign = encoded(theirs, {**document(lost), "status": "LOST", "channel": "web"})
    ours = shop.registry.lookup(topic.subject, {"schema": topic.schema.text})[1]["id"]
    with shop.open() as port, closing(open_stream(shop.broker.url)) as stream:
        first = [order(types, n) for n in range(1, 9)]
        port.orders.publish_all(first)
        changed = order(types, 2, status=types.OrderStatus.SHIPPED, total=Number("123.45"))
        port.orders.publish(changed)
        port.orders.delete(first[2].order_id)
        bad = bad_messages(shop, codec, ours)
        named = b"\0" + struct.pack(">I", number)
        for key, value, headers in [(str(lost.order_id).encode(), named + foreign, ()), *bad]:
            stream.send(Message(topic.name, key, value, headers, NOON)).result(30)
        port.flush()
        run_until_written(job, spark, monkeypatch)
        run(job, spark)
        letters = spark.session.table(job.target.letters)
        found = sorted((row["reason"], row["error"]) for row in letters.collect())
        assert found == sorted(REASONS)

        monkeypatch.setenv("PORTWRIGHT_WIRE", "header")
        back = order(types, 3, gift_message="again")
        with shop.open() as other:
            other.orders.publish(back)
        port.orders.delete(first[3].order_id)
        port.flush()
        assert main(job.table, command_line(job)) == 0
        expected = [first[0], changed, back, *first[4:]]
        port.orders.load(expected, load_id="1")
    rows = spark_rows(spark, job)
    assert rows.pop(-1) == {**plain_record(lost), "gift_message": None}
    assert rows == duckdb_rows(shop, job)
    assert letters.count() == len(bad)
    kept = {(bytes(row["key"]), row["value"] and bytes(row["value"])) for row in letters.collect()}
    assert kept == {(key, value) for key, value, _ in bad}


def plain_record(record: Any) -> Any:
    return plain({**document(record), "placed_at": record.placed_at})


def spark_rows(spark: Spark, job: Job) -> list[Any]:
    table = spark.session.table(job.target.name).toArrow()
    return sorted((plain(each) for each in table.to_pylist()), key=lambda row: row["order_id"])


def duckdb_rows(shop: Shop, job: Job) -> list[Any]:
    with duckdb.connect(f"{shop.folder}/warehouse.duckdb", read_only=True) as connection:
        table = connection.table(job.table.table).to_arrow_table()
    return sorted((plain(each) for each in table.to_pylist()), key=lambda row: row["order_id"])


def plain(value: Any) -> Any:
    """A value as all engines give it."""
    match value:
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case list() if value and all(isinstance(each, tuple) for each in value):
            return {plain(key): plain(each) for key, each in value}  # a map
        case list():
            return [plain(each) for each in value] or {}
        case datetime():
            return value.astimezone(UTC) if value.tzinfo else value
        case uuid.UUID():
            return str(value)
        case _:
            return value


SOURCE = (
    "topic STRING, partition INT, offset BIGINT, timestamp TIMESTAMP, key BINARY, value BINARY,"
    " headers ARRAY<STRUCT<key: STRING, value: BINARY>>"
)


@pytest.mark.parametrize("format_", FORMATS)
def test_values_of_every_type_are_those_of_the_table_port(
    tmp_path: Path, spark: Spark, format_: TableFormat
) -> None:
    model = lock.apply(models.all_types_model(), lock.Lock())[0]
    package = packages.load(packages.write(model, tmp_path))
    table = replace(job_table(model, "samples", tmp_path), topic="t")
    target = Target(f"{'lake.db' if format_ == 'iceberg' else 'default'}.samples", format_)
    job = Job(table, target, "", PlainRegistry(), "")
    target.create(spark.session, table)
    sample = package("models").Sample
    more = drawn(model.objects[0].record, 60)
    records = [*package("testing").samples_examples(), *map(sample.model_validate, more)]
    encode = package("codec").encode_sample
    sent = [("t", 0, n, NOON, None, encode(each), []) for n, each in enumerate(records)]
    batch = spark.session.createDataFrame(sent, SOURCE)
    job.write(batch, Mark("q", 0), Writers(Wire(PlainRegistry(), "prefix"), table))
    held = [each for each in records if is_held(each)]
    assert len(held) > 20
    warehouse = f"duckdb:{tmp_path}/w.duckdb"
    with package("").CheckoutPort.open(f"sqlite:{tmp_path}/s.db", warehouse) as port:
        port.samples.load(held, load_id="1")
    with duckdb.connect(f"{tmp_path}/w.duckdb", read_only=True) as connection:
        expected = connection.sql("SELECT * FROM samples").to_arrow_table().to_pylist()
    rows = spark.session.table(target.name).selectExpr(
        "* EXCEPT (extra, extras)",
        "to_json(extra) AS extra",
        "transform(extras, each -> to_json(each)) AS extras",
    )
    arrived = rows.toArrow().to_pylist()
    for name in expected[0]:  # tells more than rows of fifty columns
        values = [[comparable(each[name], name) for each in found] for found in (arrived, expected)]
        assert sorted(map(repr, values[0])) == sorted(map(repr, values[1])), name
    assert canonical(arrived) == canonical(expected)
    letters = spark.session.table(target.letters).count()
    assert letters == len(records) - len(held)


def drawn(record: Record, count: int) -> list[dict[str, Any]]:
    """Records that the model allows, the same in every run."""
    found: list[dict[str, Any]] = []

    @settings(max_examples=count, database=None, derandomize=True, phases=[Phase.generate])
    @given(drawn_records(record))
    def collect(values: dict[str, Any]) -> None:
        found.append(values)

    collect()
    return found


def is_held(record: Any) -> bool:
    """Whether Spark has decimals for all numbers of the record."""
    numbers = [record.i128, record.u128, record.huge]
    numbers += [getattr(record, f"maybe_{name}") for name in ("i128", "u128", "huge")]
    return all(each is None or -(10**38) < each < 10**38 for each in numbers)


def canonical(rows: list[Any]) -> list[str]:
    """Rows of any engine, in one order, as text."""
    return sorted(repr(sorted(comparable(each).items())) for each in rows)


def comparable(value: Any, name: str = "") -> Any:
    """A value in the form that all engines' values have."""
    match value:
        case dict():
            return {key: comparable(each, key) for key, each in value.items()}
        case list() if value and all(isinstance(each, tuple) for each in value):
            return sorted((str(comparable(key)), comparable(each)) for key, each in value)
        case list():
            return [comparable(each, name) for each in value]
        case str() if name in ("extra", "extras"):
            # Iceberg's variants have no minus zero.
            number = lambda text: float(text) + 0.0  # noqa: E731
            read = json.loads(value, parse_int=number, parse_float=number)
            return json.dumps(read, sort_keys=True)
        case datetime():
            return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
        case date() | time():
            return value.isoformat()
        case Number() | bool() | int():
            return Number(value).normalize()
        case uuid.UUID():
            return str(value)
        case _:
            return value


@pytest.mark.parametrize("case", cases.good())
def test_spark_takes_the_jobs_of_a_case(case: str, spark: Spark) -> None:
    folder = cases.CASES / case / "expected" / "spark"
    has_streams = (folder.parent / "kafka-connect").is_dir()
    assert folder.is_dir() == (has_streams and "spark" not in cases.WITHOUT.get(case, ()))
    for path in sorted(folder.rglob("*.py")):
        table = table_of(path)
        empty = named(spark.session.createDataFrame([], SOURCE), table, numbered=True)
        found = judged(empty, table, Writers(Wire(PlainRegistry(), "prefix"), table))
        assert len(found.columns) == 1 + len(table.columns)
        for format_ in FORMATS:
            columns = ", ".join(f"{each.name} {each.definition}" for each in table.columns)
            options = table.options[format_]
            spark.parse(f"CREATE TABLE {table.table} ({columns}) USING {format_} {options};")


def test_what_spark_would_make_null_is_put_aside(tmp_path: Path, spark: Spark) -> None:
    part = models.record("part", "things", "parts", fields=(models.field("ref", Uuid(), False),))
    name = f"things_{uuid.uuid4().hex[:8]}"
    thing = models.an_object(
        "things",
        "thing",
        models.field("id", Integer(8)),
        models.field("at", Time(), False),
        models.field("extra", Json(), False),
        models.field("by_number", Map(Integer(32), String()), False),
        models.field("n", Decimal(5, 2), False),
        models.field("wide", Integer(128), False),
        models.field("parts", Array(part), False),
        models.field("code", String(max_length=3), False),
        table=name,
    )
    model = models.a_model(thing)
    schema = avro_schema.schema(model, thing)
    text = json.dumps(schema).replace('"precision": 5', '"precision": 20')
    text = text.replace('{"type": "string", "logicalType": "uuid"}', '"string"')
    text = text.replace(', "logicalType": "time-micros"', "")
    twice = [{"key": 1, "value": "a"}, {"key": 1, "value": "b"}]
    bad: dict[str, dict[str, Any]] = {
        "id: must be ≤ 127": {"id": 128},
        "at: must be a time of day": {"at": 86_400_000_000},
        "extra: must be JSON": {"extra": "{"},
        "by_number: must have distinct keys": {"by_number": twice},
        "n: must have at most 3 digits before the point": {"n": Number("1000.00")},
        "wide: must have at most 38 digits": {"wide": Number(2**127 - 1)},
        "parts[].ref: must be a UUID": {"parts": [{"ref": None}, {"ref": "x"}]},
        "code: must have at most 3 characters": {"code": "four"},
    }
    table = replace(job_table(model, "things", tmp_path), topic="t")
    target = Target(f"lake.db.{name}", "iceberg")
    target.create(spark.session, table)
    job = Job(table, target, "", PlainRegistry(), "")
    with localcontext(prec=50):
        values = [encoded(text, {"id": n, **each}) for n, each in enumerate([{}, *bad.values()])]
    sent = [("t", 0, n, NOON, None, each, []) for n, each in enumerate(values)]
    batch = spark.session.createDataFrame(sent, SOURCE)
    job.write(batch, Mark("q", 0), Writers(Wire(PlainRegistry(), "prefix"), table))
    assert [row["id"] for row in spark.session.table(target.name).collect()] == [0]
    letters = spark.session.table(target.letters).orderBy("offset").collect()
    assert [row["error"] for row in letters] == [*bad]
    assert {row["reason"] for row in letters} == {"validation"}
    assert [bytes(row["value"]) for row in letters] == values[1:]
