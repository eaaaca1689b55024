"""Tables of files that are written once and replaced as a whole: which rows of which file stay.

Rows are told by their file and their place in it. Where some of a file are replaced, the others
are written again as they are: no value of them is converted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pyarrow
import pyarrow.compute

from portwright_runtime.arrow import RecordBatch
from portwright_runtime.loading.naming import quoted
from portwright_runtime.loading.staging import STAGED, Staging
from portwright_runtime.warehouse import LoadMode
from portwright_runtime.warehouses.lake_rows import TARGET, as_staged, replaced

_FILE: Final = "_portwright_file"
_PLACE: Final = "_portwright_place"
_READ: Final = "_portwright_read"
# How many bytes of rows become one file: what a load holds in memory at a time.
FILE_SIZE: Final = 64 << 20


def attach(
    staging: Staging,
    columns: Sequence[str],
    schema: pyarrow.Schema,
    files: Iterable[Iterable[RecordBatch]],
) -> None:
    """Copies these columns of the files' rows to where queries over the staging read them."""

    failures: list[Exception] = []

    def batches() -> Iterator[RecordBatch]:
        try:
            for number, file in enumerate(files):
                place = 0
                for batch in file:
                    size = batch.num_rows
                    marks = [
                        pyarrow.repeat(pyarrow.scalar(number, pyarrow.int32()), size),
                        pyarrow.array(range(place, place + size), pyarrow.int64()),
                    ]
                    place += size
                    arrays = [*marks, *(batch.column(each) for each in columns)]
                    yield pyarrow.RecordBatch.from_arrays(arrays, schema=marked)
        except Exception as error:
            failures.append(error)
            raise

    fields = [schema.field(each).with_nullable(True) for each in columns]
    marks = [pyarrow.field(_FILE, pyarrow.int32()), pyarrow.field(_PLACE, pyarrow.int64())]
    marked = pyarrow.schema([*marks, *fields])
    staging.attach(_READ, pyarrow.RecordBatchReader.from_batches(marked, batches()))
    names = f"{_FILE}, {_PLACE}, {as_staged(staging.table, columns)}"
    create = f"CREATE OR REPLACE TEMP TABLE {quoted(TARGET)} AS SELECT {names} FROM {_READ}"
    try:
        staging.query(create)
    except Exception:
        # DuckDB says of a reader that fails no more than that it does.
        if failures:
            raise failures[0] from None
        raise


class Replaced:
    """What staged rows replace, in the files that were attached."""

    def __init__(self, staging: Staging, mode: LoadMode) -> None:
        self._staging = staging
        self._where = f"EXISTS (SELECT 1 FROM {STAGED} AS s WHERE {replaced(staging.table, mode)})"
        found = staging.query(
            f"SELECT DISTINCT {_FILE} FROM {quoted(TARGET)} AS t WHERE {self._where} ORDER BY 1"
        )
        # The numbers of the files that have such rows.
        self.files: list[int] = [number for (number,) in found]

    def rest(self, number: int, batches: Iterable[RecordBatch]) -> Iterator[RecordBatch]:
        """The rows of a file that stay."""
        found = self._staging.query(
            f"SELECT {_PLACE} FROM {quoted(TARGET)} AS t WHERE {_FILE} = {number} AND {self._where}"
        )
        gone = pyarrow.array([place for (place,) in found], pyarrow.int64())
        place = 0
        for batch in batches:
            places = pyarrow.array(range(place, place + batch.num_rows), pyarrow.int64())
            place += batch.num_rows
            stays = pyarrow.compute.invert(pyarrow.compute.is_in(places, gone))
            yield batch.filter(stays)


def in_files(batches: Iterable[RecordBatch]) -> Iterator[pyarrow.Table]:
    """The rows in tables of about `FILE_SIZE`."""
    held: list[RecordBatch] = []
    size = 0
    for batch in batches:
        if not batch.num_rows:
            continue
        held.append(batch)
        size += batch.nbytes
        if size >= FILE_SIZE:
            yield pyarrow.Table.from_batches(held)
            held, size = [], 0
    if held:
        yield pyarrow.Table.from_batches(held)


def by_values(rows: pyarrow.Table, values: Sequence[Any]) -> Iterator[tuple[list[Any], Any]]:
    """The rows for each combination of values, which are arrays as long as the rows."""
    names = [str(at) for at in range(len(values))]
    columns = [getattr(each, "storage", each) for each in values]
    keys = pyarrow.table([*columns, pyarrow.array(range(len(rows)))], names=[*names, _PLACE])
    for found in keys.group_by(names).aggregate([(_PLACE, "list")]).to_pylist():
        yield [found[name] for name in names], rows.take(found[f"{_PLACE}_list"])
