"""Configurations of sinks, held to the classes that read them: the connectors of Iceberg and for
JDBC, and Kafka Connect's own transforms. Those for BigQuery and Snowflake are not to be had here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from portwright.model import Integer, Model, Timestamp, Uuid
from portwright.targets.kafka_connect import KafkaConnect
from support import cases, jars, tools
from support.models import a_model, an_object, field, nested_model

if TYPE_CHECKING:
    from support.connect import Connect

# Py4J leaves connections to the collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

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
    text = schemas.Schema.STRING_SCHEMA
    builder = schemas.SchemaBuilder.struct().field("visit_id", schemas.Schema.INT32_SCHEMA)
    schema = builder.field("at", schemas.Schema.INT64_SCHEMA).field("ref", text).build()
    moment = datetime(2026, 11, 22, 12, 0, 0, 123000, tzinfo=UTC)
    micros = int(moment.timestamp()) * 1_000_000 + moment.microsecond
    value = schemas.Struct(schema)
    for name, each in (("visit_id", 7), ("at", micros), ("ref", "x")):
        value.put(name, each)
    record: Any = connect.new(
        "org.apache.kafka.connect.sink.SinkRecord", "t", 0, text, "7", schema, value, 1
    )
    for name in read["transforms"].split(","):
        record = connect.step(read, name).apply(record)
    assert [each.name() for each in record.valueSchema().fields()] == [
        "visit_id",
        "visited_at",
        "ref",
    ]
    held = record.value().get("visited_at")
    assert held.getTime() == micros // 1000
    assert record.key().get("visit_id") == 7 and record.keySchema().field("visit_id") is not None


def test_what_a_jdbc_sink_has_no_column_for_is_left_out() -> None:
    orders, customers = (
        json.loads(each.text)["config"] for each in KafkaConnect("jdbc").emit(nested_model())
    )
    assert orders["transforms.columns.exclude"] == "address,lines"
    assert orders["insert.mode"] == "upsert" and orders["primary.key.fields"] == "order_id"
    assert customers["insert.mode"] == "insert" and "primary.key.fields" not in customers
