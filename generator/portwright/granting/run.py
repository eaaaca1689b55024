"""A plan of rights, made, printed and, where that is asked for, run as far as it only adds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from portwright.diagnostics import Diagnostic, Span, error, printable
from portwright.granting.asked import Asked
from portwright.granting.plan import Kind, Step, System, SystemError, additions, document, plan
from portwright.importing import urls
from portwright.importing.draft import Refused
from portwright.reporting import report
from portwright.run import Run, build

Opener = Callable[[Asked, Run], System]
# Scheme of the url → module:function, which opens the system for the contracts of a run.
SYSTEMS: Final = {
    "postgresql": "portwright.granting.sql:postgres",
    "postgres": "portwright.granting.sql:postgres",
    "kafka": "portwright.granting.kafka:opened",
}

_WORDS: Final = {Kind.ADD: "to add", Kind.CHANGE: "to change", Kind.EXTRA: "beyond the contracts"}


def lay(root: Path, name: str, asked: Asked) -> int:
    """The exit code: 1 where the system is not as the contracts say, or cannot be asked."""
    opener = _opener(asked.url)
    run = build(root, name, "text")
    try:
        with closing(opener(asked, run)) as system:
            steps = plan(system)
            faults = list(_apply(system, steps, asked.url)) if asked.is_applied else []
            report(faults, "text", root)
            steps = plan(system) if asked.is_applied else steps
            _print(steps, asked, system)
            return 1 if steps else 0
    except SystemError as fault:
        help = "look at the url, at the rights of its user, and whether the server runs"
        message = f"the system cannot be asked: {fault}"
        report([error("PW420", message, Span(urls.shown(asked.url)), help)], "text", root)
        return 1


def _opener(url: str) -> Opener:
    scheme = url.partition(":")[0]
    if scheme not in SYSTEMS:
        raise click.UsageError(f"the url has to begin with one of {', '.join(SYSTEMS)}")
    try:
        urls.check(url, scheme)
    except Refused as refused:
        raise click.UsageError(f"{refused.finding.message}; {refused.finding.help}") from None
    module, _, function = SYSTEMS[scheme].partition(":")
    found: Opener = getattr(import_module(module), function)
    return found


def _apply(system: System, steps: Iterable[Step], url: str) -> Iterator[Diagnostic]:
    """Runs what only adds, and tells what the system does not take of it."""
    for each in additions(steps):
        try:
            system.run(each.statement)
        except SystemError as fault:
            message = f"{system.title} does not take `{_first(each.statement)}`: {fault}"
            yield error("PW421", message, Span(urls.shown(url)))


def _print(steps: tuple[Step, ...], asked: Asked, system: System) -> None:
    extras = [each for each in steps if each.kind is Kind.EXTRA]
    if asked.is_revoked:
        steps = tuple(extras)
    match asked.style:
        case "json":
            click.echo(json.dumps(document(steps), indent=2, ensure_ascii=False))
        case "script":
            _print_script(steps, asked.is_revoked, system.remark)
        case _ if asked.is_revoked:
            _print_script(steps, True, system.remark)
        case _:
            _print_text(steps, system.title)


def _print_text(steps: tuple[Step, ...], title: str) -> None:
    for each in steps:
        click.echo(f"{each.kind:<7} {_first(each.statement)}")
        click.echo(f"        {printable(each.why)}")
    if not steps:
        click.echo(f"{title} is as the contracts say")
        return
    counted = {words: sum(each.kind is kind for each in steps) for kind, words in _WORDS.items()}
    click.echo(", ".join(f"{count} {words}" for words, count in counted.items() if count))


def _print_script(steps: tuple[Step, ...], is_revoked: bool, remark: str) -> None:
    """Statements to run; what revokes is in a remark where it was not asked for."""
    for each in steps:
        click.echo(f"{remark}{printable(each.why)}")
        is_told = each.kind is Kind.EXTRA and not is_revoked
        click.echo(f"{remark}{printable(each.statement)}" if is_told else f"{each.statement};")


def _first(statement: str) -> str:
    """The statement as far as it stands on one line."""
    lines = [printable(each) for each in statement.splitlines()]
    made = next((each for each in lines if each.startswith("CREATE")), lines[0])
    return made if len(lines) == 1 else f"{made} …"
