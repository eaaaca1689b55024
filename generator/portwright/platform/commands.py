"""The commands about presets and policies, as the command line has them."""

from __future__ import annotations

from pathlib import Path

import click

from portwright.options import config_option, listing_option
from portwright.paths import CONFIG
from portwright.run import settings


@click.command()
@config_option
@listing_option
def config(config: Path, style: str) -> None:
    """Print the config with what it extends.

    It is told where each value is from.
    """
    from portwright.platform import effective

    read = settings(config.parent, config.name, "text")
    click.echo(effective.as_json(read) if style == "json" else effective.as_text(read))


@click.command()
@config_option
@listing_option
@click.option("--options", is_flag=True, help="List the options of each policy, too.")
def policies(config: Path, style: str, options: bool) -> None:
    """List the policies that contracts can be held to.

    It is told what the config says of each.
    """
    from portwright.platform import listing
    from portwright.policies import Policies

    set_ = Policies()
    if config.exists() or config != Path(CONFIG):
        set_ = settings(config.parent, config.name, "text").policies
    click.echo(listing.as_json(set_) if style == "json" else listing.as_text(set_, options))
