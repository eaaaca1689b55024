"""Delta Lake, in a folder or a bucket: a load is one commit of the table's log.

The log is the ledger: a commit of a load says which it is, and holds a transaction of its id,
which the log keeps for ever. Versions of before are Delta's to keep: a load is undone by going
back to the one that it began from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from typing import Any, Final

import duckdb
import pyarrow
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from portwright_runtime.errors import ClosedError, WarehouseError
from portwright_runtime.loading.naming import quoted
from portwright_runtime.loading.spool import private_staging
from portwright_runtime.loading.staging import Staging
from portwright_runtime.warehouse import QUARANTINE, Load, Table, Terms, violation
from portwright_runtime.warehouses.delta_change import TARGET, merge, partitions, present, rows
from portwright_runtime.warehouses.delta_log import (
    LOAD,
    UNDONE,
    compare,
    equals,
    load,
    loads,
    there,
    transaction_id,
)

_TRIES: Final = 20


class _Overtaken(Exception):
    """Another commit came first."""


class DeltaWarehouse:
    """Tables below `root`, a folder or the url of a bucket: `<root>/<schema>/<table>`.

    `options` are those of the object store, such as `aws_region`.
    """

    def __init__(self, root: str, options: dict[str, str] | None = None) -> None:
        self._root = root.rstrip("/")
        self._options = options or {}
        self._closed = False

    def begin(self, table: Table[Any], terms: Terms) -> DeltaAttempt | Load:
        """A new attempt, or the load if it is in the table; see `Warehouse.begin`."""
        if self._closed:
            raise ClosedError("the warehouse was closed")
        with _failures(f"cannot begin load {terms.load_id!r} of {table.object}"):
            delta = self._opened(table)
            if delta is not None:
                compare(delta, table)
                if found := there(delta, table, terms):
                    return found
            return DeltaAttempt(self, table, terms, delta)

    def roll_back(self, table: Table[Any], load_id: str | None) -> str:
        """Undoes the last load of the table; see `Warehouse.roll_back`."""
        what = f"cannot undo a load of {table.object}"
        with _failures(what):
            delta = self._opened(table)
            last = next(loads(delta), None) if delta is not None else None
            if delta is None or last is None:
                raise WarehouseError(f"{what}: there is none")
            version, told = last
            if load_id is not None and told["load_id"] != load_id:
                raise WarehouseError(f"{what}: the last one is {told['load_id']!r}, undo it first")
            key = transaction_id(table, told["load_id"])
            properties = CommitProperties(
                custom_metadata={UNDONE: str(version)},
                app_transactions=[Transaction(key, (delta.transaction_version(key) or 1) + 1)],
            )
            if version == 0:
                delta.delete(commit_properties=properties)
            else:
                delta.restore(version - 1, commit_properties=properties)
            return str(told["load_id"])

    def watermark(self, table: Table[Any]) -> str | None:
        """That of the last load of the table that has one."""
        with _failures(f"cannot read the watermark of {table.object}"):
            delta = self._opened(table)
            if delta is None:
                return None
            marks = (told["watermark"] for _, told in loads(delta))
            return next((str(each) for each in marks if each is not None), None)

    def loads(self, table: Table[Any], most: int) -> list[Load]:
        """The last loads of the table, the newest first; see `Warehouse.loads`."""
        with _failures(f"cannot read the loads of {table.object}"):
            delta = self._opened(table)
            return [] if delta is None else [load(told) for _, told in islice(loads(delta), most)]

    def close(self) -> None:
        """Begins no more loads."""
        self._closed = True

    def place(self, table: Table[Any], name: str | None = None) -> str:
        """Where the table is, or another one beside it."""
        parts = [self._root, *([table.schema] if table.schema else []), name or table.name]
        return "/".join(parts)

    def write(self, place: str | DeltaTable, data: Any, **how: Any) -> None:
        """One commit that writes rows."""
        write_deltalake(place, data, storage_options=self._options or None, **how)

    def _opened(self, table: Table[Any]) -> DeltaTable | None:
        place = self.place(table)
        if not DeltaTable.is_deltatable(place, self._options or None):
            return None
        return DeltaTable(place, storage_options=self._options or None)


class DeltaAttempt:
    """One try at a load: what is written is no part of the table before its commit."""

    def __init__(
        self, warehouse: DeltaWarehouse, table: Table[Any], terms: Terms, delta: DeltaTable | None
    ) -> None:
        self._warehouse = warehouse
        self._table = table
        self._terms = terms
        self._began = -1 if delta is None else delta.version()
        self._staging = private_staging(table)
        self._older = 0

    @property
    def staging(self) -> Staging:
        """Where the rows are staged."""
        return self._staging

    def publish(self) -> Load:
        """The load, in one commit; see `Attempt.publish`.

        The commit is the one after the version that was looked at, or there is none: where
        another came first, the table is looked at again.
        """
        for _ in range(_TRIES):
            try:
                return self._published()
            except _Overtaken:
                continue
        raise WarehouseError(
            f"load {self._terms.load_id!r} of {self._table.object} is not published: others write"
            " to the table all the time; load again"
        )

    def _published(self) -> Load:
        what = f"load {self._terms.load_id!r} of {self._table.object} is not published"
        with _failures(what):
            delta = self._warehouse._opened(self._table)
            if delta is not None:
                compare(delta, self._table)
                if found := there(delta, self._table, self._terms):
                    return found
                if self._terms.mode in ("replace", "partition"):
                    self._refuse_what_undoes(delta, what)
            self._older += self._look_at(delta, what) if delta is not None else 0
            staging = self._staging
            load = Load(
                self._table.object,
                self._terms.load_id,
                self._terms.mode,
                staging.rows,
                "published",
                staging.rejected,
                staging.superseded + self._older,
                staging.deleted,
                staging.watermark,
            )
            self._put_aside()
            try:
                self._write(delta, load)
            except CommitFailedError:
                raise _Overtaken from None
            except DeltaError:
                if delta is None and self._warehouse._opened(self._table) is not None:
                    raise _Overtaken from None
                raise
            return load

    def discard(self) -> None:
        """Frees the staging."""
        self._staging.close()

    # ------------------------------------------------------------------ looks

    def _refuse_what_undoes(self, delta: DeltaTable, what: str) -> None:
        for version, told in loads(delta):
            if version <= self._began:
                return
            if told["began"] > self._began:
                raise WarehouseError(
                    f"{what}: load {told['load_id']!r} of the same table began later and is in it"
                    " already"
                )

    def _look_at(self, delta: DeltaTable, what: str) -> int:
        """How many rows were left out, as the table has later ones; raises where rows may not go
        there."""
        staging, table, mode = self._staging, self._table, self._terms.mode
        if mode == "replace":
            if not staging.rows and not self._terms.allow_empty and delta.count():
                raise WarehouseError(
                    f"{what}: it has no rows and would empty the table; "
                    "pass allow_empty=True if that is meant"
                )
            return 0
        staging.attach(TARGET, delta.to_pyarrow_dataset())
        same = " AND ".join(f"s.{quoted(each)} = t.{quoted(each)}" for each in table.primary_key)
        older = 0
        if mode == "upsert" and table.latest_by is not None:
            latest = quoted(table.latest_by)
            older = staging.leave_out(
                f"EXISTS (SELECT 1 FROM {quoted(TARGET)} AS t WHERE {same}"
                f" AND t.{latest} > s.{latest})"
            )
        found = list(present(staging, mode))
        if found:
            raise violation(table, found)
        return older

    # ----------------------------------------------------------------- writes

    def _write(self, delta: DeltaTable | None, load: Load) -> None:
        table, terms = self._table, self._terms
        properties = self._properties(delta, load)
        if terms.mode == "upsert" and delta is not None:
            merge(delta, self._staging, properties)
            return
        how: dict[str, Any] = {"commit_properties": properties}
        if delta is None:
            how["partition_by"] = [*table.partition_key] or None
            how["mode"] = "error"
        elif terms.mode == "append":
            how["mode"] = "append"
        else:
            how["mode"] = "overwrite"
            if terms.mode == "partition":
                how["predicate"] = partitions(self._staging)
        place = self._warehouse.place(table) if delta is None else delta
        self._warehouse.write(place, rows(self._staging), **how)

    def _properties(self, delta: DeltaTable | None, load: Load) -> CommitProperties:
        told = {**asdict(load), "began": self._began, "version": self._table.version}
        key = transaction_id(self._table, load.load_id)
        before = (delta.transaction_version(key) if delta is not None else None) or 0
        return CommitProperties(
            custom_metadata={LOAD: json.dumps(told)},
            max_commit_retries=0,
            app_transactions=[Transaction(key, before + 1)],
        )

    def _put_aside(self) -> None:
        """Writes down the rejected rows, if they are to be kept; again, it replaces them."""
        if self._terms.on_bad_rows != "quarantine" or not self._staging.rejected:
            return
        rows = [
            {
                "contract": self._table.contract,
                "table": self._table.name,
                "load_id": self._terms.load_id,
                **asdict(each),
            }
            for each in self._staging.rejections()
        ]
        place = self._warehouse.place(self._table, QUARANTINE)
        how: dict[str, Any] = {"mode": "overwrite"}
        if DeltaTable.is_deltatable(place, self._warehouse._options or None):
            how["predicate"] = " AND ".join(
                equals(name, str(rows[0][name]), "string")
                for name in ("contract", "table", "load_id")
            )
        self._warehouse.write(place, pyarrow.Table.from_pylist(rows), **how)


@contextmanager
def _failures(what: str) -> Iterator[None]:
    """Turns errors of the library into WarehouseErrors."""
    try:
        yield
    except (duckdb.Error, pyarrow.ArrowException):
        raise WarehouseError(
            f"{what}: a value does not fit its column: whole numbers have up to 38 digits here"
        ) from None
    except (DeltaError, OSError) as error:
        said = str(error).strip().split("\n", 1)[0]
        raise WarehouseError(f"{what}: {said or type(error).__name__}") from None
