"""The warehouse in Delta Lake: a load is one commit, or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from deltalake import DeltaTable, write_deltalake
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portwright_runtime import Deleted, open_warehouse
from portwright_runtime.errors import ConfigurationError, WarehouseError
from portwright_runtime.warehouses.delta import DeltaWarehouse
from support import models, processes, travel
from support.records import records
from support.tables import Loader, order, orders_table
from support.warehouses import Place

EVERY_TYPE = models.all_types_model()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place("delta", str(tmp_path / "lake"))


def rows(place: Place) -> pyarrow.Table:
    return DeltaTable(f"{place.at}/sales/orders").to_pyarrow_table()


PROGRAM = """
    import sys
    from portwright_runtime.loading import audit
    from portwright_runtime.warehouses import delta, delta_change, lake_rows
    from support.tables import Loader, order, orders_table
    at, step, mode = sys.argv[1:]

    def stop():
        print("here", flush=True)
        sys.stdin.readline()

    def records():
        yield from (order(n, 2) for n in range(5_000))
        if step == "stage":
            stop()

    def stopping(found):
        def rows(*given):
            reader = found(*given)
            def batches():
                yield from reader
                stop()  # files are written by now, and no commit has them
            return lake_rows.pyarrow.RecordBatchReader.from_batches(reader.schema, batches())
        return rows
    if step == "audit":
        audit.findings = lambda staging: stop()
    if step == "write":
        delta.rows = stopping(delta.rows)
        delta_change.marked_rows = stopping(delta_change.marked_rows)
    Loader(delta.DeltaWarehouse(at), orders_table()).load(records(), load_id="2", mode=mode)
    if step == "after":
        stop()
