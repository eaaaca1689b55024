"""What the dataclasses of the model are made of, as their annotations say it."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any

from portwright import model

# What each type of the model is called in a document: `kind`.
KINDS: dict[type[Any], str] = {
    each: each.__name__.lower() for each in typing.get_args(model.Type) if isinstance(each, type)
}
CLASSES = {kind: cls for cls, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a dataclass, or what it derives from them (`derived`), with its annotation."""

    name: str
    hint: Any
    needed: bool
    derived: bool = False


_KNOWN: dict[type[Any], tuple[Member, ...]] = {}


def members(cls: type[Any]) -> tuple[Member, ...]:
    """What a document tells of an object of the class: its fields, then what is derived."""
    if cls not in _KNOWN:
        _KNOWN[cls] = tuple(_members(cls))
    return _KNOWN[cls]


def _members(cls: type[Any]) -> Iterator[Member]:
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        yield Member(field.name, hints[field.name], _needed(field))
    for name, each in vars(cls).items():
        if isinstance(each, property) and each.fget is not None:
            hint = typing.get_type_hints(each.fget)["return"]
            yield Member(name, hint, needed=False, derived=True)


def _needed(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def choices(hint: Any) -> tuple[Any, ...]:
    """The annotations of a union, else the only one."""
    if isinstance(hint, UnionType) or typing.get_origin(hint) is typing.Union:
        return typing.get_args(hint)
    return (hint,)


def items(hint: Any) -> tuple[Any, ...] | None:
    """What a tuple is annotated with: (X, ...) or its parts; None where it is no tuple."""
    return typing.get_args(hint) if typing.get_origin(hint) is tuple else None


def is_class(hint: Any) -> bool:
    """Whether it is a dataclass."""
    return isinstance(hint, type) and dataclasses.is_dataclass(hint)
