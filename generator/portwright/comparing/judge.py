"""What the commands do: `diff` tells what has changed, `breaking` judges it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import click

from portwright import checks, config, pipeline
from portwright.comparing import allowed, baseline, lasting, show
from portwright.diagnostics import Diagnostic, Span, error, printable, warning
from portwright.evolution import words
from portwright.evolution.allowances import Allowance
from portwright.evolution.change import Change
from portwright.evolution.compare import changes
from portwright.evolution.comparison import Comparison
from portwright.evolution.effects import Audience, Bump
from portwright.evolution.verdicts import MATRIX
from portwright.evolution.versions import next_version, numbers
from portwright.model import Model
from portwright.pieces.beside import among_majors
from portwright.reporting import checked, keep, report, say


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be compared: the contracts of the config, or `files`; with what, for whom."""

    config: Path
    files: tuple[Path, ...]
    against: str
    audiences: frozenset[Audience]
    style: str
    today: date

    @classmethod
    def of(
        cls,
        config: Path,
        files: tuple[Path, ...],
        against: str | None,
        audiences: Iterable[str],
        style: str,
        today: date,
    ) -> Request:
        """A request in the words of the command line; without an audience it is for all, without
        a baseline it is the usual one."""
        chosen = frozenset(map(Audience, audiences)) or frozenset(Audience)
        usual = against or baseline.usual(config.parent)
        return cls(config, files, usual, chosen, style, today)


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found, and in what. Spans of all but `gone` name files below `root`; `whole` says
    that everything was compared."""

    comparisons: tuple[Comparison, ...]
    new: tuple[Model, ...]
    gone: tuple[Model, ...]
    before: baseline.Baseline
    today: baseline.Today
    allowances: tuple[Allowance, ...]
    whole: bool

    @property
    def root(self) -> Path:
        """The folder that paths of contracts start in."""
        return self.today.root


class Unusable(Exception):
    """There is nothing to compare, and findings that say why were printed. Has the exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def run(
    command: Callable[[Request, Mapping[str, str]], int],
    request: Request,
    environ: Mapping[str, str],
) -> int:
    """The exit code of a command that compares, also where there is nothing to compare."""
    try:
        return command(request, environ)
    except Unusable as fault:
        return fault.code


def diff(request: Request, environ: Mapping[str, str]) -> int:
    """Prints what has changed and for whom; the exit code, 0."""
    found = compare(request, environ)
    # Migrations take as long to import as all else: `breaking` goes without.
    from portwright.comparing import markdown
    from portwright.comparing.plans import efforts

    if request.style == "markdown":
        shared = (each for one in found.comparisons for each in _shared(one))
        findings = (*found.before.diagnostics, *shared, *_allowances_over(found, request))
        parts = (found.comparisons, found.new, found.gone, findings, found.today.config)
        keep(findings, found.root)
        for each in found.comparisons:
            keep(show.notices(each), found.root)
        comment = markdown.Comment(request.against, found.root, *parts)
        click.echo(markdown.document(comment), nl=False)
        return 0
    for comparison in found.comparisons:
        costs = efforts(comparison, found.today.config)
        show.comparison(comparison, request.against, request.style, found.root, costs)
        report(list(_shared(comparison)), request.style, found.root)
    for model in found.new:
        show.alone(model, str(found.root / model.source), request.against, "new", request.style)
    for model in found.gone:
        show.alone(model, model.source, request.against, "gone", request.style)
    return 0


def breaking(request: Request, environ: Mapping[str, str]) -> int:
    """Reports what breaks one of the audiences and what the version does not say; the exit code, 1
    where something breaks."""
    found = compare(request, environ)
    told = findings(found, request)
    report(told, request.style, found.root)
    if any(each.is_error for each in told):
        return 1
    compared = f"{len(found.comparisons)} contract(s) compared with {request.against}"
    say(f"{compared}, nothing breaks that the version does not tell", request.style)
    return 0


def findings(found: Compared, request: Request) -> list[Diagnostic]:
    """What breaks one of the audiences, and what the versions do not say."""
    told = [each for one in found.comparisons for each in _findings(one, found.today.models)]
    told += (each for one in found.comparisons for each in _further_back(one, found.before.older))
    told += lasting.renumbered(found.comparisons, found.before, found.today)
    told += _allowances_over(found, request)
    told += (each for one in found.today.models for each in checks.supported(one, request.today))
    told += (
        each
        for one in found.gone
        for each in lasting.gone(one, found.today.models, request.today, request.config.name)
    )
    return told


