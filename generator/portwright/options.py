"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from portwright import completion
from portwright.documents import FORMS
from portwright.paths import CONFIG
from portwright.reporting import gather

Command = Callable[..., Any]

_STYLES = ("text", "json", "github", *FORMS)


def formats(*more: str) -> Callable[[Command], Command]:
    """The options that say how findings are printed, with more styles than all commands have, and
    what documents of them are written beside."""

    def decorated(command: Command) -> Command:
        return style(report(command))

    style = click.option(
        "--format",
        "style",
        type=click.Choice([*_STYLES, *more]),
        default="text",
        show_default=True,
        metavar="FORMAT",
        help=f"How findings are printed: {', '.join([*_STYLES, *more])}.",
        callback=_printed,
    )
    report = click.option(
        "--report",
        metavar="FORMAT=FILE",
        multiple=True,
        expose_value=False,
        help=f"Write findings to a file too, as {', '.join(FORMS)}; may be repeated.",
        callback=_written,
    )
    return decorated


def _printed(context: click.Context, _: click.Parameter, style: str) -> str:
    if style in FORMS:
        gather(context, style)
    return style


def _written(context: click.Context, _: click.Parameter, given: tuple[str, ...]) -> None:
    for each in given:
        form, sign, file = each.partition("=")
        if form not in FORMS or not sign or not file:
            known = ", ".join(f"{name}=FILE" for name in FORMS)
            raise click.BadParameter(f"`{each}` is none of {known}")
        gather(context, form, Path(file))


format_option = formats()
# For what is no finding.
listing_option = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How it is printed.",
)


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
    shell_complete=completion.configs,
)


all_option = click.option(
    "--all",
    "below",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="[FOLDER]",
    is_flag=False,
    flag_value=".",
    help="Do it for each portwright.yaml in FOLDER (else here) and below that git does not ignore.",
)


jobs_option = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 64),
    help="How many processes work; as many as there are processors where it is left out.",
)
