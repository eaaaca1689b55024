"""Values travel through loads: the table port takes any record, in any form, into any warehouse,
and queries give it back equal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from portwright.model import Array, Json, Map, Model, Nullable, Record, Server, Type, Vector
from portwright.targets.ddl import DIALECTS, Ddl, checks, columns, qualified
from portwright_runtime.errors import WarehouseError
from portwright_runtime.warehouses.bigquery import bigquery_warehouse
from portwright_runtime.warehouses.bigquery_url import read_address
from portwright_runtime.warehouses.duckdb import DuckDBWarehouse
from portwright_runtime.warehouses.iceberg import IcebergWarehouse
from portwright_runtime.warehouses.parquet import ParquetWarehouse
from portwright_runtime.warehouses.postgres import postgres_warehouse
from portwright_runtime.warehouses.snowflake import SnowflakeSession
from portwright_runtime.warehouses.sql import SqlWarehouse
from support import bigquery_server, drawn_models, googlesql, models, travel
from support.postgres_values import as_json, json_key, like, singles
from support.records import records
from support.snowflake import Cloud
from support.tables import Loader
from support.warehouses import catalog_of, properties_of

Package = Callable[[str], Any]
EVERY_TYPE = models.all_types_model()
# Its table is made by the ddl target, with all constraints, or else by the first load.
made_before = pytest.mark.parametrize("made_before", [False, True])
SOME = settings(max_examples=8, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def samples() -> Iterator[Package]:
    with travel.package(EVERY_TYPE) as package:
        yield package


def drawn(model: Model) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(records(model.objects[0].record), min_size=1, max_size=travel.RECORDS)


# --------------------------------------------------------------------- DuckDB


@made_before
@SOME
@given(given=drawn(EVERY_TYPE))
def test_every_type_in_duckdb(
    samples: Package, made_before: bool, given: list[dict[str, Any]]
) -> None:
    in_duckdb(EVERY_TYPE, samples, given, made_before)


@made_before
@travel.FEW
@given(data=st.data())
def test_any_record_of_any_model_in_duckdb(made_before: bool, data: st.DataObject) -> None:
    model = data.draw(drawn_models.models(digits=38))
    with travel.package(model) as package:
        in_duckdb(model, package, data.draw(drawn(model)), made_before)


def in_duckdb(
    model: Model, package: Package, given: list[dict[str, Any]], made_before: bool
) -> None:
    """Holds if a load of the records, and no rule of the contract, finds anything wrong with
    them, and equal ones are read."""
    [object_] = model.objects
    [table] = (each for name, each in vars(package("tables")).items() if name.endswith("_TABLE"))
    names = [each.column for each in object_.record.fields]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "warehouse.duckdb"
        if made_before:
            [file] = Ddl("duckdb").emit(model)
            with duckdb.connect(path) as connection:
                connection.execute(file.text)
        loader = Loader(DuckDBWarehouse(path), table)
        made = [table.record(**each) for each in given]
        for number, rows in enumerate((made, [each.model_dump() for each in made])):
            loader.load(rows, load_id=str(number))
            with duckdb.connect(path) as connection:
                connection.execute("SET TimeZone = 'UTC'")
                found = connection.execute(f"FROM {object_.table}").fetchall()
                again = connection.sql(f"FROM {object_.table}").to_arrow_table()
            read = [
                travel.read(object_.record, dict(zip(names, row, strict=True))) for row in found
            ]
            assert read == [travel.told(object_.record, each) for each in given]
        # What DuckDB gives in Arrow goes back in, but for inner integers that Arrow has not.
        if any("HUGEINT" in each.type for each in columns(object_, DIALECTS["duckdb"])):
            return
        loader.load(again, load_id="again")
        with duckdb.connect(path) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            assert connection.execute(f"FROM {object_.table}").fetchall() == found


# -------------------------------------------------------------------- Iceberg


@SOME
@given(given=drawn(EVERY_TYPE))
def test_every_type_in_iceberg(samples: Package, given: list[dict[str, Any]]) -> None:
    in_iceberg(EVERY_TYPE, samples, given, by_client=True)


@travel.FEW
@given(data=st.data())
def test_any_record_of_any_model_in_iceberg(data: st.DataObject) -> None:
    model = data.draw(drawn_models.models(digits=38))
    with travel.package(model) as package:
        in_iceberg(model, package, data.draw(drawn(model)), by_client=False)


def in_iceberg(
    model: Model, package: Package, given: list[dict[str, Any]], *, by_client: bool
) -> None:
    """Holds if the table's files have the records that loads and an upsert wrote, and pyiceberg
    reads them; which reads absent lists of structs as empty, and no structs below maps that have
    names of more than letters."""
    [object_] = model.objects
    [table] = (each for name, each in vars(package("tables")).items() if name.endswith("_TABLE"))
    few = [{name: of_38_digits(value) for name, value in each.items()} for each in given]
    made = [table.record(**each) for each in few]
    sent = [travel.told(object_.record, each) for each in few]
    with TemporaryDirectory() as folder:
        warehouse = IcebergWarehouse("test", properties_of(folder))
        loader = Loader(warehouse, table)
        loader.load(made, load_id="1")
        loader.load([each.model_dump() for each in made], load_id="2")
        if table.primary_key:
            loader.load(made[:1], load_id="3", mode="upsert")
        scan = catalog_of(folder).load_table(warehouse.place(table)).scan()
        files = [each.file.file_path.removeprefix("file://") for each in scan.plan_files()]
        found = [row for each in files for row in named(parquet.read_table(each).to_pylist())]
        read = [travel.read(object_.record, each) for each in found]
        assert sorted(read, key=repr) == sorted(sent, key=repr)
        if by_client:
            read = [travel.read(object_.record, each) for each in scan.to_arrow().to_pylist()]
            assert sorted(read, key=repr) == sorted(sent, key=repr)


def named(value: Any) -> Any:
    """What is in files that are read by numbers, under the names of before."""
    match value:
        case dict():
            return {
                re.sub("_x([0-9A-F]+)", lambda found: chr(int(found[1], 16)), name): named(each)
                for name, each in value.items()
            }
        case list() | tuple():
            return type(value)(map(named, value))
        case _:
            return value


# -------------------------------------------------------------------- Parquet


@SOME
@given(given=drawn(EVERY_TYPE))
def test_every_type_in_parquet(samples: Package, given: list[dict[str, Any]]) -> None:
    in_parquet(EVERY_TYPE, samples, given)


@travel.FEW
@given(data=st.data())
def test_any_record_of_any_model_in_parquet(data: st.DataObject) -> None:
    model = data.draw(drawn_models.models(digits=38))
    with travel.package(model) as package:
        in_parquet(model, package, data.draw(drawn(model)))


def in_parquet(model: Model, package: Package, given: list[dict[str, Any]]) -> None:
    """Holds if pyarrow and DuckDB read the records that loads and an upsert wrote."""
    [object_] = model.objects
    [table] = (each for name, each in vars(package("tables")).items() if name.endswith("_TABLE"))
    few = [{name: of_38_digits(value) for name, value in each.items()} for each in given]
    made = [table.record(**each) for each in few]
    sent = [travel.told(object_.record, each) for each in few]
    with TemporaryDirectory() as folder:
        warehouse = ParquetWarehouse(folder)
        loader = Loader(warehouse, table)
        loader.load(made, load_id="1")
        loader.load([each.model_dump() for each in made], load_id="2")
        if table.primary_key:
            loader.load(made[:1], load_id="3", mode="upsert")
        files = warehouse.files(table.schema, table.name)
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            found = connection.execute("FROM read_parquet(?, hive_partitioning = false)", [files])
            names = [each[0] for each in found.description or ()]
            by_duckdb = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        by_pyarrow = [row for each in files for row in parquet.read_table(each).to_pylist()]
        for rows in (by_duckdb, by_pyarrow):
            read = [travel.read(object_.record, each) for each in rows]
            assert sorted(read, key=repr) == sorted(sent, key=repr)


def of_38_digits(value: Any) -> Any:
    """The value with whole numbers that tables of files can hold."""
    match value:
        case dict():
            return {of_38_digits(key): of_38_digits(each) for key, each in value.items()}
        case list():
            return [of_38_digits(each) for each in value]
        case int() if abs(value) >= 10**38:
            return value % 10**38
        case _:
            return value


# ----------------------------------------------------------------- PostgreSQL


@pytest.fixture(scope="module")
def server(postgres_server: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("SET timezone = 'UTC'")  # Python knows no year 10000 of other zones
        yield connection


@made_before
@SOME
@given(given=drawn(EVERY_TYPE))
def test_every_type_in_postgres(
    server: psycopg.Connection[Any],
    samples: Package,
    made_before: bool,
    given: list[dict[str, Any]],
) -> None:
    in_postgres(server, EVERY_TYPE, samples, given, made_before)


@travel.FEW
@given(data=st.data())
def test_any_record_of_any_model_in_postgres(
    server: psycopg.Connection[Any], data: st.DataObject
) -> None:
    model = data.draw(drawn_models.models(digits=38))
    with travel.package(model) as package:
        in_postgres(server, model, package, data.draw(drawn(model)), data.draw(st.booleans()))


def in_postgres(
    server: psycopg.Connection[Any],
    model: Model,
    package: Package,
    given: list[dict[str, Any]],
    made_before: bool,
) -> None:
    """As in DuckDB, through an upsert, too."""
    [object_] = model.objects
    [table] = (each for name, each in vars(package("tables")).items() if name.endswith("_TABLE"))
    dialect = DIALECTS["postgres"]
    server.execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
    if made_before:
        [file] = Ddl("postgres").emit(model)
        server.execute(file.text)
    loader = Loader(postgres_warehouse(server.info.dsn), table)
    fields = object_.record.fields
    in_json = {each.name for each in columns(object_, dialect) if each.type == "jsonb"}
    made = [table.record(**each) for each in given]
    for number, rows in enumerate((made, [each.model_dump() for each in made])):
        loader.load(rows, load_id=str(number), mode="replace" if number else "append")
        place = qualified(model, object_, dialect)
        names = ", ".join(each.identifier for each in columns(object_, dialect))
        if number == 0:
            server.execute(f"DELETE FROM {place}".encode())
            loader.load(rows, load_id="again")
        found = server.execute(f"SELECT {names} FROM {place} ORDER BY ctid".encode()).fetchall()
        assert len(found) == len(given)
        for row, back in zip(given, found, strict=True):
            for f, value in zip(fields, back, strict=True):
                sent = as_json(f.type, row[f.name]) if f.column in in_json else row[f.name]
                kept = value if f.column in in_json else singles(f.type, value)
                assert like(sent, kept) == sent, f.name
        for rule in checks(object_, dialect):
            question = f"SELECT count(*) FROM {place} WHERE NOT ({rule.predicate})"
            assert server.execute(question.encode()).fetchall() == [(0,)], rule.path


# ------------------------------------------------------------------ Snowflake


IN_SNOWFLAKE = replace(
    EVERY_TYPE,
    servers=(Server("dwh", "snowflake", settings=(("database", "DWH"), ("schema", "sales"))),),
)


@pytest.fixture(scope="module")
def in_snowflake() -> Iterator[Package]:
    with travel.package(IN_SNOWFLAKE) as package:
        yield package


@settings(SOME, max_examples=4, phases=[Phase.generate])
@given(given=drawn(EVERY_TYPE))
def test_every_type_in_snowflake(in_snowflake: Package, given: list[dict[str, Any]]) -> None:
    """As fakesnow has it, which is a DuckDB: what is nested there is JSON."""
    given = [of_64_bits(each) for each in given]
    [object_] = IN_SNOWFLAKE.objects
    [table] = (
        each for name, each in vars(in_snowflake("tables")).items() if name.endswith("_TABLE")
    )
    cloud = Cloud()
    warehouse = SqlWarehouse("snowflake", "", lambda: SnowflakeSession(cloud.connect()))
    Loader(warehouse, table).load([table.record(**each) for each in given], load_id="1")
    found = cloud.query(f"SELECT * FROM dwh.sales.{object_.table}")
    assert len(found) == len(given)
    for row, back in zip(given, found, strict=True):
        for f, value in zip(object_.record.fields, back, strict=True):
            told, read = row[f.name], value
            if not isinstance(told, bytes) and isinstance(value, str | list):
                told, read = as_json(f.type, told), from_snowflake(f.type, value)
            assert like(told, read) == told, f.name


def from_snowflake(type_: Type, value: Any) -> Any:
    """A value that is text, or a map of them, as JSON."""
    match type_:
        case Nullable(inner):
            return from_snowflake(inner, value)
        case Map(_, inner) if isinstance(value, list):
            return {json_key(as_text(k)): from_snowflake(inner, each) for k, each in value}
        case Json() | Array() | Vector() | Record() | Map() if isinstance(value, str):
            return json.loads(value)
        case _:
            return value


def as_text(key: Any) -> str:
    return key if isinstance(key, str) else str(key)


def of_64_bits(value: Any) -> Any:
    """The value, with nothing in the place of numbers that fakesnow cannot hold."""
    match value:
        case dict():
            return {of_64_bits(key): of_64_bits(each) for key, each in value.items()}
        case list():
            return [of_64_bits(each) for each in value]
        case int() | Decimal() if abs(value) >= 2**63:
            return type(value)(0)
        case _:
            return value


# ------------------------------------------------------------------- BigQuery


IN_BIGQUERY = replace(
    EVERY_TYPE,
    servers=(Server("dwh", "bigquery", settings=(("project", "project"), ("dataset", "sales"))),),
)


@pytest.fixture(scope="module")
def in_bigquery() -> Iterator[Package]:
    with travel.package(IN_BIGQUERY) as package:
        yield package


@settings(SOME, max_examples=4, phases=[Phase.generate])
@given(given=drawn(EVERY_TYPE))
def test_every_type_in_bigquery(in_bigquery: Package, given: list[dict[str, Any]]) -> None:
    """As the double has it, which is a DuckDB with BigQuery's lists: none is null."""
    [object_] = IN_BIGQUERY.objects
    [table] = (
        each for name, each in vars(in_bigquery("tables")).items() if name.endswith("_TABLE")
    )
    given = [{name: of_38_digits(value) for name, value in each.items()} for each in given]
    with bigquery_server.serving() as double:
        address = read_address(f"//project?api_endpoint={double.url}")
        loader = Loader(bigquery_warehouse(address), table)
        if (fewer := [without_nulls(object_.record, each) for each in given]) != given:
            with pytest.raises(WarehouseError, match="has lists with null in them"):
                loader.load([table.record(**each) for each in given], load_id="1")
        loader.load([table.record(**each) for each in fewer], load_id="1")
        found = double.query(f"SELECT * FROM sales.{object_.table}")
    assert len(found) == len(fewer)
    for row, back in zip(fewer, found, strict=True):
        for f, value in zip(object_.record.fields, back, strict=True):
            sent = absent_as_empty(f.type, travel.told(f.type, row[f.name]))
            assert from_bigquery(f.type, value) == sent, f.name
    catalogue = googlesql.Warehouse()
    for statement in double.statements:
        if statement.startswith(("CREATE", "INSERT")):
            assert [*catalogue.take(statement)]


