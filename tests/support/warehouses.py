"""The warehouses that the tests of loading run on, each with a way to look into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import clickhouse_connect
import duckdb
import psycopg
import pyarrow
import pyarrow.parquet
import pytest
from deltalake import DeltaTable
from pyiceberg.catalog import Catalog, load_catalog

from portwright_runtime import open_warehouse
from portwright_runtime.warehouse import LEDGER, QUARANTINE, Warehouse
from portwright_runtime.warehouses.bigquery import bigquery_warehouse
from portwright_runtime.warehouses.bigquery_url import read_address
from portwright_runtime.warehouses.delta import DeltaWarehouse
from portwright_runtime.warehouses.duckdb import DuckDBWarehouse
from portwright_runtime.warehouses.iceberg import IcebergWarehouse
from portwright_runtime.warehouses.parquet import ParquetWarehouse
from portwright_runtime.warehouses.postgres import postgres_warehouse
from portwright_runtime.warehouses.snowflake import SnowflakeSession
from portwright_runtime.warehouses.sql import SqlWarehouse
from support.bigquery_server import Double
from support.snowflake import Cloud
from support.tables import Loader, orders_table


@dataclass(frozen=True)
class Place:
    """A warehouse's name, and where it is."""

    name: str
    at: str

    def open(self) -> Warehouse:
        return _OPEN[self.name](self.at)

    def orders(self, **facts: Any) -> Loader:
        """The table port of orders."""
        return Loader(self.open(), orders_table(**facts))

    @contextmanager
    def connected(self) -> Iterator[Any]:
        """A reader of it."""
        if self.name == "delta":
            with duckdb.connect() as connection:
                connection.execute("CREATE SCHEMA sales")
                for each in Path(self.at, "sales").glob("*"):
                    if DeltaTable.is_deltatable(str(each)):
                        table = DeltaTable(str(each)).to_pyarrow_table()
                        connection.register("given", table)
                        connection.execute(f'CREATE TABLE sales."{each.name}" AS FROM given')
                yield connection
        elif self.name == "iceberg":
            with duckdb.connect() as connection:
                connection.execute("CREATE SCHEMA sales")
                catalog = catalog_of(self.at)
                if catalog.namespace_exists("sales"):
                    for each in catalog.list_tables("sales"):
                        connection.register("given", catalog.load_table(each).scan().to_arrow())
                        connection.execute(f'CREATE TABLE sales."{each[-1]}" AS FROM given')
                yield connection
        elif self.name == "parquet":
            with duckdb.connect() as connection:
                connection.execute("CREATE SCHEMA sales")
                for each in Path(self.at, "sales").glob("*"):
                    files = ParquetWarehouse(self.at).files("sales", each.name)
                    if each.name == QUARANTINE:
                        files = [str(file) for file in each.glob("*.parquet")]
                    if files or (each / "_portwright").exists():
                        table = parquet_table(files) if files else parquet_empty()
                        connection.register("given", table)
                        connection.execute(f'CREATE TABLE sales."{each.name}" AS FROM given')
                yield connection
        elif self.name == "clickhouse":
            with duckdb.connect() as connection:
                connection.execute("CREATE SCHEMA sales")
                for name, rows in _of_clickhouse(self.at):
                    connection.register("given", rows)
                    connection.execute(f'CREATE TABLE sales."{name}" AS FROM given')
                yield connection
        elif self.name == "duckdb":
            with duckdb.connect(self.at) as connection:
                yield connection
        else:
            with psycopg.connect(self.at, autocommit=True) as connection:
                yield connection

    def query(self, statement: str) -> list[Any]:
        if self.name == "snowflake":
            return CLOUDS[self.at].query(statement)
        if self.name == "bigquery":
            return DOUBLES[self.at].query(statement)
        with self.connected() as connection:
            found = connection.execute(statement)
            if self.name == "postgres" and found.description is None:
                return []
            rows: list[Any] = found.fetchall()
            return rows

    def ids(self) -> list[str]:
        return [each for (each,) in self.query("SELECT order_id FROM sales.orders ORDER BY 1")]

    def totals(self) -> dict[str, int]:
        """The totals of the orders by their keys."""
        found = self.query("SELECT order_id, total FROM sales.orders ORDER BY 1")
        return {order_id: int(total) for order_id, total in found}

    def ledger(self, columns: str = 'load_id, mode, status, attempt, "rows"') -> list[Any]:
        return self.query(f"SELECT {columns} FROM sales.{LEDGER} ORDER BY token")

    def put_aside(self) -> list[Any]:
        return self.query(
            f'SELECT load_id, "row", path, rule, shown FROM sales.{QUARANTINE} ORDER BY 1, 2'
        )

    def tables(self) -> list[str]:
        """All but the lock of the schema."""
        found = self.query(
            "SELECT table_name FROM information_schema.tables WHERE lower(table_schema) = 'sales'"
            " ORDER BY 1"
        )
        return [each.lower() for (each,) in found if each != "_portwright_lock"]


