"""How what was found is printed: a line each, or one JSON document."""

from __future__ import annotations

import json
import os
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from portwright import config as configs
from portwright import stamp, terminal
from portwright.config import Config
from portwright.diagnostics import Diagnostic, printable
from portwright.doctor import files, machine, project, repository
from portwright.doctor.facts import Fact, Verdict

_LOOKS = {Verdict.OK: "added", Verdict.WARN: "warning", Verdict.BAD: "error"}


def run(config: Path, style: str) -> int:
    """The exit code."""
    found = list(_all(config))
    if style == "json":
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    else:
        for each in found:
            _show(each)
        counts = Counter(each.verdict for each in found)
        click.echo(", ".join(f"{counts[each]} {each}" for each in Verdict if counts[each]))
    return int(any(each.verdict is Verdict.BAD for each in found))


def _all(config: Path) -> Iterator[Fact]:
    root = config.parent
    yield from machine.facts()
    read: Config | None = None
    found: list[Diagnostic] = []
    if config.exists():
        read, found = configs.load(root, config.name, stamp.Environment(os.environ))
    yield from project.of_config(config, read, found)
    if read is not None:
        yield from machine.needs(read)
        yield from project.of_contracts(root, read)
    yield from files.facts(root)
    yield from repository.facts(root, read)
    yield machine.of_terminal()


def _show(fact: Fact) -> None:
    word = terminal.painted(f"{fact.verdict:<5}", _LOOKS[fact.verdict])
    room = terminal.width() - 6
    first, *rest = textwrap.wrap(printable(f"{fact.about}: {fact.said}"), room) or [""]
    click.echo(f"{word} {first}")
    for line in rest:
        click.echo(f"      {line}")
    for line in textwrap.wrap(printable(fact.help), room - 2) if fact.help else ():
        click.echo(f"        {line}")
