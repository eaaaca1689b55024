"""Values travel in Arrow: batches of the table port keep them in IPC files and in Parquet."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet
from hypothesis import given
from hypothesis import strategies as st

from portwright.model import Record
from portwright.targets.arrow import Arrow
from portwright_runtime import arrow_schema
from portwright_runtime.loading.batches import batches
from support import drawn_models, travel
from support.records import records


@travel.FEW
@given(data=st.data())
def test_the_published_schema_holds_any_record(data: st.DataObject) -> None:
    model = data.draw(drawn_models.models(digits=76))
    type_ = model.objects[0].record
    drawn = data.draw(st.lists(records(type_), min_size=1, max_size=travel.RECORDS))
    [file] = Arrow().emit(model)
    rows = [travel.into_arrow(type_, each) for each in drawn]
    comes_back(type_, drawn, pa.Table.from_pylist(rows, arrow_schema(file.text)))


@travel.FEW
@given(data=st.data())
def test_the_table_port_batches_any_record(data: st.DataObject) -> None:
    model = data.draw(drawn_models.models(digits=38))
    type_ = model.objects[0].record
    drawn = data.draw(st.lists(records(type_), min_size=1, max_size=travel.RECORDS))
    with travel.package(model) as module:
        given = [module("models").Thing(**each) for each in drawn]
        table = module("tables").THINGS_TABLE
        found = pa.Table.from_batches(each.rows for each in batches(table, given))
        assert found.schema.names == [each.name for each in table.columns]
        comes_back(type_, drawn, found)


def comes_back(type_: Record, drawn: list[Any], table: Any) -> None:
    table.validate(full=True)
    expected = [travel.told(type_, each) for each in drawn]
    for back in (through_ipc(table), through_parquet(table)):
        assert [travel.read(type_, each) for each in back.to_pylist()] == expected


def through_ipc(table: Any) -> Any:
    buffer = io.BytesIO()
    with pa.ipc.new_file(buffer, table.schema) as writer:
        writer.write_table(table)
    return pa.ipc.open_file(buffer.getvalue()).read_all()


def through_parquet(table: Any) -> Any:
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(table, buffer)
    buffer.seek(0)
    return pyarrow.parquet.read_table(buffer)
