"""What the command does: contracts of two versions become files of SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from portwright import migrations
from portwright.comparing import judge
from portwright.config import Config
from portwright.diagnostics import Diagnostic, Span, error, nearest, warning
from portwright.evolution.comparison import Comparison
from portwright.migrating.files import File, path_of, write
from portwright.migrations import Held, Plan
from portwright.migrations.document import document
from portwright.model import Model
from portwright.reporting import report, say
from portwright.targets.ddl import DIALECTS, Ddl


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for beside the comparison: engines, a folder (`-` to print), and whether steps
    that take data away are run with the others."""

    dialects: tuple[str, ...]
    out: Path
    destructive: bool

    @property
    def prints(self) -> bool:
        return str(self.out) == "-"


@dataclass(frozen=True, slots=True)
class Made:
    """A migration of one contract in one engine."""

    comparison: Comparison
    target: Ddl
    plan: Plan
    text: str


def of(asked: Asked) -> Callable[[judge.Request, Mapping[str, str]], int]:
    """The command for what is asked, as `judge.run` takes it."""

    def migrate(request: judge.Request, environ: Mapping[str, str]) -> int:
        found = judge.compare(request, environ)
        targets, wrong = _targets(asked, found.today.config, request)
        report(wrong, request.style, Path())
        if wrong:
            return 2
        findings: list[Diagnostic] = []
        made = [
            each
            for comparison in (*found.comparisons, *_majors(found, request))
            for target in targets
            for each in _made(comparison, target, asked, request, findings)
        ]
        report(findings, request.style, found.root)
        if any(each.is_error for each in findings):
            return 1
        return _hand_out(made, asked, request, found.root)

    return migrate


def _majors(found: judge.Compared, request: judge.Request) -> Iterator[Comparison]:
    """New major versions, each with the one before it, whose rows fill its tables."""
    for new in found.new:
        before = [each for each in found.before.models.values() if each.id == new.id]
        older = [each for each in before if each.major < new.major]
        if older:
            yield Comparison(max(older, key=lambda each: each.major), new, request.audiences)


def _targets(
    asked: Asked, config: Config | None, request: judge.Request
) -> tuple[list[Ddl], list[Diagnostic]]:
    """The engines asked for, else those of the config, with the servers that it chooses."""
    known = [each.target for each in config.outputs] if config else []
    own = [each for each in known if isinstance(each, Ddl)]
    if not asked.dialects:
        message = "no engine is named, and the config has no target `ddl`"
        way_out = f"name one, such as --to-dialect postgres: {', '.join(DIALECTS)}"
        place = Span(request.config.name)
        return own, [] if own else [error("PW723", message, place, way_out)]
    wrong = [
        error(
            "PW723",
            f"there is no dialect `{each}`",
            Span("--to-dialect"),
            nearest(each, DIALECTS) or f"known: {', '.join(DIALECTS)}",
        )
        for each in asked.dialects
        if each not in DIALECTS
    ]
    found = [
        target
        for each in dict.fromkeys(asked.dialects)
        for target in [own_ for own_ in own if own_.dialect == each] or [Ddl(each)]
    ]
    return found, wrong


def _made(
    comparison: Comparison,
    target: Ddl,
    asked: Asked,
    request: judge.Request,
    findings: list[Diagnostic],
) -> Iterator[Made]:
    """The migration, where there is something to do; what is to be said goes to the findings."""
    dialect = DIALECTS[target.dialect]
    wrong = [each for each in target.check(comparison.new) if each.is_error]
    if wrong:
        findings += wrong
        return
    old, new = comparison.old, comparison.new
    plan = migrations.between(old, new, target, destructive=asked.destructive)
    if plan is None:
        message = f"{dialect.title} could not hold the tables of {comparison.old.version}"
        way_out = "nothing was made of them there; create the tables of today"
        findings.append(warning("PW724", message, comparison.new.span, way_out))
        return
    if plan.steps:
        findings += _left_out(plan, new, dialect.title)
        yield Made(comparison, target, plan, document(plan, old, new, dialect, request.against))


def _left_out(plan: Plan, new: Model, title: str) -> Iterator[Diagnostic]:
    """Steps that are left out, by their reason."""
    for code, held, way_out in (
        ("PW720", Held.DESTRUCTIVE, "run them from the file when nobody needs what they take away"),
        ("PW721", Held.VALUES, "write the values into the file, and take these steps in"),
    ):
        count = sum(each.held is held for each in plan.left_out)
        if count:
            message = f"{title}: {count} step(s) of `{new.name}` are left out: {held}"
            yield warning(code, message, new.span, way_out)


def _unfinished(files: Iterable[File]) -> Iterator[Diagnostic]:
    for each in files:
        if before := each.unfinished:
            message = f"{before.name} has steps that are left out, and this one takes them for done"
            way_out = "run them first, or look whether each step here fits the tables as they are"
            yield warning("PW726", message, Span(str(each.path)), way_out)


def _hand_out(made: Iterable[Made], asked: Asked, request: judge.Request, root: Path) -> int:
    """Prints or writes the migrations; the exit code."""
    made = list(made)
    left_out = any(each.plan.left_out for each in made)
    if not made:
        say("nothing to do: no table changes", request.style)
    elif asked.prints:
        for each in made:
            click.echo(each.text, nl=False)
    else:
        files = [
            File(path_of(asked.out, each.target.dialect, each.comparison), each.text)
            for each in made
        ]
        unfinished = list(_unfinished(files))
        report(unfinished, request.style, Path())
        left_out = left_out or bool(unfinished)
        there = [each.is_there for each in files]
        refused = write(files)
        report(refused, request.style, Path())
        if refused:
            return 1
        for each, file, was_there in zip(made, files, there, strict=True):
            word = "up to date" if was_there else "wrote"
            say(f"{word:<10} {file.path}: {each.plan.effort}", request.style)
    return 1 if left_out else 0