def without_nulls(type_: Type, value: Any) -> Any:
    """The value without the nulls in its lists."""
    match type_:
        case _ if value is None:
            return None
        case Nullable(inner):
            return without_nulls(inner, value)
        case Array(Nullable(element)):
            return [without_nulls(element, each) for each in value if each is not None]
        case Array(element):
            return [without_nulls(element, each) for each in value]
        case Map(_, inner):
            return {key: without_nulls(inner, each) for key, each in value.items()}
        case Record(fields=fields):
            return {each.name: without_nulls(each.type, value[each.name]) for each in fields}
        case _:
            return value


def absent_as_empty(type_: Type, value: Any) -> Any:
    """The value with empty lists and maps for absent ones."""
    match type_:
        case Nullable(inner):
            return absent_as_empty(inner, value)
        case Array(element):
            return [absent_as_empty(element, each) for each in value or ()]
        case Map(_, inner):
            return {key: absent_as_empty(inner, each) for key, each in (value or {}).items()}
        case Vector():
            return list(value or ())
        case Record(fields=fields) if value is not None:
            return {each.name: absent_as_empty(each.type, value[each.name]) for each in fields}
        case _:
            return value


def from_bigquery(type_: Type, value: Any) -> Any:
    """A value of the table, of pairs and of lists in structs, as one of the contract."""
    match type_:
        case Nullable(inner):
            return from_bigquery(inner, value)
        case Array(element):
            bare = element.inner if isinstance(element, Nullable) else element
            inside = isinstance(bare, Array | Map | Vector)
            items = (each["items"] if inside else each for each in value or ())
            return [from_bigquery(element, each) for each in items]
        case Map(key, inner):
            return {
                travel.read(key, each["key"]): from_bigquery(inner, each["value"])
                for each in value or ()
            }
        case Vector():
            return list(value or ())
        case Record(fields=fields) if value is not None:
            return {each.name: from_bigquery(each.type, value[each.column]) for each in fields}
        case _:
            return travel.read(type_, value)
