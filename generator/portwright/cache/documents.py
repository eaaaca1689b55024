"""Findings, files and outlines as documents of the cache, and back. What does not look like one is
a ValueError or a TypeError: an entry may be anybody's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any, TypeVar

from portwright.diagnostics import Diagnostic, Severity, Span
from portwright.model import Model, Object, PolicyAllowance, Record
from portwright.paths import is_inside
from portwright.policies import Allowed, Judged
from portwright.targets import File, Owner

Kind = TypeVar("Kind")


def findings(found: Iterable[Diagnostic]) -> list[Any]:
    return [(d.code, d.severity, d.message, astuple(d.span), d.help, d.allowed) for d in found]


def to_findings(document: Any) -> tuple[Diagnostic, ...]:
    return tuple(_finding(*each) for each in _list(document))


def files(made: Iterable[File]) -> list[Any]:
    return [
        (str(each.path), each.owner, each.text, each.origin, _text(each.follows)) for each in made
    ]


def to_files(document: Any) -> tuple[File, ...]:
    return tuple(_file(*each) for each in _list(document))


def judged(made: Judged) -> Any:
    """What policies have found, and what the contract allows of it."""
    allowed = [
        (
            findings([each.finding]),
            astuple(replace(each.allowance, until=None)),
            _text(each.allowance.until),
        )
        for each in made.allowed
    ]
    return [findings(made.found), allowed]


def to_judged(document: Any) -> Judged:
    found, allowed = _list(document)
    return Judged(list(to_findings(found)), [_allowed(*each) for each in _list(allowed)])


def outline(model: Model | None) -> Any:
    """What a build knows of a model that is not read again."""
    if model is None:
        return None
    texts = [model.id, model.version, model.name, model.source, model.status]
    return [*texts, model.major, astuple(model.span), [each.name for each in model.objects]]


def to_outline(document: Any) -> Model | None:
    """A model that has what the outline has, and nothing else."""
    if document is None:
        return None
    id_, version, name, source, status, major, span, objects = document
    return Model(
        id=_is(str, id_),
        version=_is(str, version),
        major=_is(int, major),
        name=_is(str, name),
        span=_span(*span),
        source=_is(str, source),
        status=None if status is None else _is(str, status),
        objects=tuple(_object(_is(str, each), _span(*span)) for each in _list(objects)),
    )


def _object(name: str, span: Span) -> Object:
    return Object(name, Record(name, (name,), ()), span)


def _finding(
    code: Any, severity: Any, message: Any, span: Any, help: Any, allowed: Any
) -> Diagnostic:
    more = (None if each is None else _is(str, each) for each in (help, allowed))
    return Diagnostic(_is(str, code), Severity(severity), _is(str, message), _span(*span), *more)


def _allowed(found: Any, allowance: Any, until: Any) -> Allowed:
    (finding,) = to_findings(found)
    policy, reason, span, path, _ = _list(allowance)
    names = tuple(_is(str, each) for each in _list(path))
    day = None if until is None else date.fromisoformat(_is(str, until))
    made = PolicyAllowance(_is(str, policy), _is(str, reason), _span(*span), names, day)
    return Allowed(finding, made)


def _file(path: Any, owner: Any, text: Any, origin: Any, follows: Any) -> File:
    for each in (path, follows):
        if each is not None and not is_inside(_is(str, each)):
            raise ValueError("a file outside the folder")
    before = None if follows is None else PurePosixPath(follows)
    return File(
        PurePosixPath(_is(str, path)), _is(str, text), Owner(owner), _is(str, origin), before
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _span(file: Any, line: Any, column: Any, width: Any) -> Span:
    if min(_is(int, line), _is(int, column), _is(int, width)) < 1:
        raise ValueError("no place in a file")
    return Span(_is(str, file), line, column, width)


def _list(document: Any) -> list[Any]:
    return _is(list, document)


def _is(kind: type[Kind], value: Any) -> Kind:
    if not isinstance(value, kind):
        raise ValueError(f"{value!r} is no {kind.__name__}")
    return value
