"""What tests of the runtime can ask for besides."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg
import pymysql
import pytest

from support import bigquery_server, outbox
from support.bigquery_server import Double
from support.mariadb import Server as MariaDb
from support.outbox import Database

if TYPE_CHECKING:
    from support.warehouses import Place


LAKES = ("delta", "iceberg", "parquet")
SQL = ("bigquery", "clickhouse", "duckdb", "postgres", "snowflake")


@pytest.fixture(params=sorted((*LAKES, *SQL)))
def place(request: pytest.FixtureRequest) -> Place:
    """An empty warehouse of each engine."""
    return _place_of(request)


@pytest.fixture(params=SQL)
def sql_place(request: pytest.FixtureRequest) -> Place:
    """One of SQL, which has a ledger and tables that undo loads."""
    return _place_of(request)


@pytest.fixture(params=LAKES)
def lake(request: pytest.FixtureRequest) -> Place:
    """One of files, whose commits are its ledger."""
    return _place_of(request)


@pytest.fixture(params=sorted((*LAKES, "duckdb")))
def typed_place(request: pytest.FixtureRequest) -> Place:
    """One whose tables need no more than DuckDB's types of columns."""
    return _place_of(request)


def _place_of(request: pytest.FixtureRequest) -> Place:
    # Not at the top: libraries of all engines are slow to import, and most tests need none.
    from support.warehouses import place_of

    return place_of(request)


@pytest.fixture(params=["sqlite", "postgres", "mysql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty outbox."""
    match request.param:
        case "sqlite":
            path = tmp_path / "service.db"
            found = Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path))
        case "postgres":
            connection = request.getfixturevalue("postgres")
            dsn = connection.info.dsn
            host = quote(connection.info.host, safe="")
            url = f"postgresql://postgres@/test?host={host}"
            found = Database("postgres", url, lambda: psycopg.connect(dsn))
        case _:
            server: MariaDb = request.getfixturevalue("mariadb")
            socket = server.socket

            def connect() -> Any:
                return pymysql.connect(
                    unix_socket=socket, user="root", database="test", charset="utf8mb4"
                )

            url = f"mysql://root@localhost/test?unix_socket={quote(socket, safe='')}"
            found = Database("mysql", url, connect)
    for _ in range(2):  # a second run changes nothing
        outbox.run_script(found)
    yield found


@pytest.fixture
def bigquery_double() -> Iterator[Double]:
    """What plays BigQuery."""
    with bigquery_server.serving() as double:
        yield double
