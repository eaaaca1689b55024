"""The commands about the lock, as the command line has them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portwright.options import config_option, format_option


@click.group()
def lock() -> None:
    """Settle what two branches wrote into portwright.lock."""


@lock.command()
@config_option
@click.option(
    "--onto",
    metavar="git:REVISION",
    help="Whose numbers stay: a revision of git. Else the branch that is merged or rebased onto.",
)
@format_option
def rebase(config: Path, onto: str | None, style: str) -> None:
    """Number anew what two branches numbered alike.

    Numbers of the branch that this one goes onto stay, and so do all that both had before; what
    only this branch has and that one took gets the next free number.
    """
    from portwright.locking import rebase as command

    if onto is not None and not onto.startswith("git:"):
        raise click.BadParameter("write git: and a revision, such as git:main", param_hint="--onto")
    sys.exit(command.run(config.parent, onto, style))
