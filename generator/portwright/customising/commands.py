"""The command `model`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from portwright.options import config_option


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print the models whole, as a JSON document.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of that document instead.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def model(config: Path, as_json: bool, schema: bool, files: tuple[Path, ...]) -> None:
    """Print the model of contracts.

    It is what targets see of those of the config, or of the FILES named.
    """
    from portwright import exchange
    from portwright.customising.models import models
    from portwright.customising.outline import outline

    if schema:
        click.echo(json.dumps(exchange.schema(), indent=2))
        return
    found = models(config, files)
    if found is None:
        sys.exit(1)
    if as_json:
        # In ASCII, so that it is the same in every encoding of a terminal or a pipe.
        click.echo(json.dumps(exchange.as_document(found), indent=2))
    else:
        click.echo("\n\n".join(map(outline, found)))
