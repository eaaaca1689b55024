"""Loading into tables of files: a load is one commit, whoever reads or loads at the same time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from deltalake import DeltaTable, write_deltalake

from portwright_runtime.errors import WarehouseError
from portwright_runtime.warehouse import Load
from portwright_runtime.warehouses.parquet import ParquetWarehouse
from support.tables import order
from support.warehouses import Place, catalog_of


@pytest.fixture
def place(lake: Place) -> Place:
    if lake.name == "iceberg":
        catalog_of(lake.at)  # makes the catalogue's own tables
    return lake


def test_readers_never_see_an_empty_partial_or_mixed_table(place: Place) -> None:
    orders = place.orders()
    orders.load((order(n, 0) for n in range(2_000)), load_id="0", keep=3)
    done = threading.Event()
    seen: list[tuple[int, int, int]] = []

    def read() -> None:
        while not done.is_set():
            question = "SELECT count(*), min(total)::INT, max(total)::INT FROM sales.orders"
            seen.extend(place.query(question))

    reader = threading.Thread(target=read)
    reader.start()
    for version in range(1, 7):
        mode = "replace" if version % 2 else "upsert"
        rows = (order(n, version) for n in range(2_000))
        orders.load(rows, load_id=str(version), mode=mode, keep=3)
    done.set()
    reader.join(60)
    assert {count for count, _, _ in seen} == {2_000}
    assert all(least == most for _, least, most in seen)
    assert len({least for _, least, _ in seen}) > 1


@pytest.mark.parametrize("made_before", [True, False])
def test_of_one_load_at_the_same_time_one_is_published(place: Place, made_before: bool) -> None:
    if made_before:
        place.orders().load([order(9_999)], load_id="0")
    loads = at_once(place, ["1", "1", "1"], "append")
    assert sorted(each.status for each in loads) == ["published", "unchanged", "unchanged"]
    assert len(place.ids()) == 500 + made_before
    # What the others wrote is not left behind; Delta Lake's VACUUM takes it away.
    if place.name != "delta":
        on_disk = {str(each) for each in Path(place.at, "sales").rglob("*.parquet")}
        assert on_disk == held(place)


def held(place: Place) -> set[str]:
    """The files of the table."""
    if place.name == "parquet":
        return {*ParquetWarehouse(place.at).files("sales", "orders")}
    files = catalog_of(place.at).load_table(("sales", "orders")).scan().plan_files()
    return {each.file.file_path.removeprefix("file://") for each in files}


@pytest.mark.parametrize("mode", ["append", "upsert"])
def test_loads_at_the_same_time_are_all_there(place: Place, mode: str) -> None:
    loads = at_once(place, ["1", "2", "3"], mode)
    assert [each.status for each in loads] == ["published"] * 3
    assert len(set(place.ids())) == len(place.ids()) == 1_500


def at_once(place: Place, load_ids: list[str], mode: str) -> list[Load]:
    """Loads of 500 rows, which are other ones under another id."""
    together = threading.Barrier(len(load_ids))
    loads: list[Load] = []

    def run(load_id: str) -> None:
        def records() -> Iterator[Any]:
            together.wait(30)
            yield from (order(int(load_id) * 500 + n) for n in range(500))

        loads.append(place.orders().load(records(), load_id=load_id, mode=mode))

    threads = [threading.Thread(target=run, args=(each,)) for each in load_ids]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return loads


# Nobody else makes a table of Parquet files.
@pytest.mark.parametrize("lake", ["delta", "iceberg"], indirect=True)
def test_a_table_of_another_version_is_an_error_that_says_where(place: Place) -> None:
    other = pyarrow.table({"order_id": ["o1"], "total": [1.5], "more": [1]})
    if place.name == "delta":
        write_deltalake(f"{place.at}/sales/orders", other)
    else:
        catalog = catalog_of(place.at)
        catalog.create_namespace("sales")
        catalog.create_table(("sales", "orders"), other.schema).append(other)
    with pytest.raises(WarehouseError) as raised:
        place.orders().load([order(1)], load_id="1")
    assert str(raised.value) == (
        "orders is not the table of checkout 1.2.0: "
        "column total is double where the contract says decimal128(12, 2); "
        "column card (string) is missing; column more is not in the contract. "
        "Migrate the table, or load with the package of the contract version that it has"
    )


def test_bad_rows_are_put_aside_once(place: Place) -> None:
    bad = [order(1), order(2, -1), {"order_id": "o3"}]
    for load_id in ("1", "2"):
        place.orders().load(bad, load_id=load_id, on_bad_rows="quarantine")
    place.orders().roll_back()
    place.orders().load(bad, load_id="2", on_bad_rows="quarantine")
    assert [(load_id, row) for load_id, row, *_ in place.put_aside()] == [
        ("1", 2),
        ("1", 3),
        ("2", 2),
        ("2", 3),
    ]


# Parquet files have nothing of the kind.
@pytest.mark.parametrize("lake", ["delta", "iceberg"], indirect=True)
def test_comments_and_properties_survive(place: Place) -> None:
    orders = place.orders(unique=())
    orders.load([order(1)], load_id="1")
    if place.name == "delta":
        delta = DeltaTable(f"{place.at}/sales/orders")
        delta.alter.set_table_description("kept")
        delta.alter.set_table_properties({"delta.logRetentionDuration": "interval 400 days"})
        delta.alter.set_column_metadata("card", {"comment": "of a bank"})
    else:
        iceberg = catalog_of(place.at).load_table(("sales", "orders"))
        with iceberg.transaction() as transaction:
            transaction.set_properties({"comment": "kept"})
        with iceberg.update_schema() as change:
            change.update_column("card", doc="of a bank")
    for mode in ("replace", "upsert", "append"):
        orders.load([order(int(mode == "append"))], load_id=mode, mode=mode)
        assert told(place) == ("kept", "of a bank")
    orders.roll_back()
    assert told(place) == ("kept", "of a bank")


def told(place: Place) -> tuple[str | None, str | None]:
    """The comments of the table and of a column."""
    if place.name == "iceberg":
        iceberg = catalog_of(place.at).load_table(("sales", "orders"))
        return iceberg.properties.get("comment"), iceberg.schema().find_field("card").doc
    delta = DeltaTable(f"{place.at}/sales/orders")
    assert delta.metadata().configuration["delta.logRetentionDuration"] == "interval 400 days"
    return delta.metadata().description, delta.schema().fields[2].metadata.get("comment")


@pytest.mark.parametrize("damaged", [True, False])
def test_a_file_that_is_damaged_or_gone_is_named_as_such(place: Place, damaged: bool) -> None:
    orders = place.orders()
    orders.load([order(1)], load_id="1")
    for each in Path(place.at, "sales").rglob("*.parquet"):
        each.unlink()
        if damaged:
            each.write_text("x")
    match = "a file of the table cannot be read" if damaged else "No such file|cannot be read"
    with pytest.raises(WarehouseError, match=f"'2' of orders is not published: .*(?:{match})"):
        orders.load([order(1, 2)], load_id="2", mode="upsert")
    assert orders.load([order(1, 2)], load_id="2").status == "published"
