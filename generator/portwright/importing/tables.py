"""Tables: what databases hold, read as the DDL that each of them tells of itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import SplitResult, unquote, urlsplit

from portwright.contract.reader import Report
from portwright.diagnostics import Span, error, nearest
from portwright.importing import ddl, postgres_tables, urls
from portwright.importing.draft import Draft, Refused, missing

_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """A table as it was asked for; without a schema, it is that of the connection."""

    schema: str | None
    table: str

    @classmethod
    def read(cls, text: str) -> Wanted:
        schema, _, table = text.rpartition(".")
        return cls(schema.strip('"`[]') or None, table.strip('"`[]'))

    def is_named(self, schema: str, table: str) -> bool:
        """Whether it is this table. One may have a point in its name, too."""
        if self.schema is not None and table.lower() == f"{self.schema}.{self.table}".lower():
            return True
        its_schema = self.schema is None or self.schema.lower() == schema.lower()
        return its_schema and table.lower() == self.table.lower()


def read(source: str, tables: Sequence[str], report: Report) -> Draft:
    """The tables of a database; all of its own where none is named."""
    scheme = source.partition(":")[0].lower()
    urls.check(source, scheme)
    shown = urls.shown(source)
    engine, dialect, library = _ENGINES[scheme]
    try:
        text = engine(source, tuple(map(Wanted.read, tables)))
    except ImportError as fault:
        raise missing(f"{scheme} is read with {library}", shown, fault) from None
    except NotThere as fault:
        help = nearest(fault.table, fault.known) or _known(fault.known)
        message = f"there is no table `{fault.table}`"
        raise Refused(error("PW804", message, Span(shown), help)) from None
    except Exception as fault:
        if isinstance(fault, Refused):
            raise
        # Each driver has errors of its own, and all of them say what the server said.
        raise Refused(urls.failed(fault, source, shown)) from None
    return ddl.read(text, shown, dialect, report)


class NotThere(Exception):
    """A database has no such table."""

    def __init__(self, table: str, known: Sequence[str]) -> None:
        super().__init__(table)
        self.table, self.known = table, known


def _known(known: Sequence[str]) -> str:
    some = ", ".join(sorted(known)[:20])
    return f"there are {some}" if known else "there are none"


def _path(source: str) -> Path:
    """The file of an embedded database."""
    rest = source.partition(":")[2]
    rest = rest.removeprefix("//") if rest.startswith("//") else rest
    path = Path(rest.partition("?")[0])
    if rest.startswith("~"):  # which a shell leaves alone behind a colon
        path = Path(os.path.expanduser(path))
    if rest.startswith("/") and not path.exists():
        path = Path(
            rest.partition("?")[0][1:]
        )  # SQLAlchemy has three slashes before a relative one
    if not path.is_file():
        help = "write its path behind the colon, as in sqlite:service.db"
        raise Refused(error("PW800", "there is no such file", Span(str(path)), help))
    found, scheme = scheme_of(path), source.partition(":")[0]
    if found is not None and found != scheme:
        refuse_other(str(path), found)
    return path


def scheme_of(path: Path) -> str | None:
    """The scheme of a database that is one file, by what stands first in it."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except (OSError, ValueError):
        return None
    if head.startswith(b"SQLite format 3\0"):
        return "sqlite"
    return "duckdb" if head[8:12] == b"DUCK" else None


def refuse_other(path: str, scheme: str) -> NoReturn:
    """Refuses a database that was named as something else."""
    title = {"sqlite": "SQLite", "duckdb": "DuckDB"}[scheme]
    place = Span(f"{scheme}:{path}")
    help = f"write `--from {scheme}:{path}`"
    raise Refused(error("PW801", f"`{path}` is a database of {title}", place, help))


def _chosen(wanted: Sequence[Wanted], known: Sequence[tuple[str, str]]) -> list[int]:
    """The places of the wanted ones in a list of tables by schema and name."""
    if not wanted:
        return [*range(len(known))]
    found: list[int] = []
    for each in wanted:
        places = [
            place for place, (schema, table) in enumerate(known) if each.is_named(schema, table)
        ]
        if not places:
            raise NotThere(each.table, [table for _, table in known])
        found += places[:1]
    return list(dict.fromkeys(found))


