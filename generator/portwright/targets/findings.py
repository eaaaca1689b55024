"""Findings that targets have in common: files that meet, and types that lose meaning."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar

from portwright.diagnostics import Diagnostic, error, warning
from portwright.model import Model, Object, Type, walk

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Loss:
    """Types whose meaning a target does not carry whole, and the warning that says so."""

    code: str
    applies: Callable[[Type], bool]
    sentence: str


def losses(model: Model, table: Iterable[Loss]) -> Iterator[Diagnostic]:
    """A warning for every property whose type is in the table."""
    for path, field in walk.fields(model):
        for loss in table:
            if any(loss.applies(type_) for type_ in walk.own_types(field.type)):
                yield warning(loss.code, f"`{'.'.join(path)}`: {loss.sentence}", field.span)


def meetings(items: Iterable[T], key: Callable[[T], Hashable]) -> Iterator[tuple[T, T]]:
    """Every item whose key is that of an earlier one, with the first that has it before it."""
    seen: dict[Hashable, T] = {}
    for each in items:
        first = seen.setdefault(key(each), each)
        if first is not each:
            yield first, each


def shared_files(
    model: Model, code: str, path: Callable[[Object], PurePosixPath]
) -> Iterator[Diagnostic]:
    """An error for every object whose file would be that of an earlier one.

    Objects of one and the same name are an error of the contract, not of a target.
    """
    for first, each in meetings(model.objects, path):
        if first.name != each.name:
            yield error(
                code,
                f"objects `{first.name}` and `{each.name}` would both be the file `{path(each)}`",
                each.span,
                "rename one of them",
            )
