"""`portwright register --dry-run`: what a registry says of the schemas of today, what we say of the
changes of their contracts, and why the two differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

from portwright.comparing import judge
from portwright.config import Output
from portwright.diagnostics import Diagnostic, Severity, Span, error, printable
from portwright.dry_run import reasons
from portwright.evolution import words
from portwright.evolution.change import Change
from portwright.evolution.comparison import Comparison
from portwright.evolution.effects import Level
from portwright.evolution.verdicts import MATRIX
from portwright.model import Model, Object, Port
from portwright.register import (
    Answer,
    Registry,
    RegistryAway,
    RegistryError,
    Subject,
    opened,
    subjects,
)
from portwright.reporting import keep, report


@dataclass(frozen=True, slots=True)
class Verdict:
    """What both say of a subject. `changes` are those of its object and contract that its readers
    may notice, `broken` those of them that break readers and that the version does not tell."""

    subject: Subject
    span: Span
    answer: Answer
    changes: tuple[Change, ...]
    broken: tuple[Change, ...]

    @property
    def word(self) -> str:
        """What the registry says, in a word."""
        if self.answer.is_taken is None:
            return "unknown" if self.answer.messages else "new"
        return "taken" if self.answer.is_taken else "refused"

    @property
    def failed(self) -> bool:
        return self.answer.is_taken is False or bool(self.broken)

    @property
    def differences(self) -> Iterator[tuple[Change, str]]:
        """The changes that one of the two takes and the other does not, each with the reason."""
        kind, level = self.subject.schema.kind, self.answer.level
        if self.answer.is_taken:
            for each in self.broken:
                yield each, reasons.taken(kind, each.kind)
        elif self.answer.is_taken is False:
            for each in self.changes:
                why = reasons.refused(kind, level, each.kind)
                if each not in self.broken and why:
                    yield each, why


def ask_all(
    outputs: Iterable[Output],
    models: Iterable[Model],
    url: str,
    request: judge.Request,
    environ: Mapping[str, str],
) -> int:
    """The exit code: 1 where the registry refuses a schema, or a change breaks readers and the
    version does not tell it."""
    models = tuple(models)
    found = list(subjects(outputs, models))
    failed = False
    with opened(found, url) as registry:
        try:
            compared = judge.compare(request, environ).comparisons
        except judge.Unusable as fault:
            return fault.code
        for subject in found:
            try:
                verdict = _verdict(registry, subject, models, compared)
            except RegistryError as fault:
                _fault(subject, str(fault), request.style, Span(str(request.config)))
                failed = True
                if isinstance(fault, RegistryAway):
                    break  # the next would wait as long, and be told the same
                continue
            failed = failed or verdict.failed
            span = verdict.span
            file = str(request.config.parent / span.file)
            _show(replace(verdict, span=replace(span, file=file)), request.style)
    return 1 if failed else 0


def _verdict(
    registry: Registry,
    subject: Subject,
    models: Iterable[Model],
    compared: Iterable[Comparison],
) -> Verdict:
    of = {(each.new.id, each.new.major): each for each in compared}
    changes: list[Change] = []
    broken: list[Change] = []
    spans: list[Span] = []
    for model in models:
        for each in model.objects:
            if Port.STREAM in each.ports and each.schema_subject == subject.name:
                spans.append(each.span)
                comparison = of.get((model.id, model.major))
                if comparison is not None and not comparison.is_new_major:
                    own = [c for c in comparison.changes if _is_of(c, each, model)]
                    changes += own
                    broken += (c for c in comparison.breaking if c in own)
    return Verdict(subject, spans[0], registry.ask(subject), tuple(changes), tuple(broken))


def _is_of(change: Change, object_: Object, model: Model) -> bool:
    """Whether a change is one of the object, or of what all objects have."""
    inside = tuple(f"{object_.name}{sign}" for sign in ".[{")
    others = (each.name for each in model.objects if each.name != object_.name)
    return (
        change.path == object_.name
        or change.path.startswith(inside)
        or not any(change.path == each or change.path.startswith(f"{each}.") for each in others)
    )


def _fault(subject: Subject, text: str, style: str, span: Span) -> None:
    found = error("PW572", f"the schema of `{subject.name}` is not asked for: {text}", span)
    if style not in ("json", "text"):
        report([found], style, Path())
        return
    keep([found], Path())
    if style == "json":
        click.echo(json.dumps({"subject": subject.name, "error": text}))
    else:
        click.echo(f"{'failed':<12} {printable(subject.name)}: {text}", err=True)


def _as_json(verdict: Verdict) -> None:
    answer = verdict.answer
    document = {
        "subject": verdict.subject.name,
        "registry": verdict.word,
        "level": answer.level,
        "wantedLevel": verdict.subject.level,
        "messages": list(answer.messages),
        "ours": str(Level.BREAKING if verdict.broken else Level.OK),
        "changes": [{"kind": each.kind, "path": each.path} for each in verdict.changes],
        "differences": [
            {"kind": change.kind, "path": change.path, "why": why}
            for change, why in verdict.differences
        ],
    }
    click.echo(json.dumps(document))


def _as_text(verdict: Verdict) -> None:
    answer = verdict.answer
    name, level = printable(verdict.subject.name), answer.level or "no level"
    click.echo(f"{verdict.word:<12} {name} at {level}; we say: {_ours(verdict)}")
    for each in answer.messages:
        click.echo(f"  the registry: {printable(each)}")
    if _is_other(verdict):
        click.echo(f"  {_level(verdict)}")
    for each in _sentences(verdict):
        click.echo(f"  {each}")


def _show(verdict: Verdict, style: str) -> None:
    found = list(_findings(verdict))
    if style not in _SHOWN:
        report(found, style, Path())
    else:
        keep(found, Path())
        _SHOWN[style](verdict)


def _findings(verdict: Verdict) -> Iterator[Diagnostic]:
    """A finding for what fails, one for another level, and a notice for what is explained."""
    answer, name = verdict.answer, verdict.subject.name
    found: list[tuple[str, Severity, str]] = []
    told = "; ".join((*answer.messages, *_sentences(verdict)))
    if answer.is_taken is False:
        found.append(("PW730", Severity.ERROR, f"the registry refuses `{name}`: {told}"))
    elif verdict.broken:
        says = f"`{name}` breaks readers, and the registry says {verdict.word}"
        found.append(("PW731", Severity.ERROR, f"{says}: {told}"))
    elif verdict.word == "unknown":
        found.append(("PW733", Severity.WARNING, f"the registry cannot tell of `{name}`: {told}"))
    if _is_other(verdict):
        found.append(("PW732", Severity.WARNING, f"`{name}`: {_level(verdict)}"))
    for code, severity, message in found:
        yield Diagnostic(code, severity, message, verdict.span)


_SHOWN = {"text": _as_text, "json": _as_json}


def _ours(verdict: Verdict) -> str:
    if verdict.broken:
        return "breaking"
    return "ok" if verdict.changes else "nothing has changed"


def _is_other(verdict: Verdict) -> bool:
    return verdict.answer.level not in ("", verdict.subject.level)


def _level(verdict: Verdict) -> str:
    held, wanted = verdict.answer.level, verdict.subject.level
    return f"it is held to {held} there, the contract wants {wanted}: `portwright register` sets it"


def _sentences(verdict: Verdict) -> Iterator[str]:
    """Why we break or do not, where the registry says something else; else what breaks."""
    explained = dict(verdict.differences)
    for change in verdict.changes:
        what = f"{words.where(change)}: {words.title(change)}"
        if change in explained:
            verb = "takes it" if verdict.answer.is_taken else "refuses it"
            yield f"{what}; the registry {verb}: {explained[change]}"
        elif change in verdict.broken:
            yield f"{what}; next: {MATRIX[change.kind].next_step}"
