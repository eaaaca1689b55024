"""What every test can ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from support import postgres as server
from support import tools

if TYPE_CHECKING:
    from support.clickhouse import Server as ClickHouse
    from support.mariadb import Server as MariaDb

# Records with a field of every type are large, and busy machines are slow. In CI a run draws what
# the last one drew, so that a failure is somebody's change.
settings.register_profile(
    "portwright",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=(
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ),
)
settings.load_profile("portwright")

Postgres = psycopg.Connection[tuple[Any, ...]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite what the cases expect")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether this run rewrites expected files instead of comparing."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The connection string of a PostgreSQL that this run started for itself."""
    programs = server.binaries()
    if programs is None:
        tools.missing("no PostgreSQL server is installed")
    with server.running(programs) as dsn:
        yield dsn


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[Postgres]:
    """A connection to an empty database, which is the test's own."""
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS test")
        admin.execute("CREATE DATABASE test")
    with psycopg.connect(f"{postgres_server} dbname=test", autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def clickhouse_server() -> Iterator[ClickHouse]:
    """The one ClickHouse of this process."""
    from support.clickhouse import Server  # 300 MB that few tests need

    opened = Server()
    yield opened
    opened.close()


@pytest.fixture
def clickhouse(clickhouse_server: ClickHouse) -> Iterator[ClickHouse]:
    """A ClickHouse that is empty, and the test's own."""
    yield clickhouse_server
    clickhouse_server.empty()


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDb]:
    """A MariaDB that this run started for itself."""
    from support import mariadb

    program = mariadb.program()
    if program is None:
        tools.missing("no MariaDB server is installed")
    with mariadb.running(program) as found:
        yield found


@pytest.fixture
def mariadb(mariadb_server: MariaDb) -> Iterator[MariaDb]:
    """A MariaDB that is empty, and the test's own."""
    yield mariadb_server
    mariadb_server.empty()
