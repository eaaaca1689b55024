"""The command that registers schemas, as the command line has it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from portwright.comparing.commands import against_option
from portwright.options import config_option, format_option, today
from portwright.run import up_to_date


@click.command()
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
    """Register the generated schemas with a schema registry.

    They are those of all streams, and have to be up to date.
    """
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
    sys.exit(register_all(run, registry, check, style))
