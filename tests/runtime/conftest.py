"""What tests of the runtime can ask for besides."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pymysql
import pytest

from support import bigquery_server, outbox
from support.bigquery_server import Double
from support.mariadb import Server as MariaDb
from support.outbox import Database


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
