"""New ports: a contract begun from nothing, or from what is there already."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import click

from portwright import output
from portwright.diagnostics import Span, error
from portwright.editors import store
from portwright.importing import making, reading
from portwright.importing.draft import Draft
from portwright.importing.reading import Request
from portwright.paths import matches
from portwright.reporting import report, say
from portwright.starting import blank, placing


@dataclass(frozen=True, slots=True)
class NewPort:
    """What was asked for. `request` is what to begin from; without a source, from nothing."""

    config: Path
    name: str
    request: Request | None
    dry_run: bool
    style: str


def run(asked: NewPort) -> int:
    """Writes the contract; the exit code."""
    root = asked.config.parent
    looked = placing.patterns(asked.config)
    path = placing.path_of(asked.name, looked or (placing.DEFAULT,))
    if (root / path).exists() or (root / path).is_symlink():
        help = "give the port another name, or edit the contract that is there"
        report(
            [error("PW809", "the contract is there already", Span(str(path)), help)], *_at(asked)
        )
        return 1
    text, draft = _text(asked)
    if text is None:
        return 1
    if asked.dry_run:
        click.echo(text, nl=False)
        return 0
    if (root / store.CONTRACT).is_file():
        text = store.line(store.CONTRACT, str(path)) + text
    faults = output.put_all(root, {path: text.encode()})
    report(faults, *_at(asked))
    if faults:
        return 1
    _tell(asked, root / path, path, looked, text, draft)
    return 0


def _at(asked: NewPort) -> tuple[str, Path]:
    return asked.style, asked.config.parent


def _text(asked: NewPort) -> tuple[str | None, Draft | None]:
    """The contract's text, its findings printed."""
    if asked.request is None:
        text, found = making.accepted(blank.contract(asked.name, str(uuid.uuid4())), asked.name)
        report(found, asked.style, Path())
        return text, None
    draft, found = reading.read(asked.request)
    report(found, asked.style, Path())
    if draft is None:
        return None, None
    text, refused = making.contract(draft, asked.name, placing.classification(asked.config))
    report(refused, asked.style, Path())
    return text, draft


def _tell(
    asked: NewPort,
    shown: Path,
    path: PurePosixPath,
    looked: tuple[str, ...] | None,
    text: str,
    draft: Draft | None,
) -> None:
    """Says what was written, and what comes next."""
    say(f"wrote    {shown}", asked.style)
    for each in draft.objects if draft is not None else ():
        fields = len(each.record.fields)
        say(f"         {each.name}: {fields} propert{'y' if fields == 1 else 'ies'}", asked.style)
    questions, guesses = text.count("# decide:"), text.count("# a guess by the name:")
    steps = []
    if looked is None:
        steps.append("portwright init writes a config that finds it")
    elif not matches(looked, str(path)):
        steps.append(f"no pattern of {asked.config} finds it; under `contracts:` add")
        steps.append(f"    - {path}")
    if questions or guesses:
        told = f"answer its {questions} question{'s'[: questions != 1]} (decide:)"
        also = f", look at {guesses} guessed classification{'s'[: guesses != 1]}" if guesses else ""
        steps.append(f"{told}{also}")
    steps.append("edit it: rename, leave out, describe; then `portwright lint` and `generate`")
    say("next", asked.style)
    for step in steps:
        say(f"  {step}", asked.style)
