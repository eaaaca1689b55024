"""Moves: a property that is gone in one place and new in another, known by its id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from portwright.evolution.change import Change
from portwright.evolution.kinds import Kind
from portwright.model import Array, Map, Model, Nullable, Record, Type

_NEW = frozenset({Kind.PROPERTY_ADDED_OPTIONAL, Kind.PROPERTY_ADDED_REQUIRED})
_GONE = frozenset({Kind.PROPERTY_REMOVED_OPTIONAL, Kind.PROPERTY_REMOVED_REQUIRED})


def told(changes: Iterable[Change], old: Model, new: Model) -> Iterator[Change]:
    """The changes, of which those that move a property say where it was, and where it is. They are
    judged as something gone and something new: no schema finds a value in another place."""
    known = tuple(changes)
    before, after = dict(_ids(old)), dict(_ids(new))
    was = {after[each]: path for each, path in before.items() if each in after}
    gone = {each.path for each in known if each.kind in _GONE}
    new_ = {each.path for each in known if each.kind in _NEW}
    moved: Mapping[str, str] = {
        path: source for path, source in was.items() if path in new_ and source in gone
    }
    away = {source: path for path, source in moved.items()}
    for each in known:
        if each.kind in _NEW and each.path in moved:
            yield replace(each, fact=f"moved from {moved[each.path]}")
        elif each.kind in _GONE and each.path in away:
            yield replace(each, fact=f"moved to {away[each.path]}")
        else:
            yield each


def _ids(model: Model) -> Iterator[tuple[str, str]]:
    """The ids of properties with their paths; one that is there twice tells nothing."""
    found = [each for object_ in model.objects for each in _inside(object_.record, object_.name)]
    count = Counter(each for each, _ in found)
    return ((each, path) for each, path in found if count[each] == 1)


def _inside(type_: Type, path: str) -> Iterator[tuple[str, str]]:
    match type_:
        case Nullable(inner):
            yield from _inside(inner, path)
        case Array(element=element):
            yield from _inside(element, f"{path}[]")
        case Map(_, value):
            yield from _inside(value, f"{path}{{}}")
        case Record(fields=fields):
            for each in fields:
                here = f"{path}.{each.name}"
                if each.id is not None:
                    yield each.id, here
                yield from _inside(each.type, here)