# The accounts of Snowflake that tests play with, by the name of their place.
CLOUDS: dict[str, Cloud] = {}
# The doubles of BigQuery, by their addresses.
DOUBLES: dict[str, Double] = {}


def place_of(request: pytest.FixtureRequest) -> Place:
    """An empty warehouse of the engine that is the fixture's parameter."""
    name: str = request.param
    folder: Path = request.getfixturevalue("tmp_path")
    match name:
        case "bigquery":
            double: Double = request.getfixturevalue("bigquery_double")
            DOUBLES[double.url] = double
            return Place(name, double.url)
        case "clickhouse":
            return Place(name, request.getfixturevalue("clickhouse_http").url("default"))
        case "duckdb":
            return Place(name, str(folder / "warehouse.duckdb"))
        case "postgres":
            connection: psycopg.Connection[Any] = request.getfixturevalue("postgres")
            return Place(name, connection.info.dsn)
        case "snowflake":
            CLOUDS[str(folder)] = Cloud()
            return Place(name, str(folder))
        case _:
            return Place(name, str(folder / "lake"))


def _snowflake(name: str) -> Warehouse:
    cloud = CLOUDS[name]
    return SqlWarehouse("snowflake", "Snowflake", lambda: SnowflakeSession(cloud.connect()))


def _bigquery(url: str) -> Warehouse:
    return bigquery_warehouse(read_address(f"//project?api_endpoint={url}"))


def parquet_table(files: list[str]) -> pyarrow.Table:
    tables = [pyarrow.parquet.ParquetFile(each).read() for each in files]
    return pyarrow.concat_tables(tables)


def parquet_empty() -> pyarrow.Table:
    names = [each.name for each in orders_table().columns]
    return pyarrow.table({each: pyarrow.array([], pyarrow.string()) for each in names})


def properties_of(folder: str) -> dict[str, str]:
    """A catalogue of Iceberg in SQLite, with its tables beside it."""
    Path(folder).mkdir(exist_ok=True)
    return {"type": "sql", "uri": f"sqlite:///{folder}/catalog.db", "warehouse": f"file://{folder}"}


def catalog_of(folder: str) -> Catalog:
    return load_catalog("test", **properties_of(folder))


def _of_clickhouse(url: str) -> Iterator[tuple[str, Any]]:
    """The tables of `sales`; of the ledger the last state of rows, of what undoes none."""
    with clickhouse_connect.get_client(dsn=url, autogenerate_session_id=False) as client:
        found = "SELECT name FROM system.tables WHERE database = 'sales'"
        for (name,) in client.query(found).result_rows:
            final = "FINAL" if name == LEDGER else "LIMIT 0" if "_undo_" in name else ""
            yield name, client.query_arrow(
                f"SELECT * FROM sales.`{name}` {final}", use_strings=True
            )


_OPEN: dict[str, Callable[[str], Warehouse]] = {
    "bigquery": _bigquery,
    "clickhouse": open_warehouse,
    "delta": DeltaWarehouse,
    "duckdb": DuckDBWarehouse,
    "iceberg": lambda at: IcebergWarehouse("test", properties_of(at)),
    "parquet": ParquetWarehouse,
    "postgres": postgres_warehouse,
    "snowflake": _snowflake,
}
