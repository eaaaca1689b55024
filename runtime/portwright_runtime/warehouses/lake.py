"""What tables of files have in common, whatever their format.

A load is one commit right after the version of the table that was looked at; where another commit
came first, the table is looked at again. The commits of a table are its ledger: each holds what
its load was (`Told`).
"""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from itertools import islice
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

from portwright_runtime.arrow import ArrowSchema, RecordBatch
from portwright_runtime.errors import ClosedError, WarehouseError
from portwright_runtime.loading import lake
from portwright_runtime.loading.spool import private_staging
from portwright_runtime.loading.staging import Staging
from portwright_runtime.persons import Traces, Wanted
from portwright_runtime.warehouse import Load, Table, Terms, violation
from portwright_runtime.warehouses.lake_rows import (
    leave_older_out,
    looked_at,
    matching,
    present,
    rejections,
)

_TRIES: Final = 20
# What Arrow says of a file, by itself or to DuckDB.
_DAMAGED: Final = re.compile(
    r"\A(?:.* failed: \w+: )?((?:Could not open Parquet input source|Parquet (?:file|magic)).*)"
)

# What a load was, as its commit says: the fields of `Load`, the version of the table when it
# `began`, the Unix time when it `started`, and the contract's `version`.
Told = dict[str, Any]


class Overtaken(Exception):
    """Another commit came first."""


class Version(Protocol):
    """A table as one version of it is."""

    @property
    def number(self) -> int:
        """Grows with each commit."""

    @property
    def schema(self) -> ArrowSchema:
        """The columns."""

    def loads(self) -> Iterator[tuple[int, Told]]:
        """The loads that are in the table, the last first: the versions that they made."""

    def has(self, load_id: str) -> bool:
        """Whether a load is in the table, also where its commit is no longer known."""

    def is_empty(self) -> bool:
        """Whether it has no rows."""

    def attach(self, staging: Staging, columns: Sequence[str]) -> None:
        """Lets queries over the staging read these columns of the rows as `lake_rows.TARGET`."""


V = TypeVar("V", bound=Version)


class Lake(ABC, Generic[V]):
    """A warehouse of files. What an engine fills in begins with an underscore."""

    # Those that a table is made with, then others that it may have.
    types: ClassVar[tuple[lake.Types, ...]]

    def __init__(self) -> None:
        self._closed = False

    def begin(self, table: Table[Any], terms: Terms) -> LakeAttempt[V] | Load:
        """A new attempt, or the load if it is in the table; see `Warehouse.begin`."""
        if self._closed:
            raise ClosedError("the warehouse was closed")
        with self._failures(f"cannot begin load {terms.load_id!r} of {table.object}"):
            seen = self._opened(table)
            if seen is not None:
                matching(seen.schema, table, self.types)
                if found := there(seen, table, terms):
                    return found
            return LakeAttempt(self, table, terms, -1 if seen is None else seen.number)

    def roll_back(self, table: Table[Any], load_id: str | None) -> str:
        """Undoes the last load of the table; see `Warehouse.roll_back`."""
        what = f"cannot undo a load of {table.object}"
        with self._failures(what):
            seen = self._opened(table)
            last = next(seen.loads(), None) if seen is not None else None
            if seen is None or last is None:
                raise WarehouseError(f"{what}: there is none")
            number, told = last
            if load_id is not None and told["load_id"] != load_id:
                raise WarehouseError(f"{what}: the last one is {told['load_id']!r}, undo it first")
            try:
                self._undo(table, seen, number, told)
            except Overtaken:
                raise WarehouseError(f"{what}: another commit came first; try again") from None
            return str(told["load_id"])

    def watermark(self, table: Table[Any]) -> str | None:
        """That of the last load of the table that has one."""
        with self._failures(f"cannot read the watermark of {table.object}"):
            seen = self._opened(table)
            marks = (told["watermark"] for _, told in seen.loads()) if seen is not None else ()
            return next((str(each) for each in marks if each is not None), None)

    def loads(self, table: Table[Any], most: int) -> list[Load]:
        """The last loads of the table, the newest first; see `Warehouse.loads`."""
        with self._failures(f"cannot read the loads of {table.object}"):
            seen = self._opened(table)
            return [] if seen is None else [_load(told) for _, told in islice(seen.loads(), most)]

    def traces(self, table: Table[Any], wanted: Wanted) -> Traces:
        """What there is of a person; see `Warehouse.traces`."""
        with self._failures(f"cannot look for a person in {table.object}"):
            return self._traces(table, wanted)

    def erase(self, table: Table[Any], wanted: Wanted) -> Traces:
        """What there was of a person; see `Warehouse.erase`."""
        what = f"cannot erase a person from {table.object}"
        for _ in range(_TRIES):
            try:
                with self._failures(what):
                    return self._erase(table, wanted)
            except Overtaken:
                continue
        raise WarehouseError(f"{what}: others write to the table all the time; erase again")

    def close(self) -> None:
        """Begins no more loads."""
        self._closed = True

    @abstractmethod
    def _traces(self, table: Table[Any], wanted: Wanted) -> Traces:
        """What there is of a person."""

    @abstractmethod
    def _erase(self, table: Table[Any], wanted: Wanted) -> Traces:
        """What there was of a person: commits the rows that stay, and removes what versions of
        before alone have; or raises Overtaken."""

    @abstractmethod
    def _opened(self, table: Table[Any]) -> V | None:
        """The table as it is now, None where there is none."""

    @abstractmethod
    def _write(self, seen: V | None, staging: Staging, terms: Terms, told: Told) -> None:
        """Commits the staged rows right after the version seen, or raises Overtaken."""

    @abstractmethod
    def _undo(self, table: Table[Any], seen: V, number: int, told: Told) -> None:
        """Commits what was before a load, and that it is no more, or raises Overtaken."""

    @abstractmethod
    def _put_aside(self, table: Table[Any], load_id: str, rows: Iterator[RecordBatch]) -> None:
        """Keeps rejected rows, of `lake_rows.REJECTIONS`, instead of those that the load has
        there."""

    @abstractmethod
    def _failures(self, what: str) -> AbstractContextManager[None]:
        """Turns errors of the engine into WarehouseErrors."""


