"""Migrations on engines that run here: old tables with rows in them become those of a new model.

What is left out of a migration because it waits for values is run with values of our own: there, we
are the owner of the data.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal as Number
from typing import Any, Protocol

import duckdb
import psycopg

from portwright.migrations import Plan, Step, plan
from portwright.migrations.in_place import UNKNOWN
from portwright.migrations.pairs import Pair
from portwright.migrations.views import Table, table
from portwright.model import Array, Json, Map, Model, Nullable, Record, Type, Vector
from portwright.model.matching import match
from portwright.targets.ddl import DIALECTS, Dialect, literal, quote
from portwright.targets.ddl.column_types import sql_type
from portwright.targets.ddl.keys import tables
from portwright.targets.ddl.kinds import Kind
from support import ddl, records
from support.clickhouse_values import fitted
from support.postgres_values import as_json

Row = dict[str, Any]
Catalogue = dict[str, dict[str, Any]]


class Engine(Protocol):
    """An engine with a database of the test's own."""

    dialect: Dialect

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of one statement; the engine's error where it is refused."""
        ...

    def catalogue(self) -> Catalogue:
        """What the engine knows of each table, whatever the order of its columns."""
        ...

    def empty(self) -> None: ...


@dataclass
class Duck:
    connection: duckdb.DuckDBPyConnection
    dialect: Dialect = DIALECTS["duckdb"]

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement).fetchall()

    def catalogue(self) -> Catalogue:
        found = self.execute("SELECT table_name, comment FROM duckdb_tables()")
        return {
            name: {
                "comment": comment,
                "columns": sorted(
                    self.execute(
                        "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns()"
                        f" WHERE table_name = {literal(name, self.dialect)}"
                    )
                ),
                "constraints": sorted(
                    self.execute(
                        "SELECT constraint_type, constraint_text FROM duckdb_constraints()"
                        f" WHERE table_name = {literal(name, self.dialect)}"
                    )
                ),
            }
            for name, comment in found
        }

    def empty(self) -> None:
        self.connection.close()
        self.connection = duckdb.connect()


@dataclass
class Postgres:
    connection: psycopg.Connection[Any]
    dialect: Dialect = DIALECTS["postgres"]

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        done = self.connection.execute(statement.encode())
        return done.fetchall() if done.description else []

    def catalogue(self) -> Catalogue:
        found = self.execute(
            "SELECT relname, oid::int, obj_description(oid), pg_get_partkeydef(oid) FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        return {
            name: {
                "comment": comment,
                "partition": partition,
                "columns": self.execute(
                    "SELECT attname, format_type(atttypid, atttypmod), attnotnull,"
                    " col_description(attrelid, attnum) FROM pg_attribute"
                    f" WHERE attrelid = {oid} AND attnum > 0 AND NOT attisdropped ORDER BY 1"
                ),
                "constraints": self.execute(
                    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
                    f" WHERE conrelid = {oid} AND contype <> 'n' ORDER BY 1"
                ),
                "indexes": self.execute(
                    "SELECT indexrelid::regclass::text FROM pg_index"
                    f" WHERE indrelid = {oid} ORDER BY 1"
                ),
            }
            for name, oid, comment, partition in found
        }

    def empty(self) -> None:
        self.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


@dataclass
class Maria:
    server: Any
    dialect: Dialect = DIALECTS["mysql"]

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.server.execute(statement)
        return found

    def catalogue(self) -> Catalogue:
        found = self.execute(
            "SELECT table_name, table_comment FROM information_schema.tables"
            " WHERE table_schema = 'test'"
        )
        return {name: {"comment": comment, **self._table(name)} for name, comment in found}

    def _table(self, name: str) -> dict[str, Any]:
        where = f"WHERE table_schema = 'test' AND table_name = {literal(name, self.dialect)}"
        columns = "column_name, column_type, is_nullable, column_comment, collation_name"
        keys = "column_name, referenced_table_name, referenced_column_name"
        of_schema = where.replace("table_schema", "constraint_schema")
        checks = self._sorted("check_constraints", "constraint_name, check_clause", of_schema)
        # MariaDB's own checks of JSON are called as the column was when it was made.
        named = [(name if name.startswith("ck_") else "", clause) for name, clause in checks]
        return {
            "columns": self._sorted("columns", columns, where),
            "checks": sorted(named),
            "keys": self._sorted("key_column_usage", f"constraint_name, {keys}", where),
            "indexes": self._sorted("statistics", "index_name, non_unique, column_name", where),
        }

    def _sorted(self, view: str, columns: str, where: str) -> list[tuple[Any, ...]]:
        found = self.execute(f"SELECT {columns} FROM information_schema.{view} {where}")
        return sorted(found, key=repr)

    def empty(self) -> None:
        self.server.empty()


