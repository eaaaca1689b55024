"""The table of rows that were put aside, in ClickHouse: each is of one attempt, by its token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, Final

import pyarrow

from portwright_runtime.loading.batches import Rejected
from portwright_runtime.warehouse import QUARANTINE
from portwright_runtime.warehouses.clickhouse_server import (
    Place,
    Server,
    joined,
    listed,
    literal,
    structure,
)
from portwright_runtime.warehouses.ledger import Entry

_AT_ONCE: Final = 10_000
_COLUMNS: Final = {
    "contract": "String",
    "table": "String",
    "load_id": "String",
    "row": "Int64",
    "path": "String",
    "rule": "String",
    "shown": "String",
    "token": "Int64",
}


class Quarantine:
    """The table in one database."""

    def __init__(self, server: Server, database: str) -> None:
        self._server = server
        self._place: Place = (database, QUARANTINE)

    def put_aside(self, entry: Entry, rejections: Iterable[Rejected]) -> None:
        """Writes down the rejected rows of an attempt, if there are any."""
        types = [
            pyarrow.int64() if type_ == "Int64" else pyarrow.string() for type_ in _COLUMNS.values()
        ]
        schema = pyarrow.schema(list(zip(_COLUMNS, types, strict=True)))
        batches = _batches(entry, rejections, schema)
        for first in batches:  # there is none where there are no rows
            self._make()
            names = listed(_COLUMNS)
            self._server.insert(
                f"INSERT INTO {joined(self._place)} ({names}, put_aside_at)"
                f" SELECT {names}, now64(6) FROM input({literal(structure(_COLUMNS.items()))})",
                schema,
                chain([first], batches),
            )

    def forget(self, entry: Entry, *, others: bool) -> None:
        """Takes out the rows of the attempt, or those of the others at the same load."""
        if self._server.engine(self._place) is not None:
            contract, table, load_id = map(literal, entry.key)
            which = "!=" if others else "="
            self._server.run(
                f"DELETE FROM {joined(self._place)} WHERE contract = {contract}"
                f" AND `table` = {table} AND load_id = {load_id} AND token {which} {entry.token}"
            )

    def _make(self) -> None:
        columns = structure([*_COLUMNS.items(), ("put_aside_at", "DateTime64(6, 'UTC')")])
        self._server.run(
            f"CREATE TABLE IF NOT EXISTS {joined(self._place)} ({columns})"
            " ENGINE = MergeTree ORDER BY (contract, `table`, load_id, row)"
        )


def _batches(entry: Entry, rejections: Iterable[Rejected], schema: Any) -> Iterator[Any]:
    source = iter(rejections)
    while some := [*islice(source, _AT_ONCE)]:
        rows = [(*entry.key, e.row, e.path, e.rule, e.shown, entry.token) for e in some]
        columns = zip(*rows, strict=True)
        arrays = [
            pyarrow.array(each, field.type) for each, field in zip(columns, schema, strict=True)
        ]
        yield pyarrow.RecordBatch.from_arrays(arrays, schema=schema)
