"""The command line. Exit 0: fine, 1: findings or drift, 2: wrong use."""

from __future__ import annotations

import io
import json
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portwright import __version__, stamp
from portwright.comparing.commands import breaking, diff
from portwright.diagnostics import Diagnostic
from portwright.options import config_option, format_option
from portwright.reporting import files_told, report, say

if TYPE_CHECKING:
    from portwright.config import Output
    from portwright.pipeline import Build
    from portwright.plan import Plan


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="portwright")
def main() -> None:
    """From one data contract: schemas, warehouse DDL, a typed producer client, consumer stubs."""
    for stream in (sys.stdout, sys.stderr):
        # What a terminal's encoding lacks is escaped; the diff of a contract may hold anything.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


main.add_command(diff)
main.add_command(breaking)


@main.command()
@config_option
@format_option
@click.option("--check", is_flag=True, help="Write nothing; print what would change and exit 1.")
def generate(config: Path, style: str, check: bool) -> None:
    """Write everything the config asks for; unchanged files are not touched."""
    from portwright.output import exclusive

    root, name = config.parent, config.name
    with exclusive(root):
        known = stamp.still_true(root, name, os.environ)
        if known is not None:
            count, found = known
            report(found, style, root)
            say(f"{files_told(count)} up to date", style)
            return
        run = _build(root, name, style)
        if check:
            _check(run, style)
        else:
            _write(run, style)


@main.command()
@config_option
@format_option
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def lint(config: Path, style: str, files: tuple[Path, ...]) -> None:
    """Check contracts without writing: those of the config, or the FILES named.

    The targets of the config are asked too; FILES need none to be read.
    """
    from portwright import config as configs
    from portwright import pipeline

    if not files:
        run = _build(config.parent, config.name, style)
        say(f"{len(run.build.models)} contract(s), no errors", style)
        return
    settings = None
    if config.exists():
        settings, wrong = configs.load(config.parent, config.name, os.environ)
        report(wrong, style, config.parent)
    found = pipeline.lint(files, settings.outputs if settings else (), os.environ)
    report(found, style, Path())
    if any(each.is_error for each in found):
        sys.exit(1)
    note = "" if settings else "; there is no config, so no target was asked"
    say(f"{len(files)} contract(s), no errors{note}", style)


@main.command()
@click.option("--types", is_flag=True, help="Print what becomes of each logical type.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the table of types is printed.",
)
@click.argument("names", nargs=-1)
def targets(types: bool, style: str, names: tuple[str, ...]) -> None:
    """List what can be generated, with the options of each target; or those of the NAMES only:
    of targets, or with --types also of dialects."""
    from portwright.targets import registry

    if types:
        _types(names, style)
        return
    for name in names or registry.names():
        try:
            cls = registry.target_class(name)
        except registry.TargetError as fault:
            raise click.BadParameter(f"{fault}: {fault.help}") from None
        click.echo(f"{name:<12} {cls.summary}")
        for option in registry.options(cls):
            need = "required" if option.required else "optional"
            choices = f": {', '.join(option.choices)}" if option.choices else ""
            click.echo(f"{'':<12} {option.name} ({need}){choices}")


def _types(names: tuple[str, ...], style: str) -> None:
    """Prints the table of types."""
    from portwright import type_table

    for name in names:
        if not type_table.targets([name]):
            known = sorted({word for key in type_table.targets() for word in key.split()})
            raise click.BadParameter(f"no types are known of {name}, but of {', '.join(known)}")
    if style == "json":
        click.echo(json.dumps(type_table.as_json(names), indent=2))
    else:
        click.echo(type_table.as_text(names))


