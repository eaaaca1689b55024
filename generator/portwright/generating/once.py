"""One run of `generate`."""

from __future__ import annotations

import os
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portwright import stamp
from portwright.generating import telling
from portwright.reporting import checked, files_told, keep, report, say
from portwright.run import Run, build, plan

if TYPE_CHECKING:
    from portwright.plan import Plan


class Mode(Enum):
    """What a run is for."""

    WRITE = "write"
    CHECK = "check"
    DIFF = "diff"
    WATCH = "watch"


def clock() -> str:
    """The time of the day."""
    return datetime.now().strftime("%H:%M:%S")


def run(config: Path, jobs: int | None, style: str, mode: Mode) -> int:
    """The exit code of a run of so many `jobs`; ends the program where the build fails."""
    from portwright.output import exclusive

    root, name = config.parent, config.name
    with exclusive(root):
        known = stamp.still_true(root, name, os.environ)
        if known is not None:
            count, found = known
            if mode is not Mode.WATCH:
                checked(stamp.inputs(root), root)
                report(found, style, root)
            if mode in (Mode.WRITE, Mode.CHECK):
                say(f"{files_told(count)} up to date", style)
            return 0
        made = build(root, name, style, jobs=jobs, whole=False)
        todo = plan(made, style)
        if mode is Mode.CHECK:
            return _check(made, todo, style)
        if mode is Mode.DIFF:
            return _diff(todo)
        return _write(made, todo, style, mode)


def _check(run: Run, todo: Plan, style: str) -> int:
    report(todo.unsettled, style, run.root)
    drift = [*todo.writes, *todo.removals]
    findings = [write.finding() for write in drift]
    if style == "text":
        keep(findings, run.root)
        telling.diff(drift)
    else:
        report(findings, style, run.root)
    if drift:
        click.echo(f"{files_told(len(drift))} would change; run `portwright generate`", err=True)
    if drift or todo.failed or todo.unsettled:
        return 1
    say("up to date", style)
    return 0


def _diff(todo: Plan) -> int:
    report(todo.unsettled, "text", todo.root)
    drift = [*todo.writes, *todo.removals]
    keep((write.finding() for write in drift), todo.root)
    telling.diff(drift)
    return int(not todo.is_empty or todo.failed or bool(todo.unsettled))


def _write(run: Run, todo: Plan, style: str, mode: Mode) -> int:
    from portwright import output

    if todo.failed:
        return 1
    failed = output.apply(todo)
    if failed:
        report(failed, style, run.root)
        return 1
    written = (*run.build.state, todo.manifest)
    count = len(run.build.files) + len(written)
    # A target that nobody has installed (but put on the path) may be another at any time.
    known = all(each.package != "" for each in run.outputs)
    known = known and not run.config.policies.are_plugged
    if not todo.diagnostics and not todo.unsettled and known:
        stamp.write(run.root, run.inputs, run.taken, run.variables, written, count, run.diagnostics)
    if style == "text":
        keep([*todo.unsettled, *todo.todo], run.root)
        telling.changes(todo, f"{clock()} " if mode is Mode.WATCH else "")
        if mode is Mode.WRITE:
            telling.sums(todo, count)
        telling.to_do(todo, [*run.diagnostics, *todo.diagnostics])
    else:
        report([*todo.unsettled, *todo.todo], style, run.root)
    return int(bool(todo.unsettled))