def _sqlite(source: str, wanted: Sequence[Wanted]) -> str:
    import contextlib
    import sqlite3

    path = _path(source)
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        rows = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL"
            " AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY rowid"
        ).fetchall()
        # Tables that a virtual one, such as of a search, keeps its own in.
        listed = db.execute("PRAGMA table_list").fetchall()
        shadows = {name for _, name, type_, *_ in listed if type_ == "shadow"}
        rows = [each for each in rows if each[0] not in shadows]
        places = _chosen(wanted, [("main", name) for name, _ in rows])
        indexes = db.execute(
            "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
    chosen = {rows[place][0] for place in places}
    texts = [rows[place][1] for place in places]
    return ";\n".join([*texts, *(sql for table, sql in indexes if table in chosen)])


def _duckdb(source: str, wanted: Sequence[Wanted]) -> str:
    import duckdb

    with duckdb.connect(str(_path(source)), read_only=True) as db:
        rows = db.execute(
            "SELECT schema_name, table_name, sql, comment FROM duckdb_tables()"
            " WHERE NOT internal AND database_name = current_database() ORDER BY table_oid"
        ).fetchall()
        if not wanted:  # those that need no schema before their names, if there are any
            rows = [each for each in rows if each[0] == "main"] or rows
        comments = db.execute(
            "SELECT schema_name, table_name, column_name, comment FROM duckdb_columns()"
            " WHERE comment IS NOT NULL AND database_name = current_database()"
        ).fetchall()
        indexes = db.execute(
            "SELECT schema_name, table_name, sql FROM duckdb_indexes()"
            " WHERE is_unique AND sql IS NOT NULL AND database_name = current_database()"
        ).fetchall()
        types = db.execute(
            "SELECT type_name, labels FROM duckdb_types() WHERE labels IS NOT NULL"
        ).fetchall()
    places = _chosen(wanted, [(schema, table) for schema, table, *_ in rows])
    texts = [
        f"CREATE TYPE {_quoted(name)} AS ENUM ({', '.join(map(_literal, labels))})"
        for name, labels in types
        if name.lower() != "enum"
    ]
    chosen = {rows[place][:2] for place in places}
    texts += [rows[place][2].rstrip(";") for place in places]
    for place in places:
        schema, table, _, comment = rows[place]
        if comment:
            texts.append(f"COMMENT ON TABLE {_quoted(table)} IS {_literal(comment)}")
    for schema, table, column, comment in comments:
        if (schema, table) in chosen:
            name = f"{_quoted(table)}.{_quoted(column)}"
            texts.append(f"COMMENT ON COLUMN {name} IS {_literal(comment)}")
    texts += [sql.rstrip(";") for schema, table, sql in indexes if (schema, table) in chosen]
    return ";\n".join(texts)


def _mysql(source: str, wanted: Sequence[Wanted]) -> str:
    import contextlib

    import pymysql

    url = urlsplit(source)
    name = unquote(url.path.removeprefix("/"))
    connection = pymysql.connect(
        host=url.hostname or "localhost",
        port=url.port or 3306,
        user=unquote(url.username or "") or None,
        password=unquote(url.password or ""),
        database=name or None,
        unix_socket=_query(url, "unix_socket"),
        connect_timeout=_SECONDS,
        charset="utf8mb4",
    )
    with contextlib.closing(connection), connection.cursor() as cursor:
        schemas = [name, *(each.schema for each in wanted if each.schema)]
        cursor.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' AND table_schema IN %s"
            " ORDER BY create_time, table_name",
            (schemas,),
        )
        known = [(str(schema), str(table)) for schema, table in cursor.fetchall()]
        texts = []
        for place in _chosen(wanted, known):
            schema, table = known[place]
            cursor.execute(f"SHOW CREATE TABLE {_backticked(schema)}.{_backticked(table)}")
            row = cursor.fetchone()
            texts += [str(row[1])] if row else []
    return ";\n".join(texts)


def _query(url: SplitResult, key: str) -> str | None:
    from urllib.parse import parse_qs

    return next(iter(parse_qs(url.query).get(key, ())), None)


def _postgres(source: str, wanted: Sequence[Wanted]) -> str:
    import psycopg

    # What SQLAlchemy calls drivers is no part of PostgreSQL's own urls.
    with psycopg.connect(source, connect_timeout=_SECONDS) as connection:
        known = postgres_tables.known(connection)
        if not wanted:
            known = [each for each in known if each.visible]
        places = _chosen(wanted, [(each.schema, each.name) for each in known])
        return ";\n".join(postgres_tables.ddl(connection, [known[place] for place in places]))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _backticked(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_Engine = Callable[[str, Sequence[Wanted]], str]
# By scheme: what reads it, the dialect of its DDL, and the library.
_ENGINES: dict[str, tuple[_Engine, str, str]] = {
    "sqlite": (_sqlite, "sqlite", "sqlite3"),
    "duckdb": (_duckdb, "duckdb", "duckdb"),
    "mysql": (_mysql, "mysql", "pymysql"),
    "mariadb": (_mysql, "mysql", "pymysql"),
    "postgres": (_postgres, "postgres", "psycopg"),
    "postgresql": (_postgres, "postgres", "psycopg"),
}
