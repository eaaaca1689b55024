"""`portwright-runtime load`: one load, for who runs it by the clock."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pytest

from portwright_runtime.cli import main

LOADS = """
from decimal import Decimal
from portwright_runtime import open_warehouse
from support.tables import Loader, order, orders_table

def port():
    return Loader(open_warehouse(), orders_table())

def good(load_id):
    return port().load([order(1), order(2)], load_id=load_id)

def several(load_id):
    return [good(load_id), good(load_id)]

def spotted(load_id):
    rows = [order(1), order(2, -1)]
    return port().load(rows, load_id=load_id, on_bad_rows="quarantine")

def bad(load_id):
    return port().load([order(2, -1)], load_id=load_id)

def nothing(load_id):
    return None

seven = 7
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTWRIGHT_WAREHOUSE", f"duckdb:{tmp_path}/warehouse.duckdb")
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "loads_of_a_shop", raising=False)
    Path("loads_of_a_shop.py").write_text(LOADS)


def load(function: str, *words: str) -> int:
    return main(["load", f"loads_of_a_shop:{function}", *words])


def ids() -> list[str]:
    with duckdb.connect("warehouse.duckdb") as connection:
        found = connection.execute("SELECT load_id FROM sales._portwright_loads").fetchall()
    return [each for (each,) in found]


def test_a_load_is_told_and_repeated_without_harm(capsys: pytest.CaptureFixture[str]) -> None:
    assert load("good", "--for", "2026-11-22") == 0
    assert capsys.readouterr().err == "orders 2026-11-22: published, 2 rows\n"
    assert load("good", "--load-id", "2026-11-22") == 0
    assert capsys.readouterr().err == "orders 2026-11-22: unchanged, 2 rows\n"
    assert load("several") == 0
    assert len(ids()) == 2


def test_rows_that_were_put_aside_have_a_code_of_their_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert load("spotted", "--load-id", "1") == 3
    assert capsys.readouterr().err == "orders 1: published, 1 rows, 1 rejected\n"


def test_a_load_that_fails_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert load("bad", "--metrics-file", "bad.prom") == 1
    said = capsys.readouterr().err
    assert said.startswith("error: checkout 1.2.0, orders: total: must be ≥ 0, broken by 1 row")
    assert not Path("bad.prom").exists()


def test_figures_are_written_for_prometheus() -> None:
    from prometheus_client.parser import text_string_to_metric_families

    assert load("spotted", "--load-id", "1", "--metrics-file", "orders.prom") == 3
    families = text_string_to_metric_families(Path("orders.prom").read_text("utf-8"))
    found = {each.name: [(s.labels, s.value) for s in each.samples] for each in families}
    labels = {"contract": "checkout", "object": "orders"}
    assert found["portwright_load_rows"] == [(labels, 1)]
    assert found["portwright_load_rejected_rows"] == [(labels, 1)]
    [(_, when)] = found["portwright_load_last_success_timestamp_seconds"]
    assert when > 1.7e9
    assert [each.name for each in Path().glob("*orders.prom*")] == ["orders.prom"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nothing"], "it is to give what `load` gives"),
        (["seven"], "it is no function"),
        (["no_such"], "there is no no_such in loads_of_a_shop"),
        (["good", "--for", "2026-11-22", "--load-id", "1"], "say the same thing"),
        (["good", "--metrics-file", "no/such/folder.prom"], "cannot write"),
    ],
)
def test_wrong_use_is_told(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert load(*words) == 1
    assert told in capsys.readouterr().err
