"""Configurations of sinks, held to the classes that read them: the connectors of Iceberg and for
JDBC, and Kafka Connect's own transforms. Those for BigQuery and Snowflake are not to be had here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal as Number
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest

from portwright.model import (
    Array,
    Date,
    Decimal,
    Integer,
    Model,
    String,
    Timestamp,
    Type,
    Uuid,
)
from portwright.targets.ddl import Ddl
from portwright.targets.kafka_connect import KafkaConnect
from support import cases, jars, postgres, servers, tools
from support.models import a_model, an_object, field, nested_model

if TYPE_CHECKING:
    from support.connect import Connect

# Py4J leaves connections to the collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
# What a worker hands on to a client, a converter, a catalogue or a transform.
HANDED_ON = ("consumer.override.", "value.converter.", "iceberg.catalog.", "transforms.")


@pytest.fixture(scope="module")
def connect() -> Iterator[Connect]:
    """The classes of this file."""
    from support import connect

    found = jars.fetch("connect")
    if found is None:
        tools.missing("no Java is installed")
    with connect.running(found) as running:
        yield running


def configurations(sink: str) -> list[dict[str, str]]:
    """Those of a sink for all cases."""
    return [
        json.loads(path.read_text("utf-8"))["config"]
        for path in sorted(cases.CASES.glob(f"*/expected/kafka-connect/**/*.{sink}-sink.json"))
    ]


def config(model: Model, sink: str) -> dict[str, str]:
    """That of the model's only object."""
    (file,) = KafkaConnect(sink).emit(model)
    found: dict[str, str] = json.loads(file.text)["config"]
    return found


@pytest.mark.parametrize("sink", ["iceberg", "jdbc"])
def test_connectors_take_the_configurations_of_all_cases(connect: Connect, sink: str) -> None:
    found = configurations(sink)
    assert len(found) > 10
    for each in found:
        assert connect.errors(each) == {}
        unknown = each.keys() - connect.known(each)
        assert all(
            name.startswith(HANDED_ON) or name.startswith("predicates.") for name in unknown
        ), unknown


def test_connectors_of_iceberg_are_told_all_they_need(connect: Connect) -> None:
    for each in configurations("iceberg"):
        read = connect.new("org.apache.iceberg.connect.IcebergSinkConfig", each)
        assert list(read.tables()) == [each["iceberg.tables"]]
        assert dict(read.catalogProps()).keys() == {"type", "uri", "credential", "warehouse"}


@pytest.mark.parametrize("sink", ["iceberg", "jdbc", "bigquery", "snowflake"])
def test_transforms_are_set_up(connect: Connect, sink: str) -> None:
    steps = 0
    for each in configurations(sink):
        for name in filter(None, each.get("transforms", "").split(",")):
            connect.step(each, name)
            steps += 1
    assert steps > 10


def test_records_have_the_columns_of_their_table(connect: Connect) -> None:
    model = a_model(
        an_object(
            "visits",
            "visit",
            field("visit_id", Integer(32)),
            field("at", Timestamp(), physical_name="visited_at"),
            field("ref", Uuid()),
            primary_key=("visit_id",),
        )
    )
    read = config(model, "bigquery")
    schemas = connect.java.org.apache.kafka.connect.data
    builder = schemas.SchemaBuilder.struct().field("visit_id", schemas.Schema.INT32_SCHEMA)
    schema = (
        builder.field("at", schemas.Schema.INT64_SCHEMA)
        .field("ref", schemas.Schema.STRING_SCHEMA)
        .build()
    )
    moment = datetime(2026, 11, 22, 12, 0, 0, 123000, tzinfo=UTC)
    micros = int(moment.timestamp()) * 1_000_000 + moment.microsecond
    value = schemas.Struct(schema)
    for name, each in (("visit_id", 7), ("at", micros), ("ref", "x")):
        value.put(name, each)
    record = connect.transformed(read, connect.record("7", schema, value, 1))
    assert [each.name() for each in record.valueSchema().fields()] == [
        "visit_id",
        "visited_at",
        "ref",
    ]
    held = record.value().get("visited_at")
    assert held.getTime() == micros // 1000
    assert record.key().get("visit_id") == 7 and record.keySchema().field("visit_id") is not None


