"""Every change that touches a table, alone, on every engine that runs here: the old tables with
rows in them become what the new DDL makes, and keep their rows."""

from __future__ import annotations

import pytest

from portwright.migrations import Effort
from support import migrating
from support.models import a_model
from support.table_changes import BIG, CHANGES, TABLES, N, bumped, customers, known_rows, rows


@pytest.mark.parametrize("name", CHANGES)
def test_a_change(engine: migrating.Engine, name: str) -> None:
    old, new = CHANGES[name][0], bumped(CHANGES[name][1])
    migrating.both_ways(engine, old, new, rows(old, new))


@pytest.mark.parametrize("name", TABLES)
def test_tables_that_refer_to_each_other(engine: migrating.Engine, name: str) -> None:
    before, after = TABLES[name]
    old, new = a_model(*before), bumped(a_model(*after))
    migrating.both_ways(engine, old, new, known_rows(before))


def test_a_new_major_version_has_a_table_of_its_own(engine: migrating.Engine) -> None:
    before, after = customers(BIG), customers(BIG, N, table="customers_v2")
    old, new = a_model(before), bumped(a_model(after), "2.0.0")
    done = migrating.run(engine, old, new, known_rows((before,)))
    assert done.plan.effort is Effort.NEW_TABLE and not done.plan.left_out
    assert done.found.keys() == {"customers", "customers_v2"}
    assert done.found["customers_v2"] == done.fresh["customers_v2"]
