"""`earlier.py`: both major versions of a port, of one record. Tools read it, and a port runs it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from portwright import lock
from portwright.model import Model
from portwright.targets.python import Python
from portwright_runtime import ConfigurationError, ContractViolation, Deleted, MemoryStream
from portwright_runtime.both import BothStreams, BothTables
from support import packages
from support.changes import contract, model
from support.tools import mypy, tool

OLD = """\
{name: same, logicalType: integer}
{name: was, id: moved, logicalType: string, required: true}
{name: gone, logicalType: string}
{name: less, logicalType: number, physicalType: "decimal(10, 4)"}
{name: whole, logicalType: number}
{name: kind, logicalType: string, logicalTypeOptions: {enum: [a, b, c]}}
{name: word, logicalType: string, logicalTypeOptions: {enum: [a]}}
{name: must, logicalType: string, required: true}
{name: short, logicalType: string, logicalTypeOptions: {maxLength: 3}}
{name: at, logicalType: timestamp}
{name: lines, logicalType: array, items: {logicalType: object, properties: [{name: sku, \
logicalType: string, required: true}, {name: size, logicalType: integer}]}}
"""
NEW = """\
{name: same, logicalType: integer}
{name: now, id: moved, logicalType: string, required: true}
{name: less, logicalType: number, physicalType: "decimal(10, 2)"}
{name: whole, logicalType: integer}
{name: kind, logicalType: string, logicalTypeOptions: {enum: [a, b]}}
{name: word, logicalType: string, logicalTypeOptions: {enum: [a, z]}}
{name: must, logicalType: string}
{name: short, logicalType: string}
{name: at, logicalType: timestamp, logicalTypeOptions: {timezone: false}}
{name: lines, logicalType: array, items: {logicalType: object, properties: [{name: sku, \
logicalType: string, required: true}, {name: colour, logicalType: string}]}}
{name: fresh, logicalType: boolean}
"""
BY_HAND = {
    "order_gone": lambda record: "left",
    "order_word": lambda record: None,
    "order_must": lambda record: record.must or "",
    "order_at": lambda record: None,
    "order_line_size": lambda record: len(record.sku),
}


def versions(old: str, new: str) -> tuple[Model, Model]:
    """Both, as a config that has both makes them."""
    before = model(contract("version: 1.4.0\n", properties=old))
    after = model(contract("version: 2.0.0\n", properties=new))
    (before, after), _ = lock.apply_all([before, after], lock.Lock())
    before = replace(before, current=False)
    return before, replace(after, earlier=before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where both packages are, on the path."""
    root = tmp_path_factory.mktemp("earlier")
    for each in versions(OLD, NEW):
        packages.write(each, root)
    sys.path.insert(0, str(root))
    yield root
    sys.path.remove(str(root))
    for name in [each for each in sys.modules if each.startswith(("shop_port", "shop_v2_port"))]:
        del sys.modules[name]


def module(name: str) -> Any:
    return importlib.import_module(name)


@pytest.fixture
def filled_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, function in BY_HAND.items():
        monkeypatch.setattr(f"shop_v2_port.by_hand.{name}", function)


def order(**more: Any) -> Any:
    models = module("shop_v2_port.models")
    line = models.OrderLine(sku="abc", colour="red")
    known = dict(order_id="1", day=date(2026, 1, 31), now="x", lines=[line], whole=7, kind="a")
    return models.Order(**{**known, **more})


def test_what_tools_say(folder: Path) -> None:
    assert tool("black", "--check", "--config=/dev/null", "shop_v2_port", cwd=folder) == ""
    assert mypy("shop_v2_port", cwd=folder) == ""


def test_what_the_contracts_do_not_tell_is_the_owners(folder: Path) -> None:
    by_hand = module("shop_v2_port.by_hand")
    assert {each for each in vars(by_hand) if each.startswith("order")} == set(BY_HAND)
    text = (folder / "shop_v2_port/by_hand.py").read_text()
    assert "This file is yours" in text and "# str, or None" in text
    with pytest.raises(NotImplementedError, match="say what `gone` was"):
        module("shop_v2_port.earlier").order(order())


