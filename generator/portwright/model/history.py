"""The history of a contract: its versions, and what changed from each to the next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a change is to an audience: `level` is ok, risky or breaking, `why` may be empty."""

    audience: str
    level: str
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """A change in words, and what it means: the `path` leads to what has changed."""

    path: str
    title: str
    means: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A version, and what changed in it since the one `before`, which is None of the first."""

    version: str
    before: str | None
    changes: tuple[Told, ...] = ()
