"""Data files of Iceberg: read as they are, and written for a load, no part of the table before a
snapshot names them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, Final
from uuid import uuid4

import pyarrow
import pyarrow.compute
import pyarrow.parquet
from pyiceberg.io import FileIO
from pyiceberg.io.pyarrow import ParquetFormatWriter, schema_to_pyarrow
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.partitioning import PartitionFieldValue, PartitionKey
from pyiceberg.schema import Schema, sanitize_column_names
from pyiceberg.table import FileScanTask
from pyiceberg.table.locations import load_location_provider
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.typedef import Record

from portwright_runtime.arrow import RecordBatch
from portwright_runtime.errors import WarehouseError
from portwright_runtime.warehouses.iceberg_arrow import (
    Match,
    by_name,
    by_number,
    by_place,
    number_of,
    projected,
)
from portwright_runtime.warehouses.lake_files import by_values, in_files

_BATCH: Final = 65_536
_LONGEST: Final = 250


def read(file: FileScanTask, schema: Schema, io: FileIO) -> Iterator[RecordBatch]:
    """The columns of a file's rows under the schema; the same ones in the same order whenever it
    is read."""
    if file.file.file_format != FileFormat.PARQUET:
        raise WarehouseError(f"the table has files of {file.file.file_format}, which are not read")
    target = schema_to_pyarrow(schema)
    gone = _deleted(file, io)
    place = 0
    with io.new_input(file.file.file_path).open() as stream:
        found = pyarrow.parquet.ParquetFile(stream)
        names = _needed(found.schema_arrow, schema)
        for batch in found.iter_batches(_BATCH, columns=names):
            places = pyarrow.array(range(place, place + batch.num_rows), pyarrow.int64())
            place += batch.num_rows
            if gone is not None:
                stays = pyarrow.compute.invert(pyarrow.compute.is_in(places, gone))
                batch = batch.filter(stays)
            yield projected(batch, target, by_number)


def _needed(source: pyarrow.Schema, schema: Schema) -> list[str] | None:
    """The columns to read; all of them where a name could be taken for the path of another."""
    if any("." in each.name for each in source):
        return None
    numbers = {each.field_id for each in schema.fields}
    names = {each.name for each in schema.fields}
    return [
        each.name
        for each in source
        if number_of(each) in numbers or (number_of(each) is None and each.name in names)
    ]


def _deleted(file: FileScanTask, io: FileIO) -> Any:
    """The places of the rows that others deleted since, None where there are none."""
    if not file.delete_files:
        return None
    found = []
    for each in file.delete_files:
        if (
            each.content != DataFileContent.POSITION_DELETES
            or each.file_format != FileFormat.PARQUET
        ):
            raise WarehouseError(
                "the table has deletes that are not read here: rewrite its data files"
                " (`rewrite_data_files` of Spark, OPTIMIZE of Trino) and load again"
            )
        with io.new_input(each.file_path).open() as stream:
            table = pyarrow.parquet.read_table(stream, columns=["file_path", "pos"])
        of_file = pyarrow.compute.equal(table["file_path"], file.file.file_path)
        found.append(table.filter(of_file)["pos"])
    return pyarrow.chunked_array([chunk for each in found for chunk in each.chunks], "int64")


class DataFiles:
    """Files that are written for a table as `metadata` says."""

    def __init__(self, metadata: TableMetadata, io: FileIO) -> None:
        self._metadata = metadata
        self._io = io
        self._form = sanitize_column_names(metadata.schema())
        self._locations = load_location_provider(metadata.location, metadata.properties)
        self._load = uuid4()
        self._paths: list[str] = []
        self.written: list[DataFile] = []

    def write(self, batches: Iterable[RecordBatch], match: Match = by_name) -> None:
        """Writes rows, in files of one partition each."""
        schema = schema_to_pyarrow(self._metadata.schema())
        form = schema_to_pyarrow(self._form)
        for table in in_files(projected(each, schema, match) for each in batches):
            for partition, rows in self._partitions(table):
                renamed = (projected(each, form, by_place) for each in rows.to_batches())
                self._write(pyarrow.Table.from_batches(renamed, form), partition)

    def remove(self) -> None:
        """Removes what was written."""
        for each in self._paths:
            with suppress(OSError):
                self._io.delete(each)

    def _partitions(self, rows: pyarrow.Table) -> Iterator[tuple[PartitionKey | None, Any]]:
        spec, schema = self._metadata.spec(), self._metadata.schema()
        if spec.is_unpartitioned():
            yield None, rows
            return
        values = []
        for each in spec.fields:
            name = schema.find_column_name(each.source_id) or ""
            if name not in rows.column_names:
                raise WarehouseError(f"the table is partitioned by {name}, a part of a column")
            transform = each.transform.pyarrow_transform(schema.find_type(each.source_id))
            values.append(transform(rows[name].combine_chunks()))
        for found, some in by_values(rows, values):
            key = [PartitionFieldValue(*each) for each in zip(spec.fields, found, strict=True)]
            yield PartitionKey(key, spec, schema), some

    def _write(self, rows: pyarrow.Table, partition: PartitionKey | None) -> None:
        name = f"{len(self.written):05}-{self._load}.parquet"
        # A value may be too long for the name of a folder, which nobody needs.
        fits = partition and max(map(len, partition.to_path().split("/"))) < _LONGEST
        path = self._locations.new_data_location(name, partition if fits else None)
        self._paths.append(path)
        output = self._io.new_output(path)
        writer = ParquetFormatWriter(output, self._form, self._metadata.properties)
        writer.write(rows)
        told = writer.close()
        self.written.append(
            DataFile.from_args(
                content=DataFileContent.DATA,
                file_path=path,
                file_format=FileFormat.PARQUET,
                partition=partition.partition if partition else Record(),
                file_size_in_bytes=len(output),
                sort_order_id=None,
                spec_id=self._metadata.default_spec_id,
                equality_ids=None,
                key_metadata=None,
                **told.to_serialized_dict(),
            )
        )
