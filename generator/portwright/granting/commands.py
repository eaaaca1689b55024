"""The command that lays rights beside a live system, as the command line has it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portwright.options import config_option


@click.command()
@config_option
@click.option(
    "--url",
    envvar="PORTWRIGHT_ACCESS_URL",
    required=True,
    help="The system: postgresql://user@host/db, kafka://host:port; else PORTWRIGHT_ACCESS_URL.",
)
@click.option("--server", metavar="NAME", help="Which of the contracts' servers the system is.")
@click.option("--apply", "is_applied", is_flag=True, help="Run what only adds.")
@click.option(
    "--revoke", "is_revoked", is_flag=True, help="Print what would revoke rights beyond contracts."
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "script"]),
    default="text",
    show_default=True,
    help="How the plan is printed.",
)
def access(
    config: Path, url: str, server: str | None, is_applied: bool, is_revoked: bool, style: str
) -> None:
    """Lay the rights of a live system beside the contracts.

    What is missing, what is there in another form, and what no contract says. Nothing is revoked.
    Exit 1 where the two differ.
    """
    from portwright.granting.asked import Asked
    from portwright.granting.run import lay

    if is_applied and is_revoked:
        raise click.UsageError("--apply and --revoke are two things: do one of them")
    asked = Asked(url, server, is_applied, is_revoked, style)
    sys.exit(lay(config.parent, config.name, asked))
