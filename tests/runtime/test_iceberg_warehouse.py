"""The warehouse in Apache Iceberg: a load is one snapshot and one commit, or none."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow
import pyarrow.parquet
import pytest
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.table import FileScanTask
from pyiceberg.table import Table as IcebergTable
from pyiceberg.types import StringType

from portwright_runtime import Deleted, arrow, open_warehouse
from portwright_runtime.errors import ConfigurationError, WarehouseError
from portwright_runtime.record import Record
from portwright_runtime.types import ExactDecimal, StrictText
from portwright_runtime.warehouse import Column, Dialect
from portwright_runtime.warehouses import iceberg_files, lake_files
from support import processes
from support.tables import SENSORS, Loader, Sensor, order, orders_table
from support.warehouses import Place, catalog_of, properties_of


@pytest.fixture
def place(tmp_path: Path) -> Place:
    found = Place("iceberg", str(tmp_path / "lake"))
    catalog_of(found.at)  # makes the catalogue's own tables
    return found


def table(place: Place) -> IcebergTable:
    return catalog_of(place.at).load_table(("sales", "orders"))


def rows(place: Place) -> pyarrow.Table:
    return table(place).scan().to_arrow()


PROGRAM = """
    import json, sys
    from portwright_runtime.loading import audit
    from portwright_runtime.warehouses import iceberg, iceberg_files
    from support.tables import Loader, order, orders_table
    properties, step, mode = sys.argv[1:]

    def stop():
        print("here", flush=True)
        sys.stdin.readline()

    def records():
        yield from (order(n, 2) for n in range(1_000))
        if step == "stage":
            stop()

    def stopping(found):
        def after(*given, **named):
            found(*given, **named)
            stop()
        return after
    if step == "audit":
        audit.findings = lambda staging: stop()
    if step == "write":  # files are written by now, and no commit has them
        iceberg_files.DataFiles.write = stopping(iceberg_files.DataFiles.write)
    if step == "snapshot":  # the snapshot's own files, too
        iceberg.Transaction.commit_transaction = lambda transaction: stop()
    warehouse = iceberg.IcebergWarehouse("test", json.loads(properties))
    Loader(warehouse, orders_table()).load(records(), load_id="2", mode=mode)
    if step == "after":
        stop()
