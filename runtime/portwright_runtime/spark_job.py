"""A job of Spark that keeps a table up to date with a topic: the program of generated jobs.

Spark keeps in the checkpoint which offsets are in which batch, before it hands the batch out. What
ends between a write and the mark in the checkpoint comes again as the same batch, which tables then
pass over (see `spark_writing`).
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from portwright_runtime.confluent_registry import VARIABLE, ConfluentRegistry, registry_options
from portwright_runtime.memory_stream import PlainRegistry
from portwright_runtime.schema import Registry, Schema
from portwright_runtime.spark_reading import judged, named
from portwright_runtime.spark_table import FORMATS, SparkTable, TableFormat
from portwright_runtime.spark_writing import Mark, Target
from portwright_runtime.wire import Wire

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.streaming.query import StreamingQuery

_SOURCE: Final = {
    "startingOffsets": "earliest",
    "includeHeaders": "true",
    "kafka.isolation.level": "read_committed",
}


@dataclass(frozen=True, slots=True)
class Job:
    """One job: what it reads and writes, and where it keeps how far it came.

    `kafka` has options of Spark's source, such as `kafka.security.protocol`; with `once` the job
    ends when it has read what was there as it began.
    """

    table: SparkTable
    target: Target
    bootstrap: str
    registry: Registry
    checkpoint: str
    once: bool = False
    kafka: Mapping[str, str] = field(default_factory=dict)

    def start(self, session: SparkSession) -> StreamingQuery:
        """The query, which runs."""
        self.target.create(session, self.table)
        servers = {"kafka.bootstrap.servers": self.bootstrap, "subscribe": self.table.topic}
        options = {**_SOURCE, **self.kafka, **servers}
        messages = session.readStream.format("kafka").options(**options).load()
        writer = messages.writeStream.queryName(f"{self.table.topic} to {self.target.name}")
        writer = writer.option("checkpointLocation", self.checkpoint)
        if self.once:
            writer = writer.trigger(availableNow=True)
        return writer.foreachBatch(self._batches()).start()

    def _batches(self) -> Callable[[DataFrame, int], None]:
        """What writes one batch after the other."""
        writers = Writers(Wire(self.registry, "prefix"), self.table)
        query: list[str] = []

        def write(batch: DataFrame, number: int) -> None:
            if not query:
                query.append(_query_id(batch.sparkSession, self.checkpoint))
            self.write(batch, Mark(query[0], number), writers)

        return write

    def write(self, batch: DataFrame, mark: Mark, writers: Writers) -> None:
        """Writes one batch of messages; the same batch again changes nothing."""
        messages = named(batch, self.table, numbered=self.registry.numbered).persist()
        try:
            found = [row["name"] for row in messages.select("name").distinct().collect()]
            schemas = {bytes(name): writers[bytes(name)] for name in found if name is not None}
            rows = judged(messages, self.table, schemas).persist()
            try:
                self.target.put_aside(rows, self.table, mark)
                self.target.write(rows, self.table, mark)
            finally:
                rows.unpersist()
        finally:
            messages.unpersist()


class Writers(dict[bytes, Schema | None]):
    """The schemas of writers by what names them; each is asked for once."""

    def __init__(self, wire: Wire, table: SparkTable) -> None:
        ours = Schema(table.schema)
        super().__init__({b"": ours, b"\x01" + bytes.fromhex(table.guid): ours})
        self._wire = wire

    def __missing__(self, name: bytes) -> Schema | None:
        found = self._wire.writer(name)
        # What is not known today may be tomorrow.
        if found is not None:
            self[name] = found
        return found


def _query_id(session: SparkSession, checkpoint: str) -> str:
    """What names the query for as long as its checkpoint is there."""
    found = session.read.json(f"{checkpoint.rstrip('/')}/metadata").first()
    assert found is not None
    return str(found["id"])


def main(table: SparkTable, words: Sequence[str] | None = None) -> int:
    """The exit code of a job's command line."""
    arguments = parser(table).parse_args(words)
    from pyspark.sql import SparkSession

    title = f"{table.contract} {table.version}: {table.object}"
    session = SparkSession.builder.appName(title).getOrCreate()
    job_of(table, arguments).start(session).awaitTermination()
    return 0


def job_of(table: SparkTable, arguments: argparse.Namespace) -> Job:
    """The job that a command line says."""
    form: TableFormat = arguments.format
    url: str = arguments.registry
    options = registry_options(os.environ)
    registry = PlainRegistry() if url == "none" else ConfluentRegistry(url, options)
    return Job(
        table,
        Target(arguments.table, form),
        arguments.bootstrap_servers,
        registry,
        arguments.checkpoint,
        arguments.once,
        _kafka_options(arguments.kafka_config),
    )


def _kafka_options(path: Path | None) -> dict[str, str]:
    """The options in a file, `name=value` a line."""
    lines = path.read_text("utf-8").splitlines() if path else []
    parts = (line.partition("=") for line in lines if line.strip() and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in parts}


def parser(table: SparkTable) -> argparse.ArgumentParser:
    """What a job takes."""
    told = f"Keeps a table up to date with the topic {table.topic}."
    made = argparse.ArgumentParser(description=told)
    url = os.environ.get(VARIABLE)
    made.add_argument("--bootstrap-servers", required=True, metavar="HOST:PORT,…")
    made.add_argument(
        "--registry",
        required=not url,
        default=url,
        metavar="URL",
        help=f"the schema registry ({VARIABLE}), or `none`",
    )
    made.add_argument("--checkpoint", required=True, help="the folder of how far the job came")
    made.add_argument("--table", default=table.table, help="its name (%(default)s)")
    made.add_argument("--format", choices=FORMATS, default=FORMATS[0])
    made.add_argument("--once", action="store_true", help="end when all that is there is read")
    made.add_argument(
        "--kafka-config",
        type=Path,
        metavar="FILE",
        help="options of Spark's source, a line each: kafka.security.protocol=SASL_SSL",
    )
    return made
