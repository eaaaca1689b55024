"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from portwright.paths import CONFIG
from portwright.reporting import gather

Command = Callable[..., Any]

_STYLES = ("text", "json", "github")


def formats(*more: str) -> Callable[[Command], Command]:
    """The option that says how findings are printed, with more styles than all commands have."""
    return click.option(
        "--format",
        "style",
        type=click.Choice([*_STYLES, *more]),
        default="text",
        show_default=True,
        help="How findings are printed.",
        callback=lambda context, _, style: gather(style, context),
    )


format_option = formats()
config_option = click.option(
    "-c",
    "--config",
    "config",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(CONFIG),
    show_default=True,
    help="The config; all paths in it are relative to its folder.",
)
