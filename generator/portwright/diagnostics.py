"""Coded messages with a place in the user's file and a way out."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache

# A message quotes the contract, and that may hold a name of a megabyte.
LONGEST_SHOWN = 1000


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file: 1-based line and column, `width` in characters of that line."""

    file: str
    line: int = 1
    column: int = 1
    width: int = 1


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"  # tells, and asks for nothing


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `code` is stable for ever and explained in codes.py; `help` may have lines.
    `allowed` is why it is let pass, where somebody agreed on that."""

    code: str
    severity: Severity
    message: str
    span: Span
    help: str | None = None
    allowed: str | None = None

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


def error(code: str, message: str, span: Span, help: str | None = None) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, span, help)


def warning(code: str, message: str, span: Span, help: str | None = None) -> Diagnostic:
    return Diagnostic(code, Severity.WARNING, message, span, help)


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The distinct findings by place, then code."""
    return sorted(set(diagnostics), key=lambda d: (d.span, d.code, d.message))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """`did you mean …?` with the known word most like `word`, if one is like it."""
    folded = {each.lower(): each for each in sorted(known)}
    match = difflib.get_close_matches(word.lower()[:80], folded, 1, 0.7)
    return f"did you mean `{folded[match[0]]}`?" if match else None


def printable(text: str) -> str:
    """`text` on one line: control characters of a hostile file are escaped, not printed."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _plain(text: str, _: str) -> str:
    return text


def as_text(
    diagnostic: Diagnostic,
    text: str,
    painted: Callable[[str, str], str] = _plain,
    columns: int | None = None,
) -> str:
    """The finding with its line of the file's `text` and a caret under the place; the line as far
    as there are columns, and what stands out as it is `painted`."""
    span = diagnostic.span
    look = str(diagnostic.severity)
    head = (
        painted(f"{printable(span.file)}:{span.line}:{span.column}:", "strong")
        + f" {painted(f'{diagnostic.severity}[{diagnostic.code}]', look)}: "
        + printable(brief(diagnostic.message))
    )
    lines = [head]
    source = _lines(text)
    if span.line <= len(source) and source[span.line - 1].strip():
        line = source[span.line - 1].rstrip("\r")
        gutter = str(span.line)
        room = 120
        if columns is not None:
            room = max(20, min(room, columns - len(gutter) - 5))
        start = max(0, span.column - 1 - room // 2)
        shown = printable(line[start : start + room])
        before = printable(line[start : span.column - 1])
        width = max(1, min(span.width, room - len(before)))
        lines.append(f"  {painted(f'{gutter} |', 'quiet')} {shown}")
        mark = painted("^" * width, look)
        lines.append(f"  {painted(' ' * len(gutter) + ' |', 'quiet')} {' ' * len(before)}{mark}")
    if diagnostic.help:
        first, *rest = diagnostic.help.splitlines()
        lines.append(f"  {painted('help:', 'notice')} {printable(brief(first))}")
        lines += (f"    {printable(line)}" for line in rest)
    return "\n".join(lines)


def brief(text: str) -> str:
    """The text without its middle, if it quotes more of a contract than anybody reads."""
    half = LONGEST_SHOWN // 2
    return text if len(text) <= LONGEST_SHOWN else f"{text[:half]} … {text[-half:]}"


@lru_cache(1)  # findings come file by file
def _lines(text: str) -> list[str]:
    return text.split("\n")


def as_json(diagnostic: Diagnostic) -> dict[str, object]:
    """The finding as a flat JSON object."""
    return {
        "code": diagnostic.code,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        **asdict(diagnostic.span),
        "help": diagnostic.help,
        **({} if diagnostic.allowed is None else {"allowed": diagnostic.allowed}),
    }


def as_github(diagnostic: Diagnostic) -> str:
    """The finding as a workflow command of GitHub Actions (docs: Workflow commands)."""
    span = diagnostic.span
    help = f" (help: {diagnostic.help})" if diagnostic.help else ""
    lines = brief(diagnostic.message + help).split("\n")
    message = _escaped("\n".join(map(printable, lines)))
    place = f"file={_property(span.file)},line={span.line},col={span.column}"
    return f"::{diagnostic.severity} {place},title={diagnostic.code}::{message}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
