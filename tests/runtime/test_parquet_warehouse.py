"""The warehouse of Parquet files: a load is one manifest, or none."""

from __future__ import annotations

import errno
import json
import os
import re
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow
import pyarrow.fs
import pytest

from portwright_runtime import open_warehouse
from portwright_runtime.errors import ConfigurationError, WarehouseError
from portwright_runtime.warehouses import parquet
from portwright_runtime.warehouses.lake import Overtaken
from portwright_runtime.warehouses.parquet import ParquetWarehouse
from portwright_runtime.warehouses.parquet_log import Folder, Manifest
from support import processes
from support.tables import Loader, order, orders_table
from support.warehouses import Place, parquet_table


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place("parquet", str(tmp_path / "lake"))


def files(place: Place) -> list[str]:
    return ParquetWarehouse(place.at).files("sales", "orders")


def rows(place: Place) -> pyarrow.Table:
    return parquet_table(files(place))


def on_disk(place: Place) -> set[str]:
    return {str(each) for each in Path(place.at).rglob("*.parquet")}


PROGRAM = """
    import sys
    from portwright_runtime.warehouses import parquet, parquet_log
    from support.tables import Loader, order, orders_table
    at, step, mode = sys.argv[1:]

    def stop(*given):
        print("here", flush=True)
        sys.stdin.readline()

    def records():
        yield from (order(n, 2) for n in range(1_000))
        if step == "stage":
            stop()

    if step == "write":  # all files are there
        parquet.Folder.publish = stop
    if step == "publish":  # the manifest is there under another name
        parquet_log.os.link = stop
    if step == "clean":
        parquet.Folder.clean = stop
    loader = Loader(parquet.ParquetWarehouse(at), orders_table())
    loader.load(records(), load_id="2", mode=mode)
"""


@pytest.mark.parametrize(
    ("step", "mode"),
    [
        ("stage", "replace"),
        ("write", "replace"),
        ("write", "upsert"),
        ("publish", "upsert"),
        ("clean", "replace"),
    ],
)
def test_a_process_killed_at_any_step_leaves_a_whole_table(
    place: Place, step: str, mode: str
) -> None:
    place.orders().load([order(n) for n in range(1_000)], load_id="1")
    with processes.program(PROGRAM, place.at, step, mode) as victim:
        assert processes.line(victim) == "here"
        victim.kill()
        victim.wait(processes.PATIENCE)
    whole = 2 if step == "clean" else 1
    assert set(rows(place)["total"].to_pylist()) == {whole}
    left = on_disk(place) - {*files(place)}
    a_day_ago = time.time() - 90_000
    for each in Path(place.at).rglob("*"):
        if each.is_file():
            os.utime(each, (a_day_ago, a_day_ago))
    load = place.orders().load((order(n, 2) for n in range(1_000)), load_id="2", mode=mode)
    assert load.status == ("unchanged" if step == "clean" else "published")
    assert load.rows == 1_000
    found = rows(place)
    assert len({*found["order_id"].to_pylist()}) == found.num_rows == 1_000
    assert set(found["total"].to_pylist()) == {2}
    if step in ("write", "publish"):
        assert left
        assert not left & on_disk(place)
        assert not [*Path(place.at).rglob("*.draft")]


