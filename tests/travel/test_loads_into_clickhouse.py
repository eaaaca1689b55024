"""Values travel through loads into ClickHouse, and its own client gives them back equal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from portwright.model import Model, Record, Server
from portwright.targets.ddl import DIALECTS, Ddl, checks, qualified
from portwright_runtime import open_warehouse
from portwright_runtime.errors import WarehouseError
from support import clickhouse_http, drawn_models, models, travel
from support.clickhouse_values import fitted, held, like_sent, present, told
from support.records import records, some
from support.tables import Loader

Package = Callable[[str], Any]
EVERY_TYPE = models.all_types_model()
# Its table is made by the ddl target, with all constraints, or else by the first load.
made_before = pytest.mark.parametrize("made_before", [False, True])
FEW = settings(max_examples=4, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def in_clickhouse_too() -> Iterator[Package]:
    with travel.package(with_clickhouse(EVERY_TYPE)) as package:
        yield package


def with_clickhouse(model: Model) -> Model:
    return replace(model, servers=(Server("warehouse", "clickhouse"),))


def drawn_to_fit(model: Model) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Records with no value that ClickHouse has not."""
    record = present(model.objects[0].record)
    assert isinstance(record, Record)
    fit = records(record).map(lambda each: fitted(record, each))
    return st.lists(fit, min_size=1, max_size=travel.RECORDS)


@made_before
@FEW
@given(given=drawn_to_fit(EVERY_TYPE))
def test_every_type_in_clickhouse(
    clickhouse_http_server: clickhouse_http.Server,
    in_clickhouse_too: Package,
    made_before: bool,
    given: list[dict[str, Any]],
) -> None:
    in_clickhouse(clickhouse_http_server, EVERY_TYPE, in_clickhouse_too, given, made_before)


@settings(travel.FEW, max_examples=3)
@given(data=st.data())
def test_any_record_of_any_model_in_clickhouse(
    clickhouse_http_server: clickhouse_http.Server, data: st.DataObject
) -> None:
    model = with_clickhouse(data.draw(drawn_models.models(digits=38)))
    assume(not any(each.is_error for each in Ddl("clickhouse").check(model)))
    with travel.package(model) as package:
        rows = data.draw(drawn_to_fit(model))
        in_clickhouse(clickhouse_http_server, model, package, rows, data.draw(st.booleans()))
        [record] = (each.record for each in model.objects)
        [table] = tables_of(package)
        loader = Loader(open_warehouse(clickhouse_http_server.url("travels")), table)
        for number, each in enumerate(
            data.draw(
                st.lists(records(model.objects[0].record), min_size=1, max_size=travel.RECORDS)
            )
        ):
            if held(record, each):
                loader.load([table.record(**each)], load_id=f"held {number}")
            else:
                with pytest.raises(WarehouseError, match="nothing is put in its place"):
                    loader.load([table.record(**each)], load_id="refused")


def test_numbers_are_not_shortened_in_clickhouse(
    clickhouse_http_server: clickhouse_http.Server, in_clickhouse_too: Package
) -> None:
    record = present(EVERY_TYPE.objects[0].record)
    assert isinstance(record, Record)
    row = fitted(record, some(record)) | {"vector_bfloat16": [0.5, -1.9921875, 0.1]}
    [table] = tables_of(in_clickhouse_too)
    clickhouse_http_server.query("CREATE DATABASE IF NOT EXISTS travels")
    loader = Loader(open_warehouse(clickhouse_http_server.url("travels")), table)
    said = "vector_bfloat16 has a number of more digits than BFloat16 has in 1 row"
    with pytest.raises(WarehouseError, match=said):
        loader.load([table.record(**row)], load_id="more digits")
    row["vector_bfloat16"][2] = 0.125
    assert loader.load([table.record(**row)], load_id="more digits").rows == 1


def tables_of(package: Package) -> list[Any]:
    return [each for name, each in vars(package("tables")).items() if name.endswith("_TABLE")]


def in_clickhouse(
    server: clickhouse_http.Server,
    model: Model,
    package: Package,
    given: list[dict[str, Any]],
    made_before: bool,
) -> None:
    """As in DuckDB, read by ClickHouse's own client."""
    [object_] = model.objects
    record = object_.record
    [table] = tables_of(package)
    server.empty()
    server.query("CREATE DATABASE travels")
    if made_before:
        [file] = Ddl("clickhouse").emit(model)
        server.query(file.text, "travels")
    loader = Loader(open_warehouse(server.url("travels")), table)
    made = [table.record(**each) for each in given]
    place = qualified(model, object_, DIALECTS["clickhouse"])
    for number, rows in enumerate((made, [each.model_dump() for each in made])):
        loader.load(rows, load_id=str(number), mode="replace" if number else "append")
        found = server.read(f"SELECT * FROM {place}", "travels")
        back = [dict(zip((f.name for f in record.fields), row, strict=True)) for row in found]
        sent = [told(record, each) for each in given]
        assert like_sent(record, back, sent) == sent
        for rule in checks(object_, DIALECTS["clickhouse"]):
            question = f"SELECT count() FROM {place} WHERE NOT ({rule.predicate})"
            assert server.query(question, "travels") == [(0,)], rule.path
