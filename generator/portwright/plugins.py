"""Asks targets. Those of others are held to what a target is: what they do wrong becomes a finding
with their name. Ours are asked as they are: what they do wrong is our bug."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from typing import TypeVar

from portwright import others, overrides
from portwright.diagnostics import Diagnostic, Span, error
from portwright.model import Model
from portwright.targets import Indexed, Made, Target, Typed, Whole, foreign, registry

Asked = TypeVar("Asked")
Given = TypeVar("Given")


def check(target: Target, place: Span, model: Model) -> tuple[Diagnostic, ...]:
    """What the target cannot say of a model; `place` is that of the target in the config."""
    try:
        if registry.is_built_in(target):
            return tuple(target.check(model))
        return tuple(others.findings(_asked(target.check, model)))
    except overrides.Fault as fault:
        return (fault.finding,)
    except others.Fault as fault:
        return (_finding(target, place, fault),)


def emit(target: Target, place: Span, out: PurePosixPath, model: Model) -> Made:
    """The files of a model, which are to be below `out`."""
    try:
        if registry.is_built_in(target):
            return Made(tuple(target.emit(model)))
        return Made(tuple(foreign.files(_asked(target.emit, model), out)))
    except overrides.Fault as fault:
        return Made(findings=(fault.finding,))
    except others.Fault as fault:
        return Made(findings=(_finding(target, place, fault),))


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index of a target has to know of a model; None where it has none, or is wrong."""

    document: object = None
    findings: tuple[Diagnostic, ...] = ()


def entry(target: Target, place: Span, model: Model) -> Entry:
    """The entry of a model, as JSON gives it back: one of a run before is no other."""
    if not isinstance(target, Indexed):
        return Entry()
    if registry.is_built_in(target):
        return Entry(json.loads(json.dumps(target.entry(model))))
    try:
        return Entry(_called(lambda asked: json.loads(json.dumps(target.entry(asked))), model))
    except others.Fault as fault:
        return Entry(findings=(_finding(target, place, fault),))


def index(target: Indexed, place: Span, out: PurePosixPath, entries: Sequence[object]) -> Made:
    """The files and findings of all entries."""
    return _together(target, target.index, place, out, entries)


def make(target: Whole, place: Span, out: PurePosixPath, models: Sequence[Model]) -> Made:
    """The files and findings of all models."""
    return _together(target, target.make, place, out, models)


def _together(
    target: Indexed | Whole,
    method: Callable[[Sequence[Asked]], Made],
    place: Span,
    out: PurePosixPath,
    asked: Sequence[Asked],
) -> Made:
    try:
        made = method(asked) if registry.is_built_in(target) else _made(method, asked)
        files = tuple(foreign.files(made.files, out))
    except others.Fault as fault:
        return Made(findings=(_finding(target, place, fault),))
    return Made(files, made.findings)


def type_of(target: Typed, model: Model) -> str:
    """The type that a target makes of the only property, or what is wrong with the target."""
    if registry.is_built_in(target):
        return target.type_of(model)
    try:
        made = _called(target.type_of, model)
    except others.Fault as fault:
        return f"? {fault}"
    return made if isinstance(made, str) else f"? gives `{type(made).__name__}`"


def messages(target: Target, model: Model) -> tuple[str, ...]:
    """What the target says of a model, or what is wrong with the target."""
    try:
        found = target.check(model) if registry.is_built_in(target) else _asked(target.check, model)
    except others.Fault as fault:
        return (str(fault),)
    return tuple(each.message for each in found if isinstance(each, Diagnostic))


def _made(method: Callable[[Sequence[Asked]], Made], asked: Sequence[Asked]) -> Made:
    made = _called(lambda given: _whole(method(given)), tuple(asked))
    if not isinstance(made, Made):
        raise others.Fault("PW522", f"gives `{type(made).__name__}` where Made is to be")
    return Made(made.files, tuple(others.findings(made.findings)))


def _whole(made: object) -> object:
    """What is made, of which nothing is still to be worked out."""
    return Made(tuple(made.files), tuple(made.findings)) if isinstance(made, Made) else made


def _asked(method: Callable[[Model], Iterable[object]], model: Model) -> list[object]:
    return _called(lambda asked: list(method(asked)), model)


def _called(method: Callable[[Asked], Given], asked: Asked) -> Given:
    """What the method gives. What it prints is no output of the command."""
    try:
        with others.quiet():
            return method(asked)
    except (Exception, SystemExit) as fault:
        last = traceback.extract_tb(fault.__traceback__)[-1]
        where = f"`{last.name}`, line {last.lineno} of {PurePath(last.filename).name}"
        said = f"raised {others.described(fault)}"
        raise others.Fault("PW521", said, f"{others.BUG}; it was raised in {where}") from fault


def _finding(target: Target | Indexed | Whole, place: Span, fault: others.Fault) -> Diagnostic:
    return error(fault.code, f"the target `{target.name}` {fault}", place, fault.help)
