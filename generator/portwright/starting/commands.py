"""The commands to start with, as the command line has them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from portwright import completion
from portwright.importing.dialects import NAMES as DIALECTS
from portwright.options import config_option, format_option

# What packages, topics and files can all be called.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")


@click.group()
def new() -> None:
    """Begin something new."""


@new.command()
@config_option
@click.option(
    "--from",
    "source",
    metavar="SOURCE",
    shell_complete=completion.files,
    help="Begin from a file (.sql, .avsc, .proto, .json, .schema.json, .ndjson) or from tables of"
    " postgresql://…, mysql://…, duckdb:PATH or sqlite:PATH.",
)
@click.option(
    "--table",
    "tables",
    multiple=True,
    metavar="NAME",
    help="Only this table or record of the source; may be given several times.",
)
@click.option(
    "--dialect",
    type=click.Choice(DIALECTS, case_sensitive=False),
    metavar="NAME",
    help=f"The SQL of a .sql file: {', '.join(DIALECTS)}.",
)
@click.option("--dry-run", is_flag=True, help="Print the contract and write nothing.")
@format_option
@click.argument("name")
def port(
    config: Path,
    source: str | None,
    tables: tuple[str, ...],
    dialect: str | None,
    dry_run: bool,
    style: str,
    name: str,
) -> None:
    """Begin the contract of a port NAME, from nothing or from what is there.

    It is a draft to edit: questions to its owner are marked `decide:`, and what looks like
    personal data is classified.
    """
    from portwright.importing.reading import Request
    from portwright.starting import new_port

    if not NAME.fullmatch(name):
        raise click.BadParameter(
            "write letters, digits, `-` and `_`, a letter first: packages and topics are named so",
            param_hint="NAME",
        )
    if source is None and (tables or dialect):
        raise click.UsageError("--table and --dialect need a source: --from")
    request = Request(source, tables, dialect, name) if source is not None else None
    sys.exit(new_port.run(new_port.NewPort(config, name, request, dry_run, style)))


@click.command()
@click.option("--name", help="What the first contract is called; else what the project is called.")
@click.option("-y", "--yes", is_flag=True, help="Ask nothing.")
@click.option("--dry-run", is_flag=True, help="Print what would change and write nothing.")
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path()
)
def init(name: str | None, yes: bool, dry_run: bool, folder: Path) -> None:
    """Begin in the repository of a service, or in a FOLDER of it.

    Writes portwright.yaml for what is found there, a first contract, goals into the Makefile and a
    hook for pre-commit. What is there is kept; a second run changes nothing.
    """
    from portwright.starting import init as command

    if name is not None and not NAME.fullmatch(name):
        raise click.BadParameter(
            "write letters, digits, `-` and `_`, a letter first", param_hint="--name"
        )
    ask = not yes and not dry_run and name is None and sys.stdin.isatty() and sys.stdout.isatty()
    sys.exit(command.run(folder, ask, name, dry_run))
