"""How findings are printed: text for people, JSON and workflow commands for machines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import click

from portwright.diagnostics import Diagnostic, as_github, as_json, as_text


def report(found: Collection[Diagnostic], style: str, root: Path) -> None:
    """Prints findings, their files named from where the user stands: text to stderr,
    JSON (one document a line) and workflow commands to stdout."""
    texts: dict[str, str] = {}
    for each in found:
        place = root / each.span.file
        each = replace(each, span=replace(each.span, file=str(place)))
        if style == "json":
            click.echo(json.dumps(as_json(each)))
        elif style == "github":
            click.echo(as_github(each))
        else:
            if each.span.file not in texts:
                texts[each.span.file] = _text(place)
            click.echo(as_text(each, texts[each.span.file]), err=True)
    counts = Counter(str(each.severity) for each in found)
    if style == "text" and counts.total() > 1:
        click.echo(", ".join(f"{n} {name}{'s' * (n > 1)}" for name, n in counts.items()), err=True)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig", "replace")
    except OSError:
        return ""


def say(text: str, style: str) -> None:
    if style == "text":
        click.echo(text)


def files_told(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"