@pytest.mark.parametrize("mode", ["replace", "upsert"])
def test_a_full_disk_leaves_the_table_of_before(
    place: Place, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.orders().load([order(1)], load_id="1")

    def full(*given: Any, **named: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(parquet.parquet.ParquetWriter, "write_batch", full)
        with pytest.raises(WarehouseError, match=r"is not published: .* No space left on device"):
            place.orders().load([order(1, 5)], load_id="2", mode=mode)
    assert {str(each) for each in Path(place.at).rglob("*.parquet*")} == {*files(place)}
    assert place.orders().load([order(1, 5)], load_id="2", mode=mode).status == "published"


# ------------------------------------------------------------------- versions


def test_a_number_that_was_cleaned_away_is_not_taken_again(tmp_path: Path) -> None:
    folder = Folder(pyarrow.fs.LocalFileSystem(), str(tmp_path))
    told = [{"load_id": str(number)} for number in range(4)]
    for number in (1, 2, 3):
        loads = [(at, told[at]) for at in range(1, number + 1)]
        folder.publish(Manifest(number, "", before=number - 1, loads=loads))
    with pytest.raises(Overtaken):
        folder.publish(Manifest(3, "", before=2, loads=[(3, {"load_id": "late"})]))
    folder.clean(keep=0)
    assert folder.numbers() == [3]
    with pytest.raises(Overtaken):
        folder.publish(Manifest(2, "", before=1, loads=[(2, {"load_id": "late"})]))
    current = folder.current()
    assert current is not None
    assert current.number == 3


def test_files_stay_as_long_as_loads_can_be_undone(place: Place) -> None:
    orders = place.orders(unique=(), partition_key=("card",))
    orders.load([order(n, card=f"{n % 2}") for n in range(10)], load_id="1")
    [even, odd] = sorted(files(place))
    assert "/card=0/" in even
    orders.load([order(1, 5, card="1")], load_id="2", mode="upsert")
    assert {even, odd} < on_disk(place)
    assert even in files(place)
    assert odd not in files(place)
    orders.load([order(11, card="1")], load_id="3", mode="append", keep=0)
    assert odd not in on_disk(place)
    assert on_disk(place) == {*files(place)}
    with pytest.raises(WarehouseError, match="`keep` of a load says how many can be undone"):
        orders.roll_back()


def test_files_are_read_by_any_engine(place: Place) -> None:
    """A list of paths is what DuckDB, polars and pyarrow's datasets take."""
    orders = place.orders(unique=(), partition_key=("card",))
    orders.load([order(n, n, card=f"{n % 2}") for n in range(10)], load_id="1")
    guide = Path(__file__, "../../../docs/warehouses.md").resolve().read_text("utf-8")
    [code] = [
        each
        for each in re.findall(r"```python\n(.*?)```", guide, re.S)
        if "ParquetWarehouse" in each
    ]
    names = {"duckdb": duckdb.connect()}
    *rest, query = code.replace("s3://bucket/path?region=eu-west-1", place.at).strip().split("\n")
    exec("\n".join([*rest, f"found = {query}"]), names)
    found = names["found"].fetchall()
    assert (sum(total for _, total, _ in found), {card for *_, card in found}) == (45, {"0", "1"})
    [manifest] = Path(place.at, "sales/orders/_portwright").glob("*.json")
    told = json.loads(manifest.read_text())
    assert sorted(told["files"].values()) == [5, 5]
    [[number, load]] = told["loads"]
    assert (number, load["load_id"], load["rows"], load["version"]) == (1, "1", 10, "1.2.0")


def test_a_table_of_another_version_is_an_error_that_says_where(place: Place) -> None:
    place.orders().load([order(1)], load_id="1")
    fewer = orders_table().columns[:2]
    with pytest.raises(
        WarehouseError, match=r"orders is not .*: column card is not in the contract"
    ):
        place.orders(columns=fewer, unique=()).load([order(1)], load_id="2")


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff\xfe", b'{"number": 1}'])
def test_a_manifest_that_is_damaged_is_named(place: Place, text: bytes) -> None:
    orders = place.orders()
    orders.load([order(1)], load_id="1")
    [manifest] = Path(place.at).rglob("_portwright/*.json")
    manifest.write_bytes(text)
    for call in (lambda: orders.load([], load_id="2"), orders.loads, lambda: files(place)):
        with pytest.raises(WarehouseError, match=r"\.json is no manifest of a table: restore"):
            call()


def test_files_of_other_tables_are_left_alone(place: Place) -> None:
    place.orders(schema=None, name="orders").load([order(1)], load_id="1")
    place.orders(schema="orders", name="others").load([order(2)], load_id="1")
    a_day_ago = time.time() - 90_000
    for each in Path(place.at).rglob("*.parquet"):
        os.utime(each, (a_day_ago, a_day_ago))
    place.orders(schema=None, name="orders").load([order(1)], load_id="2", keep=0)
    [other] = ParquetWarehouse(place.at).files("orders", "others")
    assert parquet_table([other]).num_rows == 1
    assert len(on_disk(place)) == 2


def test_stores_without_links_have_whole_versions(tmp_path: Path) -> None:
    """As Arrow's file systems of buckets are, which write a file at once when it is closed."""
    warehouse = ParquetWarehouse("/lake")
    warehouse._system = pyarrow.fs.SubTreeFileSystem(str(tmp_path), pyarrow.fs.LocalFileSystem())
    orders = Loader(warehouse, orders_table())
    orders.load([order(1), order(2, -1)], load_id="1", on_bad_rows="quarantine")
    orders.load([order(1, 3), order(2)], load_id="2", mode="upsert")
    assert orders.roll_back() == "2"
    orders.load([order(3)], load_id="3", mode="append")
    found = parquet_table([f"{tmp_path}/{each}" for each in warehouse.files("sales", "orders")])
    assert sorted(found["order_id"].to_pylist()) == ["o1", "o3"]
    assert len([*tmp_path.rglob("_portwright_quarantine/*.parquet")]) == 1
    folder = warehouse._folder("sales", "orders")
    current = folder.current()
    assert current is not None
    with pytest.raises(Overtaken):
        folder.publish(current)


@pytest.mark.parametrize("name", ["a/b", "..", "a b%", "ü"])
def test_names_stay_below_the_folder(place: Place, name: str) -> None:
    orders = place.orders(name=name)
    if name == "..":
        with pytest.raises(WarehouseError, match="cannot be the name of a folder"):
            orders.load([order(1)], load_id="1")
        return
    orders.load([order(1)], load_id="1")
    assert len(ParquetWarehouse(place.at).files("sales", name)) == 1
    [manifests] = Path(place.at).rglob("_portwright")
    assert manifests.parent.parent == Path(place.at, "sales")


def test_values_stay_below_the_folder(place: Place) -> None:
    orders = place.orders(unique=(), partition_key=("card",))
    cards = [None, "", ".", "../../..", "a/b=c", "x" * 300, "ü" * 300, "\0"]
    orders.load([order(n, card=card) for n, card in enumerate(cards)], load_id="1")
    orders.load([order(9, card="../../..")], load_id="2", mode="partition")
    assert sorted(map(str, rows(place)["card"].to_pylist())) == sorted(map(str, cards))
    assert all(each.startswith(f"{place.at}/sales/orders/card=") for each in files(place))


# ----------------------------------------------------------------- environment


def test_the_environment_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Loader(open_warehouse("parquet:lake"), orders_table()).load([order(1)], load_id="1")
    url = f"parquet:file://{tmp_path}/lake"
    load = Loader(open_warehouse(url), orders_table()).load([order(1)], load_id="1")
    assert load.status == "unchanged"
    with pytest.raises(ConfigurationError, match="not followed by a folder"):
        open_warehouse("parquet:")
    with pytest.raises(WarehouseError, match="cannot open the folder of Parquet tables"):
        open_warehouse("parquet:nothing://here")
    with pytest.raises(WarehouseError) as raised:
        open_warehouse("parquet:s3://user:canary@:bucket")
    assert "canary" not in str(raised.value)
