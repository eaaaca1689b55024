"""Tables in DuckDB: made from the contract's DDL, or compared with it where they are there."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import duckdb

from portwright_runtime.errors import WarehouseError
from portwright_runtime.warehouse import Dialect, Table

# The columns of a table: their types as DuckDB writes them, and whether they may be null.
Columns = dict[str, tuple[str, bool]]


def quoted(identifier: str) -> str:
    """A quoted SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def columns(names: Iterable[str]) -> str:
    """Quoted identifiers with commas between."""
    return ", ".join(map(quoted, names))


def name(table: Table[Any]) -> str:
    """The qualified name of a table."""
    parts = [table.schema, table.name] if table.schema else [table.name]
    return ".".join(map(quoted, parts))


def dialect(table: Table[Any]) -> Dialect:
    """What the table is in DuckDB."""
    return table.dialects["duckdb"]


def expected(table: Table[Any]) -> Columns:
    """The columns of the contract's table, in DuckDB's own words: it is made, out of the way."""
    with duckdb.connect(":memory:", config={"threads": 1}) as scratch:
        _create(scratch, table)
        return _described(scratch, table)


def digest(columns: Columns) -> str:
    """A hash of columns, whatever their order."""
    return sha256(repr(sorted(columns.items())).encode()).hexdigest()


def is_there(cursor: duckdb.DuckDBPyConnection, table: Table[Any], columns: Columns) -> bool:
    """Whether the table exists; a WarehouseError if its columns are not these."""
    kind = _kind(cursor, table)
    if kind is None:
        return False
    if kind != "BASE TABLE":
        raise WarehouseError(f"{_shown(table)} is a {kind.lower()}, and rows go to a table")
    differences = list(_differences(_described(cursor, table), columns))
    if differences:
        raise WarehouseError(
            f"{_shown(table)} is not the table of {table.contract} {table.version}: "
            f"{'; '.join(sentence for sentence, _ in differences)}. {_way_out(table, differences)}"
        )
    return True


def ensure(cursor: duckdb.DuckDBPyConnection, table: Table[Any], columns: Columns) -> None:
    """Makes the table if it is not there; a WarehouseError if its columns are not these."""
    if not is_there(cursor, table, columns):
        _create(cursor, table)


def _create(cursor: duckdb.DuckDBPyConnection, table: Table[Any]) -> None:
    for statement in dialect(table).create:
        cursor.execute(statement)


def _way_out(table: Table[Any], differences: Iterable[tuple[str, str | None]]) -> str:
    """The statements that mend the table, if they keep every row as it is."""
    changes = [change for _, change in differences]
    if None in changes:
        return "Migrate the table, or load with the package of the contract version that it has"
    statements = "; ".join(f"ALTER TABLE {name(table)} {change}" for change in changes)
    return f"Migrate it, then load again: {statements};"


def _differences(actual: Columns, wanted: Columns) -> Iterable[tuple[str, str | None]]:
    """Each difference in words, with what ALTER TABLE can safely do about it, or None."""
    found = {column.casefold(): column for column in actual}
    for column, (type_, nullable) in wanted.items():
        if column.casefold() not in found:
            change = f"ADD COLUMN {quoted(column)} {type_}" if nullable else None
            yield f"column {column} ({type_}) is missing", change
            continue
        has, may_be_null = actual[found.pop(column.casefold())]
        if has != type_:
            yield f"column {column} is {has} where the contract says {type_}", None
        if nullable and not may_be_null:
            change = f"ALTER COLUMN {quoted(column)} DROP NOT NULL"
            yield f"column {column} is NOT NULL where the contract says optional", change
    for column in found.values():
        yield f"column {column} is not in the contract", None


def _described(cursor: duckdb.DuckDBPyConnection, table: Table[Any]) -> Columns:
    rows = cursor.execute(
        f'SELECT column_name, column_type, "null" FROM (DESCRIBE {name(table)})'
    ).fetchall()
    return {column: (type_, null == "YES") for column, type_, null in rows}


def _kind(cursor: duckdb.DuckDBPyConnection, table: Table[Any]) -> str | None:
    """What DuckDB calls that which has the table's name, None if nothing has it."""
    found = cursor.execute(
        "SELECT table_type FROM information_schema.tables"
        " WHERE table_catalog = current_database()"
        " AND lower(table_schema) = lower(?) AND lower(table_name) = lower(?)",
        [table.schema or "main", table.name],
    ).fetchone()
    return None if found is None else str(found[0])


def _shown(table: Table[Any]) -> str:
    return f"{table.schema}.{table.name}" if table.schema else table.name
