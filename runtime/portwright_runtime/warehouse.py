"""The table port: a table of a contract, a load of it, and what a warehouse must offer for one.

A load is staged where no reader sees it, audited there, and published at once:
its rows and its row in the ledger become visible in one step or not at all. The
loader (loading/) drives; an engine (warehouses/) implements `Warehouse` and `Attempt`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from portwright_runtime import arrow
from portwright_runtime.errors import ContractViolation
from portwright_runtime.persons import Person, Traces, Wanted
from portwright_runtime.service_level import ServiceLevel

if TYPE_CHECKING:
    from portwright_runtime.loading.staging import Staging

R = TypeVar("R")

LoadMode = Literal["replace", "partition", "append", "upsert"]
LoadStatus = Literal["published", "unchanged"]
OnBadRows = Literal["block", "quarantine", "discard"]

# The ledger's table: one row a load, in the warehouse that holds what was loaded.
LEDGER = "_portwright_loads"
# The table of rows that loads put aside.
QUARANTINE = "_portwright_quarantine"


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
    """A rule over one row: good rows are those for which `predicate` is true or null.

    The predicate is in DuckDB's SQL, which audits all loads.
    """

    path: str
    rule: str
    predicate: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A rule over all rows: good loads are those for which `predicate`, of aggregates in DuckDB's
    SQL, is true or null.

    `whole`: it is about the whole table, and asked only where a load is that. A load that breaks
    it is not published if it `blocks`, else there is a warning.
    """

    path: str
    rule: str
    predicate: str
    whole: bool = False
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a table is in the SQL of one engine: its qualified name, the names and types of its
    columns as its catalogue has them, what makes the schema that it is in, and what makes it;
    where it is shown by a view that has no version, the view's qualified name and what makes it."""

    place: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    create: tuple[str, ...]
    create_schema: tuple[str, ...] = ()
    view: tuple[str, ...] = ()
    create_view: str | None = None


@dataclass(frozen=True)
class Table(Generic[R]):
    """One object's table, `name` in `schema`.

    Columns are those of the `record`'s fields, in their order. Keys hold names of columns;
    `latest_by` is the column that grows with every version of a row. `checks_all`: no rule
    of the record is missing from `checks`. `volume_change`: by how many percent the rows of a load
    may differ from those of loads before. `supported_until` is the last day of its support, empty
    where none is told.
    """

    contract: str
    version: str
    object: str
    schema: str | None
    name: str
    record: type[R]
    columns: tuple[Column, ...]
    dialects: Mapping[str, Dialect]
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    partition_key: tuple[str, ...] = ()
    latest_by: str | None = None
    checks: tuple[Check, ...] = ()
    checks_all: bool = True
    measures: tuple[Measure, ...] = ()
    volume_change: float | None = None
    sla: ServiceLevel = field(default_factory=ServiceLevel)
    supported_until: str = ""
    persons: tuple[Person, ...] = ()

    @cached_property
    def arrow_schema(self) -> arrow.ArrowSchema:
        """The pyarrow schema of the columns, in order."""
        return arrow.schema((each.name, each.type, not each.required) for each in self.columns)

    @cached_property
    def struct(self) -> arrow.Struct:
        """The columns as the fields of a record."""
        return arrow.Struct(
            self.record,
            tuple(
                (each.name, each.type if each.required else arrow.nullable(each.type))
                for each in self.columns
            ),
        )

    @property
    def keys(self) -> Iterator[tuple[str, ...]]:
        """The keys no two rows may share: the primary key first."""
        if self.primary_key:
            yield self.primary_key
        yield from self.unique

    @property
    def full_version(self) -> str:
        """The contract and its version, as errors name them."""
        return f"{self.contract} {self.version}"


# ---------------------------------------------------------------------- load


class Deleted:
    """Among the records of an upsert: the row of this key is no more.

    `key` holds the values of the primary key, in its order; `at` is what the property of
    `latestBy` would hold, for a table that has one.
    """

    __slots__ = ("at", "key")

    def __init__(self, *key: object, at: object = None) -> None:
        self.key = key
        self.at = at


