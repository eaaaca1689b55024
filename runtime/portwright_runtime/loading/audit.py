"""Audits: set-based SQL over staged rows, counting what breaks the contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portwright_runtime.loading.naming import listed, quoted
from portwright_runtime.loading.staging import DELETED, REJECTED, STAGED, Staging
from portwright_runtime.warehouse import Finding, Table

# A rule about a row: its path, its words, and the condition of rows that break it.
Rule = tuple[str, str, str]
UNIQUE = "must be unique"
# How many rows have a key: a name that no column has.
_COUNT = '"_portwright_count"'


def findings(staging: Staging) -> list[Finding]:
    """What the staged rows break among themselves: required, checks, then keys."""
    return [*_rows(staging), *_keys(staging)]


def measured(staging: Staging, *, whole: bool) -> list[Finding]:
    """What the staged rows break together. `whole`: they are to be the whole table."""
    asked = [each for each in staging.table.measures if whole or not each.whole]
    if not asked:
        return []
    predicates = ", ".join(each.predicate for each in asked)
    [held] = staging.query(f"SELECT {predicates} FROM {STAGED} WHERE NOT {quoted(DELETED)}")
    return [
        Finding(each.path, each.rule, 0, blocks=each.blocks)
        for each, good in zip(asked, held, strict=True)
        if good is False
    ]


def every_rule(table: Table[Any], *, whole: bool) -> list[tuple[str, str]]:
    """The paths and the words of all that is audited in the rows of a table."""
    return [
        *((path, rule) for path, rule, _ in _rules(table)),
        *((_path(table, key), UNIQUE) for key in table.keys),
        *((each.path, each.rule) for each in table.measures if whole or not each.whole),
    ]


def rejected(staging: Staging) -> list[Finding]:
    """What the rows broke that were put aside."""
    found = staging.query(f"SELECT path, rule, count(*) FROM {REJECTED} GROUP BY ALL ORDER BY ALL")
    return [Finding(path, rule, rows, blocks=False) for path, rule, rows in found]


def put_aside(staging: Staging) -> None:
    """Rejects the staged rows that break a rule; of those that share a key, all but the first."""
    rules = _rules(staging.table)
    if any(_counts(staging, rules)):
        staging.put_aside(rules)
    for key in staging.table.keys:
        path = _path(staging.table, key)
        if _repeated(staging, key):
            staging.put_repeated_aside(key, path, UNIQUE)


def _rules(table: Table[Any]) -> list[Rule]:
    return [
        *(
            (each.property, "must not be null", f"{quoted(each.name)} IS NULL")
            for each in table.columns
            if each.required
        ),
        *((each.path, each.rule, f"NOT ({each.predicate})") for each in table.checks),
    ]


def _counts(staging: Staging, rules: list[Rule]) -> tuple[int, ...]:
    """How many rows break each rule, in one pass."""
    if not rules:
        return ()
    counts = ", ".join(f"count(*) FILTER (WHERE {bad})" for _, _, bad in rules)
    [broken] = staging.query(f"SELECT {counts} FROM {STAGED} WHERE NOT {quoted(DELETED)}")
    return broken


def _rows(staging: Staging) -> Iterator[Finding]:
    rules = _rules(staging.table)
    for (path, rule, bad), rows in zip(rules, _counts(staging, rules), strict=True):
        if rows:
            source = f"SELECT * FROM {STAGED} WHERE NOT {quoted(DELETED)} AND {bad}"
            yield Finding(path, rule, rows, sample(staging, staging.table.primary_key, source))


def _keys(staging: Staging) -> Iterator[Finding]:
    for key in staging.table.keys:
        if rows := _repeated(staging, key):
            source = f"SELECT {listed(key)} FROM ({_shared(key)})"
            path = _path(staging.table, key)
            yield Finding(path, UNIQUE, rows, sample(staging, key, source))


def _repeated(staging: Staging, key: tuple[str, ...]) -> int:
    """How many rows share a key with another."""
    [[rows]] = staging.query(f"SELECT coalesce(sum({_COUNT}), 0) FROM ({_shared(key)})")
    return int(rows)


def _shared(key: tuple[str, ...]) -> str:
    filled = " AND ".join(f"{quoted(column)} IS NOT NULL" for column in key)
    return (
        f"SELECT {listed(key)}, count(*) AS {_COUNT} FROM {STAGED} WHERE {filled}"
        f" GROUP BY {listed(key)} HAVING count(*) > 1"
    )


def _path(table: Table[Any], key: tuple[str, ...]) -> str:
    return ", ".join(each.property for each in table.columns if each.name in key)


def sample(staging: Staging, key: tuple[str, ...], source: str) -> str | None:
    """The first key in `source`, None where it has none or it may not be shown."""
    shown = [column for column in staging.table.columns if column.name in key]
    if not shown or any(column.classified for column in shown):
        return None
    texts = ", ".join(f"CAST({quoted(column.name)} AS VARCHAR)" for column in shown)
    [values] = staging.query(f"SELECT {texts} FROM ({source}) ORDER BY ALL LIMIT 1")
    if None in values:
        return None
    return ", ".join(
        f"{column.property} {value!r}" for column, value in zip(shown, values, strict=True)
    )
