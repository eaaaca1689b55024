"""The snapshots of an Iceberg table as the ledger of its loads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final

import pyiceberg.table
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.manifest import DataFile
from pyiceberg.schema import Schema
from pyiceberg.table import FileScanTask, Transaction
from pyiceberg.table.snapshots import Snapshot

from portwright_runtime.arrow import ArrowSchema, RecordBatch
from portwright_runtime.loading.staging import Staging
from portwright_runtime.warehouse import LoadMode, Table
from portwright_runtime.warehouses import lake_files
from portwright_runtime.warehouses.iceberg_arrow import by_number
from portwright_runtime.warehouses.iceberg_files import DataFiles, read
from portwright_runtime.warehouses.lake import Told

# What the summary of a snapshot holds: the load that it is.
LOAD: Final = "portwright.load"
# What the table's properties hold: the greatest watermark, and the snapshot that it came with.
WATERMARK: Final = "portwright.watermark"
_RETRIES: Final = "commit.retry.num-retries"


class IcebergVersion:
    """A table of Iceberg as one version of it is."""

    def __init__(self, found: pyiceberg.table.Table, table: Table[Any]) -> None:
        self.found = found
        self.table = table

    @property
    def number(self) -> int:
        return self.found.last_sequence_number

    @property
    def schema(self) -> ArrowSchema:
        return self.found.schema().as_arrow()

    def loads(self) -> Iterator[tuple[int, Told]]:
        for each in self.ancestors:
            if told := _summary(each).get(LOAD):
                yield each.sequence_number or 0, json.loads(told)

    def has(self, load_id: str) -> bool:
        """By the table's properties, or the snapshots where those were taken away."""
        text = self.found.properties.get(property_of(self.table, load_id))
        if text is not None and self._holds(int(text)):
            return True
        return any(told["load_id"] == load_id for _, told in self.loads())

    def is_empty(self) -> bool:
        return not self.found.scan().count()

    def attach(self, staging: Staging, columns: Sequence[str]) -> None:
        fields = [each for each in self.found.schema().fields if each.name in columns]
        schema = Schema(*fields)
        files = (self.read(each, schema) for each in self.files)
        lake_files.attach(staging, columns, schema_to_pyarrow(schema), files)

    # -------------------------------------------------------------- of Iceberg

    @cached_property
    def ancestors(self) -> list[Snapshot]:
        """The current snapshot and those that it came from, as far as they are kept."""
        known = {each.snapshot_id: each for each in self.found.metadata.snapshots}
        found = []
        at = self.found.metadata.current_snapshot_id
        while at in known:
            found.append(known[at])
            at = known[at].parent_snapshot_id
        return found

    @cached_property
    def files(self) -> list[FileScanTask]:
        """The files of the current snapshot."""
        return list(self.found.scan().plan_files())

    def read(self, file: FileScanTask, schema: Schema | None = None) -> Iterator[RecordBatch]:
        """The rows of a file, or some of their columns."""
        return read(file, schema or self.found.schema(), self.found.io)

    def taken_out(self, staging: Staging, mode: LoadMode, files: DataFiles) -> list[DataFile]:
        """The files that staged rows take the place of; what stays of them is written again."""
        if mode == "append":
            return []
        if mode == "replace":
            return [each.file for each in self.files]
        replaced = lake_files.Replaced(staging, mode)
        rest = (
            batch
            for number in replaced.files
            for batch in replaced.rest(number, self.read(self.files[number]))
        )
        files.write(rest, by_number)
        return [self.files[number].file for number in replaced.files]

    @property
    def watermark(self) -> str | None:
        """That of the last load that had one, also where its snapshot expired."""
        text = self.found.properties.get(WATERMARK)
        told = json.loads(text) if text is not None else None
        return str(told["watermark"]) if told and self._holds(told["snapshot"]) else None

    def transaction(self) -> Transaction:
        """One that is committed right after this version, or not at all: the library would do a
        commit again after that of another, who may have published the same load."""
        metadata = self.found.metadata
        properties = {**metadata.properties, _RETRIES: "0"}
        self.found.metadata = metadata.model_copy(update={"properties": properties})
        return self.found.transaction()

    def _holds(self, snapshot: int) -> bool:
        """Whether the current snapshot came from this one: if it is not known any more, as others
        are that were not undone."""
        if any(each.snapshot_id == snapshot for each in self.ancestors):
            return True
        return self.found.snapshot_by_id(snapshot) is None


def property_of(table: Table[Any], load_id: str) -> str:
    """The property of the table that holds the snapshot of a load."""
    name = json.dumps([table.contract, load_id])
    return f"portwright.load.{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def _summary(snapshot: Snapshot) -> dict[str, str]:
    return {} if snapshot.summary is None else snapshot.summary.additional_properties
