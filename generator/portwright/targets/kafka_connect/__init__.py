"""Kafka Connect: the configuration of a sink connector for each object with a stream, which keeps
a table up to date on a Connect cluster that is there already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import ClassVar

from portwright import names
from portwright.diagnostics import Diagnostic
from portwright.model import Model, Object, Port
from portwright.render import dump_json
from portwright.targets import File
from portwright.targets.findings import shared_files
from portwright.targets.kafka_connect.connectors import connector
from portwright.targets.kafka_connect.findings import find
from portwright.targets.kafka_connect.sinks import SINKS
from portwright.targets.python.wire import WIRES


@dataclass(frozen=True, slots=True)
class KafkaConnect:
    """`<namespace>/<object>.<sink>-sink.json`. `wire` is how the streams' values are written."""

    name: ClassVar[str] = "kafka-connect"
    summary: ClassVar[str] = f"configurations of sink connectors ({', '.join(SINKS)})"

    sink: str = field(metadata={"choices": tuple(SINKS)})
    wire: str = field(default="avro", metadata={"choices": WIRES})

    def check(self, model: Model) -> Iterator[Diagnostic]:
        yield from shared_files(model, "PW394", lambda each: self._path(model, each))
        for each in _streams(model):
            yield from find(each, SINKS[self.sink], self.wire)

    def emit(self, model: Model) -> Iterator[File]:
        for each in _streams(model):
            document = connector(model, each, SINKS[self.sink], self.wire)
            yield File(self._path(model, each), dump_json(document))

    def _path(self, model: Model, object_: Object) -> PurePosixPath:
        suffix = f".{self.sink}-sink.json"
        return names.file_of(names.namespace(model), object_.name, suffix)


def _streams(model: Model) -> Iterator[Object]:
    return (each for each in model.objects if Port.STREAM in each.ports)
