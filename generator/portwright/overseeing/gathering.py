"""What a report tells: the contracts of configs, and how what was generated of them stands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from portwright import monorepo, policies
from portwright.diagnostics import Diagnostic
from portwright.manifest import read_manifest
from portwright.model import PolicyAllowance
from portwright.oversight import Ending, Overview
from portwright.plan import compare
from portwright.run import Run, build


@dataclass(frozen=True, slots=True)
class LetOff:
    """What a contract is let off: the allowance, how many findings it lets pass, and in how many
    days it ends, if ever."""

    allowance: PolicyAllowance
    findings: int
    days: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A contract, as `config` lists it: what is known of it, and its ends with the days to go."""

    config: str
    known: Overview
    ends: tuple[tuple[Ending, int], ...]
    allowed: tuple[LetOff, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """A generated file that is not what it would be; `what` would be done."""

    config: str
    file: str
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """All of it on a `day`. `near` is how many days are soon; `errors` are in contracts."""

    day: date
    near: int
    entries: tuple[Entry, ...] = ()
    drift: tuple[Drift, ...] = ()
    errors: int = 0

    def soon(self, days: int | None) -> bool:
        return days is not None and days <= self.near


def gather(config: Path, below: Path | None, jobs: int | None, day: date, near: int) -> Report:
    """The report on a config, or on all below a folder; their findings are printed."""
    configs = [config] if below is None else monorepo.find(below)
    if not configs:
        monorepo.tell_none(below or config.parent, "text")
        sys.exit(2)
    runs = [
        (str(each), build(each.parent, each.name, "text", True, jobs, whole=False, overviews=True))
        for each in configs
    ]
    return Report(
        day,
        near,
        tuple(each for name, run in runs for each in _entries(name, run, day)),
        tuple(each for name, run in runs for each in _drift(name, run)),
        sum(each.is_error for _, run in runs for each in run.diagnostics),
    )


def _entries(name: str, run: Run, day: date) -> Iterator[Entry]:
    for known in run.build.overviews:
        passed = [each for each in run.build.allowed if each.finding.span.file == known.source]
        yield Entry(
            name,
            known,
            tuple((each, (date.fromisoformat(each.day) - day).days) for each in known.endings),
            tuple(_exception(each, passed, day) for each in known.allowances),
        )


def _exception(allowance: PolicyAllowance, passed: list[policies.Allowed], day: date) -> LetOff:
    count = sum(each.allowance == allowance for each in passed)
    days = (allowance.until - day).days if allowance.until else None
    return LetOff(allowance, count, days)


def _drift(name: str, run: Run) -> Iterator[Drift]:
    """What `generate` would do; nothing is known of it where a contract has an error."""
    if run.build.failed:
        return
    known, found = read_manifest(run.root)
    todo = compare(run.root, run.build.files, known, run.build.state)
    for each in (*todo.writes, *todo.removals):
        yield Drift(name, str(each.path), _WORDS[each.verb])
    faults: tuple[Diagnostic, ...] = (*found, *todo.diagnostics, *todo.unsettled)
    for fault in faults:
        if fault.is_error:
            yield Drift(name, fault.span.file, fault.message)


_WORDS = {
    "removed": "would be removed",
    "wrote": "is missing",
    "merged": "would be merged with what is new",
    "updated": "is not what would be generated",
}
