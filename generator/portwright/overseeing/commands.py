"""`portwright report`, as the command line has it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from portwright.options import all_option, config_option, jobs_option, today


@click.command()
@config_option
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How it is printed.",
)
@click.option(
    "--within",
    type=click.IntRange(0),
    default=90,
    show_default=True,
    metavar="DAYS",
    help="Tell of what ends in so many days.",
)
@all_option
@jobs_option
def report(config: Path, style: str, within: int, below: Path | None, jobs: int | None) -> None:
    """Tell who answers for each port, and who reads what.

    It tells of each contract its owner, its promises, its classified properties with those who see
    them, the policies that it is let off, and when it ends; and which generated files are not what
    they would be. With --all, it is of each config below a folder. Exit 1 if a contract has an
    error.
    """
    from portwright.overseeing import gathering, json_form, markdown, text

    forms = {"text": text.shown, "json": json_form.shown, "markdown": markdown.shown}
    found = gathering.gather(config, below, jobs, today(os.environ), within)
    click.echo(forms[style](found), nl=False)
    sys.exit(int(found.errors > 0))
