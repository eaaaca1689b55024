"""`portwright schema`, as the command line has it."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PurePosixPath

import click

from portwright.options import config_option, format_option
from portwright.reporting import report, say


@click.command()
@click.argument("what", required=False, type=click.Choice(["config", "contract"]))
@click.option(
    "--write",
    is_flag=True,
    help="Write both below .portwright/schemas, and have the config and its contracts name them.",
)
@config_option
@format_option
def schema(what: str | None, write: bool, config: Path, style: str) -> None:
    """Print the JSON Schema of portwright.yaml or of a contract.

    Editors complete and check with it; --write puts both into the repository.
    """
    from portwright.editors import store
    from portwright.targets import registry

    if write == (what is not None):
        raise click.UsageError("say `config` or `contract`, or --write both")
    if write:
        sys.exit(_write(config, style))
    path = store.CONFIG if what == "config" else store.CONTRACT
    click.echo(store.schemas(registry.names())[path], nl=False)


def _write(config: Path, style: str) -> int:
    """Writes the schemas and the lines that name them; the exit code."""
    from portwright import config as configs
    from portwright import output, source
    from portwright.editors import store
    from portwright.manifest import STATE, unreadable
    from portwright.plan import rewriting
    from portwright.targets import registry

    root = config.parent
    settings, found = configs.load(root, config.name, os.environ)
    report(found, style, root)
    if settings is None:
        return 2 if any(each.code == "PW501" for each in found) else 1
    texts = store.schemas(registry.names())
    named = {config.name: store.CONFIG, **dict.fromkeys(settings.contracts, store.CONTRACT)}
    try:
        for file, schema in named.items():
            data = (root / file).read_bytes()
            text, _ = source.decode(data, file)
            # A file that begins with a byte order mark, or is not UTF-8, is left as it is.
            if text is not None and data.decode() == text:
                texts[PurePosixPath(file)] = store.marked(text, schema, file)
        todo = rewriting(root, texts)
    except OSError as fault:
        report([unreadable(STATE, fault)], style, root)
        return 1
    failed = output.apply(todo)
    report(failed, style, root)
    if failed:
        return 1
    for each in todo.writes:
        say(f"{'wrote' if each.before is None else 'updated':<8} {each.path}", style)
    say("commit them" if todo.writes else "up to date", style)
    return 0
