"""Random contracts and random chains of changes, on every engine that runs here: after each change
the tables are what the new DDL makes, and keep their rows. Where the engine refuses to, the
migration has told which rows are in the way."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from portwright.migrations import plan
from portwright.migrations.views import table
from portwright.model import Model
from portwright.targets.ddl import Ddl
from support import drawn_models, edited_models, migrating, records
from support.clickhouse_values import fitted

CHAINS = int(os.environ.get("PORTWRIGHT_FUZZ", "40")) // 8


def holds(engine: migrating.Engine, model: Model) -> bool:
    return not any(each.is_error for each in Ddl(engine.dialect.name).check(model))


@settings(
    max_examples=CHAINS,
    phases=[Phase.generate],  # to look for a simpler chain would take minutes
    suppress_health_check=[*HealthCheck],
)
@given(st.data())
def test_chains(engine: migrating.Engine, data: st.DataObject) -> None:
    engine.empty()
    old = data.draw(drawn_models.models())
    assume(holds(engine, old))
    [object_] = old.objects
    rows = data.draw(st.lists(records.records(object_.record), max_size=2))
    migrating.create(engine, old)
    if engine.dialect.types.nullable:
        rows = [fitted(object_.record, row) for row in rows]
    migrating.insert(engine, table(old, object_, engine.dialect), rows)
    for _ in range(data.draw(st.integers(1, 3))):
        new = data.draw(edited_models.edited(old))
        assume(holds(engine, new))
        made = plan(old, new, engine.dialect, destructive=data.draw(st.booleans()))
        try:
            migrating.through(engine, old, new, made)
        except migrating.Refused as refused:
            if refused.rows:
                return
            raise
        old = new
    found = migrating.own_tables(engine.catalogue())
    engine.empty()
    migrating.create(engine, old)
    assert found == engine.catalogue() != {}
