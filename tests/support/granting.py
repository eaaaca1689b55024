"""Rights on a PostgreSQL: the command that lays them beside contracts, and roles that read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import psycopg.sql
from click.testing import CliRunner, Result

from portwright.cli import main

Connection = psycopg.Connection[tuple[Any, ...]]


def url(postgres: Connection) -> str:
    info = postgres.info
    return f"postgresql://{info.user}@/{info.dbname}?host={quote(info.host, safe='')}"


def access(shop: Path, postgres: Connection, *words: str) -> Result:
    command = ["access", "-c", str(shop / "portwright.yaml"), "--url", url(postgres), *words]
    return CliRunner().invoke(main, command)


def steps(shop: Path, postgres: Connection) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(access(shop, postgres, "--format", "json").stdout)
    return found


def apply(shop: Path, postgres: Connection) -> None:
    done = access(shop, postgres, "--apply")
    assert done.exit_code == 0, done.output
    assert done.stdout == "PostgreSQL is as the contracts say\n"


def read(postgres: Connection, role: str, statement: str) -> list[tuple[Any, ...]] | None:
    """What the role reads; None where it may not."""
    with postgres.transaction(force_rollback=True):
        name = psycopg.sql.Identifier(role)
        postgres.execute(psycopg.sql.SQL("SET LOCAL ROLE {}").format(name))
        try:
            return postgres.execute(statement.encode()).fetchall()
        except psycopg.errors.InsufficientPrivilege:
            return None


def drop_roles(postgres: Connection, roles: Iterable[str]) -> None:
    """Takes the roles out of the server, those of them that are there."""
    for each in roles:
        if postgres.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (each,)).fetchone():
            name = psycopg.sql.Identifier(each)
            postgres.execute(psycopg.sql.SQL("DROP OWNED BY {} CASCADE").format(name))
            postgres.execute(psycopg.sql.SQL("DROP ROLE {}").format(name))
