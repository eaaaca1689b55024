"""How findings are printed: text for people, JSON and workflow commands for machines, and
documents (SARIF, JUnit …) that are made of all of them when the command ends."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import click

from portwright import documents, terminal
from portwright.diagnostics import Diagnostic, Span, as_github, as_json, as_text

_GATHERED = "portwright.findings"
# Characters of a file that findings are shown in.
_MOST_SHOWN = 64 * 1024 * 1024


@dataclass(slots=True)
class _Gathered:
    """What documents are made of, and where each goes: a file, or stdout where it has none."""

    wanted: list[tuple[str, Path | None]] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)


def gather(context: click.Context, form: str, file: Path | None = None) -> None:
    """Has a document made of all findings of the command when it ends."""
    gathered = context.meta.get(_GATHERED)
    if gathered is None:
        gathered = context.meta[_GATHERED] = _Gathered()
        context.call_on_close(lambda: _hand_out(gathered, context.info_name or ""))
    gathered.wanted.append((form, file))


def gathered() -> tuple[list[Diagnostic], list[str]]:
    """The findings and the files of documents that are made when the command ends; more may be put
    to them."""
    own = _gathered() or _Gathered()
    return own.found, own.checked


def _gathered() -> _Gathered | None:
    context = click.get_current_context(silent=True)
    return None if context is None else context.meta.get(_GATHERED)


def _hand_out(gathered: _Gathered, command: str) -> None:
    """Prints and writes the documents; none where the command did not come to its end: it would
    say that nothing was found."""
    if not isinstance(sys.exception(), SystemExit | None):
        return
    root = documents.source_root(Path())
    found = documents.Findings(command, tuple(gathered.found), tuple(gathered.checked), root)
    failed: list[Diagnostic] = []
    for form, file in gathered.wanted:
        text = documents.text(form, found)
        if file is None:
            click.echo(text, nl=False)
        else:
            failed += _put(file, text)
    if failed:
        sys.exit(1)


def _put(file: Path, text: str) -> list[Diagnostic]:
    """Writes a document. What is against it is told, and returned."""
    from portwright import output
    from portwright.manifest import unreadable

    name = PurePosixPath(file.name)
    try:
        # Such as /dev/stdout, also where that is a file.
        if file.exists() and (not file.is_file() or file.parent == Path("/dev")):
            with file.open("a", encoding="utf-8") as opened:
                opened.write(text)
            return []
        faults = output.put(file.parent, name, text.encode())
    except OSError as fault:
        faults = [unreadable(name, fault)]
    for each in faults:
        click.echo(as_text(replace(each, span=Span(str(file))), ""), err=True)
    return faults


def checked(files: Iterable[str], root: Path) -> None:
    """Has documents name the files, which a command looks at, also where nothing is found."""
    gathered = _gathered()
    if gathered is not None:
        gathered.checked += (str(root / each) for each in files)


def keep(found: Iterable[Diagnostic], root: Path) -> None:
    """Has documents hold findings that are shown in another way."""
    gathered = _gathered()
    if gathered is not None:
        gathered.found += (_from_here(each, root) for each in found)


def _from_here(found: Diagnostic, root: Path) -> Diagnostic:
    """The finding with its file named from where the user stands."""
    return replace(found, span=replace(found.span, file=str(root / found.span.file)))


def _of_repository(found: Diagnostic, repository: Path) -> Diagnostic:
    """The finding with its file as annotations name it, wherever the command is run."""
    file = documents.relative(found.span.file, repository)
    return replace(found, span=replace(found.span, file=file or found.span.file))


def report(found: Collection[Diagnostic], style: str, root: Path) -> None:
    """Prints findings, their files named from where the user stands: text to stderr, JSON (one
    document a line) to stdout. Workflow commands, to stdout, and documents, when the command ends,
    name them from the repository."""
    texts: dict[str, str] = {}
    repository = documents.source_root(Path()) if style == "github" else Path()
    keep(found, root)
    for each in (_from_here(each, root) for each in found):
        if style == "json":
            click.echo(json.dumps(as_json(each)))
        elif each.allowed is not None:
            continue  # for machines that list what is let pass
        elif style == "github":
            click.echo(as_github(_of_repository(each, repository)))
        elif style not in documents.FORMS:
            if each.span.file not in texts:
                texts[each.span.file] = _text(Path(each.span.file))
            columns = terminal.columns_of_errors()
            click.echo(as_text(each, texts[each.span.file], terminal.painted, columns), err=True)
    counts = Counter(str(each.severity) for each in found if each.allowed is None)
    if style == "text" and counts.total() > 1:
        click.echo(", ".join(f"{n} {name}{'s' * (n > 1)}" for name, n in counts.items()), err=True)


def _text(path: Path) -> str:
    """The file's text to show lines of, as much of it as anybody reads."""
    try:
        if not path.is_file():  # a device or a pipe may never end
            return ""
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return file.read(_MOST_SHOWN)
    except (OSError, ValueError):  # a name that no file has
        return ""


def say(text: str, style: str) -> None:
    if style == "text":
        click.echo(text)


def files_told(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"


def allowed_told(found: Collection[Diagnostic]) -> str:
    """How many of the findings contracts allow, if there are any."""
    count = sum(each.allowed is not None for each in found)
    return f", {count} finding{'s' * (count > 1)} allowed by contracts" if count else ""
