"""The command line. Exit 0: fine, 1: findings or drift, 2: wrong use."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portwright import __version__, stamp
from portwright.diagnostics import Diagnostic, as_github, as_json, as_text

if TYPE_CHECKING:
    from portwright.config import Config
    from portwright.output import Plan
    from portwright.pipeline import Build

CONFIG = "portwright.yaml"

_format = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How findings are printed.",
)
_config = click.option(
    "-c",
    "--config",
    "config",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(CONFIG),
    show_default=True,
    help="The config; all paths in it are relative to its folder.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="portwright")
def main() -> None:
    """From one data contract: schemas, warehouse DDL, a typed producer client, consumer stubs."""


@main.command()
@_config
@_format
@click.option("--check", is_flag=True, help="Write nothing; print what would change and exit 1.")
def generate(config: Path, style: str, check: bool) -> None:
    """Write everything the config asks for; unchanged files are not touched."""
    root, name = config.parent, config.name
    known = stamp.still_true(root, name, os.environ)
    if known is not None:
        count, found = known
        _report(found, style, root)
        _say(f"{_files(count)} up to date", style)
        return
    settings, build = _build(root, name, style)
    plan = _plan(root, build, style)
    if check:
        _check(plan, style)
    else:
        _write(root, name, settings, build, plan, style)


@main.command()
@_config
@_format
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def lint(config: Path, style: str, files: tuple[Path, ...]) -> None:
    """Check contracts without writing: those of the config, or the FILES named."""
    from portwright import pipeline

    if not files:
        _, build = _build(config.parent, config.name, style)
        _say(f"{len(build.models)} contract(s), no errors", style)
        return
    found: list[Diagnostic] = []
    for path in files:
        found += pipeline.load(path, str(path), os.environ)[1]
    _report(found, style, Path())
    if any(each.is_error for each in found):
        sys.exit(1)
    _say(f"{len(files)} contract(s), no errors", style)


@main.command()
def targets() -> None:
    """List what can be generated, with the options of each target."""
    from portwright.targets import registry

    for name in registry.names():
        cls = registry.target_class(name)
        click.echo(f"{name:<12} {cls.summary}")
        for option in registry.options(cls):
            need = "required" if option.required else "optional"
            choices = f": {', '.join(option.choices)}" if option.choices else ""
            click.echo(f"{'':<12} {option.name} ({need}){choices}")


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


def _build(root: Path, name: str, style: str) -> tuple[Config, Build]:
    """The build of a config, its findings printed; ends the program if one is an error."""
    from portwright import config as configs
    from portwright import pipeline

    config, found = configs.load(root, name, os.environ)
    if config is None:
        _report(found, style, root)
        sys.exit(2 if any(each.code == "PW501" for each in found) else 1)
    build = pipeline.build(config, root, os.environ)
    _report([*found, *build.diagnostics], style, root)
    if build.failed:
        sys.exit(1)
    return config, build


def _plan(root: Path, build: Build, style: str) -> Plan:
    """What would be written; ends the program if a file stands in the way."""
    from portwright import output

    manifest, found = output.read_manifest(root)
    plan = output.plan(root, build.files, manifest, build.state)
    found += plan.diagnostics
    _report(found, style, root)
    if any(each.is_error for each in found):
        sys.exit(1)
    return plan


def _check(plan: Plan, style: str) -> None:
    for write in [*plan.writes, *plan.removals]:
        click.echo("".join(write.diff()), nl=False)
    if not plan.is_empty or plan.diagnostics:
        count = len(plan.writes) + len(plan.removals)
        click.echo(f"{_files(count)} would change; run `portwright generate`", err=True)
        sys.exit(1)
    _say("up to date", style)


def _write(root: Path, name: str, settings: Config, build: Build, plan: Plan, style: str) -> None:
    from portwright import output

    failed = output.apply(plan)
    if failed:
        _report(failed, style, root)
        sys.exit(1)
    if not plan.diagnostics:
        inputs = stamp.Inputs(name, settings.patterns, settings.contracts)
        stamp.write(root, inputs, os.environ, build.diagnostics)
    if style == "text":
        for write in plan.writes:
            click.echo(f"{'wrote' if write.before is None else 'updated':<8} {write.path}")
        for removal in plan.removals:
            click.echo(f"{'removed':<8} {removal.path}")
    changed = len(plan.writes) + len(plan.removals)
    same = len(build.files) + len(build.state) - len(plan.writes)
    _say(f"{_files(changed)} changed, {same} up to date", style)


def _report(found: Iterable[Diagnostic], style: str, root: Path) -> None:
    """Prints findings, their files named from where the user stands: text to stderr,
    JSON (one document a line) and workflow commands to stdout."""
    texts: dict[str, str] = {}
    for each in found:
        place = root / each.span.file
        each = replace(each, span=replace(each.span, file=str(place)))
        if style == "json":
            click.echo(json.dumps(as_json(each)))
        elif style == "github":
            click.echo(as_github(each))
        else:
            if each.span.file not in texts:
                texts[each.span.file] = _text(place)
            click.echo(as_text(each, texts[each.span.file]), err=True)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig", "replace")
    except OSError:
        return ""


def _say(text: str, style: str) -> None:
    if style == "text":
        click.echo(text)


def _files(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"
