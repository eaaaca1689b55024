"""Loading into any warehouse: rows are told apart by keys of any type."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from portwright.model import (
    Boolean,
    Bounds,
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
from portwright_runtime.errors import ContractViolation
from support import models, travel
from support.models import field
from support.tables import SENSORS, Loader, Sensor
from support.warehouses import Place


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


# What statements of the runtime call things.
OURS = ("n", "fault", "told", "t", "s", "q", "c0", "rows", "shown", "by", "part", "source")


@pytest.fixture(scope="module")
def called() -> Iterator[Any]:
    """A table whose columns are called so, the first of them its key, with a rule for another."""
    fields = [field(each, Integer(32)) for each in OURS]
    fields[1] = replace(fields[1], type=Integer(32, bounds=Bounds(minimum=Decimal(0))))
    servers = (
        Server("analytics", "bigquery", settings=(("project", "project"), ("dataset", "sales"))),
        Server("clicks", "clickhouse", settings=(("database", "sales"),)),
        Server("dwh", "snowflake", settings=(("database", "DWH"), ("schema", "SALES"))),
    )
    model = models.a_model(
        models.an_object("called", "called", *fields, primary_key=OURS[:1]), servers=servers
    )
    with travel.package(model) as module:
        yield replace(module("tables").CALLED_TABLE, schema="sales")


def test_columns_may_be_called_as_statements_call_theirs(place: Place, called: Any) -> None:
    things = Loader(place.open(), called)
    rows = [dict.fromkeys(OURS, 5) | {"n": n} for n in range(4)]
    assert things.load(rows, load_id="1").rows == 4
    with pytest.raises(ContractViolation, match="n: must be unique, broken by 2 rows"):
        things.load([*rows, rows[2]], load_id="2")
    bad = rows[1] | {"n": 7, "fault": -1}
    load = things.load([*rows, rows[2], bad], load_id="3", on_bad_rows="quarantine")
    assert (load.rows, load.rejected) == (4, 2)
    changed = [rows[0] | {"t": 6}, Deleted(3)]
    load = things.load(changed, load_id="4", mode="upsert")
    assert (load.rows, load.deleted) == (1, 1)
    assert things.roll_back() == "4"
