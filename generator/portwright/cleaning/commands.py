"""`portwright clean`, as the command line has it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portwright.options import config_option, format_option


@click.command()
@config_option
@click.option("--dry-run", is_flag=True, help="Remove nothing; print what would be removed.")
@format_option
def clean(config: Path, dry_run: bool, style: str) -> None:
    """Remove generated files and local state.

    Those that were edited by hand are told and stay; folders that are empty then go. Files of yours
    stay, and so do the lock, what was released, and the records below .portwright/local.
    `portwright generate` brings all back that was removed.
    """
    from portwright.cleaning import removing

    sys.exit(removing.run(config, dry_run, style))
