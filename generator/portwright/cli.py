"""The command line. Exit 0: fine, 1: findings or drift, 2: wrong use."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import click

from portwright import __version__, stamp
from portwright.comparing.commands import against_option, breaking, bump, diff, release
from portwright.locking.commands import lock
from portwright.migrating.commands import migrate
from portwright.options import config_option, format_option, formats, today
from portwright.reporting import files_told, report, say
from portwright.run import Run, build, plan, up_to_date


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="portwright")
def main() -> None:
    """From one data contract: schemas, warehouse DDL, a typed producer client, consumer stubs."""
    for stream in (sys.stdout, sys.stderr):
        # What a terminal's encoding lacks is escaped; the diff of a contract may hold anything.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


for each in (diff, breaking, bump, release, migrate, lock):
    main.add_command(each)


@main.command()
@config_option
@formats("sarif")
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
        run = build(root, name, style)
        if check:
            _check(run, style)
        else:
            _write(run, style)


@main.command()
@config_option
@formats("sarif")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def lint(config: Path, style: str, files: tuple[Path, ...]) -> None:
    """Check contracts without writing: those of the config, or the FILES named.

    The targets of the config are asked too; FILES need none to be read.
    """
    from portwright import checks, pipeline
    from portwright import config as configs

    day = today(os.environ)
    if not files:
        run = build(config.parent, config.name, style)
        over = [each for model in run.build.models for each in checks.supported(model, day)]
        report(over, style, config.parent)
        if any(each.is_error for each in over):
            sys.exit(1)
        say(f"{len(run.build.models)} contract(s), no errors", style)
        return
    settings = None
    if config.exists():
        settings, wrong = configs.load(config.parent, config.name, os.environ)
        report(wrong, style, config.parent)
    found = pipeline.lint(files, settings.outputs if settings else (), os.environ, day)
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
@click.option(
    "--dry-run", is_flag=True, help="Register nothing; ask what the registry says, and explain it."
)
@against_option
@format_option
def register(
    config: Path, registry: str, check: bool, dry_run: bool, against: str | None, style: str
) -> None:
    """Register the schemas of all streams, as they were generated, with a schema registry."""
    from portwright.comparing.judge import Request
    from portwright.dry_run import ask_all
    from portwright.register import register_all

    if check and dry_run:
        raise click.UsageError("--check and --dry-run are two questions: ask one of them")
    run = up_to_date(config, style)
    if dry_run:
        asked = ("stream-readers", "replay")
        request = Request.of(config, (), against, asked, style, today(os.environ))
        sys.exit(ask_all(run.outputs, run.build.models, registry, request, os.environ))
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


def _check(run: Run, style: str) -> None:
    todo = plan(run, style)
    drift = [*todo.writes, *todo.removals]
    if style == "text":
        for write in drift:
            click.echo("".join(write.diff()), nl=False)
    else:
        report([write.finding() for write in drift], style, run.root)
    if drift:
        click.echo(f"{files_told(len(drift))} would change; run `portwright generate`", err=True)
    if not todo.is_empty or todo.failed:
        sys.exit(1)
    say("up to date", style)


def _write(run: Run, style: str) -> None:
    from portwright import output
    from portwright.targets import registry

    todo = plan(run, style)
    if todo.failed:
        sys.exit(1)
    failed = output.apply(todo)
    if failed:
        report(failed, style, run.root)
        sys.exit(1)
    written = (*run.build.state, todo.manifest)
    count = len(run.build.files) + len(written)
    # What a target of someone else depends on is not known here.
    own = all(registry.is_built_in(each.target) for each in run.outputs)
    if not todo.diagnostics and own:
        stamp.write(run.root, run.inputs, run.taken, run.variables, written, count, run.diagnostics)
    if style == "text":
        for write in todo.writes:
            click.echo(f"{'wrote' if write.before is None else 'updated':<8} {write.path}")
        for removal in todo.removals:
            click.echo(f"{'removed':<8} {removal.path}")
    changed = len(todo.writes) + len(todo.removals)
    say(f"{files_told(changed)} changed, {count - len(todo.writes)} up to date", style)
