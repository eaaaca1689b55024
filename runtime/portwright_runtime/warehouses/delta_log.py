"""The log of a Delta table as the ledger of its loads, and what conditions its library reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow
from deltalake import DeltaTable

from portwright_runtime.arrow import ArrowSchema
from portwright_runtime.loading.naming import literal, quoted
from portwright_runtime.loading.staging import Staging
from portwright_runtime.warehouse import Table
from portwright_runtime.warehouses.lake import Told
from portwright_runtime.warehouses.lake_rows import TARGET, as_staged

# What commits say, in their metadata: which load they are, and the version of one that they undo.
LOAD: Final = "portwright.load"
UNDONE: Final = "portwright.undone"
_READ: Final = "_portwright_read"
# Operations of the log that leave all rows as they are.
_UPKEEP: Final = ("OPTIMIZE", "VACUUM START", "VACUUM END", "SET TBLPROPERTIES", "ADD CONSTRAINT")


@dataclass(frozen=True)
class DeltaVersion:
    """A table of Delta Lake as one version of it is."""

    delta: DeltaTable
    table: Table[Any]

    @property
    def number(self) -> int:
        return int(self.delta.version())

    @property
    def schema(self) -> ArrowSchema:
        return pyarrow.schema(self.delta.schema().to_arrow())

    def loads(self) -> Iterator[tuple[int, Told]]:
        undone: set[int] = set()
        for each in self.delta.history():
            if UNDONE in each:
                undone.add(int(each[UNDONE]))
            elif LOAD in each and each["version"] not in undone:
                yield each["version"], json.loads(each[LOAD])

    def changed_by_others(self, number: int) -> bool:
        """Whether somebody else has changed rows since the version."""
        later = (each for each in self.delta.history() if each["version"] > number)
        return any(
            LOAD not in each and UNDONE not in each and each.get("operation") not in _UPKEEP
            for each in later
        )

    def has(self, load_id: str) -> bool:
        """Its transaction is odd where the table has it."""
        return self.transaction(load_id) % 2 == 1

    def transaction(self, load_id: str) -> int:
        """How often the load was published or undone."""
        return self.delta.transaction_version(transaction_id(self.table, load_id)) or 0

    def is_empty(self) -> bool:
        return not self.delta.count()

    def attach(self, staging: Staging, columns: Sequence[str]) -> None:
        staging.attach(_READ, self.delta.to_pyarrow_dataset())
        names = as_staged(self.table, columns)
        staging.query(
            f"CREATE OR REPLACE TEMP VIEW {quoted(TARGET)} AS SELECT {names} FROM {_READ}"
        )


def transaction_id(table: Table[Any], load_id: str) -> str:
    return f"portwright {table.contract} {load_id}"


def equals(name: str, value: str, type_: str) -> str:
    """A condition of the library: a column of that Arrow type holds what the text says."""
    # Decimals have their precision and scale in both names.
    held = _IN_RUST.get(type_) or type_.replace("decimal128", "Decimal128")
    return f"{quoted(name)} = arrow_cast({literal(value)}, {literal(held)})"


# What the library calls Arrow's types.
_IN_RUST: Final = {
    "string": "Utf8",
    "int8": "Int8",
    "int16": "Int16",
    "int32": "Int32",
    "int64": "Int64",
    "bool": "Boolean",
    "date32[day]": "Date32",
    "timestamp[us]": "Timestamp(Microsecond, None)",
    "timestamp[us, tz=UTC]": 'Timestamp(Microsecond, Some("UTC"))',
}
