"""Snowflake as fakesnow plays it: DuckDB behind Snowflake's connector."""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from fakesnow.instance import FakeSnow
from snowflake import connector
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


class Cloud:
    """An account that several connections share, as the warehouse of the runtime opens them."""

    def __init__(self) -> None:
        self._fake = FakeSnow()
        self._lock = threading.Lock()
        # How many statements a connection takes before it is cut; afterwards it takes none.
        self.patience: int | None = None
        self.statements: list[str] = []
        # The number of the statement whose answer is lost.
        self.lost: int | None = None
        # A statement that is refused, once rows were brought.
        self.refused: str | None = None

    def connect(self) -> Connection:
        opened = self._fake.connect(
            database="DWH", schema="PUBLIC", paramstyle="qmark", autocommit=True
        )
        return Connection(self, opened, self._lock)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows that a reader sees."""
        reader = self._fake.connect(database="DWH", schema="PUBLIC")
        with warnings.catch_warnings(), reader.cursor() as cursor:
            warnings.simplefilter("ignore")
            return list(cursor.execute(statement).fetchall())


class Connection:
    """One of them, with what Snowflake has and fakesnow lacks: temporary tables that COPY and
    DESCRIBE find, and transactions that wait for each other's locks."""

    def __init__(self, cloud: Cloud, connection: Any, lock: threading.Lock) -> None:
        self._cloud = cloud
        self._connection = connection
        self._lock = lock
        self._own: dict[str, str] = {}
        self._left = cloud.patience
        self._in_transaction = False

    def cursor(self) -> Cursor:
        return Cursor(self, self._connection.cursor())

    def before(self, statement: str) -> str:
        """What fakesnow is to run in place of the statement."""
        self._cloud.statements.append(statement)
        if statement == self._cloud.refused and len(self._own) > 0:
            raise connector.errors.OperationalError(msg="refused", errno=250002)
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise connector.errors.OperationalError(msg="the connection was cut", errno=250002)
        if statement == "BEGIN TRANSACTION":
            assert self._lock.acquire(timeout=30)
            self._in_transaction = True
        made = re.match(r'CREATE TEMPORARY (?:TABLE|STAGE) ("\w+")', statement)
        if made:
            assert made[1] not in self._own, "there is one of that name"
            self._own[made[1]] = f'"{made[1][1:-1]}_{uuid4().hex}"'
            statement = statement.replace("TEMPORARY ", "", 1)
        for name, own in self._own.items():
            statement = statement.replace(name, own)
        if statement.startswith("CREATE TABLE") and "_portwright_" not in statement:
            [made_of] = sql_reader.statements(statement, DIALECT)
            return playable(made_of)
        statement = re.sub(r"VECTOR\((?:FLOAT|INT), \d+\)", "ARRAY", statement)
        if gone := re.fullmatch(r'DROP TABLE ("\w+")', statement):
            self._own = {name: own for name, own in self._own.items() if own != gone[1]}
        return statement

    def after(self, statement: str) -> None:
        """Ends what the statement did, whose answer may be lost."""
        if self._cloud.lost == len(self._cloud.statements):
            self._cloud.lost = None
            self._release(statement)
            raise connector.errors.OperationalError(msg="the answer was lost", errno=250002)
        self._release(statement)

    def _release(self, statement: str) -> None:
        if self._in_transaction and statement in ("COMMIT", "ROLLBACK"):
            self._in_transaction = False
            self._lock.release()

    def close(self) -> None:
        """Ends the session, with its transaction and its tables."""
        with warnings.catch_warnings(), self._connection.cursor() as cursor:
            warnings.simplefilter("ignore")
            if self._in_transaction:
                cursor.execute("ROLLBACK")
                self._release("ROLLBACK")
            for own in self._own.values():
                kind = "STAGE" if "files" in own else "TABLE"
                cursor.execute(f"DROP {kind} {own}")
        self._connection.close()


class Cursor:
    """A cursor of such a connection."""

    def __init__(self, connection: Connection, cursor: Any) -> None:
        self._connection = connection
        self._cursor = cursor

    def __enter__(self) -> Cursor:
        return self

    def __exit__(self, *_: object) -> None:
        self._cursor.close()

    def execute(self, statement: str, parameters: Any = None) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._cursor.execute(self._connection.before(statement), parameters)
        self._connection.after(statement)

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self._cursor.fetchall())
