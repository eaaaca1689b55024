"""Random contracts and random chains of changes, on every engine that runs here: after each change
the tables are what the new DDL makes, and keep their rows. Where the engine refuses to, the
migration has told which rows are in the way."""

from __future__ import annotations

import os
from dataclasses import replace

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from portwright.migrations import plan
from portwright.migrations.views import table
from portwright.model import Boolean, Date, Field, Integer, Model, Uuid
from portwright.targets.ddl import Ddl
from support import drawn_models, edited_models, migrating, records
from support.clickhouse_values import fitted

CHAINS = int(os.environ.get("PORTWRIGHT_FUZZ", "40")) // 8


def required(model: Model) -> list[Field]:
    return [each for each in model.objects[0].record.fields if each.required]


def holds(engine: migrating.Engine, model: Model) -> bool:
    return not any(each.is_error for each in Ddl(engine.dialect.name).check(model))


@st.composite
def dressed(draw: st.DrawFn, model: Model) -> Model:
    """The model with other comments and keys."""
    [object_] = model.objects
    comments = st.sampled_from((None, None, "A.", "It's\nB"))
    keyable = (Integer, Uuid, Date, Boolean)
    fields = tuple(
        replace(
            each,
            description=draw(comments),
            unique=isinstance(each.type, keyable) and draw(st.integers(0, 5)) == 0,
        )
        for each in object_.record.fields
    )
    able = [each.name for each in fields if isinstance(each.type, keyable) and each.required]
    key = draw(st.sampled_from(able)) if able and draw(st.booleans()) else None
    record = replace(object_.record, fields=fields, description=draw(comments))
    return replace(
        model, objects=(replace(object_, record=record, primary_key=(key,) if key else ()),)
    )


@settings(
    max_examples=CHAINS,
    phases=[Phase.generate],  # to look for a simpler chain would take minutes
    suppress_health_check=[*HealthCheck],
)
@given(st.data())
def test_chains(engine: migrating.Engine, data: st.DataObject) -> None:
    engine.empty()
    old = data.draw(drawn_models.models().flatmap(dressed))
    assume(holds(engine, old))
    [object_] = old.objects
    # Of two rows, one may break a key.
    most = 1 if data.draw(st.booleans()) else 2
    keyed = object_.primary_key or any(each.unique for each in object_.record.fields)
    rows = data.draw(st.lists(records.records(object_.record), max_size=1 if keyed else most))
    migrating.create(engine, old)
    if engine.dialect.types.nullable:
        rows = [fitted(object_.record, row) for row in rows]
    migrating.insert(engine, table(old, object_, engine.dialect), rows)
    for _ in range(data.draw(st.integers(1, 3))):
        new = data.draw(edited_models.edited(old))
        if data.draw(st.booleans()):
            new = data.draw(dressed(new))
        assume(set(new.objects[0].primary_key) <= {each.name for each in required(new)})
        assume(holds(engine, new))
        made = plan(old, new, engine.dialect, destructive=data.draw(st.booleans()))
        try:
            migrating.through(engine, old, new, made)
        except migrating.Refused as refused:
            # Of what is inside a list, a map or a record, only words can tell.
            if refused.rows or "does not fit" in refused.step.detail:
                return
            raise
        old = new
    found = migrating.own_tables(engine.catalogue())
    engine.empty()
    migrating.create(engine, old)
    for name, fresh in engine.catalogue().items():
        assert found[name] == fresh
