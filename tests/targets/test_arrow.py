"""The arrow target: pyarrow, Parquet and DuckDB read its schemas, and tables are loaded by them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from portwright.model import (
    Array,
    Decimal,
    Integer,
    Json,
    Map,
    Model,
    Nullable,
    Port,
    String,
    Timestamp,
    Type,
    Uuid,
    Vector,
    VectorElement,
)
from portwright.targets.arrow import Arrow
from portwright_runtime import arrow_schema
from support import packages
from support.models import (
    HOSTILE,
    MODELS,
    a_model,
    an_object,
    enum,
    field,
    hostile_model,
    record,
)


def schemas(model: Model) -> dict[str, Any]:
    """The pyarrow schemas that the target's files hold, by the name of the file."""
    return {each.path.name: arrow_schema(each.text) for each in Arrow().emit(model)}


def column(type_: Type, **facts: Any) -> Any:
    """The Arrow field of a required property of that type."""
    [schema] = schemas(a_model(an_object("t", "t", field("value", type_, **facts)))).values()
    return schema.field("value")


def inside(name: str, type_: Any, nullable: bool = False) -> Any:
    return pa.field(name, type_, nullable)


EXACT: tuple[tuple[Type, Any], ...] = (
    (Integer(8, signed=False), pa.uint8()),
    (Integer(64), pa.int64()),
    (Integer(128), pa.decimal256(39, 0)),
    (Integer(128, signed=False), pa.decimal256(39, 0)),
    (Decimal(38, 9), pa.decimal128(38, 9)),
    (Decimal(39, 9), pa.decimal256(39, 9)),
    (Decimal(2, 4), pa.decimal128(4, 4)),
    (Timestamp(), pa.timestamp("us", "UTC")),
    (Timestamp(zoned=False), pa.timestamp("us")),
    (Array(String()), pa.list_(inside("item", pa.string()))),
    (Array(Nullable(String())), pa.list_(inside("item", pa.string(), True))),
    (
        Map(Uuid(), Nullable(Array(Integer(32)))),
        pa.map_(
            inside("key", pa.string()),
            inside("value", pa.list_(inside("item", pa.int32())), True),
        ),
    ),
    (Vector(3, VectorElement.FLOAT16), pa.list_(inside("item", pa.float32()), 3)),
    (Vector(2, VectorElement.INT8), pa.list_(inside("item", pa.int8()), 2)),
    (
        record("part", "t", "value", fields=(field("a", String()), field("b", Json(), False))),
        pa.struct([inside("a", pa.string()), inside("b", pa.string(), True)]),
    ),
)


@pytest.mark.parametrize(("type_", "expected"), EXACT, ids=lambda each: str(each)[:40])
def test_a_type_is_exact(type_: Type, expected: Any) -> None:
    assert column(type_).type.equals(expected)
    assert not column(type_).nullable


def test_metadata_tells_what_the_type_does_not() -> None:
    assert column(Uuid()).metadata == {b"odcs.type": b"uuid"}
    assert column(Json()).metadata == {b"odcs.type": b"json"}
    assert column(Integer(128, signed=False)).metadata == {b"odcs.type": b"uint128"}
    assert column(enum("t", "value", values=("A", "é"))).metadata == {
        b"odcs.values": '["A", "é"]'.encode()
    }
    items = column(Array(Nullable(Uuid()))).type.value_field
    assert items.metadata == {b"odcs.type": b"uuid"}
    assert column(String()).metadata is None


def test_metadata_tells_what_the_contract_says() -> None:
    model = a_model(
        an_object(
            "orders",
            "order",
            field("id", Integer(), physical_name="ORDER_ID", description=" The number. "),
            field("note", String(), unique=True, classification="restricted", tags=("a", "b")),
            field("old", String(), False, deprecated=True),
            primary_key=("id",),
            description="One order.",
            tags=("sales",),
        )
    )
    [schema] = schemas(model).values()
    assert schema.metadata == {
        b"odcs.id": b"checkout-1",
        b"odcs.version": b"1.2.0",
        b"odcs.object": b"orders",
        b"odcs.description": b"One order.",
        b"odcs.tags": b'["sales"]',
    }
    assert schema.names == ["ORDER_ID", "note", "old"]
    assert [each.metadata for each in schema] == [
        {b"odcs.name": b"id", b"odcs.description": b"The number.", b"odcs.primaryKey": b"1"},
        {
            b"odcs.unique": b"true",
            b"odcs.classification": b"restricted",
            b"odcs.tags": b'["a", "b"]',
        },
        {b"odcs.deprecated": b"true"},
    ]


