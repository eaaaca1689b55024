"""Sight: who may do what with an object's table, and which of its values are hidden from whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portwright import access
from portwright.access import Path, Right
from portwright.model import Model, Object, Role, Server
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.places import server_of


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has one name among the roles: what they are to have together."""

    name: str
    rights: frozenset[Right]
    roles: tuple[Role, ...]

    def hidden(self, model: Model, object_: Object) -> tuple[Path, ...]:
        """What it does not see."""
        return access.hidden(model, object_, self.rights, self.roles)


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
