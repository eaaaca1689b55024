"""Staging: the rows of a load in a temporary table of DuckDB, which spills what memory does not
hold to disk. All loads are audited here, whatever engine they are for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from portwright_runtime.arrow import RecordBatch
from portwright_runtime.errors import WarehouseError
from portwright_runtime.loading.batches import Batch, Rejected
from portwright_runtime.loading.naming import listed, literal, quoted
from portwright_runtime.warehouse import Table

if TYPE_CHECKING:
    import duckdb

STAGED: Final = 'temp."_portwright_staging"'
REJECTED: Final = 'temp."_portwright_rejected"'
# Beside the columns of the table: which row of the load it is, and whether its key is no more.
ROW: Final = "_portwright_row"
DELETED: Final = "_portwright_deleted"
# The number of the first rule that a row breaks, and that rule: names that no column has.
_FAULT: Final = '"_portwright_fault"'
_TOLD: Final = '"_portwright_told"'
_BATCH: Final = "_portwright_batch"


class Staging:
    """The staged rows of one load, on a connection to DuckDB of its own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: Table[Any]) -> None:
        self._connection = connection
        self.table = table
        self.columns = listed(each.name for each in table.columns)
        # The table's types and none of its constraints: audits count what those refuse.
        types = ", ".join(
            f"{quoted(name)} {type_}" for name, type_ in table.dialects["duckdb"].columns
        )
        connection.execute(
            f"CREATE TEMP TABLE {STAGED} ({quoted(ROW)} BIGINT, {quoted(DELETED)} BOOLEAN, {types})"
        )
        connection.execute(
            f"CREATE TEMP TABLE {REJECTED}"
            f" ({quoted(ROW)} BIGINT, path VARCHAR, rule VARCHAR, shown VARCHAR)"
        )
        self.superseded = 0

    def add(self, batch: Batch) -> Sequence[Rejected]:
        """Adds rows where no reader sees them; those that are rejected."""
        import duckdb

        try:
            self._insert(batch.rows, batch.numbers, False)
        except duckdb.ConversionException:
            if batch.again is None:
                raise
            return self.add(batch.again())
        if batch.deleted is not None:
            self._insert(batch.deleted, batch.deleted_numbers, True)
        if batch.rejected:
            self._reject(batch.rejected)
        return batch.rejected

    def count(self, where: str = "true") -> int:
        """How many of the staged rows meet the condition."""
        return self._number(f"SELECT count(*) FROM {STAGED} WHERE {where}")

    @property
    def rejected(self) -> int:
        """How many rows were put aside."""
        return self._number(f"SELECT count(*) FROM {REJECTED}")

    @property
    def rows(self) -> int:
        """How many rows are to be written."""
        return self.count(f"NOT {quoted(DELETED)}")

    @property
    def deleted(self) -> int:
        """How many keys are to be taken out of the table."""
        return self.count(quoted(DELETED))

    @property
    def watermark(self) -> str | None:
        """The greatest value of the column that grows, as text."""
        if self.table.latest_by is None:
            return None
        column = quoted(self.table.latest_by)
        [[found]] = self.query(f"SELECT CAST(max({column}) AS VARCHAR) FROM {STAGED}")
        return None if found is None else str(found)

    def put_aside(self, rules: Iterable[tuple[str, str, str]]) -> None:
        """Rejects the rows that break a rule: its path, its words, the condition of bad rows."""
        faults = [*rules]
        if not faults:
            return
        cases = " ".join(f"WHEN {bad} THEN {at}" for at, (_, _, bad) in enumerate(faults))
        named = ", ".join(f"[{literal(path)}, {literal(rule)}]" for path, rule, _ in faults)
        self._put_aside(
            f"SELECT {quoted(ROW)}, ([{named}])[{_FAULT} + 1] AS {_TOLD} FROM (SELECT *,"
            f" CASE {cases} END AS {_FAULT} FROM {STAGED} WHERE NOT {quoted(DELETED)})"
            f" WHERE {_FAULT} IS NOT NULL"
        )

    def put_repeated_aside(self, key: tuple[str, ...], path: str, rule: str) -> None:
        """Rejects the rows whose key an earlier row has."""
        filled = " AND ".join(f"{quoted(column)} IS NOT NULL" for column in key)
        told = f"[{literal(path)}, {literal(rule)}]"
        self._put_aside(
            f"SELECT {quoted(ROW)}, {told} AS {_TOLD} FROM {STAGED} WHERE {filled}"
            f" QUALIFY row_number() OVER (PARTITION BY {listed(key)} ORDER BY {quoted(ROW)}) > 1"
        )

    def keep_latest(self) -> None:
        """Of the rows of one primary key, the latest; counts the others as superseded."""
        key = listed(self.table.primary_key)
        latest = quoted(self.table.latest_by) + " DESC, " if self.table.latest_by else ""
        before = self.count()
        self._execute(
            f"DELETE FROM {STAGED} WHERE {quoted(ROW)} IN (SELECT {quoted(ROW)} FROM {STAGED}"
            f" QUALIFY row_number() OVER (PARTITION BY {key}"
            f" ORDER BY {latest}{quoted(ROW)} DESC) > 1)"
        )
        self.superseded += before - self.count()

    def attach(self, name: str, rows: Any) -> None:
        """Lets queries read what is in Arrow's form under the name."""
        self._connection.register(name, rows)

    def leave_out(self, which: str) -> int:
        """How many staged rows `s` meet the condition; they are left out."""
        found = self._number(f"SELECT count(*) FROM {STAGED} AS s WHERE {which}")
        if found:
            self._execute(f"DELETE FROM {STAGED} AS s WHERE {which}")
        return found

    def batches(
        self, columns: str, where: str = "true", first: Sequence[str] = ()
    ) -> Iterator[RecordBatch]:
        """The staged rows, expressions over their columns; ordered by the columns that come
        `first`, then as they came in."""
        order = listed([*first, ROW])
        rows: Any = self._connection.sql(
            f"SELECT {columns} FROM {STAGED} WHERE {where} ORDER BY {order}"
        )
        yield from rows.to_arrow_reader(65_536)

    def rejections(self) -> Iterator[Rejected]:
        """The rows that were put aside, in their order."""
        cursor = self._execute(
            f"SELECT {quoted(ROW)}, path, rule, shown FROM {REJECTED} ORDER BY {quoted(ROW)}"
        )
        while found := cursor.fetchmany(10_000):
            yield from (Rejected(*each) for each in found)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows that a query finds."""
        return self._execute(statement).fetchall()

    def close(self) -> None:
        """Frees what is staged."""
        import duckdb

        with suppress(duckdb.Error):
            self._connection.close()

    # ----------------------------------------------------------------- private

    def _execute(self, statement: str) -> duckdb.DuckDBPyConnection:
        """A cursor; a WarehouseError where neither memory nor disk have the space."""
        import duckdb

        try:
            return self._connection.execute(statement)
        except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
            said = str(error).split("\n", 1)[0]
            raise WarehouseError(
                f"cannot stage the rows of {self.table.object}: {said}; free some space there"
            ) from None

    def _number(self, statement: str) -> int:
        [[found]] = self.query(statement)
        return int(found)

    def _insert(self, rows: RecordBatch, numbers: Iterable[int], deleted: bool) -> None:
        import pyarrow

        if not rows.num_rows:
            return
        marks = [pyarrow.array(numbers, pyarrow.int64()), pyarrow.repeat(deleted, rows.num_rows)]
        names = [ROW, DELETED, *rows.schema.names]
        self._register(pyarrow.RecordBatch.from_arrays([*marks, *rows.columns], names=names))
        try:
            self._execute(f"INSERT INTO {STAGED} BY NAME SELECT * FROM {quoted(_BATCH)}")
        finally:
            self._connection.unregister(_BATCH)

    def _register(self, batch: RecordBatch) -> None:
        self._connection.register(_BATCH, batch)

    def _reject(self, rejected: Iterable[Rejected]) -> None:
        import pyarrow

        found = [(each.row, each.path, each.rule, each.shown) for each in rejected]
        row, *texts = zip(*found, strict=True)
        arrays = [
            pyarrow.array(row, pyarrow.int64()),
            *(pyarrow.array([*map(_encodable, each)], pyarrow.string()) for each in texts),
        ]
        self._register(
            pyarrow.RecordBatch.from_arrays(arrays, names=[ROW, "path", "rule", "shown"])
        )
        try:
            self._execute(f"INSERT INTO {REJECTED} SELECT * FROM {quoted(_BATCH)}")
        finally:
            self._connection.unregister(_BATCH)

    def _put_aside(self, faults: str) -> None:
        """Moves the rows that the query names: their numbers, and path and rule."""
        public = [each for each in self.table.columns if not each.classified]
        pairs = ", ".join(f"{literal(each.property)}: {quoted(each.name)}" for each in public)
        shown = f"CAST(to_json({{{pairs}}}) AS VARCHAR)" if pairs else "'{}'"
        self._execute(
            f"INSERT INTO {REJECTED} SELECT {quoted(ROW)}, {_TOLD}[1], {_TOLD}[2], {shown}"
            f" FROM {STAGED} JOIN ({faults}) USING ({quoted(ROW)})"
        )
        self._execute(
            f"DELETE FROM {STAGED} WHERE {quoted(ROW)} IN (SELECT {quoted(ROW)} FROM {REJECTED})"
        )


def _encodable(text: str) -> str:
    """The text, with half characters spelled out: they may be what a row is rejected for."""
    return text.encode("utf-8", "backslashreplace").decode()