def test_only_tables_have_a_schema() -> None:
    streamed = an_object("OrderItems", "item", field("id", Uuid()), ports=(Port.STREAM,))
    stored = an_object("order_items", "item", field("id", Uuid()), ports=(Port.TABLE,))
    assert [*schemas(a_model(streamed, stored))] == ["order_items.arrow.json"]
    assert list(Arrow().check(a_model(streamed, stored))) == []


@pytest.mark.parametrize("name", MODELS)
def test_a_schema_survives_ipc_and_parquet(name: str, tmp_path: Path) -> None:
    for file, schema in schemas(MODELS[name]()).items():
        read = pa.ipc.read_schema(schema.serialize())
        assert read.equals(schema, check_metadata=True), file
        pq.write_table(schema.empty_table(), tmp_path / "t.parquet")
        read = pq.read_schema(tmp_path / "t.parquet")
        assert read.equals(schema), file
        for each in schema:
            kept = read.field(each.name).metadata or {}
            assert (each.metadata or {}).items() <= kept.items(), file
        with duckdb.connect() as connection:
            found = connection.execute(f"DESCRIBE FROM '{tmp_path}/t.parquet'").fetchall()
        assert [each[0] for each in found] == schema.names, file


@pytest.mark.parametrize("name", MODELS)
def test_tables_are_loaded_by_the_same_schema(name: str, tmp_path: Path) -> None:
    model = MODELS[name]()
    module = packages.load(packages.write(model, tmp_path))("tables")
    tables = {each.object: each for key, each in vars(module).items() if key.endswith("_TABLE")}
    for object_, schema in zip(model.objects, schemas(model).values(), strict=True):
        # Engines have no numbers of 256 bits: text crosses, and is a number again in its column.
        staged = [
            each.with_type(pa.string()) if pa.types.is_decimal256(each.type) else each
            for each in schema
        ]
        assert tables[object_.name].arrow_schema.equals(pa.schema(staged))


def test_hostile_text_is_text_only() -> None:
    [file] = Arrow().emit(hostile_model())
    assert str(file.path) == "unnamed/x/v1/etc.arrow.json"
    assert "\x00" not in file.text and "\u202e" not in file.text
    assert set(HOSTILE) <= set(arrow_schema(file.text).names)


def test_one_file_and_one_column_of_two_names_are_errors() -> None:
    twice = an_object("orders", "order", field("a", Uuid(), physical_name="b"), field("b", Uuid()))
    again = an_object("Orders", "order", field("b", Uuid()), field("B", Uuid()))
    assert [each.code for each in Arrow().check(a_model(twice, again))] == ["PW360", "PW362"]


def test_more_digits_than_arrow_has_are_a_warning() -> None:
    model = a_model(an_object("t", "t", field("a", Decimal(77, 3)), field("b", Decimal(76, 3))))
    [finding] = Arrow().check(model)
    assert (finding.code, finding.is_error) == ("PW361", False)
    assert "`t.a`" in finding.message
    assert schemas(model)["t.arrow.json"].field("a").type == pa.decimal256(76, 3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"fields": [{"name": "a", "nullable": true}]}',
        '{"fields": [{"name": "a", "nullable": true, "type": {"name": "union"}}]}',
        '{"fields": [{"name": "a", "nullable": true, "type": {"name": "map"}}]}',
    ],
)
def test_other_text_is_no_schema(text: str) -> None:
    with pytest.raises(ValueError):
        arrow_schema(text)


def test_the_document_is_the_form_of_the_arrow_project() -> None:
    [file] = Arrow().emit(a_model(an_object("t", "t", field("m", Map(String(), Json()), False))))
    assert json.loads(file.text)["fields"] == [
        {
            "name": "m",
            "nullable": True,
            "type": {"name": "map", "keysSorted": False},
            "children": [
                {
                    "name": "entries",
                    "nullable": False,
                    "type": {"name": "struct"},
                    "children": [
                        {
                            "name": "key",
                            "nullable": False,
                            "type": {"name": "utf8"},
                            "children": [],
                        },
                        {
                            "name": "value",
                            "nullable": False,
                            "type": {"name": "utf8"},
                            "children": [],
                            "metadata": [{"key": "odcs.type", "value": "json"}],
                        },
                    ],
                }
            ],
        }
    ]
