"""The commands that compare contracts with a baseline, as the command line has them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from portwright.options import config_option, format_option

# Those of `evolution.effects.Audience`, which is imported when it is needed.
AUDIENCES = ("producer", "stream-readers", "replay", "tables", "sql-readers", "operators")
Command = Callable[..., None]


def _options(command: Command) -> Command:
    """The command with the options of both."""
    options = (
        config_option,
        click.option(
            "--against",
            default="git:HEAD",
            show_default=True,
            metavar="FILE|git:REVISION",
            help="What the contracts were: one of them, in a file, or all at a revision of git.",
        ),
        click.option(
            "--audience",
            "audiences",
            type=click.Choice(AUDIENCES),
            multiple=True,
            help="For whom to look; may be repeated. For everybody where it is left out.",
        ),
        format_option,
        click.argument("files", nargs=-1, type=click.Path(path_type=Path)),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@_options
def diff(
    config: Path, against: str, audiences: tuple[str, ...], style: str, files: tuple[Path, ...]
) -> None:
    """Tell what has changed in contracts, and for whom.

    The contracts are those of the config, or the FILES named.
    """
    from portwright.comparing import judge

    request = judge.Request.of(config, files, against, audiences, style)
    sys.exit(judge.run(judge.diff, request, os.environ))


@click.command()
@_options
def breaking(
    config: Path, against: str, audiences: tuple[str, ...], style: str, files: tuple[Path, ...]
) -> None:
    """Exit 1 where contracts have changed in a way that breaks somebody, and their version was
    not raised enough.

    The contracts are those of the config, or the FILES named.
    """
    from portwright.comparing import judge

    request = judge.Request.of(config, files, against, audiences, style)
    sys.exit(judge.run(judge.breaking, request, os.environ))
