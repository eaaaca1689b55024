"""What the cases expect is accepted by the real tools, not only unchanged."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from support import acceptance, cases

if TYPE_CHECKING:
    from support.clickhouse import Server as ClickHouse
    from support.mariadb import Server as MariaDb


@pytest.mark.parametrize("name", cases.good())
def test_the_real_tools_accept_a_case(
    name: str,
    tmp_path: Path,
    postgres: psycopg.Connection[Any],
    clickhouse: ClickHouse,
    mariadb: MariaDb,
) -> None:
    root = tmp_path / "case"
    shutil.copytree(cases.CASES / name / "expected", root)
    acceptance.avro_schemas(root)
    acceptance.json_schemas(root)
    acceptance.protobuf_files(root)
    acceptance.arrow_schemas(root)
    acceptance.postgres_tables(root, postgres)
    acceptance.duckdb_tables(root)
    acceptance.clickhouse_tables(root, clickhouse)
    acceptance.snowflake_tables(root)
    acceptance.mysql_tables(root, mariadb)
    acceptance.read_tables(root, "redshift", "oracle")
    acceptance.sqlserver_tables(root)
    acceptance.rights(root, postgres, clickhouse, mariadb)
    acceptance.python_packages(root)
    acceptance.pages(root)
    acceptance.scripts(root)


def test_mypy_black_and_ruff_accept_all_cases(tmp_path: Path) -> None:
    roots = []
    for name in cases.good():
        roots.append(tmp_path / "all" / name.replace("-", "_"))
        for part in ("python", "spark"):
            if (found := cases.CASES / name / "expected" / part).is_dir():
                shutil.copytree(found, roots[-1] / part)
    acceptance.python_style(roots)
    acceptance.python_types(roots)
