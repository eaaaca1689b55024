"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path

import click

from portwright.paths import CONFIG

format_option = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How findings are printed.",
)
config_option = click.option(
    "-c",
    "--config",
    "config",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(CONFIG),
    show_default=True,
    help="The config; all paths in it are relative to its folder.",
)
