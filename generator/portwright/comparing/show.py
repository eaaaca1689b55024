"""How changes are shown: a table with sentences for people, documents for machines."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from portwright import documents
from portwright.diagnostics import Diagnostic, Severity, Span, printable
from portwright.evolution.allowances import EVERYBODY, Allowance
from portwright.evolution.change import Change
from portwright.evolution.comparison import Comparison
from portwright.evolution.effects import Audience, Effect, Level
from portwright.evolution.verdicts import MATRIX, readings
from portwright.evolution.words import headline, title, where
from portwright.markdown_text import brief
from portwright.model import Model
from portwright.reporting import keep, report

_COLOURS = {Level.OK: "green", Level.RISKY: "yellow", Level.BREAKING: "red"}
_HARM = (Level.RISKY, Level.BREAKING)


def agreement(allowance: Allowance) -> str:
    """`allowed until 2027-01-31: nobody queries it`, for some audiences only where it says so."""
    chosen = [each for each in Audience if each in allowance.audiences]
    whom = "" if allowance.audiences == EVERYBODY else f" for {', '.join(chosen)}"
    return f"allowed{whom} until {allowance.until}: {printable(allowance.reason)}"


def as_text(comparison: Comparison, against: str, root: Path, efforts: Mapping[str, str]) -> str:
    """The comparison for people, coloured; its files are below `root`, and `efforts` are what it
    costs to change the tables of each dialect."""
    return "\n".join(_lines(comparison, against, root, efforts))


def _lines(
    comparison: Comparison, against: str, root: Path, efforts: Mapping[str, str]
) -> Iterator[str]:
    new = comparison.new
    versions = f"{comparison.old.version} → {new.version}"
    yield click.style(
        f"{printable(str(root / new.source))}: {printable(new.name)} {printable(versions)}, "
        f"against {printable(against)}",
        bold=True,
    )
    if not comparison.changes:
        yield "  nothing has changed"
        return
    yield ""
    yield from _table(comparison)
    for change in comparison.changes:
        yield ""
        yield from _told(comparison, change, root)
    yield ""
    if efforts:
        told = (f"{dialect} {effort}" for dialect, effort in efforts.items())
        yield f"  tables: {', '.join(told)} (`portwright migrate`)"
    yield f"  {verdict(comparison)}"


def _table(comparison: Comparison) -> Iterator[str]:
    asked = [each for each in Audience if each in comparison.audiences]
    paths = [brief(where(each)) for each in comparison.changes]
    width = max(map(len, ["change", *paths]))
    yield "  ".join(
        [f"  {'change':<{width}}", *(f"{each:<{_wide(each)}}" for each in asked)]
    ).rstrip()
    for path, change in zip(paths, comparison.changes, strict=True):
        concerned = comparison.concerned(change)
        spared = comparison.spared(change)
        words = {each: word(concerned[each].level, each in spared) for each in asked}
        cells = (_coloured(words[each], concerned[each].level, _wide(each)) for each in asked[:-1])
        last = _coloured(words[asked[-1]], concerned[asked[-1]].level)
        yield "  ".join([f"  {path:<{width}}", *cells, last])


def _wide(audience: Audience) -> int:
    return max(len(audience), len(str(Level.BREAKING)))


def word(level: Level, spared: bool) -> str:
    """What a change is to an audience: also `allowed`, where that was agreed on."""
    return "allowed" if spared else str(level)


def _coloured(text: str, level: Level, width: int = 0) -> str:
    return click.style(f"{text:<{width}}", fg=_COLOURS[level])


def _told(comparison: Comparison, change: Change, root: Path) -> Iterator[str]:
    span = change.span
    place = f"{printable(file_of(change, root))}:{span.line}:{span.column}"
    yield f"  {click.style(where(change), bold=True)}: {title(change)}"
    yield f"    {place}"
    spared = comparison.spared(change)
    for audience, effect in comparison.concerned(change).items():
        if effect.why:
            level = _coloured(word(effect.level, audience in spared), effect.level)
            yield f"    {audience}: {level}, {effect.why}"
    if found := readings(change):
        told = (
            f"{artefact} {_coloured(str(each.level), each.level)}"
            for artefact, each in found.items()
        )
        yield f"    artefacts: {', '.join(told)}"
    for allowance in comparison.allowed(change):
        yield f"    {agreement(allowance)}"
    yield f"    next: {MATRIX[change.kind].next_step}"


def verdict(comparison: Comparison) -> str:
    """Whether the version tells what has changed, in a sentence."""
    version = printable(comparison.new.version)
    if comparison.is_new_major:
        return f"{version} is a new major version: readers of the old one are not broken by it"
    if comparison.is_enough:
        return f"the version was raised enough, to {version}"
    return f"needs {comparison.next_version} ({comparison.needed}), and is {version}"


def file_of(change: Change, root: Path) -> str:
    """The file that a change is in, named from where the user stands; what is gone is in none."""
    return change.span.file if change.gone else str(root / change.span.file)


def as_document(
    comparison: Comparison, against: str, root: Path, efforts: Mapping[str, str]
) -> dict[str, object]:
    """The comparison as JSON has it; its files are below `root`."""
    needed = comparison.needed
    return {
        **_headed(comparison.new, against, str(root / comparison.new.source)),
        "status": "changed" if comparison.changes else "unchanged",
        "before": comparison.old.version,
        "newMajor": comparison.is_new_major,
        "bump": None if needed is None else str(needed),
        "nextVersion": comparison.next_version,
        "raisedEnough": comparison.is_enough,
        "migrations": dict(efforts),
        "changes": [_change(comparison, each, root) for each in comparison.changes],
    }


def _headed(model: Model, against: str, file: str) -> dict[str, object]:
    return {
        "contract": model.id,
        "name": model.name,
        "file": file,
        "against": against,
        "version": model.version,
    }


def _change(comparison: Comparison, change: Change, root: Path) -> dict[str, object]:
    return {
        "kind": change.kind,
        "path": change.path,
        "fact": change.fact,
        "before": change.before,
        "after": change.after,
        "title": MATRIX[change.kind].title,
        "file": file_of(change, root),
        "line": change.span.line,
        "column": change.span.column,
        "bump": str(comparison.bump(change)),
        "verdicts": {
            audience: {"level": str(effect.level), "why": effect.why or None}
            for audience, effect in comparison.concerned(change).items()
        },
        "artefacts": {
            artefact: {
                "level": str(each.level),
                "oldReaders": each.old,
                "newReaders": each.new,
                "why": each.why,
            }
            for artefact, each in readings(change).items()
        },
        "allowed": [_allowance(each) for each in comparison.allowed(change)],
        "nextStep": MATRIX[change.kind].next_step,
    }


def _allowance(allowance: Allowance) -> dict[str, object]:
    return {
        "audiences": [each for each in Audience if each in allowance.audiences],
        "reason": allowance.reason,
        "until": str(allowance.until),
    }


def alone(model: Model, file: str, against: str, status: str, style: str) -> None:
    """Prints that the contract in `file` is `new`, or `gone`."""
    if style == "json":
        click.echo(json.dumps({**_headed(model, against, file), "status": status, "changes": []}))
    elif style == "text":
        name = f"{printable(file)}: {printable(model.name)} {printable(model.version)}"
        click.echo(f"{name} is {status}, against {printable(against)}")


def comparison(
    found: Comparison, against: str, style: str, root: Path, efforts: Mapping[str, str]
) -> None:
    """Prints a comparison."""
    if style in ("json", "text"):
        keep(notices(found), root)
    if style == "json":
        click.echo(json.dumps(as_document(found, against, root, efforts)))
    elif style == "github" or style in documents.FORMS:
        report(list(notices(found)), style, root)
    else:
        # As click does, and as no-color.org asks.
        plain = "NO_COLOR" in os.environ or not sys.stdout.isatty()
        click.echo(as_text(found, against, root, efforts), color=not plain)


def notices(comparison: Comparison) -> Iterator[Diagnostic]:
    """A finding for each change."""
    return (_notice(comparison, each) for each in comparison.changes)


def _notice(comparison: Comparison, change: Change) -> Diagnostic:
    harm = comparison.concerned(change, _HARM)
    agreed = (f"; {agreement(each)}" for each in comparison.allowed(change))
    message = "".join([headline(change), sentences(harm), *agreed])
    next_step = MATRIX[change.kind].next_step
    return Diagnostic("PW700", Severity.NOTICE, message, here(comparison, change), next_step)


def here(comparison: Comparison, change: Change) -> Span:
    """The place of a change in a file that there is: the contract's, where the thing is gone."""
    return comparison.new.span if change.gone else change.span


def sentences(effects: dict[Audience, Effect]) -> str:
    """`; breaking for sql-readers: queries that name the column fail` …"""
    told = (f"; {each.level} for {audience}: {each.why}" for audience, each in effects.items())
    return "".join(told)
