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


@click.command()
@click.option("--begin", is_flag=True, help="Print a template to begin with instead, of one NAME.")
@click.argument("names", nargs=-1)
def templates(begin: bool, names: tuple[str, ...]) -> None:
    """List what templates of a repository can override.

    They are blocks of built-in templates, with what they see; or those of the NAMES only.
    """
    from portwright.diagnostics import nearest
    from portwright.overrides.builtin import TEMPLATES, begun, told

    for name in names:
        if name not in TEMPLATES:
            way_out = nearest(name, TEMPLATES) or f"there are {', '.join(TEMPLATES)}"
            raise click.BadParameter(f"there is no template `{name}`: {way_out}")
    if begin:
        if len(names) != 1:
            raise click.UsageError("--begin is for one template: name it")
        click.echo(begun(TEMPLATES[names[0]]), nl=False)
        return
    for each in (TEMPLATES[name] for name in names or TEMPLATES):
        click.echo(f"{each.name} (view: {each.version}): {each.does}")
        for block in each.blocks:
            click.echo(f"  block {block.name}: {block.does}")
        more = {name: cls for block in each.blocks for name, cls in block.more.items()}
        for name, cls in {"view": each.view, **more}.items():
            for path, kind in told(cls, name):
                click.echo(f"    {path}: {kind}")
