"""Code of other packages, which may do anything: what it prints is no output of a command, what it
raises is told, and what it finds is held to the form that findings have."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, redirect_stdout

from portwright.diagnostics import Diagnostic, Severity, Span, printable

# Capitals, digits and hyphens; those that begin with PW are ours.
_CODE = re.compile(r"(?!PW)[A-Z][A-Z0-9-]{1,30}")
BUG = "it is a fault of the target: tell those who wrote it"


class Fault(Exception):
    """What is wrong, as the rest of a sentence that begins with what has given it."""

    def __init__(self, code: str, message: str, help: str = BUG) -> None:
        super().__init__(message)
        self.code = code
        self.help = help


def quiet() -> AbstractContextManager[object]:
    """While it lasts, what is printed goes to stderr: stdout is the command's own."""
    return redirect_stdout(sys.stderr)


def described(fault: BaseException) -> str:
    """The fault in a line; its class alone where it cannot even say what it is."""
    name = type(fault).__name__
    try:
        said = str(fault).strip()
    except Exception:
        return name
    return printable(f"{name}: {said}".splitlines()[0]) if said else name


def findings(given: Iterable[object]) -> Iterator[Diagnostic]:
    """The findings that are given; Fault where one is none."""
    for each in given:
        if not isinstance(each, Diagnostic):
            raise Fault("PW522", f"gives {kind(each)} where a finding is to be")
        if not isinstance(each.code, str) or not _CODE.fullmatch(each.code):
            help = "codes are capitals, digits and hyphens such as CAT-01; those with PW are ours"
            raise Fault("PW524", f"tells a finding with the code {shown(each.code)}", help)
        if not _is_text(each.message) or not (each.help is None or _is_text(each.help)):
            raise Fault("PW522", f"tells a finding {each.code} whose message or help is no text")
        if each.severity not in list(Severity) or not _is_place(each.span):
            raise Fault("PW522", f"tells a finding {each.code} with another severity or place")
        yield Diagnostic(each.code, Severity(each.severity), each.message, each.span, each.help)


def _is_place(span: object) -> bool:
    return (
        isinstance(span, Span)
        and _is_text(span.file)
        and "\0" not in span.file
        and all(
            isinstance(each, int) and each >= 1 for each in (span.line, span.column, span.width)
        )
    )


def _is_text(text: object) -> bool:
    """Whether it can be written: half a pair of surrogates cannot, but for those that stand for
    bytes of a file's name."""
    if not isinstance(text, str):
        return False
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def kind(value: object) -> str:
    """What sort of thing a value is, as messages name it."""
    return f"`{type(value).__name__}`"


def shown(value: object) -> str:
    """A value as messages quote it."""
    return f"`{printable(str(value)[:80])}`"