class LakeAttempt(Generic[V]):
    """One try at a load: what is written is no part of the table before its commit."""

    def __init__(self, warehouse: Lake[V], table: Table[Any], terms: Terms, began: int) -> None:
        self._lake = warehouse
        self._table = table
        self._terms = terms
        self._began = began
        self._started = time.time()
        self._staging = private_staging(table)
        self._older = 0

    @property
    def staging(self) -> Staging:
        """Where the rows are staged."""
        return self._staging

    def earlier(self, most: int) -> list[Load]:
        """The last loads of the table; see `Attempt.earlier`."""
        return self._lake.loads(self._table, most)

    def publish(self) -> Load:
        """The load, in one commit; see `Attempt.publish`."""
        what = f"load {self._terms.load_id!r} of {self._table.object} is not published"
        for _ in range(_TRIES):
            try:
                with self._lake._failures(what):
                    return self._published(what)
            except Overtaken:
                continue
        raise WarehouseError(f"{what}: others write to the table all the time; load again")

    def discard(self) -> None:
        """Frees the staging."""
        self._staging.close()

    def _published(self, what: str) -> Load:
        table, terms, staging = self._table, self._terms, self._staging
        seen = self._lake._opened(table)
        if seen is not None:
            matching(seen.schema, table, self._lake.types)
            if found := there(seen, table, terms):
                return found
            self._look_at(seen, what)
        load = Load(
            table.object,
            terms.load_id,
            terms.mode,
            staging.rows,
            "published",
            staging.rejected,
            staging.superseded + self._older,
            staging.deleted,
            staging.watermark,
        )
        if terms.on_bad_rows == "quarantine" and load.rejected:
            self._lake._put_aside(table, terms.load_id, rejections(staging, terms.load_id))
        told = {
            **asdict(load),
            "began": self._began,
            "started": self._started,
            "version": table.version,
        }
        self._lake._write(seen, staging, terms, told)
        return load

    def _look_at(self, seen: V, what: str) -> None:
        """Leaves out the rows that the table has later ones of; raises where rows may not go
        there."""
        table, terms, staging = self._table, self._terms, self._staging
        if terms.mode in ("replace", "partition"):
            for number, told in seen.loads():
                if number <= self._began:
                    break
                # Of two that began from one version, their clocks tell the later one.
                if (told["began"], told.get("started", 0.0)) > (self._began, self._started):
                    raise WarehouseError(
                        f"{what}: load {told['load_id']!r} of the same table began later and is in"
                        " it already"
                    )
        if terms.mode == "replace":
            if not (staging.rows or terms.allow_empty or seen.is_empty()):
                raise WarehouseError(
                    f"{what}: it has no rows and would empty the table; "
                    "pass allow_empty=True if that is meant"
                )
            return
        if columns := looked_at(table, terms.mode):
            seen.attach(staging, columns)
        if terms.mode == "upsert":
            self._older += leave_older_out(staging)
        if found := list(present(staging, terms.mode)):
            raise violation(table, found)


def there(seen: Version, table: Table[Any], terms: Terms) -> Load | None:
    """The load as `unchanged`, if the table has it."""
    if not seen.has(terms.load_id):
        return None
    told = next((told for _, told in seen.loads() if told["load_id"] == terms.load_id), None)
    if told is None:  # what its commit said is no longer known
        return Load(table.object, terms.load_id, terms.mode, 0, "unchanged")
    if told["mode"] != terms.mode:
        raise WarehouseError(
            f"load {terms.load_id!r} of {table.object} is in the table already, in mode"
            f" {told['mode']}: a load_id names one load, so give this one, in mode {terms.mode},"
            " another"
        )
    return replace(_load(told), status="unchanged")


def _load(told: Told) -> Load:
    return Load(**{name: told[name] for name in Load.__dataclass_fields__})


def unfit(what: str, error: Exception) -> WarehouseError:
    """The error for a value that passed the contract, and that no column of files can hold; or for
    a file of the table that is damaged."""
    if found := _DAMAGED.search(str(error)):
        return WarehouseError(f"{what}: a file of the table cannot be read: {found[1]}")
    return WarehouseError(
        f"{what}: a value does not fit its column: whole numbers have up to 38 digits here"
    )
