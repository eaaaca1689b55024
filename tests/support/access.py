"""Files of rights, read or run by what knows their engine.

sqlfluff's grammars have the statements of masks and grants that sqlglot only takes for commands.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from sqlfluff.core import FluffConfig, Linter

# The grammar for each dialect, and what it does not know, with what is read in its place.
GRAMMARS = {
    "postgres": "postgres",
    "duckdb": "duckdb",
    "databricks": "databricks",
    "clickhouse": "clickhouse",
    "mysql": "mysql",
    "sqlserver": "tsql",
    "fabric": "tsql",
    "snowflake": "snowflake",
    "redshift": "redshift",
    "oracle": "oracle",
}
_UNREAD = {"oracle": (r"(?<=\d) CHAR\)", ")")}
_MADE = re.compile(r"(?m)^CREATE OR REPLACE (SQL SECURITY DEFINER )?VIEW ")
_KEY = "sales.portwright_key"


def texts(root: Path) -> dict[str, str]:
    """The files below a folder, by dialect."""
    found = sorted(root.rglob("*.access.*.sql"))
    return {each.name.split(".")[-2]: each.read_text("utf-8") for each in found}


@functools.cache
def _linter(grammar: str) -> Linter:
    return Linter(config=FluffConfig(overrides={"dialect": grammar, "templater": "raw"}))


def read(text: str, dialect: str) -> None:
    """An AssertionError where sqlfluff cannot read a part of the file."""
    if dialect in _UNREAD:
        text = re.sub(*_UNREAD[dialect], text)
    found = _linter(GRAMMARS[dialect]).parse_string(text)
    assert not found.violations, [dialect, *(each.desc() for each in found.violations)]


def roles(text: str) -> Iterator[str]:
    """The roles of GRANTs, as they are written."""
    yield from dict.fromkeys(re.findall(r"(?m)^GRANT .* TO (.+);$", text))


def views(text: str) -> str:
    """What makes views, which is all that a server without users can run."""
    return "".join(f"{each};\n" for each in text.split(";\n") if _MADE.search(each))


def run_in_postgres(text: str, connection: psycopg.Connection[Any]) -> None:
    """Runs a file twice, after the tables are there; nothing stays."""
    with connection.transaction(force_rollback=True):
        connection.execute("CREATE SCHEMA IF NOT EXISTS sales")
        connection.execute(f"CREATE TABLE {_KEY} (hash_key text)".encode())
        for each in roles(text):
            connection.execute(f"CREATE ROLE {each}".encode())
        for _ in range(2):
            connection.execute(text.encode())


def run_in_duckdb(tables: str, text: str) -> None:
    """Runs a file twice after that of the tables."""
    with duckdb.connect() as connection:
        connection.execute(tables)
        for _ in range(2):
            connection.execute(text)
