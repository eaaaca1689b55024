"""Tables of an engine: made from the contract's DDL, or compared with it where they are there."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from portwright_runtime.errors import WarehouseError
from portwright_runtime.loading.naming import joined, quoted
from portwright_runtime.warehouse import Dialect, Table

if TYPE_CHECKING:
    from portwright_runtime.warehouses.session import Catalogue, Session

# The columns of a table: their types as the engine writes them, and whether they may be null.
Columns = dict[str, tuple[str, bool]]


def digest(columns: Columns) -> str:
    """A hash of columns, whatever their order."""
    return sha256(repr(sorted(columns.items())).encode()).hexdigest()


def is_there(session: Catalogue, table: Table[Any], dialect: Dialect, columns: Columns) -> bool:
    """Whether the table exists; a WarehouseError if its columns are not these."""
    kind = session.kind(dialect.place)
    if kind is None:
        return False
    if kind != "BASE TABLE":
        raise WarehouseError(f"{_shown(dialect)} is a {kind.lower()}, and rows go to a table")
    differences = list(_differences(session.described(dialect.place), columns))
    if differences:
        raise WarehouseError(
            f"{_shown(dialect)} is not the table of {table.full_version}: "
            f"{'; '.join(sentence for sentence, _ in differences)}. "
            f"{_way_out(session, dialect, differences)}"
        )
    return True


def ensure(session: Session, table: Table[Any], dialect: Dialect, columns: Columns) -> None:
    """Makes the table, and the view of it, if they are not there; a WarehouseError if its columns
    are not these. A view that is there stays: to point it at a new major version is a decision."""
    if not is_there(session, table, dialect, columns):
        for statement in dialect.create:
            session.execute(statement)
    if dialect.create_view and session.kind(dialect.view) is None:
        session.execute(dialect.create_view)


def _way_out(
    session: Catalogue, dialect: Dialect, differences: Iterable[tuple[str, str | None]]
) -> str:
    """The statements that mend the table, if they keep every row as it is."""
    changes = [change for _, change in differences]
    if None in changes:
        return "Migrate the table, or load with the package of the contract version that it has"
    name = joined(dialect.place)
    statements = "; ".join(session.written(f"ALTER TABLE {name} {each}") for each in changes)
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


def _shown(dialect: Dialect) -> str:
    return ".".join(dialect.place)
