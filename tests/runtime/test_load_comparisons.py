"""Audits over time: the count of the source, the volume of loads before, and how new rows are."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow
import pytest

from portwright_runtime import Deleted, arrow
from portwright_runtime.errors import ConfigurationError, ContractViolation, WarehouseError
from portwright_runtime.loading import comparisons
from portwright_runtime.record import Record
from portwright_runtime.service_level import ServiceLevel
from portwright_runtime.types import StrictText
from portwright_runtime.warehouse import Column, Dialect, Load
from support.tables import Loader, order, orders_table

from .test_loader import Recording

HOUR = 3_600


def loads(*rows: int, mode: Any = "replace") -> list[Load]:
    return [Load("orders", str(n), mode, each, "published") for n, each in enumerate(rows)]


def orders(count: int) -> list[Any]:
    return [order(n) for n in range(count)]


# ---------------------------------------------------------------------- count


@pytest.mark.parametrize("expected", [3, lambda: 3])
def test_a_load_has_all_rows_of_its_source(expected: Any) -> None:
    loader = Loader(Recording(), orders_table())
    assert loader.load(iter(orders(3)), load_id="1", expected_rows=expected).rows == 3
    arrived = pyarrow.Table.from_pylist([{"order_id": "a", "total": n} for n in range(3)])
    mixed = [order(1, -1), order(2), order(2)]
    for given, facts in (
        (arrived, {"on_bad_rows": "discard"}),
        (mixed, {"on_bad_rows": "discard"}),
        ([order(1), order(1), Deleted("o2")], {"mode": "upsert"}),
    ):
        loader.load(given, load_id="2", expected_rows=expected, **facts)


@pytest.mark.parametrize("count", [2, 0, 4])
def test_a_load_of_more_or_fewer_rows_than_the_source_has_is_not_published(count: int) -> None:
    warehouse = Recording()
    loader = Loader(warehouse, orders_table())
    with pytest.raises(WarehouseError) as raised:
        loader.load(orders(count), load_id="1", expected_rows=lambda: 1_234)
    assert str(raised.value) == (
        f"load '1' of orders is not published: its source has 1,234 rows, and {count} came; "
        "load again, or correct what is expected"
    )
    assert warehouse.calls == ["begin 1 replace", "discard"]


def test_the_source_is_counted_once_its_rows_were_read() -> None:
    read: list[int] = []

    def rows() -> Any:
        for each in orders(5):
            read.append(1)
            yield each

    loader = Loader(Recording(), orders_table())
    assert loader.load(rows(), load_id="1", expected_rows=lambda: len(read)).rows == 5


@pytest.mark.parametrize("expected", [-1, True, 1.5, "3", lambda: "3", lambda: True])
def test_what_is_expected_is_a_number_of_rows(expected: Any) -> None:
    with pytest.raises(ConfigurationError, match="expected_rows is a number of rows"):
        Loader(Recording(), orders_table()).load(orders(1), load_id="1", expected_rows=expected)


# --------------------------------------------------------------------- volume


def test_what_is_unusual_is_told_and_published(caplog: pytest.LogCaptureFixture) -> None:
    warehouse = Recording()
    warehouse.known = loads(100, 90, 110)
    loader = Loader(warehouse, orders_table())
    assert loader.load(orders(3), load_id="9").rows == 3
    [line] = caplog.messages
    told = "3 rows, where the last 3 loads had 100 in the middle"
    assert line == f"orders: rows: unusual volume: {told}"
    caplog.clear()
    for count in (50, 199):
        loader.load(orders(count), load_id="9")
    loader.load(orders(3), load_id="9", mode="append")
    assert not caplog.messages


def test_a_load_beyond_the_contracts_bound_is_not_published() -> None:
    warehouse = Recording()
    warehouse.known = loads(100, 90, 110)
    loader = Loader(warehouse, orders_table(volume_change=12.5))
    with pytest.raises(ContractViolation) as raised:
        loader.load(orders(80), load_id="9")
    assert str(raised.value) == (
        "checkout 1.2.0, orders: volumeChange must be at most 12.5 percent: 80 rows, where the "
        "last 3 loads had 100 in the middle"
    )
    assert raised.value.__notes__ == ["pass measured=False if that is meant"]
    loader.load(orders(88), load_id="9")
    loader.load(orders(80), load_id="9", measured=False)
    with pytest.raises(ContractViolation, match="0 rows, where"):
        loader.load([], load_id="9")
    loader.load([], load_id="9", allow_empty=True)
    assert warehouse.calls.count("publish") == 3


def test_loads_are_compared_with_those_of_their_mode() -> None:
    table = orders_table(volume_change=50)
    earlier = [*loads(1, 1, 1, mode="append"), *loads(100, 100)]
    assert not [*comparisons.volume(table, "replace", 1, earlier)]
    assert [*comparisons.volume(table, "replace", 1, [*earlier, *loads(100)])]
    assert [*comparisons.volume(table, "append", 100, earlier)]
    assert not [*comparisons.volume(table, "append", 100, loads(0, 0, 0, mode="append"))]


def test_the_last_loads_tell_what_is_usual() -> None:
    table = orders_table(volume_change=10)
    assert not [*comparisons.volume(table, "replace", 100, loads(*[100] * 10, *[1] * 20))]


# ------------------------------------------------------------------------ age


class Reading(Record):
    id: StrictText
    seen_at: Any = None


def readings(type_: Any, sla: ServiceLevel, sql: str, **facts: Any) -> Loader:
    table: Any = orders_table(
        record=Reading,
        columns=(
            Column("id", arrow.STRING, "id", required=True),
            Column("seen_at", type_, "seenAt", classified=bool(facts.pop("classified", False))),
        ),
        dialects={"duckdb": Dialect(("r",), (("id", "VARCHAR"), ("seen_at", sql)), ())},
        primary_key=("id",),
        unique=(),
        checks=(),
        checks_all=False,
        sla=sla,
        **facts,
    )
    return Loader(Recording(), table)


def at(value: Any) -> list[Reading]:
    return [Reading.model_construct(id=f"{n}", seen_at=each) for n, each in enumerate(value)]


KINDS = [
    (arrow.INSTANT, "TIMESTAMPTZ", datetime(2026, 11, 22, 10, tzinfo=UTC)),
    (arrow.WALL_CLOCK, "TIMESTAMP", datetime(2026, 11, 22, 10)),
    (arrow.DATE, "DATE", date(2026, 11, 21)),
]


@pytest.mark.parametrize(("type_", "sql", "value"), KINDS)
def test_how_old_the_newest_row_is(
    type_: Any,
    sql: str,
    value: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = datetime(2026, 11, 22, 12, 30, tzinfo=UTC).timestamp()
    monkeypatch.setattr("portwright_runtime.loading.comparisons.time.time", lambda: now)
    older = value - timedelta(days=9)
    promise = ServiceLevel(freshness=HOUR, timestamp="seen_at")
    loader = readings(arrow.nullable(type_), promise, sql)
    assert loader.load(at([older, value, None]), load_id="1").rows == 3
    age = "2:30:00" if type_ != arrow.DATE else "12:30:00"
    assert caplog.messages == [
        f"orders: seenAt: the newest value must be at most 1:00:00 old, and is {age} old"
    ]
    caplog.clear()
    for quiet in (ServiceLevel(freshness=HOUR), ServiceLevel(HOUR, timestamp="seen_at")):
        readings(type_, quiet, sql).load(at([value]), load_id="1")
    loose = ServiceLevel(latency=13 * HOUR, freshness=HOUR, timestamp="seen_at")
    readings(type_, loose, sql).load(at([value]), load_id="1")
    readings(type_, promise, sql).load([], load_id="1")
    assert not caplog.messages


def test_the_age_of_what_is_classified_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    type_, sql, value = KINDS[0]
    promise = ServiceLevel(latency=HOUR, timestamp="seen_at")
    readings(type_, promise, sql, classified=True).load(at([value]), load_id="1")
    assert caplog.messages == ["orders: seenAt: the newest value must be at most 1:00:00 old"]


@pytest.mark.parametrize(
    ("watermark", "type_", "expected"),
    [
        ("2026-11-22 10:00:00+00", arrow.INSTANT, datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("2026-11-22 10:00:00.5+02", arrow.INSTANT, datetime(2026, 11, 22, 8, 0, 0, 500_000, UTC)),
        ("2026-11-22 10:00:00", arrow.WALL_CLOCK, datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("2026-11-22", arrow.DATE, datetime(2026, 11, 23, tzinfo=UTC)),
        (None, arrow.DATE, None),
    ],
)
def test_the_watermark_tells_how_new_a_load_is_that_is_there(
    watermark: str | None, type_: Any, expected: datetime | None
) -> None:
    promise = ServiceLevel(freshness=HOUR, timestamp="seen_at")
    table: Any = readings(type_, promise, "", latest_by="seen_at")._table
    load = replace(loads(1)[0], watermark=watermark)
    assert comparisons.newest_of(table, load) == (expected and expected.timestamp())
    assert comparisons.newest_of(replace(table, latest_by=None), load) is None


@pytest.fixture(autouse=True)
def _warnings(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
