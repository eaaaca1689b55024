"""The view of a table goes with it: whatever happens below, it shows the rows, on every engine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portwright.migrations import plan
from portwright.migrations.views import table
from portwright.model import Integer, Model, Object, String
from portwright.targets.ddl import view_place
from support import migrating
from support.models import a_model, field
from support.table_changes import BIG, WIDE, N, bumped, customers

V1 = {"table": "customers_v1"}
NOTE = field("note", String(), False)


def two(first: Object, second: Object) -> tuple[Model, Model]:
    return a_model(first), bumped(a_model(second))


CHANGES = {
    "column added": two(customers(BIG, N, **V1), customers(BIG, N, NOTE, **V1)),
    "column added before others": two(customers(BIG, N, **V1), customers(BIG, NOTE, N, **V1)),
    "column widened": two(customers(BIG, N, **V1), customers(BIG, WIDE, **V1)),
    "column removed": two(customers(BIG, N, NOTE, **V1), customers(BIG, N, **V1)),
    "table called as its view": two(customers(BIG, N, **V1), customers(BIG, N)),
    "table gets a view": two(customers(BIG, N), customers(BIG, N, **V1)),
    "new major version": (
        a_model(customers(BIG, N, **V1)),
        replace(bumped(a_model(customers(BIG, NOTE, N, table="customers_v2")), "2.0.0"), major=2),
    ),
}


@pytest.mark.parametrize("destructive", [True, False])
@pytest.mark.parametrize("name", CHANGES)
def test_what_is_queried_has_the_rows(
    engine: migrating.Engine, name: str, destructive: bool
) -> None:
    old, new = CHANGES[name]
    migrating.create(engine, old)
    row = {"id": 1, "n": 2, "note": "x"}
    migrating.insert(engine, table(old, old.objects[0], engine.dialect), [row])
    made = plan(old, new, engine.dialect, destructive=destructive)
    for step in made.steps:
        for statement in step.statements if made.runs(step) else ():
            engine.execute(statement)
    [(key, number)] = engine.execute("SELECT id, n FROM customers")
    assert (int(key), int(number)) == (1, 2)
    view = view_place(new, new.objects[0], engine.dialect)
    if view and not made.left_out:
        columns = ", ".join(each.name for each in new.objects[0].record.fields)
        assert len(engine.execute(f"SELECT {columns} FROM customers")[0]) == columns.count(",") + 1


def test_new_ddl_is_run_over_the_view_of_before(engine: migrating.Engine) -> None:
    old, new = CHANGES["new major version"]
    for each in (old, new, new):
        migrating.create(engine, each)
    assert engine.execute("SELECT id, note, n FROM customers") == []


def test_an_object_that_takes_the_table_of_another_keeps_its_rows(
    engine: migrating.Engine,
) -> None:
    old = a_model(customers(BIG, N))
    renamed = replace(customers(BIG, N), name="clients", table="customers")
    migrating.create(engine, old)
    migrating.insert(engine, table(old, old.objects[0], engine.dialect), [{"id": 1, "n": 2}])
    made = plan(old, bumped(a_model(renamed)), engine.dialect, destructive=True)
    for statement in (each for step in made.steps for each in step.statements):
        engine.execute(statement)
    assert [int(each[0]) for each in engine.execute("SELECT n FROM customers")] == [2]


def test_a_new_table_waits_for_the_name_that_another_one_leaves(engine: migrating.Engine) -> None:
    first = replace(customers(BIG, N), id="first")
    moved = replace(customers(BIG, N), id="first", name="clients", table="clients")
    fresh = replace(customers(Integer(), NOTE), id="second")
    old, new = a_model(first), bumped(a_model(fresh, moved))
    migrating.create(engine, old)
    migrating.insert(engine, table(old, old.objects[0], engine.dialect), [{"id": 1, "n": 2}])
    for statement in (
        each
        for step in plan(old, new, engine.dialect, destructive=True).steps
        for each in step.statements
    ):
        engine.execute(statement)
    assert [int(each[0]) for each in engine.execute("SELECT n FROM clients")] == [2]
    assert engine.execute("SELECT note FROM customers") == []
