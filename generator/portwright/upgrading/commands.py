"""`portwright upgrade`, as the command line has it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portwright.options import config_option, format_option


@click.command()
@config_option
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if there is something to do.")
@format_option
def upgrade(config: Path, check: bool, style: str) -> None:
    """Bring what an older version wrote to the form of this one.

    That is the config, the lock, the manifest and the schemas for editors. Comments and order
    stay. `portwright generate` then writes the rest anew.
    """
    from portwright.output import exclusive
    from portwright.upgrading import run

    with exclusive(config.parent):
        sys.exit(run.upgrade(config.parent, config.name, check, style))
