"""Loads records into a table: whatever the engine, and whatever number of records.

Records are taken from their iterable one by one, checked, and handed to the engine in
Arrow batches of bounded size; nothing else is kept of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, Generic, TypeVar, get_args

from portwright_runtime.arrow import RecordBatch
from portwright_runtime.errors import ConfigurationError, ContractViolation
from portwright_runtime.record import Record, validated
from portwright_runtime.warehouse import Load, LoadMode, Table, Warehouse, violation

R = TypeVar("R", bound=Record)

# A batch begins small and grows towards this many bytes of Arrow, so that it holds
# many narrow rows or few wide ones.
BATCH_BYTES = 16 << 20
_FIRST_BATCH_ROWS = 256
_MOST_BATCH_ROWS = 65_536
_LONGEST_LOAD_ID = 500


class Loader(Generic[R]):
    """The table port of one object."""

    def __init__(self, warehouse: Warehouse, table: Table[R]) -> None:
        self._warehouse = warehouse
        self._table = table

    def load(
        self,
        records: Iterable[R],
        *,
        load_id: str,
        mode: LoadMode = "replace",
        allow_empty: bool = False,
    ) -> Load:
        """The load once its rows are in the table: all of them at once, or none if it raises.

        `replace` makes `records` the whole of the table, `append` adds them. A `load_id`
        that is in the table already is `unchanged`, and `records` are not looked at. A
        replacement by no records empties the table only if `allow_empty`.
        """
        _check(load_id, mode)
        begun = self._warehouse.begin(self._table, load_id, mode)
        if isinstance(begun, Load):
            return begun
        try:
            for batch in batches(self._table, records):
                begun.stage(batch)
            findings = begun.audit()
            if findings:
                raise violation(self._table, findings)
            return begun.publish(allow_empty=allow_empty)
        finally:
            begun.discard()


def batches(table: Table[R], records: Iterable[R]) -> Iterator[RecordBatch]:
    """The checked records as Arrow batches of about `BATCH_BYTES`."""
    rows = _rows(table, records)
    size = _FIRST_BATCH_ROWS
    while chunk := list(islice(rows, size)):
        batch = _batch(table, chunk)
        fitting = BATCH_BYTES * len(chunk) // max(batch.nbytes, 1)
        size = max(1, min(fitting, size * 8, _MOST_BATCH_ROWS))
        yield batch


def _rows(table: Table[R], records: Iterable[R]) -> Iterator[dict[str, Any]]:
    """What the columns hold, record by record."""
    contract = f"{table.contract} {table.version}"
    for number, record in enumerate(records, start=1):
        try:
            checked = validated(table.record, record, contract, table.object)
        except ContractViolation as error:
            error.add_note(f"it is the load's record {number}")
            raise
        yield table.row(checked)


def _batch(table: Table[R], rows: list[dict[str, Any]]) -> RecordBatch:
    """The rows in Arrow."""
    import pyarrow

    with suppress(pyarrow.ArrowException, OverflowError, TypeError, ValueError):
        return pyarrow.RecordBatch.from_pylist(rows, schema=table.arrow_schema)
    # What Arrow said quotes the value, which may be classified: say where instead.
    contract = f"{table.contract} {table.version}"
    for column, field in zip(table.columns, table.arrow_schema, strict=True):
        if not _fits(pyarrow, rows, column.name, field.type):
            rule = f"must be {field.type}"
            raise ContractViolation(contract, table.object, column.property, rule)
    raise ContractViolation(contract, table.object, "", "its columns do not fit their Arrow types")


def _fits(pyarrow: Any, rows: list[dict[str, Any]], name: str, type_: Any) -> bool:
    try:
        pyarrow.array([row[name] for row in rows], type=type_)
    except (pyarrow.ArrowException, OverflowError, TypeError, ValueError):
        return False
    return True


def _check(load_id: str, mode: LoadMode) -> None:
    """Returns if the arguments of a load can be used, else raises ConfigurationError."""
    if (
        not isinstance(load_id, str)
        or not load_id.strip()
        or not load_id.isprintable()
        or len(load_id) > _LONGEST_LOAD_ID
    ):
        raise ConfigurationError(
            f"a load_id is a text of 1 to {_LONGEST_LOAD_ID} printable characters, "
            f"such as the day it is for; this is {load_id!r:.60}"
        )
    if mode not in get_args(LoadMode):
        known = ", ".join(map(repr, get_args(LoadMode)))
        raise ConfigurationError(f"there is no mode {mode!r:.60} of loading; there are: {known}")
