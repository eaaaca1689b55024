"""The commands that compare contracts with a baseline, as the command line has them."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from portwright.options import all_option, config_option, format_option, formats, jobs_option, today
from portwright.run import up_to_date

# Those of `evolution.effects.Audience`, which is imported when it is needed.
AUDIENCES = ("producer", "stream-readers", "replay", "tables", "sql-readers", "operators")
against_option = click.option(
    "--against",
    metavar="lock|FILE|git:REVISION",
    help="What the contracts were: as released, which is the usual where something was;"
    " one of them, in a file; or all at a revision of git, which else is git:HEAD.",
)


audience_option = click.option(
    "--audience",
    "audiences",
    type=click.Choice(AUDIENCES),
    multiple=True,
    help="For whom to look; may be repeated. For everybody where it is left out.",
)
files_argument = click.argument("files", nargs=-1, type=click.Path(path_type=Path))


@click.command()
@config_option
@against_option
@audience_option
@formats("markdown")
@files_argument
def diff(
    config: Path,
    against: str | None,
    audiences: tuple[str, ...],
    style: str,
    files: tuple[Path, ...],
) -> None:
    """Tell what has changed in contracts, and for whom.

    The contracts are those of the config, or the FILES named.
    """
    from portwright.comparing import judge

    request = judge.Request.of(config, files, against, audiences, style, today(os.environ))
    sys.exit(judge.run(judge.diff, request, os.environ))


@click.command()
@config_option
@against_option
@audience_option
@format_option
@all_option
@jobs_option
@files_argument
def breaking(
    config: Path,
    against: str | None,
    audiences: tuple[str, ...],
    style: str,
    below: Path | None,
    jobs: int | None,
    files: tuple[Path, ...],
) -> None:
    """Exit 1 where a change breaks somebody and was not announced.

    It is announced by a version that is raised as far as the change needs it. The contracts are
    those of the config, or the FILES named.
    """

    def of(each: Path, _: int | None = None) -> int:
        from portwright.comparing import judge

        request = judge.Request.of(each, files, against, audiences, style, today(os.environ))
        return judge.run(judge.breaking, request, os.environ)

    if below is not None:
        from portwright import monorepo

        sys.exit(monorepo.run(below, style, jobs, of))
    sys.exit(of(config))


@click.command()
@config_option
@against_option
@click.option(
    "--to",
    "least",
    type=click.Choice(["patch", "minor", "major"]),
    help="Raise at least this number, though less would do.",
)
@click.option(
    "--end-of-support",
    "end",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Until when the old major version is kept, after which nobody may rely on it.",
)
@format_option
@files_argument
def bump(
    config: Path,
    against: str | None,
    style: str,
    files: tuple[Path, ...],
    least: str | None,
    end: datetime | None,
) -> None:
    """Raise the version of contracts as far as their changes need it.

    Where that is a new major version, the contract of the old one is kept beside it, and both are
    generated until its end of support.
    """
    from portwright.comparing import bumping, judge

    request = judge.Request.of(config, files, against, (), style, today(os.environ))
    wanted = bumping.Wanted.of(least, end)
    sys.exit(judge.run(partial(bumping.bump, wanted), request, os.environ))


@click.command()
@config_option
@format_option
def release(config: Path, style: str) -> None:
    """Have the lock keep the contracts as they are handed out.

    What `diff` and `breaking` compare with is then the last release. Contracts whose status is
    `draft` or `proposed` are left out. It is refused where `breaking` fails.
    """
    from portwright.comparing import judge, releasing
    from portwright.output import exclusive

    with exclusive(config.parent):
        run = up_to_date(config, style)
        request = judge.Request.of(config, (), "lock", (), style, today(os.environ))
        sys.exit(judge.run(partial(releasing.release, run), request, os.environ))
