"""The engines that migrations are run on."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from support import migrating


@pytest.fixture(params=["duckdb", "postgres", "mysql", "clickhouse"])
def engine(request: pytest.FixtureRequest) -> Iterator[migrating.Engine]:
    """An empty engine of each kind that runs here."""
    match request.param:
        case "duckdb":
            yield migrating.Duck(duckdb.connect())
        case "postgres":
            yield migrating.Postgres(request.getfixturevalue("postgres"))
        case "mysql":
            yield migrating.Maria(request.getfixturevalue("mariadb"))
        case _:
            yield migrating.ClickHouse(request.getfixturevalue("clickhouse"))
