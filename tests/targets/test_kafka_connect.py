"""Configurations of sinks: names, keys, dead letters, secrets, and what connectors cannot do."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from portwright.model import (
    Array,
    Date,
    Decimal,
    Expression,
    Integer,
    Model,
    Object,
    Port,
    Server,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
)
from portwright.targets.kafka_connect import KafkaConnect
from portwright.targets.kafka_connect.sinks import SINKS
from support.models import a_model, all_types_model, an_object, field, record

ORDERS = an_object(
    "orders",
    "order",
    field("order_id", Uuid()),
    field("at", Timestamp()),
    primary_key=("order_id",),
)


def config(object_: Object, sink: str, wire: str = "avro", **facts: Any) -> dict[str, str]:
    (file,) = KafkaConnect(sink, wire).emit(a_model(object_, **facts))
    found: dict[str, str] = json.loads(file.text)["config"]
    return found


def codes(object_: Object, sink: str, wire: str = "avro") -> list[tuple[str, bool]]:
    found = KafkaConnect(sink, wire).check(a_model(object_))
    return [(each.code, each.is_error) for each in found]


@pytest.mark.parametrize("sink", SINKS)
def test_every_sink_puts_bad_messages_aside_and_holds_no_secret(sink: str) -> None:
    found = config(ORDERS, sink)
    assert found["topics"] == "orders"
    assert found["errors.tolerance"] == "all"
    assert found["errors.deadletterqueue.topic.name"] == "orders.dlq"
    assert found["errors.deadletterqueue.context.headers.enable"] == "true"
    assert found["errors.log.include.messages"] == "false"
    secret = ("password", "credential", "private.key", "keyfile", "user.info", "uri", "url")
    for name, value in found.items():
        if name.endswith(secret):
            assert value.startswith("${env:"), name


def test_objects_with_a_stream_have_a_connector_of_their_own_name() -> None:
    stored = replace(ORDERS, name="refunds", ports=(Port.TABLE,))
    (file,) = KafkaConnect("jdbc").emit(a_model(ORDERS, stored))
    assert str(file.path) == "retail/checkout/v1/orders.jdbc-sink.json"
    assert json.loads(file.text)["name"] == "retail-checkout-v-1-orders-jdbc"


def test_values_are_read_as_they_are_written() -> None:
    assert "AvroConverter" in config(ORDERS, "iceberg")["value.converter"]
    found = config(ORDERS, "iceberg", "protobuf")
    assert "ProtobufConverter" in found["value.converter"]
    assert "transforms" not in found  # Protobuf's moments are Connect's
    assert "StringConverter" in found["key.converter"]


@pytest.mark.parametrize(
    ("type_", "steps"),
    [
        (Uuid(), []),
        (Integer(16), ["org.apache.kafka.connect.transforms.Cast$Key", "int32"]),
        (Integer(), ["org.apache.kafka.connect.transforms.Cast$Key", "int64"]),
    ],
)
def test_keys_have_the_types_of_their_columns(type_: Type, steps: list[str]) -> None:
    object_ = an_object("o", "o", field("id", type_, physical_name="ID"), primary_key=("id",))
    found = config(object_, "jdbc")
    assert (found["insert.mode"], found["delete.enabled"]) == ("upsert", "true")
    assert found["primary.key.fields"] == "ID"
    cast = [found[f"transforms.value.{each}"] for each in ("type", "spec") if steps]
    assert cast == steps
    assert found["transforms.columns.renames"] == "id:ID"


@pytest.mark.parametrize("type_", [Decimal(5, 2), Date()])
def test_rows_that_no_key_finds_are_appended_and_told(type_: Type) -> None:
    object_ = an_object("o", "o", field("id", type_), primary_key=("id",))
    assert config(object_, "jdbc")["insert.mode"] == "insert"
    assert codes(object_, "jdbc") == [("PW395", False)]


def test_rows_of_other_keys_are_appended_and_told() -> None:
    region = field("region", String())
    keyed = an_object(
        "o",
        "o",
        field("id", Uuid()),
        region,
        primary_key=("id",),
        stream_key=Expression(((region,),)),
    )
    two = an_object("o", "o", field("id", Uuid()), region, primary_key=("id", "region"))
    for each in (keyed, two):
        assert config(each, "jdbc")["insert.mode"] == "insert"
        assert config(each, "bigquery")["useStorageWriteApi"] == "true"
        assert codes(each, "jdbc") == [("PW395", False)]


def test_tables_are_those_of_the_contracts_servers() -> None:
    servers = (
        Server("b", "bigquery", settings=(("dataset", "sales"), ("project", "shop"))),
        Server("s", "snowflake", settings=(("database", "SHOP"), ("schema", "SALES"))),
    )
    found = config(ORDERS, "bigquery", servers=servers)
    assert (found["project"], found["defaultDataset"]) == ("shop", "sales")
    assert found["topic2TableMap"] == "orders:orders"
    found = config(ORDERS, "snowflake", servers=servers)
    assert found["snowflake.database.name"] == "SHOP" and found["snowflake.schema.name"] == "SALES"
    named = replace(ORDERS, schema="sales")
    assert config(named, "iceberg")["iceberg.tables"] == "sales.orders"
    assert config(named, "jdbc")["collection.name.format"] == "sales.orders"


@pytest.mark.parametrize("name", ["a,b", "a:b", "${env:SECRET}", " a", "a.b"])
def test_tables_that_a_connector_would_read_otherwise_are_errors(name: str) -> None:
    object_ = an_object("o", "o", field("a", String()), table=name)
    assert codes(object_, "iceberg") == [("PW394", True)]


@pytest.mark.parametrize("name", ["a,b", "a:b", "${file:/etc/passwd:root}"])
def test_columns_that_a_connector_would_read_otherwise_are_errors(name: str) -> None:
    object_ = an_object("o", "o", field("a", String(), physical_name=name))
    assert codes(object_, "snowflake") == [("PW394", True)]


def test_what_is_inside_values_stays_as_it_is_and_is_told() -> None:
    moments = an_object("o", "o", field("a", Array(Time())))
    inner = record("p", "o", "p", fields=(field("x", String(), physical_name="y"),))
    renamed = an_object("o", "o", field("p", inner))
    exact = an_object("o", "o", field("n", Decimal(5, 2)))
    assert codes(moments, "bigquery") == codes(renamed, "iceberg") == [("PW397", False)]
    assert codes(exact, "iceberg", "protobuf") == [("PW397", False)]
    assert codes(exact, "iceberg") == []


def test_lists_maps_and_records_have_no_column_of_jdbc() -> None:
    model: Model = all_types_model()
    found = [each for each in KafkaConnect("jdbc").check(model) if each.code == "PW396"]
    nested = [each for each in model.objects[0].record.fields if f".{each.name}`" in str(found)]
    (file,) = KafkaConnect("jdbc").emit(model)
    left = json.loads(file.text)["config"]["transforms.columns.exclude"].split(",")
    assert left == [each.name for each in nested] and "vector_int8" in left
