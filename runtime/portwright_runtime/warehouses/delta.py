"""Delta Lake, in a folder or a bucket: a load is one commit of the table's log.

The log is the ledger: a commit of a load says which it is, and holds a transaction of its id,
which the log keeps for ever. Versions of before are Delta's to keep: a load is undone by going
back to the one that it began from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from portwright_runtime.arrow import RecordBatch
from portwright_runtime.errors import WarehouseError
from portwright_runtime.loading import lake
from portwright_runtime.loading.staging import Staging
from portwright_runtime.persons import Traces, Wanted
from portwright_runtime.warehouse import QUARANTINE, Table, Terms
from portwright_runtime.warehouses import places
from portwright_runtime.warehouses.delta_change import merge, partitions, refuse_partitions
from portwright_runtime.warehouses.delta_erasing import Erasing
from portwright_runtime.warehouses.delta_log import (
    LOAD,
    UNDONE,
    DeltaVersion,
    equals,
    transaction_id,
)
from portwright_runtime.warehouses.lake import Lake, Overtaken, Told, unfit
from portwright_runtime.warehouses.lake_rows import REJECTIONS, rows

# How the library shows the layers of an error, and begins to show rows that a constraint refuses.
_LAYER: Final = "\N{DOWNWARDS ARROW WITH TIP RIGHTWARDS}"
_MARKS: Final = re.compile(rf"\x1b\[\d*m|{_LAYER}|^Kernel error -> ")
_QUERY: Final = re.compile(r"\?\S+")
_REFUSED: Final = "Invalid data found"


class DeltaWarehouse(Lake[DeltaVersion]):
    """Tables below `root`, a folder or the url of a bucket: `<root>/<schema>/<table>`.

    `options` are those of the object store, such as `aws_region`.
    """

    types = (lake.DELTA,)

    def __init__(self, root: str, options: dict[str, str] | None = None) -> None:
        super().__init__()
        self._root = root.rstrip("/")
        self._options = options or None

    def place(self, table: Table[Any], name: str | None = None) -> str:
        """Where the table is, or another one beside it."""
        parts = [self._root, *([table.schema] if table.schema else []), name or table.name]
        return "/".join(parts)

    def dataset(self, table: Table[Any]) -> tuple[str, str]:
        """The table's name to the world; see `Warehouse.dataset`."""
        return places.stored(self.place(table))

    def _opened(self, table: Table[Any]) -> DeltaVersion | None:
        place = self.place(table)
        if not DeltaTable.is_deltatable(place, self._options):
            return None
        return DeltaVersion(DeltaTable(place, storage_options=self._options), table)

    def _write(self, seen: DeltaVersion | None, staging: Staging, terms: Terms, told: Told) -> None:
        refuse_partitions(staging)
        table, mode = staging.table, terms.mode
        before = 0 if seen is None else seen.transaction(told["load_id"])
        properties = CommitProperties(
            custom_metadata={LOAD: json.dumps(told)},
            max_commit_retries=0,
            app_transactions=[Transaction(transaction_id(table, told["load_id"]), before + 1)],
        )
        number = None if seen is None else seen.number
        how: dict[str, Any] = {"commit_properties": properties}
        if seen is None:
            how.update(mode="error", partition_by=[*table.partition_key] or None)
        elif mode in ("append", "upsert"):
            how["mode"] = "append"
        else:
            how["mode"] = "overwrite"
            if mode == "partition":
                how["predicate"] = partitions(staging)
        try:
            if mode == "upsert" and seen is not None:
                merge(seen.delta, staging, properties)
                if seen.number == number:  # nothing changed, and that is not committed
                    nothing = lake.schema(table, lake.DELTA).empty_table()
                    self._written(seen.delta, nothing, **how)
            else:
                place = self.place(table) if seen is None else seen.delta
                self._written(place, rows(staging, lake.DELTA), **how)
        except CommitFailedError:
            raise Overtaken from None
        except DeltaError:
            if seen is None and self._opened(table) is not None:
                raise Overtaken from None
            raise

    def _undo(self, table: Table[Any], seen: DeltaVersion, number: int, told: Told) -> None:
        if seen.changed_by_others(number):
            raise WarehouseError(
                f"cannot undo load {told['load_id']!r} of {table.object}: others wrote to the table"
                " after it"
            )
        times = seen.transaction(told["load_id"])
        properties = CommitProperties(
            custom_metadata={UNDONE: str(number)},
            app_transactions=[Transaction(transaction_id(table, told["load_id"]), times + 1)],
        )
        try:
            if number == 0:
                seen.delta.delete(commit_properties=properties)
            else:
                seen.delta.restore(number - 1, commit_properties=properties)
        except CommitFailedError:
            raise Overtaken from None

    def _put_aside(self, table: Table[Any], load_id: str, rows: Iterator[RecordBatch]) -> None:
        place = self.place(table, QUARANTINE)
        how: dict[str, Any] = {"mode": "overwrite"}
        if DeltaTable.is_deltatable(place, self._options):
            names = {"contract": table.contract, "table": table.name, "load_id": load_id}
            how["predicate"] = " AND ".join(equals(*each, "string") for each in names.items())
        self._written(place, pyarrow.RecordBatchReader.from_batches(REJECTIONS, rows), **how)

    def _traces(self, table: Table[Any], wanted: Wanted) -> Traces:
        found = self._erasing(table, wanted)
        return Traces() if found is None else found.traces()

    def _erase(self, table: Table[Any], wanted: Wanted) -> Traces:
        found = self._erasing(table, wanted)
        return Traces() if found is None else found.erase()

    def _erasing(self, table: Table[Any], wanted: Wanted) -> Erasing | None:
        seen = self._opened(table)
        place, aside = self.place(table, QUARANTINE), None
        if DeltaTable.is_deltatable(place, self._options):
            aside = DeltaTable(place, storage_options=self._options)
        return None if seen is None else Erasing(table, wanted, seen.delta, aside, self._options)

    def _written(self, place: str | DeltaTable, data: Any, **how: Any) -> None:
        """One commit that writes rows."""
        if isinstance(place, str) and "://" not in place:
            Path(place).mkdir(parents=True, exist_ok=True)  # the library does not say why not
        write_deltalake(place, data, storage_options=self._options, **how)

    @contextmanager
    def _failures(self, what: str) -> Iterator[None]:
        try:
            yield
        except (duckdb.Error, pyarrow.ArrowException) as error:
            raise unfit(what, error) from None
        except (DeltaError, OSError) as error:
            raise WarehouseError(f"{what}: {_said(error)}") from None


def _said(error: DeltaError | OSError) -> str:
    """What the library says, but for values of rows and of urls: from what it was at, of which
    there is a line for each layer, the first and the last."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.strerror}: {error.filename}"
    lines = [each for line in str(error).splitlines() if (each := _MARKS.sub("", line).strip())]
    if not lines:
        return type(error).__name__
    if _REFUSED in lines[0]:
        return (
            "a constraint of the table itself refuses a row; compare it with the contract's rules"
        )
    layers = lines if _LAYER in str(error) else lines[:1]
    return _QUERY.sub("", ": ".join(dict.fromkeys((layers[0], layers[-1]))))
