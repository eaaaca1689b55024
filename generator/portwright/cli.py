"""The command line. Exit 0: fine, 1: findings or drift, 2: wrong use."""

from __future__ import annotations

import errno
import io
import os
import sys
from importlib import import_module
from typing import Any

import click

from portwright import __version__, terminal

# Each command in the section of `--help` that it belongs to: the room that has it, in `commands.py`
# and under its own name, and the first sentence of its help. Only the command that is run is
# imported; a new one is a line here.
COMMANDS = {
    "To begin": {
        "init": ("starting", "Begin in the repository of a service, or in a FOLDER of it."),
        "new": ("starting", "Begin something new."),
    },
    "Every day": {
        "generate": ("generating", "Write everything the config asks for."),
        "lint": ("generating", "Check contracts without writing."),
        "clean": ("cleaning", "Remove generated files and local state."),
        "cache": ("cleaning", "Tell where the cache is, and how large."),
        "doctor": ("doctor", "Say what is wrong with a project and the machine."),
    },
    "When contracts change": {
        "diff": ("comparing", "Tell what has changed in contracts, and for whom."),
        "breaking": ("comparing", "Exit 1 where a change breaks somebody and was not announced."),
        "bump": ("comparing", "Raise the version of contracts as far as their changes need it."),
        "migrate": ("migrating", "Write SQL that makes the tables of before those of now."),
        "release": ("comparing", "Have the lock keep the contracts as they are handed out."),
        "lock": ("locking", "Settle what two branches wrote into portwright.lock."),
        "register": ("registering", "Register the generated schemas with a schema registry."),
        "upgrade": ("upgrading", "Bring what an older version wrote to the form of this one."),
    },
    "In sight": {
        "report": (
            "overseeing",
            "Tell who answers for each port, and who reads what.",
        ),
        "access": ("granting", "Lay the rights of a live system beside the contracts."),
    },
    "Reference": {
        "targets": ("reference", "List what can be generated, with the options of each target."),
        "model": ("customising", "Print the model of contracts."),
        "templates": ("customising", "List what templates of a repository can override."),
        "policies": ("platform", "List the policies that contracts can be held to."),
        "config": ("platform", "Print the config with what it extends."),
        "schema": ("editors", "Print the JSON Schema of portwright.yaml or of a contract."),
        "explain": ("reference", "Tell the long story of a diagnostic CODE, such as PW101."),
        "completion": ("completion", "Print the script that lets SHELL complete commands."),
    },
}


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def command(name: str) -> click.Command:
    """The command of that name; KeyError if there is none."""
    room = {name: room for lines in COMMANDS.values() for name, (room, _) in lines.items()}[name]
    module = import_module(f"portwright.{room}.commands")
    found: click.Command = getattr(module, name.replace("-", "_"))
    found.context_class = _Context
    return found


class _Formatter(click.HelpFormatter):
    """Help whose texts have room beside their options in narrow terminals, too."""

    def write_dl(self, rows: Any, col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl(rows, col_max if self.width >= 60 else 8, col_spacing)


class _Context(click.Context):
    formatter_class = _Formatter


class _Commands(click.Group):
    """The group of all commands. Until one is run, its line stands for it: in the help, in what
    a shell completes, in what is meant by a word that is no command. Help is as wide as the
    terminal."""

    context_class = _Context

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]
        for lines in COMMANDS.values():
            for name, (_, line) in lines.items():
                self.add_command(click.Command(name, short_help=line))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, found, rest = super().resolve_command(ctx, args)
        return name, command(name) if name is not None and found else None, rest

    def make_context(self, *arguments: Any, **given: Any) -> click.Context:
        return super().make_context(*arguments, **{"terminal_width": terminal.width() - 2, **given})

    def main(self, *arguments: Any, **given: Any) -> Any:
        """What a disk that is full behind stdout would make a traceback of is told."""
        try:
            return super().main(*arguments, **given)
        except OSError as fault:
            if fault.errno not in _FULL or fault.filename is not None:
                raise
            # What is buffered still would be tried again when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            click.echo(f"cannot print: {fault.strerror}", err=True)
            sys.exit(1)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        widest = max(map(len, self.commands))
        for section, lines in COMMANDS.items():
            with formatter.section(section):
                formatter.write_dl([(name.ljust(widest), line[1]) for name, line in lines.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="portwright")
def main() -> None:
    """From one data contract: schemas, warehouse DDL, a typed producer client, consumer stubs."""
    click.get_current_context().color = terminal.colour(os.environ)
    for stream in (sys.stdout, sys.stderr):
        # What a terminal's encoding lacks is escaped; the diff of a contract may hold anything.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
