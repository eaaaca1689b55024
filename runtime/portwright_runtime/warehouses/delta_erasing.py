"""A person in a Delta table: its rows are written anew without those, in one commit, and files of
before are no more.

No condition goes into that commit: the log would show the person in it. The log keeps the least and
the greatest values of files that are gone; those figures, which the protocol does not need
(github.com/delta-io/delta/blob/master/PROTOCOL.md, Per-file Statistics), are taken out of it.
"""

from __future__ import annotations

import json
import posixpath
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import unquote

import pyarrow
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError
from deltalake.fs import DeltaStorageHandler
from pyarrow.fs import FileSelector, FileSystem, FileType, LocalFileSystem, PyFileSystem

from portwright_runtime.arrow import RecordBatch
from portwright_runtime.persons import Traces, Wanted
from portwright_runtime.warehouse import Table
from portwright_runtime.warehouses import persons
from portwright_runtime.warehouses.lake import Overtaken

# What a commit says in its metadata that leaves out the rows of a person.
ERASED: Final = "portwright.erased"
_LOG: Final = "_delta_log"
# One under way has such files, too.
_KILLED: Final = "files of loads that were killed, until a full VACUUM of the table"
_COMMIT: Final = re.compile(r"\d{20}\.json")
_CHECKPOINT: Final = re.compile(r"\d{20}\.checkpoint\b.*\.parquet")


@dataclass(frozen=True)
class Erasing:
    """A person in one table; `aside` is the one of the rows that were put aside, if there is."""

    table: Table[Any]
    wanted: Wanted
    delta: DeltaTable
    aside: DeltaTable | None
    options: dict[str, str] | None

    def traces(self) -> Traces:
        """What there is of the person."""
        keys: list[tuple[str, ...]] = []
        rows = 0
        for batch in _batches(self.delta):
            mask = persons.mask(self.table, batch, self.wanted)
            rows += sum(mask)
            if any(mask) and self.table.primary_key:
                some = batch.filter(pyarrow.array(mask))
                columns = (some.column(each).to_pylist() for each in self.table.primary_key)
                texts = [[persons.text(one) or "" for one in column] for column in columns]
                keys += zip(*texts, strict=True)
        told = [self._is_aside(each) for each in self._aside().to_pylist()]
        return Traces(
            rows, told.count(True), self._copies(), tuple(keys), persons.told(told.count(None))
        )

    def erase(self) -> Traces:
        """What there was: it is no more."""
        found = self.traces()
        if found.rows:
            self._leave_out(self.delta, self._is_of_person)
        if found.put_aside and self.aside is not None:
            self._leave_out(self.aside, self._rows_aside)
        for delta in (self.delta, self.aside):
            if delta is not None:
                self._vacuum(delta, dry_run=False)
                _without_figures(delta, self._files(delta))
        return replace(found, remains=(*found.remains, _KILLED))

    def _leave_out(self, delta: DeltaTable, mask: Any) -> None:
        """Commits the rows that the mask does not say. They go through a file that has no name:
        the library cannot be read from while it writes."""
        properties = CommitProperties(custom_metadata={ERASED: "true"}, max_commit_retries=0)
        with tempfile.TemporaryFile() as spool:
            schema = delta.to_pyarrow_dataset().schema
            with pyarrow.ipc.new_stream(spool, schema) as writer:
                for batch in _batches(delta):
                    stays = [not each for each in mask(batch)]
                    writer.write_batch(batch.filter(pyarrow.array(stays, pyarrow.bool_())))
            spool.seek(0)
            try:
                write_deltalake(
                    delta,
                    pyarrow.ipc.open_stream(spool),
                    mode="overwrite",
                    storage_options=self.options,
                    commit_properties=properties,
                )
            except CommitFailedError:
                raise Overtaken from None

    def _is_of_person(self, batch: RecordBatch) -> list[bool]:
        return persons.mask(self.table, batch, self.wanted)

    def _rows_aside(self, batch: RecordBatch) -> list[bool]:
        return [self._is_aside(each) is True for each in batch.to_pylist()]

    def _aside(self) -> pyarrow.Table:
        return pyarrow.table({}) if self.aside is None else self.aside.to_pyarrow_table()

    def _is_aside(self, row: Mapping[str, Any]) -> bool | None:
        return persons.is_row_aside(self.table, row, self.table.name, self.wanted)

    def _copies(self) -> int:
        """How many files versions of before alone have."""
        files = self._files(self.delta)
        left = files.get_file_info(
            [unquote(each) for each in self._vacuum(self.delta, dry_run=True)]
        )
        return sum(each.type == FileType.File for each in left)

    def _files(self, delta: DeltaTable) -> FileSystem:
        uri = delta.table_uri
        if uri.startswith("file://"):
            from pyarrow.fs import SubTreeFileSystem

            return SubTreeFileSystem(unquote(uri.removeprefix("file://")), LocalFileSystem())
        return PyFileSystem(DeltaStorageHandler(uri, self.options))

    @staticmethod
    def _vacuum(delta: DeltaTable, *, dry_run: bool) -> list[str]:
        """The files that versions of before alone have; none of a load under way is among them."""
        return delta.vacuum(0, dry_run=dry_run, enforce_retention_duration=False)


def _batches(delta: DeltaTable) -> Iterator[RecordBatch]:
    yield from delta.to_pyarrow_dataset().to_batches()


def _without_figures(delta: DeltaTable, files: FileSystem) -> None:
    """Takes the figures of files that are gone out of the log, each of whose commits is written
    anew as a whole; a checkpoint of now takes the place of those of before."""
    found = files.get_file_info(FileSelector(_LOG))
    names = {posixpath.basename(each.path) for each in found if each.type == FileType.File}
    now = set(delta.get_add_actions(flatten=True).column("path").to_pylist())
    for name in sorted(filter(_COMMIT.fullmatch, names)):
        path = f"{_LOG}/{name}"
        with files.open_input_stream(path) as stream:
            lines = [json.loads(line) for line in stream.read().splitlines()]
        gone = [
            each["add"]
            for each in lines
            if "add" in each
            and each["add"].get("stats")
            and unquote(each["add"]["path"]) not in now
        ]
        for each in gone:
            del each["stats"]
        if gone:
            _write(files, path, "".join(f"{json.dumps(each)}\n" for each in lines).encode())
    checkpoints = set(filter(_CHECKPOINT.fullmatch, names))
    if checkpoints:
        delta.create_checkpoint()
        current = f"{delta.version():020}."
        for name in checkpoints:
            if not name.startswith(current):
                with suppress(OSError):
                    files.delete_file(f"{_LOG}/{name}")


def _write(files: FileSystem, path: str, data: bytes) -> None:
    """Writes the file at once: somebody may read it at any time."""
    draft = f"{path}.erasing" if not isinstance(files, PyFileSystem) else path
    with files.open_output_stream(draft) as stream:
        stream.write(data)
    if draft != path:
        files.move(draft, path)