@dataclass
class ClickHouse:
    server: Any
    dialect: Dialect = DIALECTS["clickhouse"]

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.server.execute(statement)
        return found

    def catalogue(self) -> Catalogue:
        found = self.execute(
            "SELECT name, comment, partition_key, sorting_key, primary_key FROM system.tables"
            " WHERE database = 'default'"
        )
        return {
            name: {
                "table": rest,
                "columns": self.execute(
                    "SELECT name, type, default_kind, comment, is_in_sorting_key"
                    " FROM system.columns WHERE database = 'default'"
                    f" AND table = {literal(name, self.dialect)} ORDER BY name"
                ),
                "constraints": sorted(
                    re.findall(r"(?m)^ *CONSTRAINT .*[^,\n]", self._written(name))
                ),
            }
            for name, *rest in found
        }

    def _written(self, name: str) -> str:
        quoted = name.replace("`", "\\`")
        [(text,)] = self.execute(f"SHOW CREATE TABLE default.`{quoted}`")
        return str(text)

    def empty(self) -> None:
        self.server.empty()


def create(engine: Engine, model: Model) -> None:
    for statement in re.split(r";\n(?:\n|$)", ddl.file(model, engine.dialect.name)):
        if bare := re.sub(r"(?m)^--.*\n?", "", statement).strip():
            engine.execute(bare)


class Refused(Exception):
    """A step that the engine refuses, and how many rows its queries find in the way."""

    def __init__(self, step: Step, statement: str, rows: int) -> None:
        super().__init__(f"{step.kind}: {statement}", rows)
        self.step = step
        self.rows = rows


def _found(engine: Engine, step: Step) -> int:
    counted = (f"SELECT COUNT(*) FROM ({each}) found" for each in step.rows)
    return sum(int(engine.execute(each)[0][0]) for each in counted)


def migrate(engine: Engine, made: Plan, values: Mapping[str | None, str]) -> None:
    """Runs all steps of a migration; what waits for the values of a column gets those."""
    for each in made.steps:
        for template in each.statements:
            statement = template
            for column, value in values.items():
                statement = statement.replace(f"{UNKNOWN} AS {column}", value)
            statement = statement.replace(UNKNOWN, values.get(each.column, "NULL"))
            try:
                engine.execute(statement)
            except Exception as fault:
                # Of our values, each is in every row: no key takes them.
                found = _found(engine, each) or template.count(UNKNOWN)
                raise Refused(each, statement, found) from fault


def own_tables(found: Catalogue) -> Catalogue:
    """But for those that were moved aside."""
    return {name: facts for name, facts in found.items() if "__before_" not in name}


def insert(engine: Engine, view: Table, rows: Iterable[Row]) -> None:
    columns = ", ".join(each.name for each in view.columns.values())
    for row in rows:
        values = ", ".join(
            sql(row[name], column.field.type, engine.dialect)
            for name, column in view.columns.items()
        )
        engine.execute(f"INSERT INTO {view.name} ({columns}) VALUES ({values})")


def sql(value: Any, type_: Type, dialect: Dialect) -> str:
    """A value as SQL, for a column of that type."""
    clickhouse = dialect.types.nullable is not None
    match type_:
        case Nullable(inner):
            return sql(value, inner, dialect)
        case Array() | Vector() | Map() if clickhouse and value is None:
            empty = "map()" if isinstance(type_, Map) else "[]"
            return f"CAST({empty} AS {sql_type(type_, dialect)})"
        case Record(fields=fields) if clickhouse and value is None:
            nothing = (sql(None, each.type, dialect) for each in fields)
            return f"CAST(tuple({', '.join(nothing)}) AS {sql_type(type_, dialect, null=True)})"
        case Json():
            return literal(json.dumps(value), dialect)
        case _ if value is None:
            return "NULL"
        case Array() | Map() | Record() | Vector():
            return _composite(value, type_, dialect)
        case _:
            return _scalar(value, type_, dialect)


def _scalar(value: Any, type_: Type, dialect: Dialect) -> str:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case Number() if dialect.types.nullable:
            return f"toDecimal256('{value:f}', {max(0, -int(value.as_tuple().exponent))})"
        case Number():
            return format(value, "f")
        case int() if dialect.types.nullable:
            return f"CAST('{value}' AS {sql_type(type_, dialect)})"
        case int():
            return str(value)
        case float():
            return f"CAST('{value!r}' AS DOUBLE)" if dialect.name == "duckdb" else repr(value)
        case bytes():
            written = f"'\\x{value.hex()}'" if dialect.name == "postgres" else None
            plain = f"x'{value.hex()}'" if dialect.name == "mysql" else f"unhex('{value.hex()}')"
            return written or plain
        case str():
            return literal(value, dialect)
        case _:
            text = str(value).removesuffix("+00:00")
            zoned = dialect.name in ("postgres", "duckdb") and str(value) != text
            return literal(text + ("+00" if zoned else ""), dialect)


