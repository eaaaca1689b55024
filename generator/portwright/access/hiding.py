"""Hiding: which of an object's values are not as they are for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from portwright.access.rights import Right, sees
from portwright.model import Anonymise, Field, Model, Object, Record, Role, walk

# The fields from a column down to one inside it.
Path = tuple[Field, ...]


def hidden(
    model: Model, object_: Object, rights: Collection[Right], roles: Collection[Role]
) -> tuple[Path, ...]:
    """What somebody who has these roles together does not see; who writes the values knows them."""
    if Right.WRITE in rights:
        return ()
    return tuple(
        path for path in guarded(object_) if not any(sees(model, role, path[-1]) for role in roles)
    )


def guarded(object_: Object) -> Iterator[Path]:
    """The fields at every depth that not everybody sees, and where something stands for them."""
    for each in object_.record.fields:
        yield from _guarded((each,))


def _guarded(path: Path) -> Iterator[Path]:
    field = path[-1]
    if not field.public and field.anonymise is not Anonymise.KEEP:
        yield path
    for type_ in walk.own_types(field.type):
        if isinstance(type_, Record):
            for each in type_.fields:
                yield from _guarded((*path, _within(field, each)))


def _within(outer: Field, field: Field) -> Field:
    """The field as it is anonymised: as what it is in, where it says nothing itself."""
    return field if field.anonymise else replace(field, anonymise=outer.anonymise)
