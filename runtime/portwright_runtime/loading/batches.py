"""What a load is given, in Arrow batches of bounded size: records, mappings, tombstones, Arrow
tables and dataframes, each on its shortest way.

Values are looked at by the column. Only where one does not fit are the rows of its batch made
into records one by one, which tells the bad ones from the good.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from portwright_runtime.arrow import RecordBatch
from portwright_runtime.errors import ConfigurationError, ContractViolation
from portwright_runtime.loading import arrow_rows
from portwright_runtime.loading.columns import Unfit, array, record_batch
from portwright_runtime.record import Record, is_checked, made, validated
from portwright_runtime.warehouse import ArrowStream, Deleted, Table

# A batch begins small and grows towards this many bytes of Arrow, so that it holds
# many narrow rows or few wide ones.
BATCH_BYTES = 16 << 20
_FIRST_BATCH_ROWS = 256
_MOST_BATCH_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that breaks the contract: which of the load, where and what, and what of it may be
    shown, as JSON."""

    row: int
    path: str
    rule: str
    shown: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a load: good ones with their numbers, keys that are no more, and bad ones."""

    rows: RecordBatch
    numbers: Sequence[int]
    deleted: RecordBatch | None = None
    deleted_numbers: Sequence[int] = ()
    rejected: Sequence[Rejected] = ()
    # Looks at each row by itself, where all of them together turned out not to fit.
    again: Callable[[], Batch] | None = None


def batches(table: Table[Any], records: Iterable[Any] | ArrowStream) -> Iterator[Batch]:
    """The rows in batches of about `BATCH_BYTES`; numbers count from 1."""
    if hasattr(records, "__arrow_c_stream__"):
        yield from _of_arrow(table, records)
        return
    if not isinstance(records, Iterable) or isinstance(records, str | bytes | Mapping):
        raise ConfigurationError(
            "rows are an iterable of records or mappings, or something in Arrow's form such as a"
            f" dataframe; this is {type(records).__name__}"
        )
    rows = iter(records)
    size, first = _FIRST_BATCH_ROWS, 1
    while chunk := list(islice(rows, size)):
        batch = _of_rows(table, chunk, first)
        first += len(chunk)
        fitting = BATCH_BYTES * len(chunk) // max(batch.rows.nbytes, 1)
        size = max(1, min(fitting, size * 8, _MOST_BATCH_ROWS))
        yield batch


def _of_arrow(table: Table[Any], source: Any) -> Iterator[Batch]:
    import pyarrow

    reader = pyarrow.RecordBatchReader.from_stream(source)
    places = arrow_rows.places(table, reader.schema)
    first = 1
    for given in reader:
        for at in range(0, given.num_rows, _MOST_BATCH_ROWS):
            part = given.slice(at, _MOST_BATCH_ROWS)
            numbers = range(first, first + part.num_rows)
            first += part.num_rows
            batch = arrow_rows.conformed(table, part, places) if table.checks_all else None
            again = partial(_of_mappings, table, part, places, numbers)
            yield again() if batch is None else Batch(batch, numbers, again=again)


def _of_mappings(
    table: Table[Any], given: RecordBatch, places: arrow_rows.Places, numbers: Sequence[int]
) -> Batch:
    return _one_by_one(table, arrow_rows.mappings(table, given, places), numbers)


def _of_rows(table: Table[Any], rows: list[Any], first: int) -> Batch:
    numbers: Sequence[int] = range(first, first + len(rows))
    kinds = {*map(type, rows)}
    if Deleted not in kinds:
        return _present(table, rows, numbers, kinds)
    gone = [each for each in zip(rows, numbers, strict=True) if type(each[0]) is Deleted]
    kept = [each for each in zip(rows, numbers, strict=True) if type(each[0]) is not Deleted]
    batch = _present(
        table, [row for row, _ in kept], [number for _, number in kept], kinds - {Deleted}
    )
    deleted = _deleted(table, [row for row, _ in gone])
    return Batch(batch.rows, batch.numbers, deleted, [n for _, n in gone], batch.rejected)


def _present(table: Table[Any], rows: list[Any], numbers: Sequence[int], kinds: set[type]) -> Batch:
    if kinds <= {table.record}:
        is_fast = all(map(is_checked, rows))
    else:
        is_fast = table.checks_all and all(
            issubclass(each, Mapping) and not issubclass(each, Record) for each in kinds
        )
    if is_fast:
        try:
            return Batch(record_batch(rows, table.struct), numbers)
        except Unfit:
            pass
    return _one_by_one(table, rows, numbers)


def _one_by_one(table: Table[Any], rows: Iterable[Any], numbers: Sequence[int]) -> Batch:
    good: list[Any] = []
    good_numbers: list[int] = []
    rejected: list[Rejected] = []
    for row, number in zip(rows, numbers, strict=True):
        try:
            good.append(_record(table, row))
            good_numbers.append(number)
        except ContractViolation as error:
            rejected.append(Rejected(number, error.path, error.rule, _shown(table, row)))
    try:
        batch = record_batch(good, table.struct)
    except Unfit:
        # Records hold what their columns do not: decimals of more digits.
        batch, good_numbers = _that_fit(table, good, good_numbers, rejected)
    return Batch(batch, good_numbers, rejected=rejected)


def _record(table: Table[Any], row: Any) -> Any:
    """The row as a record; ContractViolation if it is none."""
    if isinstance(row, Mapping):
        return made(table.record, row, table.full_version, table.object)
    return validated(table.record, row, table.full_version, table.object)


def _that_fit(
    table: Table[Any], records: list[Any], numbers: list[int], rejected: list[Rejected]
) -> tuple[RecordBatch, list[int]]:
    good: list[Any] = []
    good_numbers: list[int] = []
    for record, number in zip(records, numbers, strict=True):
        values = [getattr(record, each) for each in type(record).model_fields]
        for column, value in zip(table.columns, values, strict=True):
            try:
                array([value], column.type)
            except Unfit:
                rule = f"must be {table.arrow_schema.field(column.name).type}"
                rejected.append(Rejected(number, column.property, rule, _shown(table, record)))
                break
        else:
            good.append(record)
            good_numbers.append(number)
    return record_batch(good, table.struct), good_numbers


def _deleted(table: Table[Any], rows: list[Deleted]) -> RecordBatch:
    """The keys that are no more, with nothing in the other columns."""
    import pyarrow

    held = (*table.primary_key, *((table.latest_by,) if table.latest_by else ()))
    for each in rows:
        if len(each.key) != len(table.primary_key):
            wanted = ", ".join(table.primary_key) or "no key"
            raise ConfigurationError(f"the key of {table.object} is: {wanted}")
        if (each.at is None) is not (table.latest_by is None):
            way_out = f"pass `at=`, a value of {table.latest_by}" if table.latest_by else "no `at=`"
            raise ConfigurationError(f"what is deleted from {table.object} has {way_out}")
    values = zip(*(row.key for row in rows), strict=True)
    given = dict(zip(table.primary_key, map(list, values), strict=True))
    if table.latest_by and table.latest_by not in given:
        given[table.latest_by] = [row.at for row in rows]
    arrays = []
    for column in table.columns:
        if column.name not in held:
            arrays.append(pyarrow.nulls(len(rows), table.arrow_schema.field(column.name).type))
            continue
        try:
            arrays.append(array(given[column.name], column.type))
        except Unfit:
            # What is text in Arrow may be more than that to the contract.
            meaning = getattr(column.type, "meaning", "")
            rule = f"must be {meaning or table.arrow_schema.field(column.name).type}"
            raise ContractViolation(
                table.full_version, table.object, column.property, f"of what is deleted, it {rule}"
            ) from None
    return pyarrow.RecordBatch.from_arrays(arrays, names=[each.name for each in table.columns])


def _shown(table: Table[Any], row: Any) -> str:
    """What of the row may be shown, as JSON."""
    if isinstance(row, Record):
        row = {
            each.alias or name: row.__dict__.get(name)
            for name, each in type(row).model_fields.items()
        }
    if not isinstance(row, Mapping):
        return "{}"
    shown = {
        each.property: row[each.property]
        for each in table.columns
        if not each.classified and each.property in row
    }
    return json.dumps(_plain(shown), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """The value as JSON has it, or its text."""
    match value:
        case None | bool() | int() | str():
            return value
        case Record():
            return _plain(value.model_dump(by_alias=True))
        case Mapping():
            return {str(name): _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            return str(value)
