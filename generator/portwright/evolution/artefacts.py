"""What a change does to what is generated: schemas by how they read each other's data, Python types
by what code of before meets. Data's words; `matrix_artefacts` is the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portwright.evolution.effects import Level
from portwright.model import Port


class Artefact(StrEnum):
    """What is generated for readers and writers of records; tables are migrated, not read."""

    AVRO = "avro"
    PROTOBUF = "protobuf"
    JSON_SCHEMA = "json-schema"
    PYTHON = "python"


# What an object must have for somebody to read by an artefact; code is there for all ports.
NEEDED: Mapping[Artefact, Port] = {
    Artefact.AVRO: Port.STREAM,
    Artefact.PROTOBUF: Port.STREAM,
    Artefact.JSON_SCHEMA: Port.STREAM,
}


class Outcome(StrEnum):
    """How a reader fares: every record is read as it was written; some records, or some libraries,
    are refused; all are; or some are read as something else, and nothing says so."""

    READS = "reads"
    SOME = "some"
    REFUSES = "refuses"
    MISREADS = "misreads"

    @property
    def level(self) -> Level:
        return _LEVELS[self]


_LEVELS = {
    Outcome.READS: Level.OK,
    Outcome.SOME: Level.RISKY,
    Outcome.REFUSES: Level.BREAKING,
    Outcome.MISREADS: Level.BREAKING,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a change of a schema does both ways: `old` is the old schema over new data, `new` is the
    new one over old data. Of Python types, `old` is code that handles records, `new` code that
    makes them. `why` is a sentence."""

    old: Outcome
    new: Outcome
    why: str

    @property
    def level(self) -> Level:
        return max(self.old.level, self.new.level)