def test_the_rest_is_made(filled_in: None) -> None:
    before = module("shop_v2_port.earlier").order(
        order(less=Decimal("1.25"), must="m", short="abc")
    )
    assert type(before).__module__ == "shop_port.models"
    assert (before.was, before.gone, before.whole, before.must) == ("x", "left", 7.0, "m")
    assert before.kind is module("shop_port.models").OrderKind.A
    assert [(each.sku, each.size) for each in before.lines] == [("abc", 3)]
    assert module("shop_v2_port.earlier").order(order(kind=None, lines=None)).lines is None


def test_both_are_published_of_one_record(filled_in: None) -> None:
    stream = MemoryStream()
    with module("shop_v2_port.earlier").BothShopPort.open(stream=stream) as ports:
        first, second = ports.orders.publish(order(), event_id="e")
        first.result(), second.result()
        assert ports.orders.publish_all([order(order_id="2"), order(order_id="3")]) == 2
        ports.orders.delete("3")
        with pytest.raises(ContractViolation, match="short"):
            ports.orders.publish(order(short="abcdef"))
    ids = [dict(each.headers)["ce_id"] for each in stream.messages]
    topics = [each.topic.rpartition(".")[2] for each in stream.messages]
    assert topics == ["v2", "v1"] * 4 and ids[::2] == ids[1::2]
    assert ids[0] == b"e" and len(set(ids)) == 4 and stream.messages[-1].value is None


def test_both_are_loaded_of_the_same_rows(filled_in: None, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    ports = module("shop_v2_port.earlier").BothShopPort
    with ports.open(stream=MemoryStream(), warehouse=f"duckdb:///{path}") as port:
        rows = [order(), order(order_id="2")]
        for status in ("published", "unchanged"):
            loads = port.orders.load(lambda: rows, load_id="1")
            assert [(each.status, each.load_id) for each in loads] == [(status, "1")] * 2
    with duckdb.connect(path) as found:
        tables = dict(
            found.execute("SELECT table_name, table_type FROM information_schema.tables").fetchall()
        )
        assert (tables["orders_v1"], tables["orders_v2"]) == ("BASE TABLE", "BASE TABLE")
        assert tables["orders"] == "VIEW"
        assert found.execute("SELECT now FROM orders").fetchall() == [("x",)] * 2
        assert found.execute("SELECT gone FROM orders_v1").fetchall() == [("left",)] * 2


def test_nothing_is_made_where_there_is_no_earlier_version() -> None:
    alone = model(contract("version: 2.0.0\n", properties=NEW))
    made = {each.path.name for each in Python().emit(lock.apply(alone, lock.Lock())[0])}
    assert not made & {"earlier.py", "by_hand.py"}


def test_where_all_can_be_told_nothing_is_left_to_the_owner() -> None:
    _, after = versions("{name: x, logicalType: integer}", "{name: x, logicalType: integer}")
    made = {each.path.name for each in Python().emit(after)}
    assert "earlier.py" in made and "by_hand.py" not in made


def test_a_key_that_is_another_one_deletes_from_neither() -> None:
    ref = "{name: ref, logicalType: string, required: true}"
    key = "{name: order_id, id: key, logicalType: string, primaryKey: true}"
    old = contract("version: 1.0.0\n", properties=ref)
    new = old.replace("1.0.0", "2.0.0").replace(ref, ref.replace("required", "primaryKey"))
    new = new.replace(key, key.replace("primaryKey", "required"))
    before, after = model(old), model(new)
    (before, after), _ = lock.apply_all([before, after], lock.Lock())
    made = {each.path.name: each.text for each in Python().emit(replace(after, earlier=before))}
    assert "earlier.orders, order, same_key=False" in made["earlier.py"]
    same = {each.path.name: each.text for each in Python().emit(replace(before, earlier=before))}
    assert "same_key" not in same["earlier.py"]
    nothing: Any = Nothing()
    with pytest.raises(ConfigurationError, match="each by its own"):
        BothStreams(nothing, nothing, lambda record: record, same_key=False).delete("a")
    with pytest.raises(ConfigurationError, match="each by its own"):
        tables = BothTables(nothing, nothing, lambda record: record, same_key=False)
        tables.load(lambda: [Deleted("a")], load_id="1")


class Nothing:
    """What no port hands out: it may be loaded, and takes the rows."""

    def load(self, rows: Any, **_: Any) -> None:
        list(rows)
