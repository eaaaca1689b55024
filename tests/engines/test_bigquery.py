"""The DDL for BigQuery, analysed by its language's analyser and read back from what that saw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal as Number
from typing import Any

import pytest

from portwright.model import (
    Array,
    Bounds,
    Field,
    Integer,
    Json,
    Map,
    Model,
    Nullable,
    Object,
    Record,
    String,
    Type,
)
from portwright.targets.ddl import DIALECTS, Ddl, checks, quote
from portwright.targets.ddl.places import namespace
from support import acceptance, cases, corpus, ddl, models, reading, shop
from support.bigquery import Refused
from support.googlesql import Column, Warehouse

DIALECT = DIALECTS["bigquery"]

ALL_TYPES = {
    "flag": "BOOL",
    **{name: "INT64" for name in ("i8", "u8", "i16", "u16", "i32", "u32", "i64", "quantity")},
    "u64": "NUMERIC(20, 0)",
    "i128": "BIGNUMERIC",
    "u128": "BIGNUMERIC",
    "f32": "FLOAT64",
    "f64": "FLOAT64",
    "ratio": "FLOAT64",
    "amount": "NUMERIC(12, 2)",
    "fee": "NUMERIC(4, 4)",
    "huge": "BIGNUMERIC(38, 0)",
    "note": "STRING",
    "code": "STRING(5)",
    "email": "STRING",
    "key": "STRING(36)",
    "raw": "BYTES",
    "hash": "BYTES",
    "day": "DATE",
    "clock": "TIME",
    "instant": "TIMESTAMP",
    "wall": "DATETIME",
    **{
        f"vector_{name}": "ARRAY<FLOAT64>" for name in ("bfloat16", "float16", "float32", "float64")
    },
    **{f"vector_{name}": "ARRAY<INT64>" for name in ("binary", "int8", "uint8")},
    "status": "STRING",
    "priority": "STRING",
    "choices": "ARRAY<STRING>",
    "part": "STRUCT<label STRING>",
    "rows": "ARRAY<STRUCT<n INT64>>",
    "spots": "ARRAY<STRUCT<key STRING, value STRUCT<x FLOAT64, y FLOAT64>>>",
    "matrix": "ARRAY<STRUCT<items ARRAY<FLOAT64>>>",
    "gaps": "ARRAY<INT64>",
    "labels": "ARRAY<STRUCT<key STRING, value STRING>>",
    "by_id": "ARRAY<STRUCT<key STRING(36), value ARRAY<DATE>>>",
    "by_number": "ARRAY<STRUCT<key INT64, value ARRAY<STRUCT<key DATE, value NUMERIC(9, 3)>>>>",
    "by_flag": "ARRAY<STRUCT<key BOOL, value FLOAT64>>",
    "extra": "JSON",
    "extras": "ARRAY<JSON>",
}


def created(model: Model) -> Warehouse:
    """A warehouse in which the file of the model ran twice: it may be run again."""
    text = ddl.file(model, "bigquery")
    warehouse = Warehouse()
    for _ in range(2):
        warehouse.execute(text)
    return warehouse


def path(model: Model, object_: Object) -> tuple[str, ...]:
    return (*namespace(model, object_, DIALECT), object_.table)


def expected(fields: tuple[Field, ...]) -> Iterator[tuple[Any, ...]]:
    """Name, nullability, description and fields of each column, as the model has them."""
    for each in fields:
        is_list = isinstance(each.type, Array | Map) or ALL_TYPES.get(each.name, "")[:5] == "ARRAY"
        description = reading_of(each.description)
        yield each.column, each.required and not is_list, description, tuple(inside(each.type))


def reading_of(description: str | None) -> str | None:
    """A description without what no file should hold."""
    return description and "".join(
        each for each in description if each.isprintable() or each == "\n"
    )


def inside(type_: Type) -> Iterator[tuple[Any, ...]]:
    """The same of the fields inside a column."""
    match type_:
        case Nullable(inner):
            yield from inside(inner)
        case Array(element=Array() | Map() as element):
            yield "items", False, None, tuple(inside(element))
        case Array(element=element):
            yield from inside(element)
        case Map(value=value):
            required = not isinstance(value, Nullable | Array | Map | Json)
            yield "key", True, None, ()
            yield "value", required, None, tuple(inside(value))
        case Record(fields=fields):
            yield from expected(fields)
        case _:
            return


def found(columns: list[Column] | tuple[Column, ...]) -> Iterator[tuple[Any, ...]]:
    for each in columns:
        yield each.name, each.required, each.description, tuple(found(each.parts))


@pytest.mark.parametrize("model", [models.all_types_model(), shop.model(), models.nested_model()])
def test_names_nulls_and_descriptions_come_back(model: Model) -> None:
    warehouse = created(model)
    for each in model.objects:
        columns = warehouse.columns(path(model, each))
        assert list(found(columns)) == list(expected(each.record.fields))
        assert warehouse.description(path(model, each)) == each.description


def test_types_come_back() -> None:
    model = models.all_types_model()
    types = {each.name: each.type for each in created(model).columns(("samples",))}
    assert types == {name: ALL_TYPES[name.removeprefix("maybe_")] for name in types}


def test_keys_come_back() -> None:
    tables = created(shop.model()).tables
    orders, customers = tables["shop", "orders"], tables["shop", "customers"]
    assert orders.primary_key.column_name_list == ["order", "Region"]
    assert customers.primary_key.column_name_list == ["id"]
    (key,) = orders.foreign_key_list
    assert key.referencing_column_list == ["customer_id"]
    assert key.referenced_table.full_name == "shop.customers"


def test_foreign_keys_that_bigquery_has_not() -> None:
    said = [each.message for each in Ddl("bigquery").check(shop.model()) if each.code == "PW344"]
    assert said == ["BigQuery gets no foreign key to `orders`: it leads to its own table"]
    model = shop.model()
    elsewhere = replace(model.object("customers"), schema="people")
    model = replace(model, objects=(model.object("orders"), elsewhere))
    said = [each.message for each in Ddl("bigquery").check(model) if each.code == "PW344"]
    assert "BigQuery gets no foreign key to `customers`: `customers` is in another schema" in said


@pytest.mark.parametrize("model", [models.all_types_model(), shop.model(), models.nested_model()])
def test_every_rule_is_a_predicate(model: Model) -> None:
    warehouse = created(model)
    for object_ in model.objects:
        rules = [each.predicate for each in checks(object_, DIALECT)]
        warehouse.ask(path(model, object_), rules)


def test_the_project_and_the_dataset_are_those_of_the_server() -> None:
    server = "servers: [{server: w, type: bigquery, project: my-shop-1, dataset: sales}]\n"
    model = reading.good(reading.contract_of("- {name: id, logicalType: integer}", server))
    assert list(created(model).tables) == [("my-shop-1", "sales", "orders_v1")]
    (file,) = Ddl("bigquery").emit(model)
    assert "CREATE SCHEMA IF NOT EXISTS `my-shop-1`.sales;" in file.text


@pytest.mark.parametrize(
    ("properties", "layout"),
    [
        (
            "- {name: day, logicalType: date, partitioned: true}",
            "PARTITION BY day",
        ),
        (
            "- {name: at, logicalType: timestamp, partitioned: true, partitionKeyPosition: 1}\n"
            "- {name: shop, logicalType: string, partitioned: true, partitionKeyPosition: 2}",
            "PARTITION BY TIMESTAMP_TRUNC(`at`, DAY) CLUSTER BY shop",
        ),
        (
            "- {name: number, logicalType: integer, partitioned: true}\n"
            "- name: wall\n"
            "  logicalType: timestamp\n"
            "  logicalTypeOptions: {timezone: false}\n"
            "  partitioned: true",
            "PARTITION BY DATETIME_TRUNC(wall, DAY) CLUSTER BY number",
        ),
        (
            "- {name: raw, logicalType: string, physicalType: bytes, partitioned: true}",
            None,
        ),
    ],
)
def test_a_partition_key_is_a_layout(properties: str, layout: str | None) -> None:
    model, said = reading.read(reading.contract_of(properties))
    assert model is not None, said
    (file,) = Ddl("bigquery").emit(model)
    created(model)
    written = re.search(r"^\) ?(.*);$", file.text, re.M)
    assert written and written[1] == (layout or "")
    assert ["PW346" for _ in range(not layout)] == [
        each.code for each in Ddl("bigquery").check(model)
    ]


@pytest.mark.parametrize(("levels", "type_"), [(15, "STRUCT<"), (16, "JSON")])
def test_records_are_fifteen_deep_at_most(levels: int, type_: str) -> None:
    inner: Type = Json()
    for level in range(levels):
        parts = (models.field("a", inner),)
        inner = models.record("r", "t", *("a" for _ in range(levels - level)), fields=parts)
    object_ = models.an_object("t", "t", models.field("deep", inner))
    model = models.a_model(object_)
    (column,) = created(model).columns(path(model, object_))
    assert column.type.startswith(type_)
    said = [each.code for each in Ddl("bigquery").check(model)]
    assert said == (["PW342"] if levels > 15 else [])


def test_every_key_word_is_a_column_a_field_and_a_table() -> None:
    words = ["value", "primary", "options", "x1", *sorted(DIALECT.identifiers.reserved)]
    bounded = Integer(bounds=Bounds(minimum=Number(0)))
    fields = [models.field(word, bounded, False, description="x") for word in words]
    struct = models.record("s", "wide", "nested", fields=tuple(fields))
    wide = models.an_object("wide", "wide", *fields, models.field("nested", struct, False))
    warehouse = created(models.a_model(wide))
    assert [each.name for each in warehouse.columns(("wide",))] == [*words, "nested"]
    warehouse.ask(("wide",), [each.predicate for each in checks(wide, DIALECT)])
    for word in ("order", "select", "value"):
        Warehouse().execute(f"CREATE TABLE IF NOT EXISTS {quote(word, DIALECT)} (a INT64)")


def test_no_word_without_quotes_is_reserved() -> None:
    warehouse = Warehouse()
    for word in ("value", "key", "date", "time", "timestamp", "comment", "user", "first", "offset"):
        warehouse.execute(f"CREATE TABLE IF NOT EXISTS {word} ({word} INT64)")
    # BigQuery reserves this one; its language leaves it open.
    for word in DIALECT.identifiers.reserved - {"qualify"}:
        with pytest.raises(Refused):
            warehouse.execute(f"CREATE TABLE IF NOT EXISTS {word} ({word} INT64)")


def test_hostile_text_is_only_text() -> None:
    texts = [text for text in models.HOSTILE if "\0" not in text]
    values = models.enum("t", "e", values=tuple(texts))
    fields = [
        models.field(f"c{number}", String(), False, description=text)
        for number, text in enumerate(texts)
    ]
    odd = ["a b", "c-d", "50%", "<e>", "f:g", "名前 é", "it's", "a|b#c&d=e+f"]
    fields += [models.field(name, String(pattern='^"\\\\/'), False) for name in odd]
    table = models.an_object("t", "t", *fields, models.field("e", values), description=texts[1])
    model = models.a_model(table, name="evil`; DROP TABLE x; --", source="a\nb.yaml")
    warehouse = created(model)
    columns = warehouse.columns(("t",))
    assert [each.name for each in columns] == [*(each.column for each in fields), "e"]
    assert columns[1].description == texts[1]
    warehouse.ask(("t",), [each.predicate for each in checks(table, DIALECT)])


@pytest.mark.parametrize(
    "name", ["a.b", "Gross (kg)", "a`b", "x\\y", "1/2", "a*", "{x}", "_TABLE_x", "_file_y", "a\nb"]
)
def test_names_that_bigquery_has_not(name: str) -> None:
    table = models.an_object("t", "t", models.field(name, String()))
    (said,) = Ddl("bigquery").check(models.a_model(table))
    assert said.code == "PW341" and said.is_error
    with pytest.raises(Refused):
        (file,) = Ddl("bigquery").emit(models.a_model(table))
        Warehouse().execute(file.text)


def test_tables_and_data_sets_have_fewer_names_than_columns() -> None:
    table = models.an_object("t", "t", models.field("50% - a", String()))
    assert list(Ddl("bigquery").check(models.a_model(table))) == []
    for facts in ({"table": "50%"}, {"qualifier": ("my-shop",)}):
        (said,) = Ddl("bigquery").check(models.a_model(replace(table, **facts)))
        assert said.code == "PW341"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE t (a INT64)",
        "CREATE TABLE IF NOT EXISTS t (a ARRAY<INT64> NOT NULL)",
        "CREATE TABLE IF NOT EXISTS t (a ARRAY<ARRAY<INT64>>)",
        "CREATE TABLE IF NOT EXISTS t (a STRUCT<x ARRAY<INT64> NOT NULL>)",
        "CREATE TABLE IF NOT EXISTS t (a STRUCT<x INT64, X STRING>)",
        "CREATE TABLE IF NOT EXISTS t (a NUMERIC(38, 0))",
        "CREATE TABLE IF NOT EXISTS t (a VARCHAR(5))",
        "CREATE TABLE IF NOT EXISTS t (a STRING) PARTITION BY a",
        "CREATE TABLE IF NOT EXISTS t (a TIMESTAMP) PARTITION BY a",
        "CREATE TABLE IF NOT EXISTS t (a DATE, b DATE) PARTITION BY a, b",
        "CREATE TABLE IF NOT EXISTS t (a FLOAT64) CLUSTER BY a",
        "CREATE TABLE IF NOT EXISTS t (a INT64, b INT64, c INT64, d INT64, e INT64)"
        " CLUSTER BY a, b, c, d, e",
        "CREATE TABLE IF NOT EXISTS t (a INT64, PRIMARY KEY (a))",
        "CREATE TABLE IF NOT EXISTS t (a BYTES, PRIMARY KEY (a) NOT ENFORCED)",
        "CREATE TABLE IF NOT EXISTS t (a INT64, CHECK (a > 1))",
        "CREATE TABLE IF NOT EXISTS t (a INT64) OPTIONS (labels = 'x')",
        "CREATE TABLE IF NOT EXISTS d.t (a INT64)",
        "DROP TABLE t",
    ],
)
def test_what_bigquery_refuses_is_refused_here(statement: str) -> None:
    with pytest.raises(Refused):
        Warehouse().execute(statement)


@pytest.mark.parametrize("name", [each for each in cases.good() if each not in cases.WITHOUT])
def test_the_cases(name: str) -> None:
    acceptance.bigquery_tables(cases.CASES / name / "expected")


@corpus.needed
def test_the_tables_of_the_corpus() -> None:
    for text in ddl.of_corpus("bigquery"):
        Warehouse().execute(text)
