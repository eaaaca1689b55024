"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
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


def today(environ: Mapping[str, str]) -> date:
    """The day by UTC; that of SOURCE_DATE_EPOCH (seconds, reproducible-builds.org) where it is set,
    for runs that have to give the same again."""
    given = environ.get("SOURCE_DATE_EPOCH")
    try:
        moment = datetime.now(UTC) if not given else datetime.fromtimestamp(int(given), UTC)
    except (ValueError, OverflowError, OSError):
        raise click.UsageError("SOURCE_DATE_EPOCH has to be a number of seconds") from None
    return moment.date()


config_option = click.option(
    "-c",
    "--config",
    "config",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(CONFIG),
    show_default=True,
    help="The config; all paths in it are relative to its folder.",
)