@dataclass(frozen=True, slots=True)
class Terms:
    """What a load is to be: see `TableDataset.load`."""

    load_id: str
    mode: LoadMode = "replace"
    on_bad_rows: OnBadRows = "block"
    allow_empty: bool = False
    keep: int = 1
    measured: bool = True
    expected_rows: int | Callable[[], int] | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """A load that is in the table: `published` now, or `unchanged` as it was there before.

    `rows` were written and `deleted` keys taken out of the table; `rejected` rows broke the
    contract; `superseded` ones had a later version, in the load or in the table. Together
    they are all that the load was given. `watermark` is the greatest value of `latest_by`.
    """

    object: str
    load_id: str
    mode: LoadMode
    rows: int
    status: LoadStatus
    rejected: int = 0
    superseded: int = 0
    deleted: int = 0
    watermark: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What an audit found: `rows` staged rows break `rule` at `path`, 0 where all together do.

    `sample` is the key of one of them; None where there is no key or part of it is classified.
    `blocks`: it keeps the load from being published; else it is only told.
    """

    path: str
    rule: str
    rows: int
    sample: str | None = None
    blocks: bool = True

    def __str__(self) -> str:
        if not self.rows:
            return self.rule
        broken = f"{self.rule}, broken by {self.rows} row{'s'[: self.rows > 1]}"
        return f"{broken}, such as {self.sample}" if self.sample else broken


def violation(table: Table[Any], findings: Sequence[Finding]) -> ContractViolation:
    """The error for what audits found; it tells all of it and points at the first."""
    first, *others = findings
    rule = "; ".join([str(first), *(f"{each.path}: {each}" for each in others)])
    return ContractViolation(table.full_version, table.object, first.path, rule)


class ArrowStream(Protocol):
    """What can be read as Arrow: tables, batches and readers of pyarrow, dataframes."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class Attempt(Protocol):
    """One try at a load: its own staging, and its place in the ledger."""

    @property
    def staging(self) -> Staging:
        """Where rows are staged and audited before the engine gets them."""

    def earlier(self, most: int) -> Sequence[Load]:
        """The loads that are in the table, as `Warehouse.loads` has them."""

    def publish(self) -> Load:
        """Makes the staged rows and the ledger's row visible in one step, and the table if need be.

        `unchanged` where another attempt at the same load was first. Nothing changes and
        it raises ContractViolation where an appended row's key is in the table already, and
        such rows are not put aside; WarehouseError where a load that began later is published
        already, which a replacement would undo, and where it would leave a table that has
        rows with none and that is not allowed.
        """

    def discard(self) -> None:
        """Frees the staging. Safe at any time, also after `publish`."""


class Warehouse(Protocol):
    """Where tables are. What fails there is a WarehouseError that says what to do."""

    def begin(self, table: Table[Any], terms: Terms) -> Attempt | Load:
        """A new attempt, entered in the ledger; the load, `unchanged`, if it is in the table.

        A table whose columns are not the contract's is a WarehouseError, and so is a load_id
        that was published in another mode. What an attempt that died left behind is
        cleaned here.
        """

    def roll_back(self, table: Table[Any], load_id: str | None) -> str:
        """Undoes the last load of the table, which is `load_id` where that is given; its id."""

    def watermark(self, table: Table[Any]) -> str | None:
        """That of the last load of the table that has one."""

    def loads(self, table: Table[Any], most: int) -> Sequence[Load]:
        """The last loads that are in the table, the newest first and not more than `most`, as
        their publishing told of them: `published`, whoever asks. Empty without a table."""

    def traces(self, table: Table[Any], wanted: Wanted) -> Traces:
        """What there is of a person, whom the text at one of the paths of `wanted` names."""

    def erase(self, table: Table[Any], wanted: Wanted) -> Traces:
        """As `traces`, of what was there: it is no more, and no load of before can be undone that
        would bring it back. Safe to do again where it was broken off."""

    def dataset(self, table: Table[Any]) -> tuple[str, str]:
        """The table's name to the world, known without a connection: the namespace and the name
        by openlineage.io/docs/spec/naming, such as `postgres://host:5432` and `shop.public.orders`.
        """

    def close(self) -> None:
        """Lets go of the warehouse once the attempts under way have ended."""
