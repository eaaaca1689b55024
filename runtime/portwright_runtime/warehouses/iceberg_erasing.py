"""A person in a table of Iceberg: files that have rows of one are written anew without them, in one
snapshot, and snapshots of before, with what only they have, are no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pyarrow
import pyiceberg.table
from pyiceberg.exceptions import CommitFailedException, ValidationException
from pyiceberg.io import FileIO
from pyiceberg.manifest import ManifestFile
from pyiceberg.serializers import FromInputFile
from pyiceberg.table import FileScanTask
from pyiceberg.table.metadata import TableMetadata

from portwright_runtime.arrow import RecordBatch
from portwright_runtime.persons import Traces, Wanted
from portwright_runtime.warehouse import Table
from portwright_runtime.warehouses import persons
from portwright_runtime.warehouses.iceberg_arrow import by_number
from portwright_runtime.warehouses.iceberg_files import DataFiles, read
from portwright_runtime.warehouses.iceberg_log import IcebergVersion
from portwright_runtime.warehouses.lake import Overtaken

_KILLED: Final = "files of loads that were killed, until they are cleaned as orphans of the table"


@dataclass(frozen=True)
class Erasing:
    """A person in one table; `aside` is the one of the rows that were put aside, if there is."""

    table: Table[Any]
    wanted: Wanted
    seen: IcebergVersion
    aside: IcebergVersion | None

    def traces(self) -> Traces:
        """What there is of the person."""
        keys: list[tuple[str, ...]] = []
        rows = 0
        for file in self.seen.files:
            for batch in self.seen.read(file):
                mask = self._is_of_person(batch)
                rows += sum(mask)
                if any(mask) and self.table.primary_key:
                    some = batch.filter(pyarrow.array(mask))
                    columns = (some.column(each).to_pylist() for each in self.table.primary_key)
                    texts = [[persons.text(one) or "" for one in column] for column in columns]
                    keys += zip(*texts, strict=True)
        told = [
            self._is_aside(row)
            for file in (self.aside.files if self.aside else ())
            for batch in self._rows_aside(file)
            for row in batch.to_pylist()
        ]
        copies = len(self.seen.found.metadata.snapshots) - 1 if rows else 0
        return Traces(
            rows, told.count(True), max(copies, 0), tuple(keys), persons.told(told.count(None))
        )

    def erase(self) -> Traces:
        """What there was: it is no more."""
        found = self.traces()
        if found.rows:
            _without(self.seen, self._is_of_person)
        if found.put_aside and self.aside is not None:
            _without(self.aside, self._are_aside)
        for each in (self.seen, self.aside):
            if each is not None:
                _alone(each)
        return replace(found, remains=(*found.remains, _KILLED))

    def _is_of_person(self, batch: RecordBatch) -> list[bool]:
        return persons.mask(self.table, batch, self.wanted)

    def _are_aside(self, batch: RecordBatch) -> list[bool]:
        return [self._is_aside(each) is True for each in batch.to_pylist()]

    def _is_aside(self, row: Mapping[str, Any]) -> bool | None:
        return persons.is_row_aside(self.table, row, self.table.name, self.wanted)

    def _rows_aside(self, file: FileScanTask) -> Iterator[RecordBatch]:
        assert self.aside is not None
        return read(file, self.aside.found.schema(), self.aside.found.io)


def _without(seen: IcebergVersion, mask: Any) -> None:
    """Commits the table without the rows that the mask says."""
    gone = [each for each in seen.files if any(any(mask(batch)) for batch in seen.read(each))]

    def rest() -> Iterator[RecordBatch]:
        for file in gone:
            for batch in seen.read(file):
                stays = [not each for each in mask(batch)]
                yield batch.filter(pyarrow.array(stays, pyarrow.bool_()))

    transaction = seen.transaction()
    files = DataFiles(transaction.table_metadata, transaction._table.io)
    try:
        files.write(rest(), by_number)
        snapshot = transaction.update_snapshot().overwrite()
        for each in gone:
            snapshot.delete_data_file(each.file)
        for made in files.written:
            snapshot.append_data_file(made)
        snapshot.commit()
    except BaseException:
        files.remove()
        raise
    try:
        transaction.commit_transaction()
    except (CommitFailedException, ValidationException):
        files.remove()
        raise Overtaken from None


def _alone(seen: IcebergVersion) -> None:
    """Leaves the current snapshot alone, in manifests that tell of no file that is gone; their
    figures hold values."""
    table = seen.found.refresh()
    transaction = table.transaction()
    transaction.update_snapshot().fast_append().commit()
    transaction.commit_transaction()
    table = table.refresh()
    now = table.metadata.current_snapshot_id
    old = [each.snapshot_id for each in table.metadata.snapshots if each.snapshot_id != now]
    if old:
        table.maintenance.expire_snapshots().by_ids(old).commit()
    _delete_of_before(table.refresh())


def _delete_of_before(table: pyiceberg.table.Table) -> None:
    """Deletes the files that versions of before alone name.

    Those are found by the metadata of before, and a file goes before what names it: where this is
    broken off, the next run finds what is left.
    """
    stays = _Named()
    stays.add(table.metadata, table.io)
    before = [each.metadata_file for each in table.metadata.metadata_log]
    gone = _Named()
    for path in before:
        with suppress(OSError):  # as the catalogue keeps so many, and deletes those before
            gone.add(FromInputFile.table_metadata(table.io.new_input(path)), table.io)
    kept = {*stays.data, *stays.manifests, *stays.lists, table.metadata_location}
    for path in (*gone.data, *gone.manifests, *gone.lists, *before):
        if path not in kept:
            with suppress(OSError):
                table.io.delete(path)


@dataclass(frozen=True)
class _Named:
    """The files that metadata of a table name, each once."""

    data: dict[str, None] = field(default_factory=dict)
    manifests: dict[str, None] = field(default_factory=dict)
    lists: dict[str, None] = field(default_factory=dict)

    def add(self, metadata: TableMetadata, io: FileIO) -> None:
        """Adds those of its snapshots; what is gone already names nothing any more."""
        for snapshot in metadata.snapshots:
            if snapshot.manifest_list in self.lists:
                continue
            self.lists[snapshot.manifest_list] = None
            with suppress(OSError):
                for manifest in snapshot.manifests(io):
                    self._add_of(manifest, io)

    def _add_of(self, manifest: ManifestFile, io: FileIO) -> None:
        if manifest.manifest_path in self.manifests:
            return
        self.manifests[manifest.manifest_path] = None
        with suppress(OSError):
            for entry in manifest.fetch_manifest_entry(io, discard_deleted=False):
                self.data[entry.data_file.file_path] = None
