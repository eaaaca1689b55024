"""The reference of both command lines, asked of the programs themselves."""

from __future__ import annotations

import argparse
import inspect
import os
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any
from unittest import mock

import click

from website.text import code, prose, table

_TITLE = """\
# Commands

`portwright` is the generator's command line. `portwright COMMAND --help` prints the same.

| exit code | means |
|---|---|
| 0 | fine |
| 1 | findings, or files that would change |
| 2 | wrong use: an option, an argument or a command that is not there |
"""
_RUNTIME = """\
# Commands of the runtime

`portwright-runtime`, also `python -m portwright_runtime`, is what runs beside a service.

| exit code | means |
|---|---|
| 0 | done |
| 1 | something is wrong that is said |
| 2 | wrong use |
"""


def generator() -> str:
    """The page of `portwright`."""
    from portwright.cli import main

    commands = walk(main, "portwright")
    return "\n".join([_TITLE, *(_command(*each, main.context_settings) for each in commands)])


def walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """A command and those below it, with what is typed for each; without hidden ones."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            # Until a command is run, another may stand in its place.
            below = command.resolve_command(context, [name])[1]
            if below is not None and not below.hidden:
                yield from walk(below, f"{path} {name}")


def _command(path: str, command: click.Command, settings: MutableMapping[str, Any]) -> str:
    context = click.Context(command, info_name=path, **settings)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    lines = [f"## {path}\n", f"{_help(command)}\n", code(usage, "text")]
    rows = [_option(each, context) for each in command.get_params(context) if _shown(each)]
    if rows:
        lines.append(table(("option", "what it says"), rows))
    return "\n".join(lines)


def _help(command: click.Command) -> str:
    text = inspect.cleandoc(command.help or "").partition("\f")[0]
    # A paragraph that click must not fill anew is meant as it stands.
    blocks = (
        code(block[2:], "text") if block.startswith("\b\n") else prose(block)
        for block in text.split("\n\n")
    )
    return "\n\n".join(blocks)


def _shown(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Option) and not parameter.hidden


def _metavar(option: click.Option, context: click.Context) -> str:
    if isinstance(option.type, click.DateTime):
        return "YYYY-MM-DD"
    return option.make_metavar(context)


def _option(option: click.Parameter, context: click.Context) -> tuple[str, str]:
    """A row: how the option is written, and what it says, with its values and its default."""
    assert isinstance(option, click.Option)
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    said = [prose(option.help or "")]
    if isinstance(option.type, click.Choice):
        said.append(f"One of {', '.join(f'`{each}`' for each in option.type.choices)}.")
    elif not option.is_flag and not option.count:
        names += f" `{_metavar(option, context)}`"
    default = option.get_default(context, call=False)
    if option.show_default and default is not None and not callable(default):
        said.append(f"Default: `{default}`.")
    if option.envvar:
        said.append(f"Environment: `{option.envvar}`.")
    return names, " ".join(said)


def runtime() -> str:
    """The page of `portwright-runtime`."""
    from portwright_runtime.cli import COMMANDS

    pages = [_RUNTIME]
    # The width of a terminal would be that of whoever builds the page.
    with mock.patch.dict(os.environ, {"COLUMNS": "96", "NO_COLOR": "1"}):
        for name, (module, told) in COMMANDS.items():
            parser = argparse.ArgumentParser(prog=f"portwright-runtime {name}", description=told)
            import_module(module).add(parser)
            pages.append(f"## portwright-runtime {name}\n\n{code(parser.format_help(), 'text')}")
    return "\n".join(pages)
