"""Loading into any warehouse: the modes, the ledger, and how a load is undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from portwright_runtime import Deleted
from portwright_runtime.errors import ConfigurationError, ContractViolation, WarehouseError
from portwright_runtime.warehouse import Load
from support.tables import Order, order, orders_table
from support.warehouses import Place

# ---------------------------------------------------------------------- modes


def test_replace_is_the_whole_table_and_append_adds(place: Place) -> None:
    orders = place.orders()
    published = Load("orders", "1", "replace", 2, "published")
    assert orders.load([order(1), order(2)], load_id="1") == published
    assert orders.load([order(3)], load_id="2", mode="append").rows == 1
    assert place.ids() == ["o1", "o2", "o3"]
    orders.load([order(2), order(4)], load_id="3")
    assert place.ids() == ["o2", "o4"]
    assert orders.load([order(9)], load_id="1") == replace(published, status="unchanged")
    assert place.ids() == ["o2", "o4"]


def test_the_last_loads_of_a_table_are_told(place: Place) -> None:
    orders = place.orders(unique=())
    assert orders.loads() == []
    first = orders.load([order(1), order(2)], load_id="1")
    with pytest.raises(ContractViolation):
        orders.load([order(3, -1)], load_id="2")
    bad = [order(3, -1), order(3)]
    second = orders.load(bad, load_id="3", mode="append", on_bad_rows="discard")
    third = orders.load([order(1, 3), order(1), Deleted("o2")], load_id="4", mode="upsert")
    assert orders.loads() == [third, second, first]
    assert orders.load([], load_id="4", mode="upsert") == replace(third, status="unchanged")
    assert orders.loads(1) == [third]
    orders.roll_back()
    assert orders.loads(2) == [second, first]


def test_a_load_is_compared_with_those_before_it(place: Place) -> None:
    orders = place.orders(volume_change=50)
    for number in range(3):
        orders.load(map(order, range(4)), load_id=f"{number}", expected_rows=lambda: 4)
    with pytest.raises(WarehouseError, match="its source has 4 rows, and 1 came"):
        orders.load([order(9)], load_id="4", expected_rows=4)
    with pytest.raises(
        ContractViolation, match="1 rows, where the last 3 loads had 4 in the middle"
    ):
        orders.load([order(9)], load_id="4")
    assert place.ids() == ["o0", "o1", "o2", "o3"]
    orders.load([order(9)], load_id="4", measured=False)
    assert place.ids() == ["o9"]


def test_a_table_has_a_name_to_the_world(place: Place) -> None:
    namespace, name = place.open().dataset(orders_table())
    assert namespace and name.lower().endswith(("sales.orders", "sales/orders"))


def test_partitions_are_replaced_as_a_whole(place: Place) -> None:
    orders = place.orders(partition_key=("card",), unique=())
    orders.load([order(1, card="a"), order(2, card="b"), order(3)], load_id="1")
    load = orders.load([order(4, card="a"), order(5)], load_id="2", mode="partition")
    assert load.rows == 2
    assert place.ids() == ["o2", "o4", "o5"]
    with pytest.raises(ContractViolation, match="must not be in the table already"):
        orders.load([order(2, card="a")], load_id="3", mode="partition")
    assert place.ids() == ["o2", "o4", "o5"]


def test_an_upsert_writes_by_key_and_deletes(place: Place) -> None:
    orders = place.orders()
    orders.load([order(1), order(2), order(3)], load_id="1")
    rows = [
        order(4, 4),
        order(2, 2),
        Deleted("o3"),
        order(4, 5),
        Deleted("o9"),
        Deleted("o4"),
        order(4, 6),
    ]
    load = orders.load(rows, load_id="2", mode="upsert")
    assert place.totals() == {"o1": 1, "o2": 2, "o4": 6}
    assert (load.rows, load.deleted, load.superseded, load.rejected) == (2, 2, 3, 0)
    assert load.rows + load.deleted + load.superseded + load.rejected == len(rows)
    again = orders.load([], load_id="2", mode="upsert")
    assert again == replace(load, status="unchanged")


def test_what_became_of_loads_is_in_the_ledger(sql_place: Place) -> None:
    orders = sql_place.orders()
    orders.load([order(1), order(2)], load_id="1")
    orders.load([order(2, 2), order(2), Deleted("o1")], load_id="2", mode="upsert")
    with pytest.raises(ContractViolation):
        orders.load([order(2)], load_id="3", mode="append")
    columns = 'load_id, mode, status, attempt, "rows", deleted, superseded'
    assert sql_place.ledger(columns) == [
        ("1", "replace", "published", 1, 2, 0, 0),
        ("2", "upsert", "published", 1, 1, 1, 1),
        ("3", "append", "failed", 1, 0, 0, 0),
    ]


def test_the_later_of_two_versions_stays_whatever_their_order(place: Place) -> None:
    orders = place.orders(latest_by="total", unique=())
    first = [order(1, 5), order(1, 7), order(1, 6), order(2, 3)]
    load = orders.load(first, load_id="1", mode="upsert")
    assert (place.totals(), load.superseded, load.watermark) == ({"o1": 7, "o2": 3}, 2, "7.00")
    second = [order(1, 6), order(2, 4), order(3, 1), Deleted("o2", at=Decimal(3))]
    load = orders.load(second, load_id="2", mode="upsert")
    assert place.totals() == {"o1": 7, "o2": 4, "o3": 1}
    assert (load.rows, load.superseded, load.deleted) == (2, 2, 0)
    orders.load(
        [Deleted("o1", at=Decimal(9)), Deleted("o3", at=Decimal(0))], load_id="3", mode="upsert"
    )
    assert place.totals() == {"o2": 4, "o3": 1}
    assert orders.watermark() == "9.00"


@pytest.mark.parametrize("loads", [1, 4])
def test_upserts_in_any_order_end_the_same(place: Place, loads: int) -> None:
    orders = place.orders(latest_by="total", unique=())
    versions = [order(n % 97, (n * 7919) % 1009) for n in range(1000)]
    for number in range(loads):
        orders.load(versions[number::loads], load_id=str(number), mode="upsert")
    latest: dict[str, int] = {}
    for each in versions:
        latest[each.order_id] = max(latest.get(each.order_id, 0), int(each.total))
    assert place.totals() == latest


def test_modes_need_their_keys(place: Place) -> None:
    with pytest.raises(ConfigurationError, match="orders has no primary key"):
        place.orders(primary_key=()).load([], load_id="1", mode="upsert")
    with pytest.raises(ConfigurationError, match="orders has no partition key"):
        place.orders().load([], load_id="1", mode="partition")
    with pytest.raises(ConfigurationError, match="only a load in mode 'upsert' deletes"):
        place.orders().load([Deleted("o1")], load_id="1")
    with pytest.raises(ConfigurationError, match="the key of orders is: order_id"):
        place.orders().load([Deleted()], load_id="1", mode="upsert")
    with pytest.raises(ConfigurationError, match="pass `at=`, a value of total"):
        place.orders(latest_by="total").load([Deleted("o1")], load_id="1", mode="upsert")
    with pytest.raises(ContractViolation, match="order_id: of what is deleted, it must be string"):
        place.orders().load([Deleted(1)], load_id="1", mode="upsert")


@pytest.mark.parametrize("made_before", [False, True])
def test_a_replacement_that_hung_does_not_undo_a_later_one(place: Place, made_before: bool) -> None:
    orders = place.orders()
    if made_before:
        orders.load([order(1)], load_id="0")

    def hangs() -> Iterator[Order]:
        yield order(1)
        place.orders().load([order(1, 2)], load_id="late")
        yield order(2)

    with pytest.raises(WarehouseError, match="load 'late' of the same table began later"):
        orders.load(hangs(), load_id="early")
    assert place.totals() == {"o1": 2}
    assert [each.load_id for each in orders.loads(1)] == ["late"]


def test_an_empty_replacement_needs_to_be_meant(place: Place) -> None:
    orders = place.orders()
    assert orders.load([], load_id="first").rows == 0
    orders.load([order(1)], load_id="1")
    with pytest.raises(WarehouseError, match="pass allow_empty=True"):
        orders.load([], load_id="2")
    assert orders.load([], load_id="2", allow_empty=True).status == "published"
    assert place.ids() == []


# ------------------------------------------------------------------- undoing


def test_loads_are_undone_one_by_one(place: Place) -> None:
    orders = place.orders(partition_key=("card",), unique=(), latest_by="total")
    states: list[dict[str, int]] = [{}]
    loads: list[tuple[str, list[Any]]] = [
        ("replace", [order(1, card="a"), order(2, card="b"), order(3)]),
        ("append", [order(4, card="a")]),
        ("upsert", [order(1, 5, card="a"), order(5), Deleted("o2", at=Decimal(9))]),
        ("partition", [order(6, card="a"), order(7, card="c")]),
        ("replace", [order(8)]),
    ]
    for number, (mode, rows) in enumerate(loads):
        orders.load(rows, load_id=str(number), mode=mode, keep=10)
        states.append(place.totals())
    with pytest.raises(WarehouseError, match="the last one is '4', undo it first"):
        orders.roll_back("3")
    for number in reversed(range(5)):
        assert place.totals() == states.pop()
        assert orders.roll_back() == str(number)
    assert place.totals() == {}
    with pytest.raises(WarehouseError, match="there is none"):
        orders.roll_back()
    assert orders.load([order(1)], load_id="0").status == "published"


def test_of_older_loads_nothing_is_kept(sql_place: Place) -> None:
    place = sql_place
    orders = place.orders()
    for number in range(4):
        orders.load([order(number)], load_id=str(number))
    assert len([each for each in place.tables() if "undo" in each]) == 1
    orders.roll_back("3")
    assert place.ids() == ["o2"]
    with pytest.raises(WarehouseError, match="load '2' changed was not kept; `keep` of a load"):
        orders.roll_back()
    orders.load([order(5)], load_id="5", keep=0)
    assert [each for each in place.tables() if "undo" in each] == []
