"""Loading into any warehouse: the modes, what becomes of bad rows, and how a load is undone."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow
import pytest

from portwright.model import (
    Boolean,
    Date,
    Integer,
    Server,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
)
from portwright.model import Decimal as Exact
from portwright_runtime import Deleted
from portwright_runtime.errors import ConfigurationError, ContractViolation, WarehouseError
from portwright_runtime.warehouse import Load
from support import models, travel
from support.models import field
from support.tables import SENSORS, Loader, Order, Sensor, order, orders_table
from support.warehouses import Place

CANARY = "4111 1111 1111 1111"


def totals(place: Place) -> dict[str, int]:
    found = place.query("SELECT order_id, total FROM sales.orders ORDER BY 1")
    return {order_id: int(total) for order_id, total in found}


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
    assert totals(place) == {"o1": 1, "o2": 2, "o4": 6}
    assert (load.rows, load.deleted, load.superseded, load.rejected) == (2, 2, 3, 0)
    assert load.rows + load.deleted + load.superseded + load.rejected == len(rows)
    again = orders.load([], load_id="2", mode="upsert")
    assert again == replace(load, status="unchanged")


def test_keys_may_be_of_any_type(typed_place: Place) -> None:
    sensors = typed_place.orders(**SENSORS)
    ids = [uuid.UUID(int=n) for n in range(4)]
    days = [dt.date(2026, 11, n + 1) for n in range(3)]
    made = [Sensor(sensor_id=ids[n], day=days[n], level=n / 2) for n in range(3)]
    sensors.load(made, load_id="1")
    again = Sensor(sensor_id=ids[3], day=days[1], level=0.5)
    sensors.load([again], load_id="2", mode="partition")
    with pytest.raises(ContractViolation, match="must not be in the table already"):
        sensors.load([made[0]], load_id="3", mode="append")
    changed = [Deleted(ids[0]), Sensor(sensor_id=ids[2], day=days[0], level=5.0)]
    sensors.load(changed, load_id="4", mode="upsert")
    found = typed_place.query("SELECT sensor_id, day, level FROM sales.orders ORDER BY 1")
    assert [(str(key), day, level) for key, day, level in found] == [
        (str(ids[2]), days[0], 5.0),
        (str(ids[3]), days[1], 0.5),
    ]


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
    assert (totals(place), load.superseded, load.watermark) == ({"o1": 7, "o2": 3}, 2, "7.00")
    second = [order(1, 6), order(2, 4), order(3, 1), Deleted("o2", at=Decimal(3))]
    load = orders.load(second, load_id="2", mode="upsert")
    assert totals(place) == {"o1": 7, "o2": 4, "o3": 1}
    assert (load.rows, load.superseded, load.deleted) == (2, 2, 0)
    orders.load(
        [Deleted("o1", at=Decimal(9)), Deleted("o3", at=Decimal(0))], load_id="3", mode="upsert"
    )
    assert totals(place) == {"o2": 4, "o3": 1}
    assert orders.watermark() == "9.00"


@pytest.mark.parametrize("size", [1, 7, 500])
def test_upserts_in_any_order_end_the_same(place: Place, size: int) -> None:
    orders = place.orders(latest_by="total", unique=())
    versions = [order(n % 97, (n * 7919) % 1009) for n in range(1000)]
    for at in range(0, len(versions), len(versions) // min(size, 4)):
        part = versions[at : at + len(versions) // min(size, 4)]
        orders.load(part, load_id=str(at), mode="upsert")
    latest: dict[str, int] = {}
    for each in versions:
        latest[each.order_id] = max(latest.get(each.order_id, 0), int(each.total))
    assert totals(place) == latest


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
    assert totals(place) == {"o1": 2}
    assert [each.load_id for each in orders.loads(1)] == ["late"]


def test_an_empty_replacement_needs_to_be_meant(place: Place) -> None:
    orders = place.orders()
    assert orders.load([], load_id="first").rows == 0
    orders.load([order(1)], load_id="1")
    with pytest.raises(WarehouseError, match="pass allow_empty=True"):
        orders.load([], load_id="2")
    assert orders.load([], load_id="2", allow_empty=True).status == "published"
    assert place.ids() == []


# ------------------------------------------------------------------- bad rows


BAD = [
    order(1),
    {"order_id": "o2", "total": "9.00"},  # no number
    {"order_id": "o3", "total": Decimal(-1), "card": CANARY},
    {"order_id": "o4"},
    {"order_id": "o5", "total": Decimal(1), "more": CANARY},
    order(1, 2),
    Order.model_construct(order_id="o6", total="much", card=CANARY),
    CANARY,
    order(7),
]


def test_bad_rows_block_a_load(place: Place) -> None:
    for bad in BAD[1:-1]:
        with pytest.raises(ContractViolation) as raised:
            place.orders().load([order(1), bad], load_id="1")
        assert CANARY not in str(raised.value)
    assert set(place.tables()) <= {"_portwright_loads"}


def test_bad_rows_are_put_aside_with_what_they_broke(place: Place) -> None:
    load = place.orders().load(BAD, load_id="1", on_bad_rows="quarantine")
    assert place.ids() == ["o1", "o7"]
    assert (load.rows, load.rejected) == (2, 7)
    found = place.put_aside()
    assert [(row, path, rule) for _, row, path, rule, _ in found] == [
        (2, "total", "Input should be an instance of Decimal"),
        (3, "total", "must be ≥ 0"),
        (4, "total", "Field required"),
        (5, "more", "Extra inputs are not permitted"),
        (6, "order_id", "must be unique"),
        (7, "total", "Input should be an instance of Decimal"),
        (8, "", "expected Order, got str"),
    ]
    assert json.loads(found[1][-1]) == {"order_id": "o3", "total": -1}
    assert CANARY not in str(found)
    # Under the same load_id nothing is put aside again.
    assert place.orders().load(BAD, load_id="1", on_bad_rows="quarantine") == Load(
        "orders", "1", "replace", 2, "unchanged", 7
    )
    assert len(place.put_aside()) == 7


def test_bad_rows_can_be_left_out(place: Place) -> None:
    load = place.orders().load(BAD, load_id="1", on_bad_rows="discard")
    assert (load.rows, load.rejected) == (2, 7)
    assert "_portwright_quarantine" not in place.tables()


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
        states.append(totals(place))
    with pytest.raises(WarehouseError, match="the last one is '4', undo it first"):
        orders.roll_back("3")
    for number in reversed(range(5)):
        assert totals(place) == states.pop()
        assert orders.roll_back() == str(number)
    assert totals(place) == {}
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


# ----------------------------------------------------------------------- forms


def arrow_table() -> pyarrow.Table:
    return pyarrow.table(
        {
            "total": pyarrow.array([1, 2, 3], pyarrow.int64()),
            "order_id": pyarrow.array(["o1", "o2", "o3"]).dictionary_encode(),
        }
    )


def frames() -> Iterator[Any]:
    yield arrow_table()
    yield arrow_table().to_reader()
    yield arrow_table().to_batches()[0]
    yield [order(n, n) for n in (1, 2, 3)]
    yield [{"order_id": f"o{n}", "total": Decimal(n), "card": None} for n in (1, 2, 3)]
    yield ({"order_id": f"o{n}", "total": Decimal(n)} for n in (1, 2, 3))


@pytest.mark.parametrize("form", range(6))
def test_rows_come_in_any_form(place: Place, form: int) -> None:
    load = place.orders().load([*frames()][form], load_id="1")
    assert load.rows == 3
    assert totals(place) == {"o1": 1, "o2": 2, "o3": 3}


def test_columns_in_arrow_are_the_contracts(place: Place) -> None:
    table = arrow_table()
    with pytest.raises(ConfigurationError, match="orders has no column 'more' in checkout"):
        place.orders().load(table.append_column("more", [[1, 2, 3]]), load_id="1")
    with pytest.raises(ConfigurationError, match="the column total of orders is given twice"):
        place.orders().load(table.append_column("total", [[1, 2, 3]]), load_id="1")
    with pytest.raises(ContractViolation, match="order_id: must not be null, broken by 3 rows"):
        place.orders().load(table.select(["total"]), load_id="1")
    floats = table.set_column(0, "total", [[0.1, 0.2, 0.3]])
    with pytest.raises(ContractViolation, match="total: Input should be an instance of Decimal"):
        place.orders().load(floats, load_id="1")
    fine = table.set_column(0, "total", [[Decimal("1.001"), Decimal(2), Decimal(3)]])
    with pytest.raises(ContractViolation, match=r"total: must be decimal128\(12, 2\)"):
        place.orders().load(fine, load_id="1")
    load = place.orders().load(fine, load_id="1", on_bad_rows="quarantine")
    assert (load.rows, load.rejected) == (2, 1)


# ----------------------------------------------------------------------- keys


MORNING = dt.datetime(2026, 11, 22, 8, 0, 0, 1)
KEYS: dict[str, tuple[Type, list[Any]]] = {
    "whole": (Integer(64), [-(2**63), 0, 2**63 - 1]),
    "unsigned": (Integer(64, signed=False), [0, 2**63, 2**64 - 1]),
    "huge": (Integer(128), [0, 1, 2**62]),
    "number": (Exact(12, 2), [Decimal("0.00"), Decimal("0.01"), Decimal("1.50")]),
    "text": (String(), [" ", "A", "a"]),
    "uuid": (Uuid(), [uuid.UUID(int=each) for each in (0, 1, 2**127)]),
    "day": (Date(), [dt.date(1969, 12, 31), dt.date(1970, 1, 1), dt.date(2026, 11, 22)]),
    "hour": (Time(), [dt.time(0), dt.time(8, 0, 0, 1), dt.time(23, 59, 59)]),
    "instant": (Timestamp(), [MORNING.replace(tzinfo=dt.UTC, hour=each) for each in (1, 2, 3)]),
    "wall": (Timestamp(zoned=False), [MORNING.replace(hour=each) for each in (1, 2, 3)]),
    "choice": (models.enum("choice", "id", values=("A", "B", "C")), ["A", "B", "C"]),
    "flag": (Boolean(), [False, True]),
}


@pytest.fixture(scope="module")
def keyed() -> Iterator[dict[str, Any]]:
    """Tables keyed by one type each, which is also what tells the later version, and the part."""
    facts = {"primary_key": ("id",), "latest_by": "seen", "partition_key": ("seen",)}
    objects = [
        models.an_object(
            name, name, field("id", type_), field("seen", type_), field("n", Integer(32)), **facts
        )
        for name, (type_, _) in KEYS.items()
    ]
    servers = (
        Server("analytics", "bigquery", settings=(("project", "project"), ("dataset", "sales"))),
        Server("clicks", "clickhouse", settings=(("database", "sales"),)),
        Server("dwh", "snowflake", settings=(("database", "DWH"), ("schema", "SALES"))),
    )
    with travel.package(models.a_model(*objects, servers=servers)) as module:
        tables = vars(module("tables")).items()
        yield {each.object: each for name, each in tables if name.endswith("_TABLE")}


@pytest.mark.parametrize("name", KEYS)
def test_rows_are_told_apart_by_keys_of_any_type(
    place: Place, keyed: dict[str, Any], name: str
) -> None:
    first, second, *others = KEYS[name][1]
    if (place.name, name) == ("snowflake", "huge"):
        others = []  # fakesnow holds 64 bits
    things = Loader(place.open(), replace(keyed[name], schema="sales"))

    def row(id_: Any, seen: Any, n: int) -> dict[str, Any]:
        return {"id": id_, "seen": seen, "n": n}

    things.load([row(first, second, 1), row(second, first, 1)], load_id="1")
    changes = [row(first, first, 2), Deleted(second, at=second), *(row(o, o, 2) for o in others)]
    load = things.load(changes, load_id="2", mode="upsert")
    # What the table has of the first is later than what came.
    assert (load.rows, load.deleted, load.superseded) == (len(others), 1, 1)
    assert things.load([row(second, first, 3)], load_id="3", mode="append").rows == 1
    with pytest.raises(ContractViolation, match="id: must not be in the table already"):
        things.load([row(second, second, 4)], load_id="4", mode="append")
    # The part that the first is in is replaced as a whole.
    things.load([row(first, second, 5)], load_id="5", mode="partition")
    assert things.roll_back() == "5"
