"""The outbox: one set of tables for a database, whatever contracts are handed out of it."""

from __future__ import annotations

import pytest

from portwright.model import Port, String
from portwright.targets.outbox import DIALECTS, Outbox
from support.models import a_model, an_object, field

ORDERS = an_object("orders", "order", field("id", String()))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_of_a_contract_is_in_it(dialect: str) -> None:
    one = list(Outbox(dialect).emit(a_model(ORDERS)))
    other = list(Outbox(dialect).emit(a_model(an_object("x", "x", field("y", String())))))
    assert one == other
    assert str(one[0].path) == f"outbox.{dialect}.sql"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_its_first_columns_are_those_of_debeziums_router(dialect: str) -> None:
    (file,) = Outbox(dialect).emit(a_model(ORDERS))
    table = file.text.split("CREATE TABLE IF NOT EXISTS ")[1]
    columns = [line.split()[0] for line in table.splitlines()[1:6]]
    assert columns == ["id", "aggregatetype", "aggregateid", "type", "payload"]


def test_a_contract_without_a_stream_has_none() -> None:
    model = a_model(an_object("orders", "order", field("id", String()), ports=(Port.TABLE,)))
    assert list(Outbox("sqlite").emit(model)) == []


def test_a_table_in_a_schema_has_its_index_there() -> None:
    (file,) = Outbox("postgres", "events.outbox").emit(a_model(ORDERS))
    assert (
        'CREATE INDEX IF NOT EXISTS "outbox_order" ON "events"."outbox" (shard, seq)' in file.text
    )
    assert '"events"."outbox_dead"' in file.text


@pytest.mark.parametrize("name", ["", "a b", 'x"; DROP TABLE y; --', "a.b.c", "1x", "é"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    (found,) = Outbox("postgres", name).check(a_model(ORDERS))
    assert found.code == "PW380" and found.is_error
