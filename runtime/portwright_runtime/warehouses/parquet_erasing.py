"""A person in a table of Parquet files: files that have rows of one are written anew without them,
and versions of before, with the files that only they have, are no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import uuid4

import pyarrow
from pyarrow import parquet
from pyarrow.fs import FileSelector, LocalFileSystem

from portwright_runtime.arrow import ArrowSchema, RecordBatch
from portwright_runtime.persons import Traces, Wanted
from portwright_runtime.warehouse import Table
from portwright_runtime.warehouses import persons
from portwright_runtime.warehouses.lake_rows import REJECTIONS
from portwright_runtime.warehouses.parquet_log import Folder, Manifest

_KILLED: Final = "files of loads that were killed, until the first load a day after them"

# Writes a file, which appears as a whole: its path, the columns, the rows.
Put = Callable[[str, ArrowSchema, Iterable[RecordBatch]], None]


@dataclass(frozen=True)
class Erasing:
    """A person in a table's folder, and among the rows put aside in another."""

    table: Table[Any]
    wanted: Wanted
    folder: Folder
    aside: Folder
    put: Put

    def traces(self) -> Traces:
        """What there is of the person."""
        now = self.folder.current()
        if now is None:
            return Traces()
        keys: list[tuple[str, ...]] = []
        rows = 0
        for file in now.files:
            for batch in self._of_person(file):
                rows += batch.num_rows
                if self.table.primary_key:
                    columns = (batch.column(each) for each in self.table.primary_key)
                    texts = [[persons.text(one) or "" for one in c.to_pylist()] for c in columns]
                    keys += zip(*texts, strict=True)
        copies = sum(
            any(
                self._has(file)
                for file in self.folder.manifest(number).files
                if file not in now.files
            )
            for number in self.folder.numbers()
            if number != now.number
        )
        found = [self._put_aside(path) for path in self._files_aside()]
        aside, unknown = (sum(each[at] for each in found) for at in (0, 1))
        return Traces(rows, aside, copies, tuple(keys), persons.told(unknown))

    def erase(self) -> Traces:
        """What there was: it is no more."""
        found = self.traces()
        now = self.folder.current()
        if now is None:
            return found
        if found.rows:
            now = self._published(now)
        if found.rows or len(self.folder.numbers()) > 1:
            gone = {
                file
                for number in self.folder.numbers()
                if number < now.number
                for file in self.folder.manifest(number).files
            }
            self.folder.clean(0)
            self._remove_folders(gone - now.files.keys())
        for path in self._files_aside():
            if self._put_aside(path)[0]:
                self._leave_out(path)
        return replace(found, remains=(*found.remains, _KILLED))

    def _published(self, now: Manifest) -> Manifest:
        """The version without the person's rows, right after the one of now."""
        token = uuid4()
        files: dict[str, int] = {}
        written: list[str] = []
        try:
            for file, size in now.files.items():
                stays = [*self._rest(file)] if self._has(file) else None
                if stays is None:
                    files[file] = size
                elif count := sum(each.num_rows for each in stays):
                    folder, slash, _ = file.rpartition("/")
                    name = f"{folder}{slash}{token}-{len(written):05}.parquet"
                    written.append(name)
                    self.put(f"{self.folder.path}/{name}", stays[0].schema, stays)
                    files[name] = count
            made = replace(now, number=now.number + 1, files=files, before=None)
            self.folder.publish(made)
        except BaseException:
            for name in written:
                self.folder.remove(name)
            raise
        return made

    def _batches(self, file: str) -> Iterator[RecordBatch]:
        with self.folder.system.open_input_file(f"{self.folder.path}/{file}") as stream:
            yield from parquet.ParquetFile(stream).iter_batches()

    def _has(self, file: str) -> bool:
        return any(True for _ in self._of_person(file))

    def _of_person(self, file: str) -> Iterator[RecordBatch]:
        for batch in self._batches(file):
            mask = persons.mask(self.table, batch, self.wanted)
            if any(mask):
                yield batch.filter(pyarrow.array(mask))

    def _rest(self, file: str) -> Iterator[RecordBatch]:
        for batch in self._batches(file):
            mask = persons.mask(self.table, batch, self.wanted)
            yield batch.filter(pyarrow.array([not each for each in mask], pyarrow.bool_()))

    def _remove_folders(self, files: Iterable[str]) -> None:
        """Removes folders that nothing is in any more: their names hold values."""
        for file in files:
            folder = file.rpartition("/")[0]
            while folder and isinstance(self.folder.system, LocalFileSystem):
                path = f"{self.folder.path}/{folder}"
                with suppress(OSError):
                    if not self.folder.system.get_file_info(FileSelector(path)):
                        self.folder.system.delete_dir(path)
                folder = folder.rpartition("/")[0]

    def _files_aside(self) -> list[str]:
        found = self.aside.system.get_file_info(FileSelector(self.aside.path, allow_not_found=True))
        return [each.path for each in found if each.base_name.endswith(".parquet")]

    def _put_aside(self, path: str) -> tuple[int, int]:
        """How many rows of such a file are of the person, and how many do not tell."""
        told = [self._is_aside(each) for each in self._read(path).to_pylist()]
        return told.count(True), told.count(None)

    def _is_aside(self, row: dict[str, Any]) -> bool | None:
        return persons.is_row_aside(self.table, row, self.table.name, self.wanted)

    def _leave_out(self, path: str) -> None:
        rows = self._read(path)
        stay = [self._is_aside(each) is not True for each in rows.to_pylist()]
        rest = rows.filter(pyarrow.array(stay))
        if len(rest):
            self.put(path, REJECTIONS, rest.to_batches())
        else:
            self.aside.system.delete_file(path)

    def _read(self, path: str) -> pyarrow.Table:
        with self.aside.system.open_input_file(path) as stream:
            return parquet.ParquetFile(stream).read()
