"""What every test can ask for."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from support import apicurio as apicurio_server
from support import kafka as kafka_server
from support import mock_kafka as mock
from support import postgres as server
from support import registry as registry_server
from support import tools

if TYPE_CHECKING:
    from support.clickhouse import Server as ClickHouse
    from support.clickhouse_http import Server as ClickHouseHttp
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


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Commands set up the log of their process, which here is that of all tests."""
    before, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = before
    logging.root.setLevel(level)


@pytest.fixture(autouse=True, scope="session")
def no_cache() -> Iterator[None]:
    """What one test has generated is not what another sees."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTWRIGHT_CACHE", "off")
        yield


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
        admin.execute("DROP DATABASE IF EXISTS test WITH (FORCE)")
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
def clickhouse_http_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseHttp]:
    """A ClickHouse behind HTTP, in a process of its own."""
    from support import clickhouse_http

    with clickhouse_http.running(tmp_path_factory.mktemp("clickhouse")) as found:
        yield found


@pytest.fixture
def clickhouse_http(clickhouse_http_server: ClickHouseHttp) -> Iterator[ClickHouseHttp]:
    """The same, empty and the test's own."""
    yield clickhouse_http_server
    clickhouse_http_server.empty()


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


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def kafka(run_folder: Path) -> Iterator[kafka_server.Broker]:
    """The Kafka of this run, which its processes share."""
    if not kafka_server.is_there():
        tools.missing("there is no Java to run Kafka with")
    with kafka_server.shared(run_folder / "kafka") as broker:
        yield broker


@pytest.fixture
def private_kafka(tmp_path: Path) -> Iterator[kafka_server.Broker]:
    """A Kafka of the test's own, which may be killed."""
    if not kafka_server.is_there():
        tools.missing("there is no Java to run Kafka with")
    with kafka_server.private(tmp_path / "kafka") as broker:
        yield broker


@pytest.fixture
def mock_kafka() -> Iterator[mock.MockKafka]:
    """A mock cluster that is the test's own."""
    with mock.running() as cluster:
        yield cluster


@pytest.fixture
def registry() -> Iterator[registry_server.Registry]:
    """A schema registry that is empty, and the test's own."""
    with registry_server.running() as found:
        yield found


@pytest.fixture(scope="session")
def apicurio(run_folder: Path) -> Iterator[apicurio_server.Apicurio]:
    """The real schema registry of this run, which its processes share."""
    if not apicurio_server.is_there():
        tools.missing("there is no Java to fetch Apicurio Registry with")
    with apicurio_server.shared(run_folder / "apicurio") as found:
        yield found
