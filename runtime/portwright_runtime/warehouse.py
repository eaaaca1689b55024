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
from portwright_runtime.errors import ContractViolation

R = TypeVar("R")

LoadMode = Literal["replace", "append"]
LoadStatus = Literal["published", "unchanged"]

# The ledger's table: one row a load, in the warehouse that holds what was loaded.
LEDGER = "_portwright_loads"


# --------------------------------------------------------------------- table


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its `name` in the table and the `property` of the contract it holds.

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
    """What a table is in the SQL of one engine: how it is made, and what its rows meet."""

    create: tuple[str, ...]
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class Table(Generic[R]):
    """One object's table, `name` in `schema`.

    Keys hold names of columns; `row` makes of a record what the columns hold.
    """

    contract: str
    version: str
    object: str
    schema: str | None
    name: str
    record: type[R]
    row: Callable[[R], dict[str, Any]]
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

    `sample` is the key of one of them; None where there is no key or part of it is classified.
    """

    path: str
    rule: str
    rows: int
    sample: str | None = None

    def __str__(self) -> str:
        broken = f"{self.rule}, broken by {self.rows} row{'s'[: self.rows > 1]}"
        return f"{broken}, such as {self.sample}" if self.sample else broken


def violation(table: Table[Any], findings: Sequence[Finding]) -> ContractViolation:
    """The error for what audits found; it tells all of it and points at the first."""
    first, *others = findings
    rule = "; ".join([str(first), *(f"{each.path}: {each}" for each in others)])
    contract = f"{table.contract} {table.version}"
    return ContractViolation(contract, table.object, first.path, rule)


class Attempt(Protocol):
    """One try at a load: its own staging, and its place in the ledger."""

    def stage(self, batch: arrow.RecordBatch) -> None:
        """Adds rows, columns as in `Table.arrow_schema`, where no reader sees them."""

    def audit(self) -> Sequence[Finding]:
        """What the staged rows break among themselves: required, keys, checks."""

    def publish(self, *, allow_empty: bool) -> Load:
        """Makes the staged rows and the ledger's row visible in one step, and the table if need be.

        `unchanged` where another attempt at the same load was first. Nothing changes and
        it raises ContractViolation where an appended row's key is in the table already;
        WarehouseError where a load that began later is published already, which a
        replacement would undo, and where it would leave a table that has rows with none
        and not `allow_empty`.
        """

    def discard(self) -> None:
        """Frees the staging. Safe at any time, also after `publish`."""


class Warehouse(Protocol):
    """Where tables are. What fails there is a WarehouseError that says what to do."""

    def begin(self, table: Table[Any], load_id: str, mode: LoadMode) -> Attempt | Load:
        """A new attempt, entered in the ledger; the load, `unchanged`, if it is in the table.

        A table whose columns are not the contract's is a WarehouseError, and so is a load_id
        that was published in another mode. What an attempt that died left behind is
        cleaned here.
        """

    def close(self) -> None:
        """Lets go of the warehouse once the attempts under way have ended."""
