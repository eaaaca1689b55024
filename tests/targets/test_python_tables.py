"""The generated table side: it reads as written by hand, and values survive the warehouse."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal as Number
from pathlib import Path
from typing import Any

import black
import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portwright.model import (
    Array,
    Bounds,
    Decimal,
    Integer,
    Json,
    Map,
    Model,
    Nullable,
    Port,
    Record,
    String,
    Type,
    Uuid,
    Vector,
)
from portwright.targets.python import tables
from portwright_runtime.duckdb_warehouse import DuckDBWarehouse
from portwright_runtime.errors import ContractViolation
from portwright_runtime.loader import Loader
from support import packages
from support.models import (
    HOSTILE,
    MODELS,
    a_model,
    all_types_model,
    an_object,
    field,
    hostile_model,
)
from support.records import records


def imported(model: Model, folder: Path) -> tuple[Any, Any]:
    """The generated modules `tables` and `models`."""
    module = packages.load(packages.write(model, folder))
    return module("tables"), module("models")


def text(model: Model) -> str:
    [file] = tables.files(model)
    return file.text


@pytest.mark.parametrize("name", MODELS)
def test_generated_modules_are_as_black_prints_them(name: str) -> None:
    printed = text(MODELS[name]())
    assert black.format_str(printed, mode=black.Mode()) == printed
    assert text(MODELS[name]()) == printed


def test_objects_without_a_table_port_have_no_table() -> None:
    streamed = an_object("orders", "order", field("id", Uuid()), ports=(Port.STREAM,))
    stored = an_object("refunds", "refund", field("id", Uuid()), ports=(Port.TABLE,))
    assert list(tables.files(a_model(streamed))) == []
    printed = text(a_model(streamed, stored))
    assert "REFUNDS_TABLE = Table(" in printed
    assert "ORDERS_TABLE" not in printed


def test_what_the_embedded_engine_cannot_have_is_an_error() -> None:
    assert list(tables.check(all_types_model())) == []
    twice = an_object("orders", "order", field("a", Uuid(), physical_name="b"), field("B", Uuid()))
    [finding] = tables.check(a_model(twice))
    assert finding.code == "PW340"


def test_keys_name_columns_and_classified_columns_are_known(tmp_path: Path) -> None:
    model = a_model(
        an_object(
            "orders",
            "order",
            field("id", Uuid(), physical_name="ORDER_ID"),
            field("number", Integer(), unique=True, classification="Restricted"),
            field("note", String(), False, classification="public"),
            field("colour", String(), False, classification="Unclassified"),
            primary_key=("id",),
            schema="sales",
        )
    )
    module, _ = imported(model, tmp_path)
    table = module.ORDERS_TABLE
    assert (table.schema, table.name, table.object) == ("sales", "orders", "orders")
    assert (table.contract, table.version) == ("checkout", "1.2.0")
    assert list(table.keys) == [("ORDER_ID",), ("number",)]
    assert [each.property for each in table.columns if each.classified] == ["number"]
    assert [each.property for each in table.columns if each.required] == ["id", "number"]


def test_hostile_text_is_text_only(tmp_path: Path) -> None:
    model = hostile_model()
    module, _ = imported(model, tmp_path)
    with duckdb.connect() as connection:
        [table] = [each for name, each in vars(module).items() if name.endswith("_TABLE")]
        for statement in table.dialects["duckdb"].create:
            connection.execute(statement)
    assert {each.property for each in table.columns} >= set(HOSTILE)


@pytest.fixture(scope="module")
def all_types(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    return imported(all_types_model(), tmp_path_factory.mktemp("all_types"))


@settings(max_examples=15)
@given(drawn=st.lists(records(all_types_model().objects[0].record), min_size=1, max_size=2))
def test_every_value_comes_back_equal(
    all_types: tuple[Any, Any],
    tmp_path_factory: pytest.TempPathFactory,
    drawn: list[dict[str, Any]],
) -> None:
    module, classes = all_types
    record = all_types_model().objects[0].record
    path = tmp_path_factory.mktemp("warehouse") / "w.duckdb"
    warehouse = DuckDBWarehouse(path)
    loader = Loader(warehouse, module.SAMPLES_TABLE)
    loader.load((classes.Sample.model_validate(each) for each in drawn), load_id="1")
    warehouse.close()
    # Arrow has no whole number of 128 bits.
    wide = ", ".join(f"{name}::VARCHAR AS {name}" for name in WIDE)
    with duckdb.connect(path, read_only=True) as connection:
        found = connection.sql(f"SELECT * REPLACE ({wide}) FROM samples").to_arrow_table()
    read = [comparable(record, each, json.loads) for each in found.to_pylist()]
    assert read == [comparable(record, each, lambda value: value) for each in drawn]


WIDE = ("i128", "u128", "maybe_i128", "maybe_u128")


def comparable(type_: Type, value: Any, json_value: Callable[[Any], Any]) -> Any:
    """A value as given or as read, in one form for both; they differ in what JSON is."""
    match type_:
        case _ if value is None:
            return None
        case Record(fields=fields):
            return {
                each.name: comparable(each.type, value[each.name], json_value) for each in fields
            }
        case Nullable(inner):
            return comparable(inner, value, json_value)
        case Array(element):
            return [comparable(element, each, json_value) for each in value]
        case Map(key, inner):
            pairs = value.items() if isinstance(value, dict) else value
            return {
                comparable(key, name, json_value): comparable(inner, each, json_value)
                for name, each in pairs
            }
        case Vector():
            return list(value)
        case Json():
            return json_value(value)
        case Uuid():
            return str(value)
        case Integer(128):
            return int(value)
        case _:
            return value


def test_null_is_not_empty(tmp_path: Path) -> None:
    model = a_model(
        an_object(
            "orders",
            "order",
            field("tags", Array(String()), False),
            field("note", String(), False),
            field("facts", Map(String(), String()), False),
            field("more", Json(), False),
            field("must", Json()),
        )
    )
    module, classes = imported(model, tmp_path)
    warehouse = DuckDBWarehouse(tmp_path / "w.duckdb")
    Loader(warehouse, module.ORDERS_TABLE).load(
        [
            classes.Order(must=None),
            classes.Order(tags=[], note="", facts={}, more={}, must=[None, {}]),
        ],
        load_id="1",
    )
    warehouse.close()
    with duckdb.connect(tmp_path / "w.duckdb") as connection:
        found = connection.execute("FROM orders").fetchall()
    assert found == [(None, None, None, None, "null"), ([], "", {}, "{}", "[null,{}]")]


def test_rules_of_the_contract_are_audited_in_sql(tmp_path: Path) -> None:
    model = a_model(
        an_object(
            "orders",
            "order",
            field("id", Integer()),
            field("total", Decimal(9, 2, Bounds(minimum=Number(0)))),
            field("codes", Array(String(max_length=3))),
            primary_key=("id",),
        )
    )
    module, _ = imported(model, tmp_path)
    table = module.ORDERS_TABLE
    rules = [(each.path, each.rule) for each in table.dialects["duckdb"].checks]
    assert ("total", "must be ≥ 0") in rules
    assert any(path == "codes[]" for path, _ in rules)
    assert not any(path == "id" for path, _ in rules)  # its column says that it is required


def test_a_decimal_of_more_digits_than_the_engine_has_is_refused(tmp_path: Path) -> None:
    model = a_model(an_object("orders", "order", field("total", Decimal(50, 2))))
    module, classes = imported(model, tmp_path)
    warehouse = DuckDBWarehouse(tmp_path / "w.duckdb")
    loader = Loader(warehouse, module.ORDERS_TABLE)
    with pytest.raises(ContractViolation, match=r"total: must be decimal128\(38, 2\)$"):
        loader.load([classes.Order(total=Number(10) ** 40)], load_id="1")
    assert loader.load([classes.Order(total=Number(10) ** 35)], load_id="1").status == "published"
    warehouse.close()
