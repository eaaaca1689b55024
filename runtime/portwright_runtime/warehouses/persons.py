"""How a person is found in what a warehouse holds: in rows of SQL and of Arrow, and in those that
were put aside.

A person is named by a text, or a number or a UUID by its text; each is compared as that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from portwright_runtime.arrow import RecordBatch
from portwright_runtime.loading.naming import literal, quoted
from portwright_runtime.persons import Person, Wanted
from portwright_runtime.warehouse import Dialect, Table

Shape = Callable[[str, Person], tuple[str, list[str]]]


def _of_struct(column: str, person: Person) -> tuple[str, list[str]]:
    return "".join([column, *(f"[{literal(each)}]" for each in person.steps[1:])]), []


def _of_json(column: str, person: Person) -> tuple[str, list[str]]:
    inside = person.path.split(".")[1:]
    if not inside:
        return column, []
    arrows = [*(" -> CAST(? AS text)" for _ in inside[1:]), " ->> CAST(? AS text)"]
    return "".join([column, *arrows]), inside


def _of_fields(column: str, person: Person) -> tuple[str, list[str]]:
    return ".".join([f"t.{column}", *map(quoted, person.steps[1:])]), []


# The value in a row `t`, and the parameters of it, by the engine.
_VALUES: Final[Mapping[str, Shape]] = {
    "bigquery": _of_fields,
    "duckdb": _of_struct,
    "postgres": _of_json,
    "snowflake": _of_struct,
}


def condition(
    engine: str, table: Table[Any], dialect: Dialect, wanted: Wanted
) -> tuple[str, list[str]]:
    """What rows `t` of a person meet, in the SQL that engines share, and its parameters."""
    pairs = zip(table.columns, dialect.columns, strict=True)
    names = {column.name: name for column, (name, _) in pairs}
    found, parameters = [], []
    for person in _named(table, wanted):
        value, inside = _VALUES[engine](quoted(names[person.steps[0]]), person)
        found.append(f"CAST({value} AS VARCHAR) = ?")
        parameters += [*inside, wanted[person.path]]
    return " OR ".join(found) or "false", parameters


def mask(table: Table[Any], batch: RecordBatch, wanted: Wanted) -> list[bool]:
    """Which rows of the batch are of the person."""
    found = [False] * batch.num_rows
    for person in _named(table, wanted):
        column, *inside = person.steps
        for at, value in enumerate(batch.column(column).to_pylist()):
            found[at] = found[at] or text(_inside(value, inside)) == wanted[person.path]
    return found


def is_aside(table: Table[Any], shown: str, wanted: Wanted) -> bool | None:
    """Whether a row that was put aside is of the person; None where what is shown does not tell."""
    row = json.loads(shown)
    known = False
    for person in _named(table, wanted):
        for steps in (person.path.split("."), person.steps):
            value = _inside(row, steps)
            known = known or value is not None
            if text(value) == wanted[person.path]:
                return True
    return False if known else None


def is_row_aside(
    table: Table[Any], row: Mapping[str, Any], name: str, wanted: Wanted
) -> bool | None:
    """As `is_aside`, of a row of `_portwright_quarantine`, where the table has this name."""
    if (row["contract"], row["table"]) != (table.contract, name):
        return False
    return is_aside(table, row["shown"], wanted)


def _named(table: Table[Any], wanted: Wanted) -> Iterator[Person]:
    return (each for each in table.persons if each.path in wanted)


def _inside(value: Any, steps: Any) -> Any:
    for each in steps:
        value = value.get(each) if isinstance(value, Mapping) else None
    return value


def text(value: Any) -> str | None:
    """The text that a value is compared by."""
    if isinstance(value, bytes):
        return str(UUID(bytes=value)) if len(value) == 16 else None
    return None if value is None else str(value)


def told(unknown: int) -> tuple[str, ...]:
    """What is told of rows that were put aside, and do not show whom they are of."""
    if not unknown:
        return ()
    return (
        f"{unknown} rows that were put aside do not show whom they are of, and no classified value;"
        " once they are seen to, delete them from `_portwright_quarantine`",
    )
