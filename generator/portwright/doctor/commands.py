"""`portwright doctor`, as the command line has it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portwright.options import config_option, listing_option


@click.command()
@config_option
@listing_option
def doctor(config: Path, style: str) -> None:
    """Say what is wrong with a project and the machine.

    It looks at versions, config, lock, generated files and tools. Nothing is written, and no
    network is asked. Exit 1 if something is bad.
    """
    from portwright.doctor import showing

    sys.exit(showing.run(config, style))
