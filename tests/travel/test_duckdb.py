"""Values travel in DuckDB: the table port loads any record, and queries give it back equal."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portwright.targets.ddl import Ddl
from portwright_runtime.duckdb_warehouse import DuckDBWarehouse
from portwright_runtime.loader import Loader
from support import drawn_models, travel
from support.records import records


@pytest.mark.parametrize("made_before", [False, True])
@travel.FEW
@given(data=st.data())
def test_any_record_of_any_model(made_before: bool, data: st.DataObject) -> None:
    """`made_before`: by the ddl target, with all its constraints, else by the first load."""
    model = data.draw(drawn_models.models(digits=38))
    type_ = model.objects[0].record
    drawn = data.draw(st.lists(records(type_), min_size=1, max_size=travel.RECORDS))
    with travel.package(model) as module, TemporaryDirectory() as folder:
        path = Path(folder) / "warehouse.duckdb"
        if made_before:
            [file] = Ddl("duckdb").emit(model)
            with duckdb.connect(path) as connection:
                connection.execute(file.text)
        warehouse = DuckDBWarehouse(path)
        given = [module("models").Thing(**each) for each in drawn]
        Loader(warehouse, module("tables").THINGS_TABLE).load(given, load_id="1")
        warehouse.close()
        with duckdb.connect(path, read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            found = connection.execute("FROM things").fetchall()
    names = [each.name for each in type_.fields]
    read = [travel.read(type_, dict(zip(names, row, strict=True))) for row in found]
    assert read == [travel.told(type_, each) for each in drawn]
