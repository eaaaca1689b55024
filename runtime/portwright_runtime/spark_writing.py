"""Rows into tables of Delta Lake and of Iceberg, each batch of a stream once.

A batch that was written and not yet marked in the checkpoint comes again, whole and under its old
number. Delta Lake has the number in its log (`txnAppId`, `txnVersion`) and passes over a write
that it has seen; for Iceberg, the number is in the summary of the snapshot, and looked up before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from portwright_runtime.spark_reading import MESSAGE
from portwright_runtime.spark_table import SparkTable, TableFormat

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_QUERY: Final = "portwright-query"
_BATCH: Final = "portwright-batch"
_SNAPSHOT: Final = "spark.sql.iceberg.snapshot-property"
_DELTA: Final = "spark.databricks.delta.write"
_LETTER: Final = {
    "topic": "STRING NOT NULL",
    "partition": "INT NOT NULL",
    "offset": "BIGINT NOT NULL",
    "timestamp": "TIMESTAMP",
    "key": "BINARY",
    "value": "BINARY",
    "headers": "ARRAY<STRUCT<key: STRING, value: BINARY>>",
}
_TOLD: Final = {
    "reason": "STRING NOT NULL",
    "error": "STRING NOT NULL",
    "contract": "STRING NOT NULL",
    "put_aside_at": "TIMESTAMP NOT NULL",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One batch of one query, which a table has or has not."""

    query: str
    batch: int


@dataclass(frozen=True, slots=True)
class Target:
    """A table by its name in SQL, the one for dead letters beside it, and the format of both."""

    name: str
    format: TableFormat

    @property
    def letters(self) -> str:
        """`orders_dead_letters`, beside `orders`."""
        name, quote = (self.name[:-1], "`") if self.name.endswith("`") else (self.name, "")
        return f"{name}_dead_letters{quote}"

    def create(self, session: SparkSession, table: SparkTable) -> None:
        """Makes the tables that are not there."""
        columns = ", ".join(f"{each.name} {each.definition}" for each in table.columns)
        options = table.options.get(self.format, "")
        self._create(session, self.name, columns, options)
        told = {**_LETTER, **_TOLD}
        columns = ", ".join(f"`{name}` {type_}" for name, type_ in told.items())
        self._create(session, self.letters, columns, "")

    def _create(self, session: SparkSession, name: str, columns: str, options: str) -> None:
        using = f"USING {self.format} {options}"
        session.sql(f"CREATE TABLE IF NOT EXISTS {name} ({columns}) {using}")

    def put_aside(self, judged: DataFrame, table: SparkTable, mark: Mark) -> None:
        """Adds what is at fault to the dead letters."""
        fault = judged.where(f"{MESSAGE}.fault IS NOT NULL")
        contract = f"{table.contract} {table.version}".replace("\\", "\\\\").replace("'", "\\'")
        letters = fault.selectExpr(
            *(f"{MESSAGE}.message.`{name}`" for name in _LETTER),
            f"{MESSAGE}.fault.reason",
            f"{MESSAGE}.fault.error",
            f"'{contract}' AS contract",
            "current_timestamp() AS put_aside_at",
        )
        if not letters.isEmpty():
            self._run(letters, self.letters, _insert(self.letters, [*_LETTER, *_TOLD]), mark)

    def write(self, judged: DataFrame, table: SparkTable, mark: Mark) -> None:
        """Brings the table up to date with what is not at fault."""
        rows = judged.where(f"{MESSAGE}.fault IS NULL")
        names = [each.name for each in table.columns]
        if table.key:
            self._run(_newest(rows, table), self.name, _merge(self.name, table), mark)
        else:
            insert = _insert(self.name, names, quoted=True)
            self._run(rows.select(*names), self.name, insert, mark)

    def _run(self, rows: DataFrame, name: str, statement: str, mark: Mark) -> None:
        """Runs a statement over `rows`, its view `portwright_batch`, unless the table has them."""
        session = rows.sparkSession
        if self.format == "iceberg" and mark.batch <= _last(session, name, mark.query):
            return
        rows.createOrReplaceTempView("portwright_batch")
        with _set(session, _marking(self.format, mark)):
            session.sql(statement)


def _marking(format_: TableFormat, mark: Mark) -> dict[str, str]:
    """The settings of a session that mark what it writes."""
    if format_ == "delta":
        return {f"{_DELTA}.txnAppId": mark.query, f"{_DELTA}.txnVersion": str(mark.batch)}
    return {f"{_SNAPSHOT}.{_QUERY}": mark.query, f"{_SNAPSHOT}.{_BATCH}": str(mark.batch)}


@contextmanager
def _set(session: SparkSession, settings: Mapping[str, str]) -> Iterator[None]:
    for name, value in settings.items():
        session.conf.set(name, value)
    try:
        yield
    finally:
        for name in settings:
            session.conf.unset(name)


def _last(session: SparkSession, table: str, query: str) -> int:
    """The last batch of the query that an Iceberg table has, -1 if none."""
    snapshots = session.table(f"{table}.snapshots").where(f"summary['{_QUERY}'] = '{query}'")
    found = snapshots.selectExpr(f"max(CAST(summary['{_BATCH}'] AS BIGINT)) AS last").first()
    return -1 if found is None or found["last"] is None else int(found["last"])


def _newest(rows: DataFrame, table: SparkTable) -> DataFrame:
    """The last of what a batch has of every key. The messages of a key are in one partition, in
    order, where the key is that of the rows; elsewhere their times tell."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    message = f"{MESSAGE}.message"
    order = ["offset"] if table.deletes else ["timestamp", "partition", "offset"]
    window = Window.partitionBy(*(f"{MESSAGE}.key.k{n}" for n, _ in enumerate(table.key))).orderBy(
        *(f.col(f"{message}.`{each}`").desc() for each in order)
    )
    ranked = rows.withColumn(MESSAGE, f.col(MESSAGE).withField("rank", f.row_number().over(window)))
    return ranked.where(f"{MESSAGE}.rank = 1")


def _merge(name: str, table: SparkTable) -> str:
    same = " AND ".join(f"t.{each.name} = s.{MESSAGE}.key.k{n}" for n, each in enumerate(table.key))
    names = [each.name for each in table.columns]
    return (
        f"MERGE INTO {name} AS t USING portwright_batch AS s ON {same}"
        f" WHEN MATCHED AND s.{MESSAGE}.deleted THEN DELETE"
        f" WHEN MATCHED THEN UPDATE SET {', '.join(f't.{each} = s.{each}' for each in names)}"
        f" WHEN NOT MATCHED AND NOT s.{MESSAGE}.deleted THEN INSERT ({', '.join(names)})"
        f" VALUES ({', '.join(f's.{each}' for each in names)})"
    )


def _insert(name: str, names: list[str], *, quoted: bool = False) -> str:
    listed = ", ".join(names if quoted else (f"`{each}`" for each in names))
    return f"INSERT INTO {name} ({listed}) SELECT {listed} FROM portwright_batch"
