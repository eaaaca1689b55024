"""Sight: who may do what with an object's table, and which of its values are hidden from whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from portwright import access
from portwright.access import Right
from portwright.model import Anonymise, Field, Model, Object, Record, Role, Server, walk
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.places import server_of

# The fields from a column down to one inside it.
Path = tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has one name among the roles: what they are to have together."""

    name: str
    rights: frozenset[Right]
    roles: tuple[Role, ...]

    def hidden(self, model: Model, object_: Object) -> tuple[Path, ...]:
        """What it does not see; who writes the values knows them."""
        if Right.WRITE in self.rights:
            return ()
        return tuple(
            path
            for path in guarded(object_)
            if not any(access.sees(model, role, path[-1]) for role in self.roles)
        )


def holders(model: Model, object_: Object, dialect: Dialect) -> tuple[Holder, ...]:
    """Who has rights on the object where its table is, by name, in the contract's order."""
    return holders_at(model, object_, server_of(model, dialect))


def holders_at(model: Model, object_: Object, server: Server | None) -> tuple[Holder, ...]:
    """Who has rights on the object at the server, by name, in the contract's order."""
    found: dict[str, list[access.Holder]] = {}
    for each in access.holders(model, object_):
        if each.server is None or (server is not None and each.server.name == server.name):
            found.setdefault(each.role.role, []).append(each)
    return tuple(
        Holder(
            name,
            frozenset().union(*(each.rights for each in several)),
            tuple(each.role for each in several),
        )
        for name, several in found.items()
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


def outermost(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The paths that are not below another one of them, which come later."""
    found: list[Path] = []
    for path in paths:
        if not any(path[: len(each)] == each for each in found):
            found.append(path)
    return tuple(found)


def words(paths: Iterable[Path]) -> frozenset[str]:
    """The classifications of what is hidden."""
    return frozenset((path[-1].classification or "").strip().lower() for path in paths)
