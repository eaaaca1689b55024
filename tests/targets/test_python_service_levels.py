"""Service levels of generated tables: the promise of each, where the contract makes one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portwright.model import Date, Integer, SlaProperty, Timestamp
from portwright_runtime.service_level import ServiceLevel
from portwright_runtime.warehouses.duckdb import DuckDBWarehouse
from support import packages
from support.models import a_model, an_object, field


def levels(folder: Path, *sla: SlaProperty) -> list[ServiceLevel]:
    orders = an_object(
        "orders",
        "order",
        field("id", Integer()),
        field("updated at", Timestamp(), physical_name="UPDATED_AT"),
        table="ORDERS",
    )
    refunds = an_object("refunds", "refund", field("id", Integer()), field("day", Date()))
    module: Any = packages.load(packages.write(replace(a_model(orders, refunds), sla=sla), folder))
    tables = module("tables")
    return [tables.ORDERS_TABLE.sla, tables.REFUNDS_TABLE.sla]


def level(property: str, seconds: str, element: str | None = None, **facts: Any) -> SlaProperty:
    return SlaProperty(property, 1, element=element, seconds=Decimal(seconds), **facts)


def test_a_promise_without_elements_is_of_all_tables(tmp_path: Path) -> None:
    daily = level("Frequency", "86400.000", cron="0 20 * * *")
    assert levels(tmp_path, daily) == [ServiceLevel("0 20 * * *", 86400)] * 2


@pytest.mark.parametrize(
    "element", ["orders.updated at", "ORDERS.UPDATED_AT", "refunds.id, orders.updated at"]
)
def test_an_age_is_of_the_timestamp_that_it_names(element: str, tmp_path: Path) -> None:
    orders, refunds = levels(
        tmp_path,
        level("latency", "0.5", element, cron="@daily"),
        level("fy", "60", "orders"),
        level("freshness", "90", element),
    )
    assert orders == ServiceLevel("@daily", 60, 0.5, 90, "UPDATED_AT")
    assert refunds == ServiceLevel()


def test_an_age_of_no_timestamp_is_not_kept_an_eye_on(tmp_path: Path) -> None:
    found = levels(tmp_path, level("latency", "5"), level("freshness", "5", "refunds.id"))
    assert found == [ServiceLevel()] * 2
    assert levels(tmp_path / "b", level("freshness", "5", "refunds.day"))[1].timestamp == "day"


def test_how_old_the_newest_value_may_be() -> None:
    assert ServiceLevel().oldest is None
    assert ServiceLevel(frequency=60).oldest is None
    assert ServiceLevel(latency=5).oldest == 5
    assert ServiceLevel(latency=5, frequency=60).oldest == 65
    assert ServiceLevel(latency=5, frequency=60, freshness=30).oldest == 30


def test_ports_tell_what_is_promised_and_what_was_loaded(tmp_path: Path) -> None:
    orders = an_object("orders", "order", field("id", Integer()))
    model = replace(a_model(orders), sla=(level("frequency", "60"),))
    package: Any = packages.load(packages.write(model, tmp_path))
    warehouse = DuckDBWarehouse(tmp_path / "warehouse.duckdb")
    with package("").CheckoutPort.open(warehouse=warehouse) as port:
        assert port.orders.sla == ServiceLevel(frequency=60)
        load = port.orders.load([{"id": 1}], load_id="1", expected_rows=1)
        assert [*port.orders.loads()] == [load]

    async def run() -> Any:
        async with package("").AsyncCheckoutPort.open(warehouse=warehouse) as port:
            assert port.orders.sla == ServiceLevel(frequency=60)
            await port.orders.load([{"id": 2}], load_id="2", expected_rows=lambda: 1)
            return await port.orders.loads(1)

    [last] = asyncio.run(run())
    assert last.load_id == "2"
