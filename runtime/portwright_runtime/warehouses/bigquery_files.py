"""Rows as files of Parquet, one at a time: a file is gone when the next one comes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Final

from portwright_runtime.arrow import RecordBatch
from portwright_runtime.errors import WarehouseError
from portwright_runtime.loading.spool import new_folder
from portwright_runtime.loading.staging import Staging

# Rows of one file, by batches; a table takes 1,500 files a day.
_ROWS_A_FILE: Final = 1_000_000
# Rejected rows of one batch.
_AT_ONCE: Final = 10_000


def staged_files(staging: Staging, forms: Sequence[str]) -> Iterator[Path]:
    """The staged rows, in columns `C0`, `C1` and so on of these forms."""
    columns = ", ".join(f"{form} AS C{at}" for at, form in enumerate(forms))
    yield from _files(staging.batches(columns))


def rejected_files(staging: Staging) -> Iterator[Path]:
    """The rows that were put aside."""
    yield from _files(_rejected(staging))


def _rejected(staging: Staging) -> Iterator[RecordBatch]:
    import pyarrow

    rejections = staging.rejections()
    while some := [*islice(rejections, _AT_ONCE)]:
        yield pyarrow.RecordBatch.from_pydict(
            {
                "row": pyarrow.array([each.row for each in some], pyarrow.int64()),
                "path": pyarrow.array([each.path for each in some], pyarrow.string()),
                "rule": pyarrow.array([each.rule for each in some], pyarrow.string()),
                "shown": pyarrow.array([each.shown for each in some], pyarrow.string()),
            }
        )


def _files(batches: Iterator[RecordBatch]) -> Iterator[Path]:
    from pyarrow import parquet

    folder = new_folder()
    path = folder / "rows.parquet"
    try:
        while (first := next(batches, None)) is not None:
            rows = 0
            with parquet.ParquetWriter(path, first.schema, compression="snappy") as writer:
                for batch in chain([first], batches):
                    writer.write_batch(batch)
                    rows += batch.num_rows
                    if rows >= _ROWS_A_FILE:
                        break
            yield path
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise WarehouseError(f"cannot put a file of rows together: {why}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
