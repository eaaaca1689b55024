"""Values travel in DuckDB: the table port loads any record, and queries give it back equal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portwright.model import Model
from portwright.targets.ddl import Ddl
from portwright_runtime.duckdb_warehouse import DuckDBWarehouse
from portwright_runtime.loader import Loader
from support import drawn_models, models, travel
from support.records import records

Package = Callable[[str], Any]
EVERY_TYPE = models.all_types_model()
# Its table is made by the ddl target, with all constraints, or else by the first load.
made_before = pytest.mark.parametrize("made_before", [False, True])


@pytest.fixture(scope="module")
def samples() -> Iterator[Package]:
    with travel.package(EVERY_TYPE) as package:
        yield package


@made_before
@settings(max_examples=15)
@given(drawn=st.lists(records(EVERY_TYPE.objects[0].record), min_size=1, max_size=2))
def test_every_type(samples: Package, made_before: bool, drawn: list[dict[str, Any]]) -> None:
    comes_back(EVERY_TYPE, samples, drawn, made_before)


@made_before
@travel.FEW
@given(data=st.data())
def test_any_record_of_any_model(made_before: bool, data: st.DataObject) -> None:
    model = data.draw(drawn_models.models(digits=38))
    some = st.lists(records(model.objects[0].record), min_size=1, max_size=travel.RECORDS)
    with travel.package(model) as package:
        comes_back(model, package, data.draw(some), made_before)


def comes_back(
    model: Model, package: Package, drawn: list[dict[str, Any]], made_before: bool
) -> None:
    """Holds if a load of the records, and no rule of the contract, finds anything wrong with
    them, and equal ones are read."""
    [object_] = model.objects
    [table] = (each for name, each in vars(package("tables")).items() if name.endswith("_TABLE"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "warehouse.duckdb"
        if made_before:
            [file] = Ddl("duckdb").emit(model)
            with duckdb.connect(path) as connection:
                connection.execute(file.text)
        warehouse = DuckDBWarehouse(path)
        Loader(warehouse, table).load((table.record(**each) for each in drawn), load_id="1")
        warehouse.close()
        with duckdb.connect(path, read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            found = connection.execute(f"FROM {object_.table}").fetchall()
    names = [each.column for each in object_.record.fields]
    read = [travel.read(object_.record, dict(zip(names, row, strict=True))) for row in found]
    assert read == [travel.told(object_.record, each) for each in drawn]
