"""Plans: what a live system lacks of the contracts' rights, has beyond them, or has otherwise.

Nothing is taken away by a plan: what is beyond the contracts is told, with the statement that would
revoke it, for somebody to decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """What a step is there for."""

    ADD = "add"  # the contracts say it, and the system does not have it
    CHANGE = "change"  # the system has it in another form
    EXTRA = "extra"  # the system has it, and no contract says it


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A right of a role on something, in the words and names of the system's own catalogue:
    `SELECT` on `table sales.orders`, `Read` on `topic sales.orders.v1`."""

    on: str
    role: str
    right: str


@dataclass(frozen=True, slots=True)
class Step:
    """What to run, and why. The statement of an EXTRA takes it away, and is never run from here.
    `contract` is the id of the one that says it, if one does."""

    kind: Kind
    statement: str
    why: str
    contract: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What grants something, and why a contract wants it."""

    statement: str
    why: str
    contract: str | None = None


class System(Protocol):
    """A live system, beside the contracts that it was opened with."""

    @property
    def title(self) -> str:
        """What it is called in a sentence: `PostgreSQL`."""

    @property
    def remark(self) -> str:
        """What a remark begins with among its statements."""

    def wanted(self) -> Mapping[Grant, Wanted]:
        """What the contracts say, in the order in which it can be granted."""

    def read(self) -> Collection[Grant]:
        """What is granted now on the things that the contracts name, owners' own rights aside."""

    def changes(self) -> Iterable[Step]:
        """What has to be there before rights on it are, and what of it is otherwise: views,
        policies, topics."""

    def revoking(self, grant: Grant) -> str:
        """The statement that takes a right away."""

    def run(self, statement: str) -> None:
        """Runs a statement; SystemError says why the system does not take it."""

    def close(self) -> None:
        """Lets go of the connection."""


class SystemError(Exception):
    """What the system says against it, without an address or a secret."""


def plan(system: System) -> tuple[Step, ...]:
    """The steps in the order in which they can be run, those beyond the contracts last.

    Rights on what is in another form are given with the step that changes it, and not before:
    nobody is to read in a view what it only shows for now.
    """
    changes = tuple(system.changes())
    together = {
        statement
        for each in changes
        if each.kind is Kind.CHANGE
        for statement in each.statement.split(";\n")
    }
    steps = (*changes, *(each for each in compare(system) if each.statement not in together))
    return tuple(sorted(steps, key=lambda each: each.kind is Kind.EXTRA))


def compare(system: System) -> Iterator[Step]:
    """The steps that grant what is missing, then those about what is too many."""
    wanted = system.wanted()
    there = set(system.read())
    said: set[str] = set()
    for grant, each in wanted.items():
        # One statement may grant several rights.
        if grant not in there and each.statement not in said:
            said.add(each.statement)
            yield Step(Kind.ADD, each.statement, each.why, each.contract)
    for grant in sorted(there - set(wanted)):
        why = f"`{grant.role}` has {grant.right} on {grant.on}, and no contract says so"
        yield Step(Kind.EXTRA, system.revoking(grant), why)


def additions(steps: Iterable[Step]) -> Iterator[Step]:
    """What may be run and changes nothing that is there."""
    return (each for each in steps if each.kind is Kind.ADD)


def document(steps: Iterable[Step]) -> list[dict[str, object]]:
    """The plan as JSON."""
    return [asdict(each) for each in steps]
