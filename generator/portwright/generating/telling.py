"""What `generate` says: what it changed, and what there is to do for who owns the files."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import click

from portwright import terminal
from portwright.diagnostics import Diagnostic, brief, printable
from portwright.manifest import BEGUN
from portwright.plan import Plan, Write
from portwright.reporting import files_told

_LOOKS = {"wrote": "added", "removed": "removed", "merged": "notice", "updated": "strong"}


def _shown(todo: Plan) -> Iterator[Write]:
    """What is changed; what files of the user were begun as goes with those."""
    for each in (*todo.writes, *todo.removals):
        if not each.path.is_relative_to(BEGUN):
            yield each


def changes(todo: Plan, before: str = "") -> None:
    """Prints a line for each file that was changed."""
    for each in _shown(todo):
        word = terminal.painted(f"{each.verb:<8}", _LOOKS[each.verb])
        click.echo(f"{before}{word} {each.path}")


def sums(todo: Plan, count: int) -> None:
    """Prints how many of `count` files were changed."""
    shown = list(_shown(todo))
    same = count - sum(each.after is not None for each in shown)
    click.echo(f"{files_told(len(shown))} changed, {same} up to date")


def to_do(todo: Plan, found: Sequence[Diagnostic]) -> None:
    """Prints what is left to the owner of the files, if anything is."""
    lines = [_line(todo, each) for each in (*todo.unsettled, *todo.todo)]
    if not lines:
        return
    counts = Counter(str(each.severity) for each in found)
    if counts:
        told = ", ".join(f"{n} {name}{'s' * (n > 1)}" for name, n in counts.items())
        lines.append(f"see the {told} above")
    click.echo(terminal.painted("to do:", "strong"), err=True)
    for line in lines:
        click.echo(f"  {line}", err=True)
    for each in dict.fromkeys(each.help for each in todo.unsettled if each.help):
        click.echo(f"  {terminal.painted('help:', 'notice')} {each}", err=True)


def _line(todo: Plan, each: Diagnostic) -> str:
    place = terminal.painted(printable(f"{todo.root / each.span.file}:{each.span.line}"), "place")
    message = printable(brief(each.message))
    if each.is_error:
        return f"{place}: {terminal.painted(f'error[{each.code}]', 'error')}: {message}"
    return f"{place}: {message}"


def diff(drift: Iterable[Write]) -> None:
    """Prints a unified diff, in colours on a terminal; elsewhere every byte of it is as it is."""
    context = click.get_current_context()
    coloured = terminal.is_terminal(sys.stdout) if context.color is None else context.color
    for write in drift:
        for line in "".join(write.diff()).splitlines(keepends=True) if coloured else write.diff():
            click.echo(_painted(line) if coloured else line, nl=False, color=True)


def _painted(line: str) -> str:
    text = line.rstrip("\n")
    end = line[len(text) :]
    text = "\t".join(map(printable, text.split("\t")))
    if text.startswith(("--- ", "+++ ")):
        return terminal.painted(text, "strong") + end
    for sign, look in (("+", "added"), ("-", "removed"), ("@@", "place")):
        if text.startswith(sign):
            return terminal.painted(text, look) + end
    return text + end
