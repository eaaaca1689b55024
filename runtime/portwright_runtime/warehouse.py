"""The table port: a table of a contract, a load of it, and what a warehouse must offer for one.

A load is staged where no reader sees it, audited there, and published at once:
its rows and its row in the ledger become visible in one step or not at all. The
loader (loader.py) drives; an engine implements `Warehouse` and `Attempt`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, Literal, Protocol, TypeVar

from portwright_runtime import arrow

R = TypeVar("R")

LoadMode = Literal["replace", "append"]
LoadStatus = Literal["published", "unchanged"]

LEDGER = "_portwright_loads"


# --------------------------------------------------------------------- table


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its `name` in the table and the property of the contract it holds.

    `classified`: no value of it is ever shown in a message.
    """

    name: str
    type: arrow.ArrowType
    property: str
    required: bool = False
    classified: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """A rule over one row: good rows are those for which `predicate` is true or null."""

    path: str
    rule: str
    predicate: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a table is in the SQL of one engine.

    `create` makes the table, and does nothing where it exists. `name` is its qualified name.
    """

    name: str
    create: tuple[str, ...]
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class Table(Generic[R]):
    """One object's table. Keys name columns; `row` makes of a record what `columns` hold."""

    contract: str
    version: str
    object: str
    record: type[R]
    row: Callable[[R], dict[str, object]]
    columns: tuple[Column, ...]
    dialects: Mapping[str, Dialect]
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def arrow_schema(self) -> arrow.ArrowSchema:
        """The pyarrow schema of the columns, in order."""
        return arrow.schema((each.name, each.type, not each.required) for each in self.columns)

    @property
    def keys(self) -> Iterator[tuple[str, ...]]:
        """The keys no two rows may share: the primary key first."""
        if self.primary_key:
            yield self.primary_key
        yield from self.unique

    def __str__(self) -> str:
        return f"{self.contract} {self.version}, {self.object}"


# ---------------------------------------------------------------------- load


@dataclass(frozen=True, slots=True)
class Load:
    """A load that is in the table: `published` now, or `unchanged` as it was there before."""

    object: str
    load_id: str
    mode: LoadMode
    rows: int
    status: LoadStatus


@dataclass(frozen=True, slots=True)
class Finding:
    """What an audit found: `rows` staged rows break `rule` at `path`.

    `sample` is the key of one of them, None where a column of the key is classified.
    """

    path: str
    rule: str
    rows: int
    sample: str | None = None


class Attempt(Protocol):
    """One try at a load: its own staging, and its place in the ledger."""

    def stage(self, batch: arrow.RecordBatch) -> None:
        """Adds rows, columns as in `Table.arrow_schema`, where no reader sees them."""

    def audit(self) -> Sequence[Finding]:
        """What keeps the staged rows from being published, [] if nothing does."""

    def publish(self) -> Load:
        """Makes the staged rows and the ledger's row visible in one step.

        `unchanged` where another attempt at the same load was first. A WarehouseError,
        and nothing changed, where a replacement that began later is already in the table.
        """

    def discard(self) -> None:
        """Frees the staging. Safe at any time, also after `publish`."""


class Warehouse(Protocol):
    """Where tables are. Every failure is a WarehouseError that says what to do."""

    def published(self, table: Table[Any], load_id: str, mode: LoadMode) -> Load | None:
        """The load as `unchanged` if it is in the table, else None.

        A WarehouseError where it was made in another mode: a load_id names one load.
        """

    def begin(self, table: Table[Any], load_id: str, mode: LoadMode) -> Attempt:
        """A new attempt, entered in the ledger; the table is made if there is none.

        What an earlier attempt that died left behind is cleaned here.
        """

    def close(self) -> None:
        """Lets go of the warehouse; attempts under way are discarded."""
