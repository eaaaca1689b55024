"""How findings are printed: text for people, JSON and workflow commands for machines."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import click

from portwright.diagnostics import Diagnostic, as_github, as_json, as_text

_GATHERED = "portwright.findings"


def gather(style: str, context: click.Context) -> str:
    """The style. Where it makes one document of all findings, it is printed when the command
    ends; a fault of ours prints none: it would say that nothing was found."""
    if style == "sarif":
        found: list[Diagnostic] = []
        context.meta[_GATHERED] = found
        context.call_on_close(lambda: _print(found))
    return style


def _print(found: Collection[Diagnostic]) -> None:
    from portwright import sarif

    if isinstance(sys.exception(), Exception):
        return
    click.echo(json.dumps(sarif.document(found, sarif.source_root(Path())), indent=2))


def report(found: Collection[Diagnostic], style: str, root: Path) -> None:
    """Prints findings, their files named from where the user stands: text to stderr,
    JSON (one document a line) and workflow commands to stdout, SARIF when the command ends."""
    texts: dict[str, str] = {}
    for each in found:
        place = root / each.span.file
        each = replace(each, span=replace(each.span, file=str(place)))
        if style == "sarif":
            click.get_current_context().meta[_GATHERED].append(each)
        elif style == "json":
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
