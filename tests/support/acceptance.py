"""What the real tools say of generated output, laid out as `cases.CONFIG` does."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import avro.schema
import duckdb
import fastavro
import html5lib
import jsonschema
import psycopg
import pyarrow.parquet
from avro.errors import IgnoredLogicalType

from portwright_runtime import arrow_schema
from support import access, protobuf, snowflake, sql_reader, tsql
from support.tools import mypy

if TYPE_CHECKING:
    from support.clickhouse import Server as ClickHouse
    from support.mariadb import Server as MariaDb
    from support.spark import Spark
    from support.trino import Trino


def avro_schemas(root: Path) -> None:
    """fastavro and Apache Avro read every schema."""
    for path in sorted((root / "avro").rglob("*.avsc")):
        text = path.read_text("utf-8")
        fastavro.parse_schema(json.loads(text))
        with warnings.catch_warnings():
            # Apache's Python library does not know all of the standard's logical types.
            warnings.simplefilter("ignore", IgnoredLogicalType)
            avro.schema.parse(text)


def json_schemas(root: Path) -> None:
    """Every JSON Schema is one, by the metaschema of its draft, and its examples are valid."""
    for path in sorted((root / "json-schema").rglob("*.json")):
        document = json.loads(path.read_text("utf-8"))
        checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
        jsonschema.Draft202012Validator.check_schema(document, format_checker=checker)
        validator = jsonschema.Draft202012Validator(document, format_checker=checker)
        for each in (document, *document.get("$defs", {}).values()):
            for part in each.get("properties", {}).values():
                for example in part.get("examples", ()):
                    validator.evolve(schema=part).validate(example)


def protobuf_files(root: Path) -> None:
    """protoc compiles every file, buf builds them and has nothing to lint."""
    folder = root / "protobuf"
    if folder.is_dir():
        protobuf.protoc(folder)
        assert protobuf.buf(folder, "build") == ""
        assert protobuf.buf(folder, "lint") == ""


def arrow_schemas(root: Path) -> None:
    """pyarrow makes a table of every schema, and DuckDB reads its columns from Parquet."""
    for path in sorted((root / "arrow").rglob("*.arrow.json")):
        schema = arrow_schema(path.read_text("utf-8"))
        written = path.with_suffix(".parquet")
        pyarrow.parquet.write_table(schema.empty_table(), written)
        with duckdb.connect() as connection:
            found = connection.read_parquet(str(written)).columns
        assert found == schema.names


def scripts(root: Path) -> None:
    """bash reads every script, and ShellCheck finds nothing in it; that words in single quotes are
    not expanded is as it should be."""
    found = [str(each) for each in sorted((root / "kafka-access").rglob("*.sh"))]
    for command in (["bash", "-n"], [_shellcheck(), "--exclude=SC2016"]) if found else ():
        done = subprocess.run([*command, *found], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


def _shellcheck() -> str:
    found = shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    assert found is not None
    return found


def pages(root: Path) -> None:
    """html5lib finds nothing wrong in a page."""
    for path in sorted((root / "docs").rglob("*.html")):
        html5lib.HTMLParser(strict=True).parse(path.read_text("utf-8"))


def _sql(root: Path, dialect: str) -> list[str]:
    """The files of one dialect."""
    return [each.read_text("utf-8") for each in sorted((root / "sql").rglob(f"*.{dialect}.sql"))]


def _twice(run: Callable[[str], object], text: str) -> None:
    """Runs a file, which may be run again."""
    for _ in range(2):
        run(text)


def postgres_tables(root: Path, connection: psycopg.Connection[Any]) -> None:
    """PostgreSQL runs every file, and runs it again."""
    for text in _sql(root, "postgres"):
        _twice(lambda each: connection.execute(each.encode()), text)


def duckdb_tables(root: Path) -> None:
    """DuckDB runs every file, and runs it again."""
    for text in _sql(root, "duckdb"):
        with duckdb.connect() as connection:
            _twice(connection.execute, text)


def clickhouse_tables(root: Path, server: ClickHouse) -> None:
    """ClickHouse runs every file, and runs it again."""
    for text in _sql(root, "clickhouse"):
        _twice(server.execute, text)


def snowflake_tables(root: Path) -> None:
    """sqlglot reads every file whole, and fakesnow runs it twice."""
    for text in _sql(root, "snowflake"):
        with snowflake.account() as account:
            _twice(account.run, text)


def mysql_tables(root: Path, server: MariaDb) -> None:
    """MariaDB runs every file for MySQL, and runs it again."""
    for text in _sql(root, "mysql"):
        _twice(server.execute, text)


def rights(
    root: Path, connection: psycopg.Connection[Any], clickhouse: ClickHouse, mariadb: MariaDb
) -> None:
    """PostgreSQL runs its file; DuckDB, MariaDB and ClickHouse, which have no users here, make the
    views, all of it twice; sqlfluff and sqlglot read the rest."""
    for dialect, text in access.texts(root).items():
        match dialect:
            case "postgres":
                access.run_in_postgres(text, connection)
            case "duckdb":
                access.run_in_duckdb(_sql(root, dialect)[0], text)
            case "clickhouse":
                if made := access.views(text):
                    _twice(clickhouse.execute, made)
                access.read(text, dialect)
            case "mysql":
                mariadb.execute("CREATE DATABASE IF NOT EXISTS sales")
                key = "CREATE TABLE IF NOT EXISTS sales.portwright_key (hash_key text)"
                mariadb.execute(key)
                if made := access.views(text):
                    _twice(mariadb.execute, made)
                access.read(text, dialect)
            case "trino":
                sql_reader.statements(text, dialect)
            case "bigquery":
                pass  # see `bigquery_tables`
            case _:
                access.read(text, dialect)


def read_tables(root: Path, *dialects: str) -> None:
    """sqlglot reads every file of engines that cannot run here."""
    for dialect in dialects:
        for text in _sql(root, dialect):
            sql_reader.catalogue(text, dialect)


def sqlserver_tables(root: Path) -> None:
    """sqlfluff and sqlglot read every file for SQL Server and for Fabric."""
    for dialect, reader in (("sqlserver", "tsql"), ("fabric", "fabric")):
        for text in _sql(root, dialect):
            tsql.parse(text)
            assert len(tsql.tables(text, reader)) == text.count("\nCREATE TABLE ")


def bigquery_tables(root: Path) -> None:
    """BigQuery's analyser takes every file; it refuses what could not run again."""
    from support.googlesql import Warehouse  # half a minute, where it was never run

    for text in _sql(root, "bigquery"):
        warehouse = Warehouse()
        warehouse.execute(text)
        if (said := access.texts(root).get("bigquery")) is not None:
            kinds = {"AlterTableStmt", "CreateEntityStmt", "GrantStmt"}
            assert set(warehouse.take(said)) <= kinds


