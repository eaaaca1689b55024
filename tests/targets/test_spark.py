"""Jobs of Spark: what they say of types, keys and rules, and what they cannot do."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from portwright.model import (
    Array,
    Decimal,
    Expression,
    Integer,
    Json,
    Map,
    Model,
    Port,
    String,
    Time,
    Uuid,
)
from portwright.targets.spark import Spark
from portwright.targets.spark.conditions import conditions
from portwright.targets.spark.dialect import rules
from portwright.targets.spark.schema import schema
from portwright.targets.spark.values import column_value
from support.models import a_model, all_types_model, an_object, enum, field, record


def codes(model: Model, target: Spark | None = None) -> list[tuple[str, bool]]:
    return [(each.code, each.is_error) for each in (target or Spark()).check(model)]


def text(model: Model) -> str:
    (file,) = Spark().emit(model)
    return file.text


def test_objects_with_a_stream_have_a_job() -> None:
    streamed = an_object("orders", "order", field("id", Uuid()), ports=(Port.STREAM,))
    stored = an_object("refunds", "refund", field("id", Uuid()), ports=(Port.TABLE,))
    (file,) = Spark().emit(a_model(streamed, stored))
    assert str(file.path) == "retail/checkout/v1/orders_to_table.py"
    assert codes(a_model(streamed, stored)) == []


def test_the_schema_is_the_contracts_in_types_that_every_spark_has() -> None:
    model = all_types_model()
    found = schema(model, model.objects[0])
    types = {each["name"]: each["type"] for each in _fields(found)}
    assert types["clock"] == "long" and types["key"] == "string"
    assert types["amount"] == {
        "type": "bytes",
        "logicalType": "decimal",
        "precision": 38,
        "scale": 2,
    }
    assert types["i128"] == types["huge"] == "bytes"
    assert types["status"]["default"] == "UNKNOWN"
    assert not re.search("odcs|confluent|doc", json.dumps(found))


def _fields(schema: dict[str, object]) -> list[dict[str, Any]]:
    found = schema["fields"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (String(), "record.`f`"),
        (Integer(), "record.`f`"),
        (Uuid(), "lower(record.`f`)"),
        (Json(), "try_parse_json(record.`f`)"),
        (Array(Uuid()), "transform(record.`f`, v0 -> lower(v0))"),
        (Map(String(), Json()), "transform_values(record.`f`, (k0, v0) -> try_parse_json(v0))"),
        (
            Map(Integer(32), String()),
            "map_from_entries(transform(record.`f`, v0 ->"
            " named_struct('key', v0.key, 'value', v0.value)))",
        ),
    ],
)
def test_columns_are_made_of_what_avro_has(type_: Any, value: str) -> None:
    assert column_value(field("f", type_)) == value


def test_records_have_the_names_of_their_columns() -> None:
    inner = record("part", "o", "part", fields=(field("a", Uuid(), physical_name="it's"),))
    assert column_value(field("part", inner)) == "named_struct('it\\'s', lower(record.`part`.`a`))"
    optional = column_value(field("part", inner, required=False))
    assert optional.startswith("IF(record.`part` IS NULL, NULL, named_struct(")


def test_what_spark_would_lose_is_a_condition() -> None:
    object_ = an_object("o", "o", field("at", Array(Time())), field("n", Decimal(5, 2)))
    assert [(each.path, each.rule, each.predicate) for each in conditions(object_)] == [
        (
            "at[]",
            "must be a time of day",
            "forall(record.`at`, v0 -> v0 >= 0 AND v0 < 86400000000)",
        ),
        ("n", "must have at most 3 digits before the point", "abs(record.`n`) < 1000BD"),
    ]


def test_values_of_newer_versions_are_unknown_and_no_fault() -> None:
    status = enum("o", "status", values=("NEW", "PAID"))
    _, rule = rules(an_object("o", "o", field("status", status)))
    assert rule.predicate == "status IN ('NEW', 'PAID', 'UNKNOWN')"
    assert rule.rule == "must be one of NEW, PAID"


def test_keys_are_read_from_the_keys_of_messages() -> None:
    two = an_object("o", "o", field("a", Integer()), field("b", String()), primary_key=("b", "a"))
    printed = text(a_model(two))
    array = "get(from_json(key_text, 'array<string>'), {})"
    first, second = array.format(0), f"try_cast({array.format(1)} AS BIGINT)"
    assert re.search(re.escape(first) + ".*" + re.escape(second), printed, re.S)


def test_rows_that_messages_are_not_keyed_by_are_told() -> None:
    name, region = field("name", String()), field("region", String())
    model = a_model(
        an_object(
            "o",
            "o",
            name,
            region,
            primary_key=("name",),
            stream_key=Expression(((region,),)),
        )
    )
    assert codes(model) == [("PW393", False)]
    assert 'key=(SparkKey("name"),)' in text(model)


def test_greater_numbers_than_spark_has_are_told() -> None:
    model = a_model(an_object("o", "o", field("a", Integer(128)), field("b", Decimal(40, 2))))
    assert codes(model) == [("PW392", False)] * 2


@pytest.mark.parametrize(
    "object_",
    [
        an_object(
            "o",
            "o",
            field("a", String(), physical_name="x"),
            field("A", String(), physical_name="y"),
        ),
        an_object("o", "o", field("a", Decimal(60, 40), False)),
        an_object("o", "o", field("a", Array(String())), primary_key=("a",)),
    ],
    ids=["names", "scale", "key"],
)
def test_tables_that_no_job_can_keep_are_errors(object_: Any) -> None:
    assert ("PW391", True) in codes(a_model(object_))


def test_columns_that_a_job_has_itself_are_errors() -> None:
    model = a_model(an_object("o", "o", field("Portwright_Message", String())))
    assert codes(model) == [("PW341", True)]


def test_streams_of_protobuf_are_an_error() -> None:
    model = a_model(an_object("o", "o", field("a", String())))
    assert codes(model, Spark("protobuf")) == [("PW390", True)]