def _composite(value: Any, type_: Type, dialect: Dialect) -> str:
    written = sql_type(type_, dialect)
    if written == dialect.types.leaf[Kind.JSON]:
        return literal(json.dumps(as_json(type_, value)), dialect)
    clickhouse = dialect.types.nullable is not None
    match type_:
        case Array(element=element):
            made = _list([sql(each, element, dialect) for each in value], dialect)
        case Map(key, held):
            pairs = [(sql(k, key, dialect), sql(v, held, dialect)) for k, v in value.items()]
            flat = ", ".join(", ".join(each) for each in pairs)
            made = (
                f"map({flat})"
                if clickhouse
                else f"MAP {{{', '.join(': '.join(each) for each in pairs)}}}"
            )
        case Record(fields=fields):
            parts = [(each.column, sql(value[each.name], each.type, dialect)) for each in fields]
            made = (
                f"tuple({', '.join(part for _, part in parts)})"
                if clickhouse
                else f"{{{', '.join(f'{literal(name, dialect)}: {part}' for name, part in parts)}}}"
            )
        case _:
            made = _list(list(map(repr, value)), dialect)
    return f"CAST({made} AS {written})"


def _list(items: list[str], dialect: Dialect) -> str:
    return f"{'ARRAY' if dialect.name == 'postgres' else ''}[{', '.join(items)}]"


def held_values(after: Iterable[Table], dialect: Dialect) -> dict[str | None, str]:
    """A value as SQL for each column, under its name and that of what stands beside it."""
    found: dict[str | None, str] = {}
    for view in after:
        for column in view.columns.values():
            field = replace(column.field, required=True)
            [value] = rows_of(Record("r", ("r",), (field,)), dialect)[0].values()
            found[column.name] = sql(value, field.type, dialect)
            beside = quote(f"{field.column}__new", dialect)
            found[beside] = found[column.name]
    return found


def rows_of(record: Record, dialect: Dialect) -> list[Row]:
    """One row, the same each time, that the engine can hold."""
    row = records.some(record)
    return [fitted(record, row) if dialect.types.nullable else row]


@dataclass
class Migrated:
    """What came of a migration: catalogues of the new tables, migrated and made afresh."""

    plan: Plan
    found: Catalogue
    fresh: Catalogue


def run(
    engine: Engine,
    old: Model,
    new: Model,
    rows: Mapping[str, list[Row]] | None = None,
    *,
    destructive: bool = False,
) -> Migrated:
    """Makes the old tables, puts rows in, migrates them and makes the new ones afresh."""
    create(engine, old)
    for each in tables(old):
        insert(engine, table(old, each, engine.dialect), (rows or {}).get(each.name, ()))
    made = plan(old, new, engine.dialect, destructive=destructive)
    through(engine, old, new, made)
    found = own_tables(engine.catalogue())
    engine.empty()
    create(engine, new)
    return Migrated(made, found, own_tables(engine.catalogue()))


def both_ways(engine: Engine, old: Model, new: Model, rows: Mapping[str, list[Row]]) -> None:
    """Migrates with all steps in one go, and where that is another plan, in two: what takes data
    away comes last. Both must come to what the new DDL makes."""
    made = {each: plan(old, new, engine.dialect, destructive=each) for each in (True, False)}
    done = run(engine, old, new, rows, destructive=True)
    assert done.found == done.fresh != {}
    if made[True].steps != made[False].steps:
        engine.empty()
        done = run(engine, old, new, rows, destructive=False)
        assert done.found == done.fresh


def through(engine: Engine, old: Model, new: Model, made: Plan) -> None:
    """Runs a migration, and looks whether the values of columns whose type stays are the same."""
    after = {each.name: table(new, each, engine.dialect) for each in tables(new)}
    pairs = [
        Pair(table(old, before, engine.dialect), after[now.name], engine.dialect)
        for before, now in match(tables(old), tables(new)).pairs
    ]
    kept = [_kept(engine, pair) for pair in pairs]
    migrate(engine, made, held_values(after.values(), engine.dialect))
    for pair, was in zip(pairs, kept, strict=True):
        assert _now(engine, pair) == was


def _same(pair: Pair) -> list[tuple[str, str]]:
    return [(a.name, b.name) for a, b in pair.columns if a.plain == b.plain]


def _kept(engine: Engine, pair: Pair) -> Counter[str]:
    columns = _shown(engine, [a for a, _ in _same(pair)])
    return Counter(map(repr, engine.execute(f"SELECT {columns} FROM {pair.before.name}")))


def _now(engine: Engine, pair: Pair) -> Counter[str]:
    columns = _shown(engine, [b for _, b in _same(pair)])
    return Counter(map(repr, engine.execute(f"SELECT {columns} FROM {pair.after.name}")))


def _shown(engine: Engine, columns: list[str]) -> str:
    """Columns to select. Python has not all times of PostgreSQL, and JSON no bytes."""
    if isinstance(engine, ClickHouse):
        columns = [f"hex(toString({each}))" for each in columns]
    if isinstance(engine, Postgres):
        columns = [f"CAST({each} AS text)" for each in columns]
    return ", ".join(columns) or "1"
