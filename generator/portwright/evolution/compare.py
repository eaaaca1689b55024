"""The comparison of two versions of one contract: pure, whole, and in the same order each time."""

from __future__ import annotations

from portwright.evolution import moves
from portwright.evolution.change import Change, Place
from portwright.evolution.levels import service_levels
from portwright.evolution.objects import objects
from portwright.evolution.promises import promises
from portwright.model import Model, Port


def changes(old: Model, new: Model) -> tuple[Change, ...]:
    """What is different in `new`; nothing where only the form of the contract is.

    Both are models as they are loaded; numbers of the lock are not looked at.
    """
    had = {port for each in old.objects for port in each.ports}
    place = Place("", new.span, tuple(port for port in Port if port in had))
    found = (
        *promises(old, new, place),
        *service_levels(old, new, place),
        *objects(old, new),
    )
    return tuple(moves.told(found, old, new))
