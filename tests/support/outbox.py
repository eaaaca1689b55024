"""Outboxes for tests: the tables that the target makes, in a database of each kind."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portwright.model import String
from portwright.targets.outbox import Outbox
from support.models import a_model, an_object, field

MODEL = a_model(an_object("orders", "order", field("id", String())))


def ddl(dialect: str, table: str = "portwright_outbox") -> str:
    """The script that makes the tables."""
    (file,) = Outbox(dialect, table).emit(MODEL)
    return file.text


@dataclass(frozen=True)
class Database:
    """A database with an outbox: its url for a relay, and connections of its usual driver."""

    dialect: str
    url: str
    connect: Callable[[], Any]

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement, committed."""
        connection = self.connect()
        try:
            cursor = connection.cursor()
            cursor.execute(statement)
            rows = list(cursor.fetchall()) if cursor.description else []
            connection.commit()
            return rows
        finally:
            connection.close()


def run_script(database: Database) -> None:
    """Makes the tables."""
    connection = database.connect()
    text = ddl(database.dialect)
    if isinstance(connection, sqlite3.Connection):
        connection.executescript(text)
    elif database.dialect == "mysql":
        # Not one of these statements has a semicolon in it.
        plain = "\n".join(line for line in text.split("\n") if not line.startswith("--"))
        for each in plain.split(";"):
            if each.strip():
                connection.cursor().execute(each)
    else:
        connection.execute(text)
    connection.commit()
    connection.close()
