"""Audits in DuckDB: set-based SQL over staged rows, counting what breaks the contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb

from portwright_runtime.duckdb_tables import columns, dialect, quoted
from portwright_runtime.warehouse import Finding, Table


def findings(cursor: duckdb.DuckDBPyConnection, table: Table[Any], staging: str) -> list[Finding]:
    """What the rows of `staging` break among themselves: required, checks, then keys."""
    found = list(_rows(cursor, table, staging))
    for key in table.keys:
        filled = " AND ".join(f"{quoted(column)} IS NOT NULL" for column in key)
        shared = (
            f"SELECT {columns(key)}, count(*) AS n FROM {staging} WHERE {filled}"
            f" GROUP BY {columns(key)} HAVING n > 1"
        )
        found.extend(_of_key(cursor, table, key, "must be unique", shared, "sum(n)"))
    return found


def present(
    cursor: duckdb.DuckDBPyConnection, table: Table[Any], staging: str, target: str
) -> list[Finding]:
    """The rows of `staging` whose key is in `target` already."""
    found: list[Finding] = []
    for key in table.keys:
        both = (
            f"SELECT {columns(key)} FROM {staging}"
            f" SEMI JOIN (SELECT {columns(key)} FROM {target}) AS target USING ({columns(key)})"
        )
        rule = "must not be in the table already"
        found.extend(_of_key(cursor, table, key, rule, both, "count(*)"))
    return found


def _rows(cursor: duckdb.DuckDBPyConnection, table: Table[Any], staging: str) -> Iterator[Finding]:
    """What rows break each by itself, counted in one pass."""
    rules = [
        (column.property, "must not be null", f"{quoted(column.name)} IS NULL")
        for column in table.columns
        if column.required
    ]
    rules += [
        (check.path, check.rule, f"NOT ({check.predicate})") for check in dialect(table).checks
    ]
    if not rules:
        return
    counts = ", ".join(f"count(*) FILTER (WHERE {bad})" for _, _, bad in rules)
    [broken] = cursor.execute(f"SELECT {counts} FROM {staging}").fetchall()
    for (path, rule, bad), rows in zip(rules, broken, strict=True):
        if rows:
            source = f"SELECT * FROM {staging} WHERE {bad}"
            yield Finding(path, rule, rows, _sample(cursor, table, table.primary_key, source))


def _of_key(
    cursor: duckdb.DuckDBPyConnection,
    table: Table[Any],
    key: tuple[str, ...],
    rule: str,
    source: str,
    count: str,
) -> Iterator[Finding]:
    """The finding that rows of `source` break `rule` of a key, if there are any."""
    [[rows]] = cursor.execute(f"SELECT {count} FROM ({source})").fetchall()
    if rows:
        path = ", ".join(column.property for column in table.columns if column.name in key)
        yield Finding(path, rule, int(rows), _sample(cursor, table, key, source))


def _sample(
    cursor: duckdb.DuckDBPyConnection, table: Table[Any], key: tuple[str, ...], source: str
) -> str | None:
    """The first key in `source`, None where it has none or it may not be shown."""
    shown = [column for column in table.columns if column.name in key]
    if not shown or any(column.classified for column in shown):
        return None
    texts = ", ".join(f"CAST({quoted(column.name)} AS VARCHAR)" for column in shown)
    [values] = cursor.execute(f"SELECT {texts} FROM ({source}) ORDER BY ALL LIMIT 1").fetchall()
    if None in values:
        return None
    return ", ".join(
        f"{column.property} {value!r}" for column, value in zip(shown, values, strict=True)
    )
