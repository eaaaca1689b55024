"""Statements on whatever connection a service has: drivers, SQLAlchemy and Django told apart by
their classes, without importing any of them.

Statements are written with `:name` for a value, and become what the driver wants.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from portwright_runtime.errors import ConfigurationError

Dialect: TypeAlias = Literal["postgres", "mysql", "sqlite"]
Style: TypeAlias = Literal["pyformat", "named", "sqlalchemy", "numeric"]

_NAME: Final = re.compile(r"(?<!:):([a-z_]+)")
_IDENTIFIER: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)?")
_TAKEN: Final = (
    "psycopg, psycopg2, SQLAlchemy, Django, sqlite3, PyMySQL, mysqlclient, mysql-connector"
)

# The first part of a class's module: its dialect, and how values are written.
_DRIVERS: Final[Mapping[str, tuple[Dialect, Style]]] = {
    "psycopg": ("postgres", "pyformat"),
    "psycopg2": ("postgres", "pyformat"),
    "sqlite3": ("sqlite", "named"),
    "aiosqlite": ("sqlite", "named"),
    "pymysql": ("mysql", "pyformat"),
    "MySQLdb": ("mysql", "pyformat"),
    "mysql": ("mysql", "pyformat"),
    "asyncpg": ("postgres", "numeric"),
}
_NAMES: Final[Mapping[str, Dialect]] = {
    "postgresql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a connection is of."""

    dialect: Dialect
    style: Style
    library: str


def is_of_asyncio(connection: Any) -> bool:
    """Whether the calls of a connection have to be awaited."""
    cls = type(connection)
    return (
        cls.__name__.startswith("Async")
        or cls.__module__.partition(".")[0] in ("asyncpg", "aiosqlite")
        or ".aio" in cls.__module__
    )


def kind_of(connection: Any) -> Kind:
    """The kind of a connection; ConfigurationError where it is none that is known."""
    for cls in type(connection).__mro__:
        library = cls.__module__.partition(".")[0]
        if library == "sqlalchemy":
            return Kind(_known(_engine(connection)), "sqlalchemy", library)
        if library in ("django", "psqlextra") and hasattr(connection, "vendor"):
            return Kind(_known(connection.vendor), "pyformat", "django")
        if library in _DRIVERS:
            return Kind(*_DRIVERS[library], library)
    # Django's `connection` stands for the thread's own.
    if hasattr(connection, "vendor") and hasattr(connection, "cursor"):
        return Kind(_known(connection.vendor), "pyformat", "django")
    name = f"{type(connection).__module__}.{type(connection).__qualname__}"
    raise ConfigurationError(f"a {name} is no connection that is known here: {_TAKEN}")


def execute(
    connection: Any, statement: Callable[[Dialect], str], values: Mapping[str, object]
) -> Any:
    """The cursor or result of a statement in the connection's own transaction."""
    kind = kind_of(connection)
    if is_of_asyncio(connection):
        raise ConfigurationError(
            f"a {type(connection).__name__} is of asyncio: `await` an async port with it"
        )
    text = statement(kind.dialect)
    if kind.style == "sqlalchemy":
        from sqlalchemy import text as sqlalchemy_text

        with _discreet():
            return connection.execute(sqlalchemy_text(text), dict(values))
    if kind.style == "named":
        return connection.execute(text, dict(values))
    cursor = connection if hasattr(connection, "fetchone") else connection.cursor()
    cursor.execute(_NAME.sub(r"%(\1)s", text.replace("%", "%%")), dict(values))
    return cursor


async def execute_async(
    connection: Any, statement: Callable[[Dialect], str], values: Mapping[str, object]
) -> None:
    """As `execute`, on a connection of an asyncio driver."""
    kind = kind_of(connection)
    if not is_of_asyncio(connection):
        raise ConfigurationError(
            f"a {type(connection).__name__} is not of asyncio: use a port that is not, either"
        )
    text = statement(kind.dialect)
    if kind.style == "sqlalchemy":
        from sqlalchemy import text as sqlalchemy_text

        with _discreet():
            await connection.execute(sqlalchemy_text(text), dict(values))
    elif kind.style == "numeric":
        names = list(dict.fromkeys(_NAME.findall(text)))
        numbered = _NAME.sub(lambda found: f"${names.index(found[1]) + 1}", text)
        await connection.execute(numbered, *(values[name] for name in names))
    elif kind.style == "named":
        await connection.execute(text, dict(values))
    else:
        await connection.execute(_NAME.sub(r"%(\1)s", text.replace("%", "%%")), dict(values))


@contextmanager
def _discreet() -> Iterator[None]:
    """SQLAlchemy's errors without the values of their statement, which are those of a record."""
    from sqlalchemy.exc import StatementError

    try:
        yield
    except StatementError as error:
        error.hide_parameters = True
        raise


def quoted(name: str, dialect: Dialect) -> str:
    """A table's name, perhaps with its schema before a dot, as an identifier."""
    if not _IDENTIFIER.fullmatch(name):
        raise ConfigurationError(
            f"{name!r} is no name of a table: letters, digits and _, with at most one dot"
        )
    mark = "`" if dialect == "mysql" else '"'
    return ".".join(f"{mark}{part}{mark}" for part in name.split("."))


def _engine(connection: Any) -> str:
    """The name of SQLAlchemy's dialect of a connection or session."""
    bound = connection.get_bind() if hasattr(connection, "get_bind") else connection
    return str(bound.dialect.name)


def _known(name: str) -> Dialect:
    if name not in _NAMES:
        raise ConfigurationError(f"there is no outbox for {name}, but for {', '.join(_NAMES)}")
    return _NAMES[name]