def databricks_tables(root: Path, spark: Spark) -> None:
    """Spark's parser reads every file."""
    for text in _sql(root, "databricks"):
        spark.parse(text)


def trino_tables(root: Path, server: Trino) -> None:
    """Trino runs every file, and runs it again."""
    for text in _sql(root, "trino"):
        _twice(server.run, text)
        if (said := access.texts(root).get("trino")) is not None:
            _twice(server.run, access.views(said))


def python_packages(root: Path) -> None:
    """Every package imports, in a process of its own."""
    for path in sorted((root / "python").glob("*/__init__.py")):
        package = path.parent.name
        modules = ", ".join(f"{package}.{each.stem}" for each in path.parent.glob("[!_]*.py"))
        _succeeds("-W", "error", "-c", f"import {modules}", cwd=root / "python")


def python_types(roots: list[Path]) -> None:
    """mypy --strict has nothing to say of the packages and jobs of all roots, in one run."""
    folders = [folder for root in roots for folder in (root / "python").glob("*_port")]
    folders += [root / "spark" for root in roots if (root / "spark").is_dir()]
    bases = ("--namespace-packages", "--explicit-package-bases")
    faults = mypy(*bases, *folders, cwd=_common(folders))
    assert faults == ""


def python_style(roots: list[Path]) -> None:
    """black and ruff, as they come, leave the packages and jobs of all roots alone."""
    parts = (root / part for root in roots for part in ("python", "spark"))
    folders = [str(folder) for folder in parts if folder.is_dir()]
    _succeeds("-m", "black", "--check", "--quiet", *folders, cwd=Path(folders[0]))
    _succeeds("-m", "ruff", "check", "--isolated", "--quiet", *folders, cwd=Path(folders[0]))


def _common(folders: Iterable[Path]) -> Path:
    """The folder above all of them, whose own name is no part of a module's."""
    parents = [set(folder.parents) for folder in folders]
    return max(set.intersection(*parents), key=lambda path: len(path.parts))


def _succeeds(*arguments: str, cwd: Path) -> None:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
