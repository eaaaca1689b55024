"""The view without a version over the table that has one: who has it, and that loads leave it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from portwright.model import Model
from portwright.pieces.beside import among_majors
from portwright.targets.ddl import DIALECTS, Ddl, view_place, view_statement
from support import packages
from support.changes import contract, model

DUCKDB = DIALECTS["duckdb"]


def place(made: Model) -> tuple[str, ...] | None:
    return view_place(made, made.objects[0], DUCKDB)


@pytest.mark.parametrize(
    ("version", "physical", "expected"),
    [
        ("1.0.0", "", ("orders",)),
        ("3.1.0", "", ("orders",)),
        ("0.1.0", "", ("orders",)),
        ("1.0.0", "orders", None),
        ("2.0.0", "web.orders_v2", ("web", "orders")),
        ("2.0.0", "web.orders_v1", None),
        ("1.0.0", "_v1", None),
    ],
)
def test_a_table_with_its_version_is_shown_without_it(
    version: str, physical: str, expected: tuple[str, ...] | None
) -> None:
    named = f"physicalName: {physical}" if physical else ""
    assert place(model(contract(f"version: {version}\n", named))) == expected


def test_another_table_keeps_its_name() -> None:
    made = model(contract())
    other = replace(made.objects[0], name="others", table="ORDERS")
    assert place(replace(made, objects=(*made.objects, other))) is None
    old = model(contract(of_object="physicalName: orders"))
    new = model(contract("version: 2.0.0\n"))
    assert place(replace(new, earlier=old)) is None


@pytest.mark.parametrize(
    ("statuses", "current"),
    [
        (("active", "active"), 2),
        (("deprecated", "active"), 2),
        (("active", "draft"), 1),
        (("active", "proposed"), 1),
        (("active", "Draft"), 1),
        (("draft", "draft"), 2),
    ],
)
def test_the_newest_that_is_more_than_a_plan_is_shown(
    statuses: tuple[str, str], current: int
) -> None:
    versions = [
        model(contract(f"version: {number}.0.0\nstatus: {status}\n"))
        for number, status in enumerate(statuses, 1)
    ]
    among = list(among_majors(versions))
    assert [each.major for each in among if place(each)] == [current]
    assert [each.earlier for each in among] == [None, versions[0]]


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_makes_it_anew_at_the_end_of_its_file(name: str) -> None:
    made = model(contract())
    statement = view_statement(made, made.objects[0], DIALECTS[name])
    assert statement is not None and ("OR REPLACE" in statement or "OR ALTER" in statement)
    [file] = Ddl(name).emit(made)
    assert file.text.endswith(f"{statement};\n")


def test_a_load_makes_the_view_once_and_never_moves_it(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    package = packages.load(packages.write(model(contract()), tmp_path))
    order = {"order_id": "a", "day": date(2026, 1, 1)}
    with duckdb.connect(path) as before:
        before.execute("CREATE TABLE orders (whose VARCHAR)")
    with package("").ShopPort.open(warehouse=f"duckdb:{path}") as port:
        port.orders.load([order], load_id="1")
        with duckdb.connect(path) as other:
            assert other.table("orders").columns == ["whose"]
            other.execute("DROP TABLE orders; CREATE VIEW orders AS SELECT 1 AS whose")
        port.orders.load([order], load_id="2")
        with duckdb.connect(path) as other:
            assert other.table("orders").columns == ["whose"]
            other.execute("DROP VIEW orders")
        port.orders.load([order], load_id="3")
    with duckdb.connect(path) as after:
        assert after.table("orders").columns == ["order_id", "day"]
