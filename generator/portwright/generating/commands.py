"""The commands that generate and that check, as the command line has them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from portwright import stamp
from portwright.options import config_option, format_option, today
from portwright.reporting import checked, files_told, keep, report, say
from portwright.run import Run, build, plan


@click.command()
@config_option
@format_option
@click.option("--check", is_flag=True, help="Write nothing; print what would change and exit 1.")
def generate(config: Path, style: str, check: bool) -> None:
    """Write everything the config asks for.

    Unchanged files are not touched; if anything is wrong, no file is.
    """
    from portwright.output import exclusive

    root, name = config.parent, config.name
    with exclusive(root):
        known = stamp.still_true(root, name, os.environ)
        if known is not None:
            count, found = known
            checked(stamp.inputs(root), root)
            report(found, style, root)
            say(f"{files_told(count)} up to date", style)
            return
        run = build(root, name, style)
        if check:
            _check(run, style)
        else:
            _write(run, style)


@click.command()
@config_option
@format_option
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def lint(config: Path, style: str, files: tuple[Path, ...]) -> None:
    """Check contracts without writing.

    They are those of the config, or the FILES named. The targets of the config are asked too;
    FILES need none to be read.
    """
    from portwright import config as configs
    from portwright import pipeline

    day = today(os.environ)
    if not files:
        run = build(config.parent, config.name, style)
        over = pipeline.on(day, run.build.models, run.config)
        report((*over, *(each.notice for each in run.build.allowed)), style, config.parent)
        if any(each.is_error for each in over):
            sys.exit(1)
        say(f"{len(run.build.models)} contract(s), no errors", style)
        return
    settings = None
    if config.exists():
        settings, wrong = configs.load(config.parent, config.name, os.environ)
        report(wrong, style, config.parent)
        if settings is None:
            sys.exit(1)
    checked(map(str, files), Path())
    found = pipeline.lint(files, settings, os.environ, day)
    report(found, style, Path())
    if any(each.is_error for each in found):
        sys.exit(1)
    note = "" if settings else "; there is no config, so no target was asked"
    say(f"{len(files)} contract(s), no errors{note}", style)


def _check(run: Run, style: str) -> None:
    todo = plan(run, style)
    drift = [*todo.writes, *todo.removals]
    findings = [write.finding() for write in drift]
    if style == "text":
        keep(findings, run.root)
        for write in drift:
            click.echo("".join(write.diff()), nl=False)
    else:
        report(findings, style, run.root)
    if drift:
        click.echo(f"{files_told(len(drift))} would change; run `portwright generate`", err=True)
    if not todo.is_empty or todo.failed:
        sys.exit(1)
    say("up to date", style)


def _write(run: Run, style: str) -> None:
    from portwright import output

    todo = plan(run, style)
    if todo.failed:
        sys.exit(1)
    failed = output.apply(todo)
    if failed:
        report(failed, style, run.root)
        sys.exit(1)
    written = (*run.build.state, todo.manifest)
    count = len(run.build.files) + len(written)
    # A target that nobody has installed (but put on the path) may be another at any time.
    known = all(each.package != "" for each in run.outputs)
    known = known and not run.config.policies.are_plugged
    if not todo.diagnostics and known:
        stamp.write(run.root, run.inputs, run.taken, run.variables, written, count, run.diagnostics)
    if style == "text":
        for write in todo.writes:
            click.echo(f"{'wrote' if write.before is None else 'updated':<8} {write.path}")
        for removal in todo.removals:
            click.echo(f"{'removed':<8} {removal.path}")
    changed = len(todo.writes) + len(todo.removals)
    say(f"{files_told(changed)} changed, {count - len(todo.writes)} up to date", style)