@pytest.fixture
def postgres_port(tmp_path: Path) -> Iterator[int]:
    """The port of a PostgreSQL that is the test's own: Java has no sockets of files."""
    programs = postgres.binaries()
    if programs is None:
        tools.missing("no PostgreSQL server is installed")
    (port,) = servers.free_ports(1)
    with postgres.running(programs, port):
        yield port


@pytest.mark.parametrize("type_", [Uuid(), Integer(), String()], ids=["uuid", "int", "text"])
def test_a_jdbc_sink_keeps_a_table_of_postgres(
    connect: Connect, postgres_port: int, type_: Type
) -> None:
    model = a_model(
        an_object(
            "visits",
            "visit",
            field("id", type_, physical_name="visit id"),
            field("at", Timestamp(), physical_name="visited_at"),
            field("paid", Decimal(12, 2)),
            field("day", Date(), False),
            field("pages", Array(Integer()), False),
            primary_key=("id",),
        )
    )
    keys = {Uuid: [str(UUID(int=n)) for n in (1, 2)], Integer: [str(2**40), str(2**41)]}
    one, two = keys.get(type(type_), ["a", "b"])
    url = f"jdbc:postgresql://127.0.0.1:{postgres_port}/postgres?stringtype=unspecified"
    given = {"JDBC_URL": url, "JDBC_USERNAME": "postgres", "JDBC_PASSWORD": "none"}
    read = {name: filled(value, given) for name, value in config(model, "jdbc").items()}
    schema = visits(connect, type_)

    def visit(key: str, offset: int, paid: str | None) -> Any:
        value = None
        if paid is not None:
            value = connect.new("org.apache.kafka.connect.data.Struct", schema)
            value.put("id", int(key) if type_ == Integer() else key)
            value.put("at", int(NOON.timestamp()) * 1_000_000 + 123_000)
            value.put("paid", connect.java.java.math.BigDecimal(paid))
        return connect.transformed(read, connect.record(key, schema, value, offset))

    dsn = f"host=127.0.0.1 port={postgres_port} user=postgres dbname=postgres"
    with psycopg.connect(dsn, autocommit=True) as database:
        (tables,) = Ddl("postgres").emit(model)
        database.execute(tables.text.encode())
        task = connect.task(read)
        try:
            task.put([visit(one, 0, "1.50"), visit(two, 1, "2.50")])
            task.put([visit(one, 2, "9.99"), visit(two, 3, None)])
        finally:
            task.stop()
        found = database.execute("SELECT * FROM visits").fetchall()
    ((key, at, *rest),) = found
    assert (str(key), at, rest) == (
        one,
        NOON.replace(microsecond=123_000),
        [Number("9.99"), None, None],
    )


def filled(value: str, given: dict[str, str]) -> str:
    """What a worker makes of a value, with its provider for the environment."""
    return re.sub(r"\$\{env:(\w+)\}", lambda found: given.get(found[1], ""), value)


def visits(connect: Connect, key: Type) -> Any:
    """The schema that a converter of Avro makes of visits."""
    data = connect.java.org.apache.kafka.connect.data
    numbers = data.Schema.INT64_SCHEMA
    builder = data.SchemaBuilder.struct().name("retail.checkout.v1.Visit")
    builder = builder.field("id", numbers if key == Integer() else data.Schema.STRING_SCHEMA)
    builder = builder.field("at", numbers).field("paid", data.Decimal.schema(2))
    builder = builder.field("day", data.Date.builder().optional().build())
    pages = data.SchemaBuilder.array(numbers).optional().build()
    return builder.field("pages", pages).build()


def test_what_a_jdbc_sink_has_no_column_for_is_left_out() -> None:
    orders, customers = (
        json.loads(each.text)["config"] for each in KafkaConnect("jdbc").emit(nested_model())
    )
    assert orders["transforms.columns.exclude"] == "address,lines"
    assert orders["insert.mode"] == "upsert" and orders["primary.key.fields"] == "order_id"
    assert customers["insert.mode"] == "insert" and "primary.key.fields" not in customers
