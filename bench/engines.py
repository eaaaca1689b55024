"""What accepts generated files: a line of `ENGINES` each. A file is accepted if nothing is raised.

The real things come from the tests (`tests/support`), which start servers and play engines.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import avro.schema
import duckdb
import fastavro
import jsonschema
import psycopg
from avro.errors import IgnoredLogicalType

from support import (
    clickhouse,
    googlesql,
    jars,
    mariadb,
    postgres,
    protobuf,
    snowflake,
    spark,
    sql_reader,
    trino,
    tsql,
)

# Takes the files of one contract, in order.
Accepts = Callable[[list[Path]], object]


@dataclass(frozen=True)
class Engine:
    """One line of the table: `files` of a target, and what has to accept all of them."""

    target: str
    name: str
    files: str
    open: Callable[[], AbstractContextManager[Accepts]]


def fastavro_reads(files: list[Path]) -> None:
    for each in files:
        fastavro.parse_schema(json.loads(each.read_bytes()))


def apache_avro_reads(files: list[Path]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IgnoredLogicalType)
        for each in files:
            avro.schema.parse(each.read_text("utf-8"))


def _top(files: list[Path]) -> Path:
    return next(each for each in files[0].parents if each.name == "protobuf")


def protoc_compiles(files: list[Path]) -> None:
    protobuf.protoc(_top(files))


def buf(command: str, files: list[Path]) -> None:
    said = protobuf.buf(_top(files), command)
    assert not said, said


def metaschema_holds(files: list[Path]) -> None:
    for each in files:
        document = json.loads(each.read_bytes())
        validator = jsonschema.validators.validator_for(document)
        validator.check_schema(document, format_checker=validator.FORMAT_CHECKER)


def python_executes(files: list[Path]) -> None:
    """Imports modules in a process of their own; those of a package by its name."""
    top = next(each for each in files[0].parents if each.name == "python")
    modules = [".".join(each.relative_to(top).with_suffix("").parts) for each in files]
    code = "; ".join(f"import {each.removesuffix('.__init__')}" for each in modules)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=top, capture_output=True, text=True, timeout=300
    )
    assert not done.returncode, done.stderr.strip().splitlines()[-1]


@contextmanager
def a_postgres() -> Iterator[Accepts]:
    programs = postgres.binaries()
    assert programs is not None, "no PostgreSQL server is installed"
    with postgres.running(programs) as dsn, psycopg.connect(dsn, autocommit=True) as admin:

        def run(files: list[Path]) -> None:
            admin.execute("DROP DATABASE IF EXISTS peers")
            admin.execute("CREATE DATABASE peers")
            with psycopg.connect(f"{dsn} dbname=peers", autocommit=True) as connection:
                for each in files:
                    connection.execute(each.read_bytes())

        yield run


def duckdb_runs(files: list[Path]) -> None:
    with duckdb.connect() as connection:
        for each in files:
            connection.execute(each.read_text("utf-8"))


@contextmanager
def emptied(opened: AbstractContextManager[Any]) -> Iterator[Accepts]:
    """Runs files on a server of the tests that can drop all that it has."""
    with opened as server:

        def run(files: list[Path]) -> None:
            server.empty()
            for each in files:
                server.execute(each.read_text("utf-8"))

        yield run


def a_clickhouse() -> AbstractContextManager[Accepts]:
    return emptied(closing(clickhouse.Server()))


def a_mariadb() -> AbstractContextManager[Accepts]:
    program = mariadb.program()
    assert program is not None, "no MariaDB server is installed"
    return emptied(mariadb.running(program))


@contextmanager
def a_spark() -> Iterator[Accepts]:
    """Spark's parser: keys are Databricks' own, which Spark alone reads and does not run."""
    found = jars.fetch("delta")
    assert found is not None, "no Java is installed"
    with TemporaryDirectory() as folder, spark.running(found, Path(folder)) as session:

        def read(files: list[Path]) -> None:
            for each in files:
                session.parse(each.read_text("utf-8"))

        yield read


@contextmanager
def a_trino() -> Iterator[Accepts]:
    found = jars.fetch("trino")
    assert found is not None, "no Java is installed"
    with TemporaryDirectory() as folder, trino.running(found, Path(folder)) as server:

        def run(files: list[Path]) -> None:
            server.empty()
            for each in files:
                server.run(each.read_text("utf-8"))

        yield run


def googlesql_analyses(files: list[Path]) -> None:
    """Whether a file may be run again is no matter here."""
    warehouse = googlesql.Warehouse()
    for each in files:
        text = each.read_text("utf-8")
        once = re.sub(r"CREATE (OR REPLACE )?TABLE (?!IF )", "CREATE TABLE IF NOT EXISTS ", text)
        warehouse.execute(once)


def fakesnow_runs(files: list[Path]) -> None:
    with snowflake.account() as account:
        for each in files:
            account.run(each.read_text("utf-8"))


def sqlglot_reads(dialect: str, files: list[Path]) -> None:
    for each in files:
        sql_reader.statements(each.read_text("utf-8"), dialect)


def tsql_reads(files: list[Path]) -> None:
    """sqlfluff reads whole files, sqlglot knows the types: of what is guarded, the tables."""
    for each in files:
        text = each.read_text("utf-8")
        for part in text.split(";\n\n"):  # sqlfluff refuses large files
            tsql.parse(part)
        assert tsql.tables(text) or sql_reader.statements(text, "tsql")


def _plain(target: str, name: str, files: str, accepts: Accepts) -> Engine:
    return Engine(target, name, files, lambda: nullcontext(accepts))


def _sql(dialect: str, name: str, accepts: Accepts) -> Engine:
    return _plain(f"ddl {dialect}", name, f"sql/**/*.{dialect}.sql", accepts)


def _read(dialect: str, its: str) -> Engine:
    """A dialect that only sqlglot can tell of here, by its name there."""
    return _sql(dialect, "sqlglot reads it, and knows the types", partial(sqlglot_reads, its))


ENGINES = (
    _plain("avro", "fastavro reads it", "avro/**/*.avsc", fastavro_reads),
    _plain("avro", "Apache Avro reads it", "avro/**/*.avsc", apache_avro_reads),
    _plain("protobuf", "protoc compiles it", "protobuf/**/*.proto", protoc_compiles),
    _plain("protobuf", "buf builds it", "protobuf/**/*.proto", partial(buf, "build")),
    _plain("protobuf", "buf lints it, STANDARD", "protobuf/**/*.proto", partial(buf, "lint")),
    _plain("json-schema", "its metaschema holds", "json-schema/**/*.json", metaschema_holds),
    _plain("python", "Python imports it", "python/**/*.py", python_executes),
    Engine("ddl postgres", "PostgreSQL runs it", "sql/**/*.postgres.sql", a_postgres),
    _sql("duckdb", "DuckDB runs it", duckdb_runs),
    Engine("ddl clickhouse", "ClickHouse runs it", "sql/**/*.clickhouse.sql", a_clickhouse),
    Engine("ddl mysql", "MariaDB runs it", "sql/**/*.mysql.sql", a_mariadb),
    _sql("snowflake", "fakesnow runs it", fakesnow_runs),
    _sql("bigquery", "BigQuery's analyser takes it", googlesql_analyses),
    _read("redshift", "redshift"),
    Engine("ddl databricks", "Spark reads it", "sql/**/*.databricks.sql", a_spark),
    Engine("ddl trino", "Trino runs it", "sql/**/*.trino.sql", a_trino),
    _sql("sqlserver", "sqlfluff and sqlglot read it", tsql_reads),
    _read("oracle", "oracle"),
)
