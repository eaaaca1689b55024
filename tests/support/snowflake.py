"""Snowflake as fakesnow plays it: DuckDB behind Snowflake's connector."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fakesnow.instance import FakeSnow
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from support import sql_reader

DIALECT = "snowflake"


class Account:
    """An account that is empty but for the database `DWH`, which is in use."""

    def __init__(self) -> None:
        self._connection = FakeSnow().connect(database="DWH", schema="PUBLIC")

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of one statement; the connector's error where it is refused."""
        with warnings.catch_warnings(), self._connection.cursor() as cursor:
            warnings.simplefilter("ignore")  # of fakesnow, about the DuckDB it is built on
            return list(cursor.execute(statement).fetchall())

    def run(self, text: str) -> None:
        """Runs a file of DDL, a statement at a time, whatever database it names."""
        for each in sql_reader.statements(text, DIALECT):
            self.execute(playable(each))

    def close(self) -> None:
        self._connection.close()


@contextmanager
def account() -> Iterator[Account]:
    opened = Account()
    try:
        yield opened
    finally:
        opened.close()


def playable(statement: exp.Expression) -> str:
    """The statement with what Snowflake takes and fakesnow does not written in another way: names
    that are DuckDB's key words, databases, vectors, texts in an object (which is JSON there),
    apostrophes in the comment of a table. A CHECK that the items of a list are distinct has no
    other way, and is left out."""
    engine = Dialect.get_or_raise(DIALECT)
    statement = statement.copy()
    for each in statement.find_all(exp.Table, exp.Column):
        each.set("catalog", None)

    def rewritten(node: exp.Expression) -> exp.Expression | None:
        match node:
            case exp.Constraint() if node.find(exp.ArrayDistinct):
                return None
            case exp.Identifier():
                return exp.to_identifier(engine.normalize_identifier(node).name, quoted=True)
            case exp.Bracket(parent=exp.RegexpLike() | exp.Length() | exp.In()):
                return exp.cast(node, "VARCHAR", dialect=DIALECT)
            case exp.DataType(this=exp.DataType.Type.VECTOR):
                return exp.DataType.build("ARRAY", dialect=DIALECT)
            case exp.Literal(parent=exp.Comment(this=exp.Table())):
                return exp.Literal.string(node.name.replace("'", "''"))
            case _:
                return node

    return statement.transform(rewritten, copy=False).sql(DIALECT)