"""


@pytest.mark.parametrize(
    ("step", "mode"),
    [
        ("stage", "replace"),
        ("audit", "replace"),
        ("write", "upsert"),
        ("snapshot", "replace"),
        ("snapshot", "upsert"),
        ("after", "upsert"),
    ],
)
def test_a_process_killed_at_any_step_leaves_a_whole_table(
    place: Place, step: str, mode: str
) -> None:
    place.orders().load([order(n) for n in range(1_000)], load_id="1")
    with processes.program(PROGRAM, json.dumps(properties_of(place.at)), step, mode) as victim:
        assert processes.line(victim) == "here"
        victim.kill()
        victim.wait(processes.PATIENCE)
    whole = 2 if step == "after" else 1
    assert set(rows(place)["total"].to_pylist()) == {whole}
    load = place.orders().load((order(n, 2) for n in range(1_000)), load_id="2", mode=mode)
    assert load.status == ("unchanged" if step == "after" else "published")
    assert load.rows == 1_000
    found = rows(place)
    assert len({*found["order_id"].to_pylist()}) == found.num_rows == 1_000
    assert set(found["total"].to_pylist()) == {2}


@pytest.mark.parametrize("mode", ["replace", "upsert"])
def test_a_full_disk_leaves_the_table_of_before(
    place: Place, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.orders().load([order(1)], load_id="1")

    def full(*given: Any, **named: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(iceberg_files.ParquetFormatWriter, "write", full)
        with pytest.raises(WarehouseError, match=r"is not published: .* No space left on device"):
            place.orders().load([order(1, 5)], load_id="2", mode=mode)
    assert {f"file://{each}" for each in Path(place.at).rglob("*.parquet*")} == {*files(place)}
    assert place.orders().load([order(1, 5)], load_id="2", mode=mode).status == "published"


# --------------------------------------------------------------------- the log


def test_a_load_is_one_snapshot_that_says_which(place: Place) -> None:
    orders = place.orders(partition_key=("card",), unique=())
    orders.load([order(n, card=f"{n % 3}") for n in range(9)], load_id="1")
    rows = [order(1, 5, card="1"), order(9, card="4"), Deleted("o0")]
    orders.load(rows, load_id="2", mode="upsert")
    _, first, last = table(place).snapshots()
    assert last.parent_snapshot_id == first.snapshot_id
    assert last.summary is not None
    assert '"load_id": "2"' in last.summary["portwright.load"]
    assert last.summary["total-records"] == "9"
    assert place.ids() == [f"o{n}" for n in range(1, 10)]
    untouched = [each for each in files(place) if "card=2" in each]
    assert len(untouched) == 1
    assert untouched[0] in {each["file_path"] for each in files_of(place, first.snapshot_id)}


def files(place: Place) -> list[str]:
    return [each.file.file_path for each in table(place).scan().plan_files()]


def files_of(place: Place, snapshot: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table(place).inspect.files(snapshot).to_pylist()
    return found


def test_loads_are_known_after_their_snapshots_expired(place: Place) -> None:
    orders = place.orders(latest_by="total")
    orders.load([order(1, 7)], load_id="1", mode="append")
    orders.load([order(2)], load_id="2", mode="append")
    orders.roll_back()
    table(place).append(rows(place).slice(0, 0))  # as others do that put files together
    [current] = {each.snapshot_id for each in table(place).refs().values()}
    old = [each.snapshot_id for each in table(place).snapshots() if each.snapshot_id != current]
    table(place).maintenance.expire_snapshots().by_ids(old).commit()
    assert orders.load([], load_id="1", mode="append").status == "unchanged"
    assert orders.watermark() == "7.00"
    with pytest.raises(WarehouseError, match="there is none"):
        orders.roll_back()
    assert orders.load([order(2)], load_id="2", mode="append").status == "published"
    assert place.ids() == ["o1", "o2"]


def test_what_others_undid_is_loaded_again(place: Place) -> None:
    orders = place.orders(latest_by="total")
    orders.load([order(1, 1)], load_id="1", mode="append")
    before = table(place).snapshots()[-1].snapshot_id
    orders.load([order(2, 2)], load_id="2", mode="append")
    table(place).manage_snapshots().rollback_to_snapshot(before).commit()
    assert orders.watermark() == "1.00"
    assert orders.load([order(2, 2)], load_id="2", mode="append").status == "published"
    assert place.ids() == ["o1", "o2"]


def test_a_load_is_not_undone_with_what_others_wrote_after_it(place: Place) -> None:
    place.orders().load([order(1)], load_id="1")
    table(place).append(rows(place))
    with pytest.raises(WarehouseError, match="others wrote to the table after it"):
        place.orders().roll_back()


def test_rows_that_others_deleted_stay_deleted(place: Place) -> None:
    """As engines do that merge on read: beside a file, the places of its rows that are no more."""
    orders = place.orders()
    orders.load([order(n) for n in range(4)], load_id="1")
    [file] = files(place)
    deletes = pyarrow.table({"file_path": [file, file], "pos": [0, 2]})
    path = Path(place.at, "deletes.parquet")
    pyarrow.parquet.write_table(deletes, path)
    task = FileScanTask(
        next(iter(table(place).scan().plan_files())).file,
        {
            DataFile.from_args(
                content=DataFileContent.POSITION_DELETES,
                file_path=f"file://{path}",
                file_format=FileFormat.PARQUET,
            )
        },
    )
    found = iceberg_files.read(task, table(place).schema(), table(place).io)
    assert [each for batch in found for each in batch["order_id"].to_pylist()] == ["o1", "o3"]
    puffin = DataFile.from_args(
        content=DataFileContent.POSITION_DELETES, file_path="x", file_format=FileFormat.PUFFIN
    )
    task.delete_files = {puffin}
    with pytest.raises(WarehouseError, match="rewrite its data files"):
        next(iceberg_files.read(task, table(place).schema(), table(place).io))


def test_a_table_that_grew_is_read_by_the_numbers_of_its_columns(place: Place) -> None:
    fewer = orders_table().columns[:2]
    orders = place.orders(columns=fewer, unique=(), record=Small, dialects={"duckdb": small()})
    orders.load([Small(order_id=f"o{n}", total=Decimal(n)) for n in range(3)], load_id="1")
    with table(place).update_schema() as change:
        change.add_column("card", StringType())
        change.rename_column("total", "sum")
    with table(place).update_schema() as change:
        change.rename_column("sum", "total")
    place.orders().load([order(1, 5, "c1")], load_id="2", mode="upsert")
    found = sorted(rows(place).to_pylist(), key=lambda each: each["order_id"])
    assert [(int(each["total"]), each["card"]) for each in found] == [
        (0, None),
        (5, "c1"),
        (2, None),
    ]


class Small(Record):
    order_id: StrictText
    total: ExactDecimal


def small() -> Dialect:
    columns = (("order_id", "VARCHAR"), ("total", "DECIMAL(12, 2)"))
    return Dialect(("sales", "orders"), columns, ())


# ------------------------------------------------------------------ the table


def test_the_table_is_that_of_the_contract(place: Place) -> None:
    place.orders(partition_key=("card",)).load([order(1)], load_id="1")
    made = table(place)
    assert str(made.schema()).split("\n")[1:-1] == [
        "  1: order_id: required string",
        "  2: total: required decimal(12, 2)",
        "  3: card: optional string",
    ]
    assert made.schema().identifier_field_ids == [1]
    assert [str(each.transform) for each in made.spec().fields] == ["identity"]


def test_a_table_of_format_1_is_an_error_that_says_what_to_do(place: Place) -> None:
    place.orders().load([order(1)], load_id="1")
    catalog = catalog_of(place.at)
    schema = table(place).schema()
    catalog.drop_table(("sales", "orders"))
    catalog.create_table(("sales", "orders"), schema, properties={"format-version": "1"})
    with pytest.raises(WarehouseError, match="set its property `format-version` to 2"):
        place.orders().load([order(1)], load_id="1")


def test_values_of_partitions_may_be_any(place: Place) -> None:
    orders = place.orders(unique=(), partition_key=("card",))
    cards = [None, "", ".", "../../..", "a/b=c", "x" * 300, "ü" * 300]
    orders.load([order(n, card=card) for n, card in enumerate(cards)], load_id="1")
    orders.load([order(9, card="../../..")], load_id="2", mode="partition")
    assert sorted(map(str, rows(place)["card"].to_pylist())) == sorted(map(str, cards))
    assert all(each.startswith(f"file://{place.at}/sales/orders/data/") for each in files(place))
    with pytest.raises(WarehouseError, match="it is a path"):
        place.orders(name="../orders").load([order(1)], load_id="1")


def test_a_table_of_spark_has_text_for_uuids(place: Place) -> None:
    catalog = catalog_of(place.at)
    catalog.create_namespace("sales")
    made = pyarrow.schema(
        [
            pyarrow.field("sensor_id", "string", False),
            pyarrow.field("day", "date32"),
            pyarrow.field("level", "double"),
        ]
    )
    catalog.create_table(("sales", "orders"), made)
    sensors = place.orders(**SENSORS)
    day = dt.date(2026, 11, 26)
    ids = [uuid.UUID(int=n) for n in range(3)]
    sensors.load([Sensor(sensor_id=each, day=day, level=1.5) for each in ids], load_id="1")
    sensors.load([Deleted(ids[1])], load_id="2", mode="upsert")
    assert sorted(rows(place)["sensor_id"].to_pylist()) == [
        "00000000-0000-0000-0000-000000000000",
        "00000000-0000-0000-0000-000000000002",
    ]


class Item(Record):
    sku: StrictText


class Basket(Record):
    basket_id: StrictText
    items: list[Item] | None = None


def test_absent_lists_are_no_empty_ones(place: Place) -> None:
    items = arrow.nullable(arrow.list_of(arrow.struct(Item, ("sku", arrow.STRING))))
    baskets = place.orders(
        record=Basket,
        columns=(
            Column("basket_id", arrow.STRING, "basket_id", required=True),
            Column("items", items, "items"),
        ),
        primary_key=("basket_id",),
        unique=(),
        checks=(),
        dialects={
            "duckdb": Dialect(
                ("sales", "orders"),
                (("basket_id", "VARCHAR"), ("items", "STRUCT(sku VARCHAR)[]")),
                (),
            )
        },
    )
    filled = Basket(basket_id="b3", items=[Item(sku="s1"), Item(sku="s2")])
    baskets.load(
        [Basket(basket_id="b1"), Basket(basket_id="b2", items=[]), filled, Basket(basket_id="b4")],
        load_id="1",
    )
    baskets.load([Deleted("b4")], load_id="2", mode="upsert")  # the others are written again
    [file] = files(place)
    found = pyarrow.parquet.read_table(file.removeprefix("file://"))
    assert found.to_pydict() == {
        "basket_id": ["b1", "b2", "b3"],
        "items": [None, [], [{"sku": "s1"}, {"sku": "s2"}]],
    }


def test_memory_has_no_more_than_files(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake_files, "FILE_SIZE", 1 << 20)
    orders = place.orders(unique=())
    orders.load((order(n) for n in range(150_000)), load_id="1")
    sizes = [each.file.record_count for each in table(place).scan().plan_files()]
    assert sum(sizes) == 150_000
    assert len(sizes) == 3
    orders.load((order(n * 40, 2) for n in range(2_000)), load_id="2", mode="upsert")
    found = rows(place)
    assert found.num_rows == 150_000
    assert found["total"].to_pylist().count(Decimal(2)) == 2_000


# ----------------------------------------------------------------- environment


def test_the_environment_names_it(tmp_path: Path) -> None:
    properties = properties_of(str(tmp_path))
    query = "&".join(f"{name}={quote(text)}" for name, text in properties.items())
    url = f"iceberg:test?{query}"
    Loader(open_warehouse(url), orders_table()).load([order(1)], load_id="1")
    assert catalog_of(str(tmp_path)).load_table("sales.orders").scan().count() == 1
    with pytest.raises(ConfigurationError, match="not followed by the name of a catalogue"):
        open_warehouse("iceberg:")


def test_a_catalogue_that_cannot_be_opened_is_an_error_without_its_password() -> None:
    with pytest.raises(WarehouseError, match="cannot open the Iceberg catalogue 'none'"):
        open_warehouse("iceberg:none")
    with pytest.raises(WarehouseError) as raised:
        open_warehouse("iceberg:none?type=sql&uri=postgresql://user:canary@127.0.0.1:1/none")
    assert "canary" not in str(raised.value)
