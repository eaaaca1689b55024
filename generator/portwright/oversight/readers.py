"""Who may do what with a contract's objects, and which classified values each role sees."""

from __future__ import annotations

from dataclasses import dataclass

from portwright import access
from portwright.model import Model, walk


@dataclass(frozen=True, slots=True)
class Reader:
    """A role: what it may do with which objects; which classified properties it `sees`, as it has a
    right to or writes them, and which are `hidden` from it."""

    role: str
    description: str
    may: str
    objects: tuple[str, ...]
    server: str
    sees: tuple[str, ...]
    hidden: tuple[str, ...]


def readers(model: Model) -> list[Reader]:
    """The roles that have rights, in the contract's order."""
    found: dict[tuple[int, str], list[tuple[access.Holder, str]]] = {}
    for object_ in model.objects:
        for each in access.holders(model, object_):
            server = each.server.name if each.server else ""
            found.setdefault((id(each.role), server), []).append((each, object_.name))
    return [_reader(model, some) for some in found.values()]


def _reader(model: Model, held: list[tuple[access.Holder, str]]) -> Reader:
    first = held[0][0]
    objects = tuple(name for _, name in held)
    reads = access.Right.READ in first.rights
    classified = [
        ".".join(path)
        for path, field in walk.fields(model)
        if reads and not field.public and path[0] in objects
    ]
    hidden = {
        ".".join((object_.name, *(field.name for field in path)))
        for object_ in model.objects
        if reads and object_.name in objects
        for path in access.hidden(model, object_, first.rights, [first.role])
    }
    return Reader(
        first.role.role,
        (first.role.description or "").strip(),
        " and ".join(each.value for each in access.Right if each in first.rights),
        objects,
        first.server.name if first.server else "",
        tuple(name for name in classified if name not in hidden),
        tuple(name for name in classified if name in hidden),
    )