def compare(request: Request, environ: Mapping[str, str]) -> Compared:
    """Both versions of each contract. Raises `Unusable`."""
    today = _today(request, environ)
    before = baseline.of(request.against, today, environ)
    report(before.diagnostics, request.style, Path())
    if any(each.is_error for each in before.diagnostics):
        raise Unusable(2)
    pairs = baseline.pairs(before, today.models)
    if before.is_file and before.models and not pairs.both:
        message = "no contract of the config has the id of this one"
        way_out = "name the contract that it is compared with behind the options"
        report([error("PW703", message, Span(request.against), way_out)], request.style, Path())
        raise Unusable(2)
    allowances = tuple(_allowances(request, today))
    holding = [each for each in allowances if each.holds(request.today)]
    comparisons = tuple(
        Comparison(
            old,
            new,
            request.audiences,
            tuple(each for each in holding if each.is_of(old) or each.is_of(new)),
        )
        for old, new in pairs.both
    )
    whole = not (today.named or before.is_file or before.skipped)
    return Compared(comparisons, pairs.new, pairs.gone, before, today, allowances, whole)


def _allowances(request: Request, today: baseline.Today) -> Iterator[Allowance]:
    """Those of the config, which is named from the root, too."""
    file = os.path.relpath(request.config, today.root)
    for each in today.config.allowances if today.config else ():
        yield replace(each, span=replace(each.span, file=file))


def _today(request: Request, environ: Mapping[str, str]) -> baseline.Today:
    """Today's contracts. Raises `Unusable`."""
    settings, folder = None, request.config.parent
    if not request.files or request.config.exists():
        settings, wrong = config.load(folder, request.config.name, environ)
        report(wrong, request.style, folder)
        if settings is None:
            raise Unusable(2 if any(each.code == "PW501" for each in wrong) else 1)
    root = Path() if request.files else folder
    named = tuple(str(each) for each in request.files)
    checked(named or (settings.contracts if settings else ()), root)
    models: list[Model] = []
    found: list[Diagnostic] = []
    for name in named or (settings.contracts if settings else ()):
        model, diagnostics = pipeline.load(root / name, name, environ)
        found += (each for each in diagnostics if each.is_error)
        if model is not None:
            models.append(model)
    if settings is not None:
        models, misplaced = settings.choose_ports(models)
        found += () if named else misplaced
        models = [replace(each, namespace=settings.namespace) for each in models]
        models = list(among_majors(models))
    report(found, request.style, root)
    if found:
        raise Unusable(1)
    return baseline.Today(root, settings, named, tuple(models), folder, request.config.name)


def _allowances_over(found: Compared, request: Request) -> Iterator[Diagnostic]:
    return allowed.looked_after(found.allowances, found.comparisons, request.today, found.whole)


def _findings(comparison: Comparison, models: Iterable[Model]) -> Iterator[Diagnostic]:
    """What is to be said of one comparison: a new major version breaks nobody who has the old."""
    if comparison.is_new_major:
        yield from _shared(comparison)
        yield from lasting.left(comparison, models)
        return
    broken = comparison.breaking
    yield from allowed.passed(comparison)
    for change in broken:
        yield _broken(comparison, change)
    before, after = comparison.old.version, comparison.new.version
    if numbers(after) < numbers(before):
        message = f"`version` went back from {before} to {after}"
        yield error("PW702", message, comparison.new.span, f"write a version above {before}")
    elif not broken and not comparison.is_enough and comparison.needed is not Bump.PATCH:
        version = comparison.next_version
        message = f"what has changed needs version {version}, and `version` is {after}"
        way_out = f"write `version: {version}`, or run `portwright bump`"
        yield error("PW702", message, comparison.new.span, way_out)


def _further_back(
    comparison: Comparison, older: Mapping[tuple[str, int], tuple[Model, ...]]
) -> Iterator[Diagnostic]:
    """What breaks readers of releases before the last one of the same major version, such as a
    property that comes back with another type; not what a release since has broken already."""
    if comparison.is_new_major:
        return
    last = comparison.old
    told = {_same(each) for each in comparison.changes}
    for model in reversed(older.get((last.id, last.major), ())):
        released = {_same(each) for each in changes(model, last)}
        found = replace(comparison, old=model)
        for change in found.breaking:
            if _same(change) not in told | released:
                told.add(_same(change))
                yield _broken(found, change)


def _same(change: Change) -> tuple[object, ...]:
    """What two changes share that are the same, between whatever versions."""
    return change.kind, change.path, change.fact, change.before, change.after


def _broken(comparison: Comparison, change: Change) -> Diagnostic:
    version = next_version(comparison.old.version, comparison.bump(change))
    help = [
        MATRIX[change.kind].next_step,
        f"or write `version: {version}`: it is {printable(comparison.new.version)}",
    ]
    if change.gone:
        span = change.span
        help.append(f"it was at {printable(span.file)}:{span.line}:{span.column}")
    message = words.headline(change) + show.sentences(comparison.harm(change))
    return error("PW701", message, show.here(comparison, change), "\n".join(help))


def _shared(comparison: Comparison) -> Iterator[Diagnostic]:
    for each in comparison.shared:
        message = f"the new major version has the {each} of the old one, whose readers it breaks"
        way_out = "give it another `physicalName`, such as one that ends in the major version"
        yield warning("PW706", message, comparison.new.span, way_out)
