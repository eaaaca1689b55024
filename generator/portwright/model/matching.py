"""Identity: which thing of an old contract is which of the new one.

As in the lock: by `id`, else by name, else by a name that the new contract says it had before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Named(Protocol):
    """What has an identity: an object or a property."""

    @property
    def id(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


Thing = TypeVar("Thing", bound=Named)


@dataclass(frozen=True, slots=True)
class Matched(Generic[Thing]):
    """The pairs of old and new, and those on one side alone, each in the order of its contract.

    `in_order` says whether what is on both sides stands as before.
    """

    pairs: tuple[tuple[Thing, Thing], ...]
    removed: tuple[Thing, ...]
    added: tuple[Thing, ...]
    in_order: bool


def match(old: Sequence[Thing], new: Sequence[Thing]) -> Matched[Thing]:
    """Each of `new` with the one of `old` that it was."""
    ids, named = _places([each.id for each in old]), _places([each.name for each in old])
    claims = [
        *((place, ids.get(each.id, [])) for place, each in enumerate(new) if each.id is not None),
        *((place, named.get(each.name, [])) for place, each in enumerate(new)),
        *((place, named.get(was, [])) for place, each in enumerate(new) for was in each.aliases),
    ]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for place, befores in claims:
        while befores and befores[-1] in taken:
            befores.pop()
        if place not in found and befores:
            found[place] = befores.pop()
            taken.add(found[place])
    places = [found[place] for place in sorted(found)]
    return Matched(
        pairs=tuple((old[found[place]], new[place]) for place in sorted(found)),
        removed=tuple(each for place, each in enumerate(old) if place not in taken),
        added=tuple(each for place, each in enumerate(new) if place not in found),
        in_order=places == sorted(places),
    )


def _places(keys: Sequence[str | None]) -> dict[str | None, list[int]]:
    """Where each key stands, last first; a faulty contract has one more than once."""
    found: dict[str | None, list[int]] = {}
    for place in reversed(range(len(keys))):
        found.setdefault(keys[place], []).append(place)
    return found