@main.command()
@config_option
@click.option(
    "--registry",
    envvar="PORTWRIGHT_REGISTRY",
    required=True,
    help="The registry's url; else PORTWRIGHT_REGISTRY, with its options as PORTWRIGHT_REGISTRY_….",
)
@click.option("--check", is_flag=True, help="Register nothing; exit 1 if something is not known.")
@format_option
def register(config: Path, registry: str, check: bool, style: str) -> None:
    """Register the schemas of all streams, as they were generated, with a schema registry."""
    from portwright.register import register_all

    run = _build(config.parent, config.name, style)
    plan = _plan(run, style)
    if plan.failed or plan.writes or plan.removals:
        click.echo("what is generated is not up to date; run `portwright generate`", err=True)
        sys.exit(1)
    sys.exit(register_all(run.outputs, run.build.models, registry, check, style))


@main.command()
@click.argument("code")
def explain(code: str) -> None:
    """Tell the long story of a diagnostic CODE, such as PW101."""
    from portwright.codes import EXPLANATIONS

    story = EXPLANATIONS.get(code.upper())
    if story is None:
        known = ", ".join(sorted(EXPLANATIONS))
        raise click.BadParameter(f"there is no code {code}; the codes are {known}")
    click.echo(f"{code.upper()}: {story.strip()}")


@dataclass(frozen=True, slots=True)
class _Run:
    """A build without errors, and what it was made from."""

    root: Path
    build: Build
    inputs: stamp.Inputs
    taken: str
    variables: stamp.Environment
    diagnostics: list[Diagnostic]
    outputs: tuple[Output, ...]


def _build(root: Path, name: str, style: str) -> _Run:
    """The build of a config, its findings printed; ends the program if one is an error."""
    from portwright import config as configs
    from portwright import pipeline

    variables = stamp.Environment(os.environ)
    config, found = configs.load(root, name, variables)
    if config is None:
        report(found, style, root)
        sys.exit(2 if any(each.code == "PW501" for each in found) else 1)
    # Taken before the contracts are read: a change made during the run must not go unseen.
    inputs = stamp.Inputs(name, config.patterns, config.contracts)
    taken = inputs.digest(root, config.source)
    build = pipeline.build(config, root, variables)
    found += build.diagnostics
    report(found, style, root)
    if build.failed:
        sys.exit(1)
    return _Run(root, build, inputs, taken, variables, found, config.outputs)


def _plan(run: _Run, style: str) -> Plan:
    """What would be written, and its findings printed; errors are files in the way."""
    from portwright.manifest import read_manifest
    from portwright.plan import compare

    known, found = read_manifest(run.root)
    plan = compare(run.root, run.build.files, known, run.build.state)
    plan = replace(plan, diagnostics=(*found, *plan.diagnostics))
    report(plan.diagnostics, style, run.root)
    return plan


def _check(run: _Run, style: str) -> None:
    plan = _plan(run, style)
    drift = [*plan.writes, *plan.removals]
    if style == "text":
        for write in drift:
            click.echo("".join(write.diff()), nl=False)
    else:
        report([write.finding() for write in drift], style, run.root)
    if drift:
        click.echo(f"{files_told(len(drift))} would change; run `portwright generate`", err=True)
    if not plan.is_empty or plan.failed:
        sys.exit(1)
    say("up to date", style)


def _write(run: _Run, style: str) -> None:
    from portwright import output
    from portwright.targets import registry

    plan = _plan(run, style)
    if plan.failed:
        sys.exit(1)
    failed = output.apply(plan)
    if failed:
        report(failed, style, run.root)
        sys.exit(1)
    written = (*run.build.state, plan.manifest)
    count = len(run.build.files) + len(written)
    # What a target of someone else depends on is not known here.
    own = all(registry.is_built_in(each.target) for each in run.outputs)
    if not plan.diagnostics and own:
        stamp.write(run.root, run.inputs, run.taken, run.variables, written, count, run.diagnostics)
    if style == "text":
        for write in plan.writes:
            click.echo(f"{'wrote' if write.before is None else 'updated':<8} {write.path}")
        for removal in plan.removals:
            click.echo(f"{'removed':<8} {removal.path}")
    changed = len(plan.writes) + len(plan.removals)
    say(f"{files_told(changed)} changed, {count - len(plan.writes)} up to date", style)
