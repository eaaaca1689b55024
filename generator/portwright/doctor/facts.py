"""What is found of one thing, and how bad that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"  # works, but not all of it, or not everywhere
    BAD = "bad"  # `generate`, or what it generates, does not work


@dataclass(frozen=True, slots=True)
class Fact:
    """`help` is the way out, where one is needed."""

    about: str
    verdict: Verdict
    said: str
    help: str | None = None


def ok(about: str, said: str) -> Fact:
    return Fact(about, Verdict.OK, said)


def warn(about: str, said: str, help: str) -> Fact:
    return Fact(about, Verdict.WARN, said, help)


def bad(about: str, said: str, help: str) -> Fact:
    return Fact(about, Verdict.BAD, said, help)
