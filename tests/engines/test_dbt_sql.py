"""The SQL of the dbt target in the engines that dbt itself does not run over in these tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import jinja2
import psycopg
import pytest

from portwright import pipeline
from portwright.model import Model
from portwright.targets.dbt import Dbt
from portwright.targets.dbt.dialects import ADAPTERS, adapted
from portwright.targets.dbt.places import places
from portwright.targets.ddl import Ddl, qualified
from support import cases, googlesql, models, shop, sql_reader, tsql

if TYPE_CHECKING:
    from support.clickhouse import Server as ClickHouse


def case(name: str) -> Model:
    model, found = pipeline.load(cases.CASES / name / cases.CONTRACT, cases.CONTRACT, {})
    assert model is not None, found
    return model


MODELS = {
    "all types": models.all_types_model,
    "nested": models.nested_model,
    "shop": shop.model,
    **{each: partial(case, each) for each in ("hostile-strings", "keywords", "several-objects")},
}
EXECUTED = ("duckdb", "postgres", "clickhouse", "bigquery")
EACH = pytest.mark.parametrize("made", MODELS.values(), ids=MODELS)


def queries(model: Model, dialect: str) -> list[str]:
    """The staging models and tests as dbt compiles them, over the tables of the DDL."""
    names = {
        (each.source, each.table): qualified(model, each.object, adapted(dialect))
        for each in places(model, adapted(dialect))
    }
    found = []
    for file in Dbt(dialect).emit(model):
        if file.path.suffix == ".sql":
            template = jinja2.Template(file.text, undefined=jinja2.StrictUndefined)
            found.append(template.render(source=lambda *name: names[name]))
    return found


def tried(
    model: Model,
    dialect: str,
    execute: Callable[[str], Any],
    query: Callable[[str], Any] | None = None,
) -> None:
    """Makes the tables and runs every query as dbt does: inside another."""
    for file in Ddl(dialect).emit(model):
        execute(file.text)
    made = queries(model, dialect)
    assert made
    for each in made:
        (query or execute)(f"SELECT count(*) FROM (\n{each}\n) query")


@EACH
def test_postgresql_runs_it(made: Callable[[], Model], postgres: psycopg.Connection[Any]) -> None:
    tried(made(), "postgres", lambda text: postgres.execute(text.encode()))


@EACH
def test_clickhouse_runs_it(made: Callable[[], Model], clickhouse: ClickHouse) -> None:
    tried(made(), "clickhouse", clickhouse.execute)


# BigQuery has no table with a name like that of the hostile one.
@pytest.mark.parametrize("made", [MODELS[each] for each in MODELS if each != "hostile-strings"])
def test_the_analyser_of_bigquery_takes_it(made: Callable[[], Model]) -> None:
    warehouse = googlesql.Warehouse()
    tried(made(), "bigquery", warehouse.execute, warehouse.query)


@EACH
@pytest.mark.parametrize("dialect", [each for each in ADAPTERS if each not in EXECUTED])
def test_sqlglot_reads_it(dialect: str, made: Callable[[], Model]) -> None:
    read = {"sqlserver": "tsql"}.get(dialect, dialect)
    for each in queries(made(), dialect):
        [_] = sql_reader.statements(each, read)


@EACH
@pytest.mark.parametrize("dialect", ["sqlserver", "fabric"])
def test_a_grammar_of_transact_sql_reads_it(dialect: str, made: Callable[[], Model]) -> None:
    for each in queries(made(), dialect):
        tsql.parse(f"{each}\n")
