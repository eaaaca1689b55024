"""What is said to a program and what it answers: JSON, of a version.

    request   {"protocol": 1, "options": {…}, "version": 1, "models": […]}
    response  {"protocol": 1, "files": [{"path", "text", "owner"}], "diagnostics": [{"code", …}]}

A request is the document of `portwright model --json` with two keys more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from portwright.diagnostics import Diagnostic, Severity, Span, nearest
from portwright.exchange import as_document
from portwright.model import Model
from portwright.targets import File, Made, Owner
from portwright.targets.exec.process import Failure

PROTOCOL = 1
_RESPONSE = ("protocol", "files", "diagnostics")
_FILE = ("path", "text", "owner")
_DIAGNOSTIC = ("code", "severity", "message", "span", "help")
_SPAN = ("file", "line", "column", "width")
_SHOWN = 200


def request(models: Sequence[Model], options: Mapping[str, object]) -> bytes:
    """The request for these models, in ASCII."""
    document = {"protocol": PROTOCOL, "options": options, **as_document(models)}
    return json.dumps(document).encode() + b"\n"


def response(data: bytes, place: Span) -> Made:
    """The files and findings of a response; Failure where it is none. A finding without a place is
    one of the target's `place` in the config."""
    document = _object(_parsed(data), _RESPONSE, "the answer")
    version = document.get("protocol")
    if version != PROTOCOL or isinstance(version, bool):
        message = f"answered by protocol {json.dumps(version)}; this Portwright speaks {PROTOCOL}"
        raise Failure("PW529", message, f'the answer needs "protocol": {PROTOCOL}')
    files = tuple(_files(_list(document, "files")))
    return Made(files, tuple(_diagnostics(_list(document, "diagnostics"), place)))


def _parsed(data: bytes) -> object:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        message = f"answered with bytes that are no UTF-8, at {fault.start}"
        raise Failure("PW528", message, "print UTF-8") from None
    except json.JSONDecodeError as fault:
        begun = data[:_SHOWN].decode("utf-8", "replace").strip()
        message = f"answered with what is no JSON: {fault}"
        help = "print the answer alone; what is for people goes to standard error"
        raise Failure("PW528", message, f"{help}\n{begun}" if begun else help) from None
    except ValueError as fault:  # a number of thousands of digits
        raise Failure("PW528", f"answered with JSON that cannot be read: {fault}") from None
    except RecursionError:
        raise Failure("PW528", "answered with JSON that is nested too deep") from None


def _wrong(what: str, must: str, help: str | None = None) -> Failure:
    return Failure("PW528", f"answered with JSON of another form: {what} must be {must}", help)


def _object(data: object, known: Iterable[str], what: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise _wrong(what, "an object")
    names = tuple(known)
    for key in data:
        if key not in names:
            help = nearest(key, names) or f"known: {', '.join(names)}"
            message = f"answered with JSON of another form: {what} has the unknown key `{key}`"
            raise Failure("PW528", message, help)
    return data


def _list(document: dict[str, Any], key: str) -> list[Any]:
    found = document.get(key, [])
    if not isinstance(found, list):
        raise _wrong(f"`{key}`", "an array")
    return found


def _files(entries: list[Any]) -> Iterator[File]:
    for place, entry in enumerate(entries):
        what = f"files[{place}]"
        each = _object(entry, _FILE, what)
        path, text = _text(each, "path", what), _text(each, "text", what)
        owner = each.get("owner", Owner.TOOL)
        if owner not in list(Owner):
            raise _wrong(f"{what}.owner", f"one of {', '.join(Owner)}")
        yield File(PurePosixPath(path), text, Owner(owner))


def _diagnostics(entries: list[Any], place: Span) -> Iterator[Diagnostic]:
    for number, entry in enumerate(entries):
        what = f"diagnostics[{number}]"
        each = _object(entry, _DIAGNOSTIC, what)
        severity = each.get("severity", Severity.ERROR)
        if severity not in list(Severity):
            raise _wrong(f"{what}.severity", f"one of {', '.join(Severity)}")
        span = place if each.get("span") is None else _span(each["span"], f"{what}.span")
        help = None if each.get("help") is None else _text(each, "help", what)
        code, message = _text(each, "code", what), _text(each, "message", what)
        yield Diagnostic(code, Severity(severity), message, span, help)


def _span(data: object, what: str) -> Span:
    each = _object(data, _SPAN, what)
    numbers = [each.get(key, 1) for key in _SPAN[1:]]
    if not all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in numbers):
        raise _wrong(what, "a place as in the models: file, line, column, width")
    return Span(_text(each, "file", what), *numbers)


def _text(each: dict[str, Any], key: str, what: str) -> str:
    text = each.get(key)
    if not isinstance(text, str):
        raise _wrong(f"{what}.{key}", "text")
    return text