"""


@pytest.mark.parametrize("mode", ["replace", "upsert"])
@pytest.mark.parametrize("step", ["stage", "audit", "write", "after"])
def test_a_process_killed_at_any_step_leaves_a_whole_table(
    place: Place, step: str, mode: str
) -> None:
    place.orders().load([order(n) for n in range(5_000)], load_id="1")
    with processes.program(PROGRAM, place.at, step, mode) as victim:
        assert processes.line(victim) == "here"
        victim.kill()
        victim.wait(processes.PATIENCE)
    whole = 2 if step == "after" else 1
    assert set(rows(place)["total"].to_pylist()) == {whole}
    load = place.orders().load((order(n, 2) for n in range(5_000)), load_id="2", mode=mode)
    assert load.status == ("unchanged" if step == "after" else "published")
    assert load.rows == 5_000
    found = rows(place)
    assert len({*found["order_id"].to_pylist()}) == found.num_rows == 5_000
    assert set(found["total"].to_pylist()) == {2}


@pytest.mark.parametrize(
    ("bad", "what"), [({"card": ""}, "an empty text"), ({"total": -1}, "a negative decimal")]
)
def test_a_partition_that_the_log_cannot_tell_is_refused(
    place: Place, bad: dict[str, Any], what: str
) -> None:
    facts = {"partition_key": tuple(bad), "checks": ()}
    place.orders(**facts).load([order(1, card="c")], load_id="1")
    with pytest.raises(WarehouseError, match=f"orders has {what} as {next(iter(bad))}"):
        place.orders(**facts).load([order(2, **bad)], load_id="2", mode="append")
    assert place.ids() == ["o1"]


def test_a_constraint_of_the_table_refuses_without_showing_the_row(place: Place) -> None:
    orders = place.orders(unique=())
    orders.load([order(1)], load_id="1")
    rule = {"known": "card IS NULL OR card < 'm'"}
    DeltaTable(f"{place.at}/sales/orders").alter.add_constraint(rule)
    for mode in ("replace", "append", "upsert"):
        with pytest.raises(WarehouseError) as raised:
            orders.load([order(2, card="visa 7")], load_id="2", mode=mode)
        assert "a constraint of the table itself refuses a row" in str(raised.value)
        assert "visa" not in str(raised.value)
    assert place.ids() == ["o1"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WarehouseError) as raised:
        Place("delta", str(tmp_path / "file")).orders().load([order(1)], load_id="1")
    assert str(raised.value) == (
        "load '1' of orders is not published: Not a directory:"
        f" {tmp_path / 'file' / 'sales' / 'orders'}"
    )


def test_a_bucket_that_is_away_says_what_is_wrong() -> None:
    options = {
        "aws_region": "eu-west-1",
        "aws_access_key_id": "id",
        "aws_secret_access_key": "sesame",
        "aws_endpoint_url": "http://127.0.0.1:1",
        "aws_allow_http": "true",
        "max_retries": "0",
    }
    with pytest.raises(WarehouseError) as raised:
        Loader(DeltaWarehouse("s3://bucket/lake", options), orders_table()).load([], load_id="1")
    assert str(raised.value) == (
        "cannot begin load '1' of orders: Generic S3 error: Connection refused (os error 111)"
    )


def test_the_environment_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Loader(open_warehouse("delta:lake"), orders_table()).load([order(1)], load_id="1")
    assert DeltaTable(str(tmp_path / "lake/sales/orders")).count() == 1
    with pytest.raises(ConfigurationError, match="not followed by a folder"):
        open_warehouse("delta:")


# ---------------------------------------------------------------------- values


@settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
@given(drawn=st.lists(records(EVERY_TYPE.objects[0].record), min_size=1, max_size=3))
def test_every_type(samples: Any, tmp_path_factory: pytest.TempPathFactory, drawn: Any) -> None:
    [object_] = EVERY_TYPE.objects
    [table] = (each for name, each in vars(samples("tables")).items() if name.endswith("_TABLE"))
    few = [{n: _of_38_digits(value) for n, value in row.items()} for row in drawn]
    warehouse = DeltaWarehouse(str(tmp_path_factory.mktemp("lake")))
    Loader(warehouse, table).load([table.record(**each) for each in few], load_id="1")
    place = warehouse.place(table)
    found = DeltaTable(place).to_pyarrow_table().to_pylist()
    read = [travel.read(object_.record, each) for each in found]
    for sent, back in zip((travel.told(object_.record, each) for each in few), read, strict=True):
        for name, value in sent.items():
            assert _timed(back[name], value) == value, name


@pytest.fixture(scope="module")
def samples() -> Iterator[Any]:
    with travel.package(EVERY_TYPE) as package:
        yield package


def _of_38_digits(value: Any) -> Any:
    return value % 10**38 if isinstance(value, int) and abs(value) >= 10**38 else value


def _timed(back: Any, sent: Any) -> Any:
    """What came back, with the times that are text there."""
    match sent:
        case dt.time() if isinstance(back, str):
            return dt.time.fromisoformat(back)
        case list() if isinstance(back, list) and len(sent) == len(back):
            return [_timed(*pair) for pair in zip(back, sent, strict=True)]
        case dict() if isinstance(back, dict) and back.keys() == sent.keys():
            return {key: _timed(back[key], value) for key, value in sent.items()}
        case _:
            return back


def test_an_upsert_that_changes_nothing_is_a_load_all_the_same(place: Place) -> None:
    orders = place.orders()
    orders.load([order(1)], load_id="1", mode="upsert")
    for number, nothing in enumerate(([Deleted("o9")], [])):
        load = orders.load(nothing, load_id=f"nothing {number}", mode="upsert")
        assert load.status == "published"
        again = orders.load([order(2)], load_id=f"nothing {number}", mode="upsert")
        assert again.status == "unchanged"
    assert [each.load_id for each in orders.loads()] == ["nothing 1", "nothing 0", "1"]
    assert orders.roll_back() == "nothing 1"
    assert place.ids() == ["o1"]


def test_what_others_wrote_is_not_undone(place: Place) -> None:
    orders = place.orders(unique=())
    orders.load([order(1)], load_id="1")
    orders.load([order(2)], load_id="2", mode="append")
    delta = DeltaTable(f"{place.at}/sales/orders")
    write_deltalake(delta, rows(place).slice(0, 1), mode="append")
    with pytest.raises(WarehouseError, match="cannot undo load '2' of orders: others wrote"):
        orders.roll_back()
    orders.load([order(3)], load_id="3", mode="append")
    assert orders.roll_back() == "3"
    with pytest.raises(WarehouseError, match="others wrote"):
        orders.roll_back()
    assert len(place.ids()) == 3
