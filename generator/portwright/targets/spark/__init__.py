"""Spark: a job of Structured Streaming for each object with a stream, from its topic to a table of
Delta Lake or of Iceberg. What all jobs share is in the runtime (`spark_job`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import ClassVar

from portwright import names
from portwright.diagnostics import Diagnostic, error
from portwright.model import Model, Object
from portwright.targets import File
from portwright.targets.ddl import columns
from portwright.targets.findings import shared_files
from portwright.targets.python.wire import WIRES
from portwright.targets.spark.dialect import SPARK
from portwright.targets.spark.findings import find, streams
from portwright.targets.spark.jobs import job


def _path(model: Model, object_: Object) -> PurePosixPath:
    return names.file_of(names.namespace(model), object_.name, "_to_table.py")


@dataclass(frozen=True, slots=True)
class Spark:
    """`<namespace>/<object>_to_table.py`. `wire` is how the values of the streams are written."""

    name: ClassVar[str] = "spark"
    summary: ClassVar[str] = "jobs of Spark from topics to tables of Delta Lake or Iceberg"

    wire: str = field(default="avro", metadata={"choices": WIRES})

    def check(self, model: Model) -> Iterator[Diagnostic]:
        found = streams(model)
        if self.wire != "avro" and found.objects:
            yield error(
                "PW390",
                "the jobs of Spark read Avro, and the streams are written as Protobuf",
                model.span,
                "write Avro (`wire: avro` of both targets), or take the target `kafka-connect`",
            )
        yield from shared_files(found, "PW391", lambda each: _path(model, each))
        yield from find(found)

    def emit(self, model: Model) -> Iterator[File]:
        found = streams(model)
        for each in found.objects:
            yield File(_path(model, each), job(found, each))

    def type_of(self, model: Model) -> str:
        """The type of the table's only column."""
        return columns(model.objects[0], SPARK)[0].type
