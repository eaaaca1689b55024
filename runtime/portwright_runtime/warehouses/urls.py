"""The urls of warehouses: one opener a scheme, read now, and opened later."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote

from portwright_runtime.errors import ConfigurationError
from portwright_runtime.locations import file_at, needed
from portwright_runtime.warehouse import Warehouse

Opener = Callable[[str], Callable[[], Warehouse]]


def _duckdb(rest: str) -> Callable[[], Warehouse]:
    path, _ = file_at("duckdb", rest, frozenset())

    def open_() -> Warehouse:
        from portwright_runtime.warehouses.duckdb import DuckDBWarehouse

        return DuckDBWarehouse(path)

    return open_


def _postgres(rest: str) -> Callable[[], Warehouse]:
    for package in ("psycopg", "numpy"):
        needed(package, "postgres", "PostgreSQL")

    def open_() -> Warehouse:
        from portwright_runtime.warehouses.postgres import postgres_warehouse

        return postgres_warehouse(f"postgresql:{rest}")

    return open_


def _delta(rest: str) -> Callable[[], Warehouse]:
    """`delta:folder` or `delta:s3://bucket/path?aws_region=…`, options of the object store."""
    needed("deltalake", "delta", "Delta Lake")
    root, _, query = rest.partition("?")
    if not root:
        raise ConfigurationError("`delta:` is not followed by a folder or the url of a bucket")
    options = dict(parse_qsl(query, keep_blank_values=True))
    if "://" not in root:
        root = str(Path(unquote(root)).absolute())

    def open_() -> Warehouse:
        from portwright_runtime.warehouses.delta import DeltaWarehouse

        return DeltaWarehouse(root, options)

    return open_


def _iceberg(rest: str) -> Callable[[], Warehouse]:
    """`iceberg:catalogue?uri=…&warehouse=…`, properties of pyiceberg's catalogues."""
    needed("pyiceberg", "iceberg", "Iceberg")
    name, _, query = rest.partition("?")
    if not name:
        raise ConfigurationError("`iceberg:` is not followed by the name of a catalogue")
    properties = dict(parse_qsl(query, keep_blank_values=True))

    def open_() -> Warehouse:
        from portwright_runtime.warehouses.iceberg import IcebergWarehouse

        return IcebergWarehouse(unquote(name), properties)

    return open_


def _parquet(rest: str) -> Callable[[], Warehouse]:
    """`parquet:folder` or `parquet:s3://bucket/path?region=…`, a url of Arrow's file systems."""
    if not rest:
        raise ConfigurationError("`parquet:` is not followed by a folder or the url of a bucket")
    root = rest if "://" in rest else str(Path(unquote(rest)).absolute())

    def open_() -> Warehouse:
        from portwright_runtime.warehouses.parquet import ParquetWarehouse

        return ParquetWarehouse(root)

    return open_


def _snowflake(rest: str) -> Callable[[], Warehouse]:
    """`snowflake://user@account/database/schema?warehouse=…&role=…`, or what the connector's
    `connections.toml` has under `snowflake:?connection_name=…`."""
    needed("snowflake.connector", "snowflake", "Snowflake")
    from portwright_runtime.warehouses.snowflake_url import read_options

    options = read_options(rest)

    def open_() -> Warehouse:
        from portwright_runtime.warehouses.snowflake import snowflake_warehouse

        return snowflake_warehouse(options)

    return open_


def _clickhouse(rest: str) -> Callable[[], Warehouse]:
    """`clickhouse://user@host:8123/database?secure=true`; the other options are the client's."""
    return _clickhouse_at(rest, False)


def _clickhouses(rest: str) -> Callable[[], Warehouse]:
    """The same over TLS."""
    return _clickhouse_at(rest, True)


def _clickhouse_at(rest: str, secure: bool) -> Callable[[], Warehouse]:
    needed("clickhouse_connect", "clickhouse", "ClickHouse")
    from portwright_runtime.warehouses.clickhouse_address import read_address

    address = read_address(rest, os.environ, secure=secure)

    def open_() -> Warehouse:
        from portwright_runtime.warehouses.clickhouse import ClickHouseWarehouse

        return ClickHouseWarehouse(address)

    return open_


def _bigquery(rest: str) -> Callable[[], Warehouse]:
    """`bigquery://project/dataset?location=EU`; credentials are Google's default ones."""
    needed("google.cloud.bigquery", "bigquery", "BigQuery")
    from portwright_runtime.warehouses.bigquery_url import read_address

    address = read_address(rest)

    def open_() -> Warehouse:
        from portwright_runtime.warehouses.bigquery import bigquery_warehouse

        return bigquery_warehouse(address)

    return open_


WAREHOUSES: Final[Mapping[str, Opener]] = {
    "bigquery": _bigquery,
    "clickhouse": _clickhouse,
    "clickhouses": _clickhouses,
    "delta": _delta,
    "duckdb": _duckdb,
    "iceberg": _iceberg,
    "parquet": _parquet,
    "postgres": _postgres,
    "postgresql": _postgres,
    "snowflake": _snowflake,
}
