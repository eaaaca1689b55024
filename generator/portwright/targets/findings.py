"""Findings that targets have in common: files that meet, and types that lose meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from portwright.diagnostics import Diagnostic, error, warning
from portwright.model import Model, Object, Record, Type, children, fields


@dataclass(frozen=True, slots=True)
class Loss:
    """Types whose meaning a target does not carry whole, and the warning that says so."""

    code: str
    applies: Callable[[Type], bool]
    sentence: str


def losses(model: Model, table: Iterable[Loss]) -> Iterator[Diagnostic]:
    """A warning for every property whose type is in the table."""
    for each in model.objects:
        for path, field in fields(each.record):
            for loss in table:
                if any(loss.applies(type_) for type_ in _own_types(field.type)):
                    where = ".".join((each.name, *path))
                    yield warning(loss.code, f"`{where}`: {loss.sentence}", field.span)


def _own_types(type_: Type) -> Iterator[Type]:
    """`type_` and what is inside it, down to records: their fields speak for themselves."""
    yield type_
    if not isinstance(type_, Record):
        for child in children(type_):
            yield from _own_types(child)


def shared_files(
    model: Model, code: str, path: Callable[[Object], PurePosixPath]
) -> Iterator[Diagnostic]:
    """An error for every object whose file would be that of an earlier one.

    Objects of one and the same name are an error of the contract, not of a target.
    """
    seen: dict[PurePosixPath, Object] = {}
    for each in model.objects:
        first = seen.setdefault(path(each), each)
        if first.name != each.name:
            yield error(
                code,
                f"objects `{first.name}` and `{each.name}` would both be the file `{path(each)}`",
                each.span,
                "rename one of them",
            )
