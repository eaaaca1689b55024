"""Parquet files by partition, in a folder or a bucket: a load is one manifest.

Files are written once and never changed. What a version of the table has is in its manifest
(`parquet_log`); the manifest of a load appears at once, or not at all.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import duckdb
import pyarrow
from pyarrow import parquet
from pyarrow.fs import FileSystem, LocalFileSystem

from portwright_runtime.arrow import ArrowSchema, RecordBatch
from portwright_runtime.errors import WarehouseError
from portwright_runtime.loading import lake
from portwright_runtime.loading.staging import Staging
from portwright_runtime.persons import Traces, Wanted
from portwright_runtime.warehouse import QUARANTINE, Table, Terms
from portwright_runtime.warehouses import lake_files, places
from portwright_runtime.warehouses.lake import Lake, Overtaken, Told, unfit
from portwright_runtime.warehouses.lake_rows import REJECTIONS, rows
from portwright_runtime.warehouses.parquet_erasing import Erasing
from portwright_runtime.warehouses.parquet_log import MANIFESTS, Folder, Manifest

_BATCH: Final = 65_536
_NULL: Final = "__HIVE_DEFAULT_PARTITION__"
# How much of a value is in the name of its folder; the file has all of it.
_SHOWN: Final = 60


@dataclass(frozen=True)
class ParquetVersion:
    """A table of Parquet files as one version of it is."""

    folder: Folder
    manifest: Manifest

    @property
    def number(self) -> int:
        return self.manifest.number

    @property
    def schema(self) -> ArrowSchema:
        return pyarrow.ipc.read_schema(pyarrow.py_buffer(base64.b64decode(self.manifest.columns)))

    def loads(self) -> Iterator[tuple[int, Told]]:
        return reversed(self.manifest.loads)

    def has(self, load_id: str) -> bool:
        return any(told["load_id"] == load_id for _, told in self.loads())

    def is_empty(self) -> bool:
        return not any(self.manifest.files.values())

    def attach(self, staging: Staging, columns: Sequence[str]) -> None:
        files = (self.read(file, columns) for file in self.manifest.files)
        lake_files.attach(staging, columns, self.schema, files)

    # ------------------------------------------------------------- of Parquet

    def read(self, file: str, columns: Sequence[str] | None = None) -> Iterator[RecordBatch]:
        """The rows of a file, or some of their columns."""
        schema = self.schema
        if columns is not None:
            schema = pyarrow.schema([schema.field(each) for each in columns])
        # A name with a dot would be taken for the path of another.
        names = None if any("." in each for each in self.schema.names) else columns
        try:
            stream = self.folder.system.open_input_file(f"{self.folder.path}/{file}")
        except FileNotFoundError:
            if self.folder.numbers()[-1:] == [self.number]:
                raise
            raise Overtaken from None  # and cleaned away
        with stream:
            for batch in parquet.ParquetFile(stream).iter_batches(_BATCH, columns=names):
                yield lake.conformed(batch.select(schema.names), schema)

    def rest(self, staging: Staging, terms: Terms) -> tuple[dict[str, int], Iterator[RecordBatch]]:
        """The files that a load leaves as they are, and the rows that stay of others."""
        files = self.manifest.files
        if terms.mode == "append":
            return files, iter(())
        if terms.mode == "replace":
            return {}, iter(())
        replaced = lake_files.Replaced(staging, terms.mode)
        names = [*files]
        touched = {number: names[number] for number in replaced.files}
        left = {name: size for name, size in files.items() if name not in touched.values()}
        return left, (
            batch
            for number, name in touched.items()
            for batch in replaced.rest(number, self.read(name))
        )


class ParquetWarehouse(Lake[ParquetVersion]):
    """Tables below `root`, a folder or the url of a bucket: `<root>/<schema>/<table>`."""

    types = (lake.PARQUET,)

    def __init__(self, root: str) -> None:
        super().__init__()
        self._url = root.rstrip("/")
        if "://" not in root:
            self._system, self._root = LocalFileSystem(), str(Path(root).absolute())
            return
        try:
            self._system, self._root = FileSystem.from_uri(root)
        except (OSError, pyarrow.ArrowException):
            # What Arrow says may have the url in it, and that a password.
            scheme = root.partition("://")[0]
            raise WarehouseError(
                f"cannot open the folder of Parquet tables: its url, of {scheme}, is none that"
                " Arrow's file systems take"
            ) from None

    def dataset(self, table: Table[Any]) -> tuple[str, str]:
        """The table's name to the world; see `Warehouse.dataset`."""
        parts = [self._url, *([table.schema] if table.schema else []), table.name]
        return places.stored("/".join(parts))

    def files(self, schema: str | None, name: str) -> list[str]:
        """The paths of the files that a table has now. They stay while its version is kept, which
        is as long as the loads after it can be undone."""
        folder = self._folder(schema, name)
        with self._failures(f"cannot read the files of {name}"):
            found = folder.current()
        return [] if found is None else [f"{folder.path}/{each}" for each in found.files]

    def _folder(self, schema: str | None, name: str) -> Folder:
        parts = [each for each in (schema, name) if each]
        if any(each in (".", "..", MANIFESTS) for each in parts):
            raise WarehouseError(f"{'.'.join(parts)} cannot be the name of a folder")
        escaped = (quote(each, safe=" ") for each in parts)
        return Folder(self._system, "/".join([self._root.rstrip("/"), *escaped]))

    def _opened(self, table: Table[Any]) -> ParquetVersion | None:
        folder = self._folder(table.schema, table.name)
        found = folder.current()
        return None if found is None else ParquetVersion(folder, found)

    def _write(
        self, seen: ParquetVersion | None, staging: Staging, terms: Terms, told: Told
    ) -> None:
        table = staging.table
        schema = lake.schema(table, lake.PARQUET)
        staging.query("SET arrow_lossless_conversion = true")
        folder = self._folder(table.schema, table.name)
        left, rest = ({}, iter(())) if seen is None else seen.rest(staging, terms)
        token = uuid4()
        written: dict[str, int] = {}
        try:
            for batches in (rest, rows(staging, lake.PARQUET, table.partition_key)):
                for name, some in _parted(table, batches):
                    path = "/".join([*name, f"{token}-{len(written):05}.parquet"])
                    written[path] = len(some)
                    self._put(f"{folder.path}/{path}", some.schema, some.to_batches())
            if seen is None:
                empty = Manifest(0, _text(schema))
                seen = ParquetVersion(folder, empty)
            number = seen.number + 1
            folder.publish(
                replace(
                    seen.manifest,
                    number=number,
                    columns=_text(schema),
                    files={**left, **written},
                    before=seen.number,
                    loads=[*seen.manifest.loads, (number, told)],
                )
            )
        except BaseException:
            for path in written:
                folder.remove(path)
            raise
        with suppress(OSError):  # the load is published; the next one cleans
            folder.clean(terms.keep)

    def _undo(self, table: Table[Any], seen: ParquetVersion, number: int, told: Told) -> None:
        before = seen.manifest.before
        kept = seen.folder.numbers()
        if before == 0:
            found = Manifest(0, seen.manifest.columns)
        elif before in kept:
            found = seen.folder.manifest(before)
        else:
            raise WarehouseError(
                f"cannot undo load {told['load_id']!r} of {table.object}: what was before it was"
                " not kept; `keep` of a load says how many can be undone"
            )
        seen.folder.publish(replace(found, number=seen.number + 1))

    def _put_aside(self, table: Table[Any], load_id: str, rows: Iterator[RecordBatch]) -> None:
        folder = self._folder(table.schema, QUARANTINE)
        name = json.dumps([table.contract, table.name, load_id])
        path = f"{folder.path}/{hashlib.sha256(name.encode()).hexdigest()[:32]}.parquet"
        self._put(path, REJECTIONS, rows)

    def _traces(self, table: Table[Any], wanted: Wanted) -> Traces:
        return self._erasing(table, wanted).traces()

    def _erase(self, table: Table[Any], wanted: Wanted) -> Traces:
        return self._erasing(table, wanted).erase()

    def _erasing(self, table: Table[Any], wanted: Wanted) -> Erasing:
        folder = self._folder(table.schema, table.name)
        aside = self._folder(table.schema, QUARANTINE)
        return Erasing(table, wanted, folder, aside, self._put)

    def _put(self, path: str, schema: ArrowSchema, batches: Iterable[RecordBatch]) -> None:
        """Writes a file, which appears as a whole."""
        self._system.create_dir(path.rpartition("/")[0], recursive=True)
        local = isinstance(self._system, LocalFileSystem)
        draft = f"{path}.{uuid4()}.draft" if local else path
        try:
            with (
                self._system.open_output_stream(draft) as stream,
                parquet.ParquetWriter(stream, schema, compression="zstd") as writer,
            ):
                for each in batches:
                    writer.write_batch(each)
            if local:
                self._system.move(draft, path)
        except BaseException:
            with suppress(OSError):
                self._system.delete_file(draft)
            raise

    @contextmanager
    def _failures(self, what: str) -> Iterator[None]:
        try:
            yield
        except (duckdb.Error, pyarrow.ArrowInvalid) as error:
            raise unfit(what, error) from None
        except (OSError, pyarrow.ArrowException) as error:
            said = str(error).strip().split("\n", 1)[0]
            raise WarehouseError(f"{what}: {said or type(error).__name__}") from None


def _parted(
    table: Table[Any], batches: Iterable[RecordBatch]
) -> Iterator[tuple[list[str], pyarrow.Table]]:
    """Rows as one file has them, with the names of its folders."""
    for some in lake_files.in_files(batches):
        if not table.partition_key:
            yield [], some
            continue
        values = [some[each].combine_chunks() for each in table.partition_key]
        for found, part in lake_files.by_values(some, values):
            pairs = zip(table.partition_key, found, strict=True)
            yield [f"{_escaped(name)}={_escaped(value)}" for name, value in pairs], part


def _escaped(value: object) -> str:
    return _NULL if value is None else quote(str(value), safe=" ")[:_SHOWN]


def _text(schema: ArrowSchema) -> str:
    return base64.b64encode(schema.serialize()).decode()
