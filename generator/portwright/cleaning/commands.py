"""`portwright clean`, as the command line has it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from portwright.options import config_option, format_option, listing_option
from portwright.reporting import say


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


@click.command()
@click.option("--clear", is_flag=True, help="Take all of it away; it costs the next run its time.")
@listing_option
def cache(clear: bool, style: str) -> None:
    """Tell where the cache is, and how large.

    It holds what was generated from contracts before. PORTWRIGHT_CACHE says where it is, and with
    `off` that there is none.
    """
    from portwright.cache import Files, folder

    place = folder(os.environ)
    if place is None:
        say("there is no cache", style)
        return
    kept = Files(place)
    sizes = [state.st_size for _, state in kept.entries()]
    told = f"{len(sizes)} entries, {sum(sizes) / 2**20:.1f} MiB of {kept.limit // 2**20} MiB"
    if clear:
        left = kept.clear()
        for each in left:
            click.echo(f"cannot remove {each}", err=True)
        say(f"removed {len(sizes) - len(left)} entries", style)
        sys.exit(1 if left else 0)
    if style == "json":
        found = {"folder": str(place), "entries": len(sizes), "bytes": sum(sizes)}
        click.echo(json.dumps({**found, "limit": kept.limit}))
    say(f"{place}: {told}", style)
