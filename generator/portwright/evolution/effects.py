"""What a change does: to whom, how badly, and by how much it raises the version. Data's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from portwright.model import Port


class Audience(StrEnum):
    """Who may be broken by a change.

    `stream-readers` have the old schema, and read new messages. `replay` is whoever has the new
    schema, and reads old messages or rows. `tables` are those in the warehouse, which have to be
    altered; `sql-readers` query them. `operators` grant access and answer for what is promised.
    """

    PRODUCER = "producer"
    STREAM_READERS = "stream-readers"
    REPLAY = "replay"
    TABLES = "tables"
    SQL_READERS = "sql-readers"
    OPERATORS = "operators"


# What an object must have for an audience to be there.
NEEDED: Mapping[Audience, Port] = {
    Audience.STREAM_READERS: Port.STREAM,
    Audience.TABLES: Port.TABLE,
    Audience.SQL_READERS: Port.TABLE,
}
# Those who are not asked when the owner releases: what breaks them needs a major version.
CONSUMERS = frozenset({Audience.STREAM_READERS, Audience.REPLAY, Audience.SQL_READERS})


class Level(IntEnum):
    """How badly: not at all; where readers are of a certain kind, or rows of a certain value;
    surely, or without anybody being told."""

    OK = 0
    RISKY = 1
    BREAKING = 2

    def __str__(self) -> str:
        return self.name.lower()


class Bump(IntEnum):
    """Which number of a version has to be raised."""

    PATCH = 0
    MINOR = 1
    MAJOR = 2

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to one audience, and why, in a sentence; only where its object has the
    `port`, if the effect is one of messages or of rows alone."""

    level: Level
    why: str = ""
    port: Port | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What one kind of change means.

    `title` says what has happened, `next_step` what its author can do about it. `least` is the
    bump where it breaks no consumer; with `by_notice` also where it does: what is agreed with
    people is changed by telling them in time, and a new topic would help nobody.
    """

    title: str
    next_step: str
    effects: Mapping[Audience, Effect]
    least: Bump
    by_notice: bool


OK = Effect(Level.OK)


def fine(why: str) -> Effect:
    return Effect(Level.OK, why)


def risky(why: str, port: Port | None = None) -> Effect:
    return Effect(Level.RISKY, why, port)


def breaks(why: str) -> Effect:
    return Effect(Level.BREAKING, why)


def row(
    title: str,
    next_step: str,
    *,
    producer: Effect = OK,
    stream: Effect = OK,
    replay: Effect = OK,
    tables: Effect = OK,
    sql: Effect = OK,
    operators: Effect = OK,
    least: Bump = Bump.MINOR,
    by_notice: bool = False,
) -> Row:
    """A row of the matrix, an effect an audience."""
    effects = zip(Audience, (producer, stream, replay, tables, sql, operators), strict=True)
    return Row(title, next_step, dict(effects), least, by_notice)
