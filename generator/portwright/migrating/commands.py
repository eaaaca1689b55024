"""The command that writes migrations, as the command line has it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from portwright.comparing.commands import against_option
from portwright.options import config_option, format_option, today


@click.command()
@config_option
@against_option
@click.option(
    "--to-dialect",
    "dialects",
    multiple=True,
    metavar="DIALECT",
    help="For which engine; may be repeated. Those of the config's `ddl` where it is left out.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The folder for the files, or - to print them; else `migrations` beside the config.",
)
@click.option(
    "--allow-destructive",
    is_flag=True,
    help="Run steps that take data away with the others, instead of leaving them out.",
)
@format_option
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def migrate(
    config: Path,
    against: str | None,
    dialects: tuple[str, ...],
    out: Path | None,
    allow_destructive: bool,
    style: str,
    files: tuple[Path, ...],
) -> None:
    """Write SQL that makes the tables of before those of now.

    Their rows are kept. The contracts are those of the config, or the FILES named. Exit 1 where
    steps are left out.
    """
    from portwright.comparing import judge
    from portwright.migrating import run

    if str(out) == "-" and style != "text":
        raise click.UsageError("--out - prints SQL: write findings to a file, with --report")
    folder = out or config.parent / "migrations"
    asked = run.Asked(dialects, folder, allow_destructive)
    request = judge.Request.of(config, files, against, (), style, today(os.environ))
    command = run.of(asked)
    sys.exit(judge.run(command, request, os.environ))
