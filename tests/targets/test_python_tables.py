"""The generated table side: it reads as written by hand, and values survive the warehouse."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as Number
from pathlib import Path
from typing import Any

import black
import duckdb
import pytest

from portwright.model import (
    Array,
    Bounds,
    Decimal,
    Integer,
    Json,
    Map,
    Model,
    Port,
    Server,
    String,
    Uuid,
)
from portwright.targets.python import tables
from portwright_runtime.errors import ContractViolation
from portwright_runtime.warehouses.duckdb import DuckDBWarehouse
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
from support.tables import Loader


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


def test_other_engines_are_those_of_the_contracts_servers() -> None:
    plain = a_model(an_object("orders", "order", field("id", Uuid())))
    served = replace(plain, servers=(Server("warehouse", "clickhouse"),))
    assert '"clickhouse": Dialect(' not in text(plain)
    assert '"clickhouse": Dialect(' in text(served)


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
        for statement in (
            *table.dialects["duckdb"].create_schema,
            *table.dialects["duckdb"].create,
        ):
            connection.execute(statement)
    assert {each.property for each in table.columns} >= set(HOSTILE)


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
    rules = [(each.path, each.rule) for each in table.checks]
    assert ("total", "must be ≥ 0") in rules
    assert any(path == "codes[]" for path, _ in rules)
    assert not any(path == "id" for path, _ in rules)  # its column says that it is required


def test_a_decimal_of_more_digits_than_the_engine_has_is_refused(tmp_path: Path) -> None:
    model = a_model(an_object("orders", "order", field("total", Decimal(50, 2))))
    [finding] = tables.check(model)
    assert (finding.code, finding.is_error) == ("PW357", False)
    assert "`orders.total`" in finding.message
    module, classes = imported(model, tmp_path)
    warehouse = DuckDBWarehouse(tmp_path / "w.duckdb")
    loader = Loader(warehouse, module.ORDERS_TABLE)
    with pytest.raises(ContractViolation, match=r"total: must be decimal128\(38, 2\)"):
        loader.load([classes.Order(total=Number(10) ** 40)], load_id="1")
    assert loader.load([classes.Order(total=Number(10) ** 35)], load_id="1").status == "published"
    warehouse.close()


def test_names_of_what_loads_keep_are_refused() -> None:
    column = replace(field("row", String()), physical_name="_Portwright_row")
    plain = a_model(an_object("orders", "order", column))
    [finding] = tables.check(plain)
    assert (finding.code, finding.is_error) == ("PW359", True)
    assert finding.message.startswith("`_Portwright_row` ")
    kept = an_object("_portwright_loads", "load", field("id", Integer()))
    assert [each.code for each in tables.check(a_model(kept))] == ["PW359"]
