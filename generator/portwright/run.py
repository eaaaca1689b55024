"""A run: a config with what was built of it, as commands begin with it. Findings are printed, and a
run that has an error ends the program."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portwright import progress, stamp, terminal
from portwright.diagnostics import Diagnostic
from portwright.reporting import checked, keep, report

if TYPE_CHECKING:
    from portwright.config import Config, Output
    from portwright.pipeline import Build
    from portwright.plan import Plan


@dataclass(frozen=True, slots=True)
class Run:
    """A build, and what it was made from."""

    root: Path
    build: Build
    inputs: stamp.Inputs
    taken: str
    variables: stamp.Environment
    diagnostics: list[Diagnostic]
    config: Config

    @property
    def outputs(self) -> tuple[Output, ...]:
        return self.config.outputs


def build(
    root: Path,
    name: str,
    style: str,
    may_fail: bool = False,
    jobs: int | None = None,
    whole: bool = True,
    overviews: bool = False,
) -> Run:
    """The build of a config, its findings printed; ends the program if one is an error, unless
    those of contracts are for the caller to look at. Its models are left out where not the `whole`
    build is asked for, and `overviews` where these are not."""
    from portwright import cache, overrides, pipeline

    variables = stamp.Environment(os.environ)
    config, found = _read(root, name, style, variables)
    checked((name, *config.contracts), root)
    # Taken before the contracts are read: a change made during the run must not go unseen.
    inputs = _inputs(name, config)
    taken = inputs.digest(root, config.source)
    # What the command makes after this is printed alike.
    click.get_current_context().with_resource(overrides.using(config.templates))
    kept = cache.opened(os.environ)
    with progress.on_terminal(terminal.columns_of_errors()):
        made = pipeline.build(config, root, variables, kept, jobs, whole, overviews)
    kept.close()
    found += made.diagnostics
    report(found, style, root)
    if made.failed and not may_fail:
        sys.exit(1)
    return Run(root, made, inputs, taken, variables, found, config)


def _inputs(name: str, config: Config) -> stamp.Inputs:
    from portwright import released
    from portwright.targets import Dependent

    programs = [
        each.target.program for each in config.outputs if isinstance(each.target, Dependent)
    ]
    return stamp.Inputs(
        name,
        config.patterns,
        config.contracts,
        config.others,
        (*config.watched, f"{released.FOLDER}/*.yaml"),
        tuple(dict.fromkeys(programs)),
        tuple(sorted({each.package for each in config.outputs if each.package})),
    )


def settings(root: Path, name: str, style: str) -> Config:
    """A config that has no errors; its other findings are printed."""
    config, found = _read(root, name, style, stamp.Environment(os.environ))
    report(found, style, root)
    return config


def _read(
    root: Path, name: str, style: str, variables: stamp.Environment
) -> tuple[Config, list[Diagnostic]]:
    """A config and its findings; ends the program if one is an error."""
    from portwright import config as configs

    config, found = configs.load(root, name, variables)
    if config is None:
        report(found, style, root)
        sys.exit(2 if any(each.code == "PW501" for each in found) else 1)
    return config, found


def up_to_date(config: Path, style: str) -> Run:
    """The build of a config whose files are what was generated; else it ends the program."""
    run = build(config.parent, config.name, style)
    found = plan(run, style)
    drift = [*found.writes, *found.removals]
    if found.failed or drift:
        findings = [each.finding() for each in drift]
        if style == "text":
            keep(findings, run.root)
        else:
            report(findings, style, run.root)
        click.echo("what is generated is not up to date; run `portwright generate`", err=True)
        sys.exit(1)
    return run


def plan(run: Run, style: str) -> Plan:
    """What would be written, and its findings printed; errors are files in the way."""
    from portwright.manifest import read_manifest
    from portwright.plan import compare

    known, found = read_manifest(run.root)
    made = compare(run.root, run.build.files, known, run.build.state)
    made = replace(made, diagnostics=(*found, *made.diagnostics))
    report(made.diagnostics, style, run.root)
    return made
