"""Wire numbers in two versions: a property or a value of an enum never gets another one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portwright.diagnostics import Span
from portwright.evolution.change import Place
from portwright.lock.shapes import shape
from portwright.model import Array, Enum, Map, Model, Nullable, Port, Record, Type
from portwright.model.matching import match


@dataclass(frozen=True, slots=True)
class Renumbered:
    """What has another number now; `path` leads to it as in a change, `span` is in the new one."""

    path: str
    before: int
    after: int
    span: Span


def renumbered(old: Model, new: Model) -> Iterator[Renumbered]:
    """What has another number though its type is the one it was: old bytes have it under a number
    that is not looked at. Both models are numbered by the locks of their versions."""
    for before, after in match(old.objects, new.objects).pairs:
        if Port.STREAM in before.ports:
            place = Place(after.name, after.span, (Port.STREAM,))
            yield from _types(before.record, after.record, place)


def _types(old: Type, new: Type, place: Place) -> Iterator[Renumbered]:
    match old, new:
        case Nullable(was), _:
            yield from _types(was, new, place)
        case _, Nullable(now):
            yield from _types(old, now, place)
        case Array(element=was), Array(element=now):
            yield from _types(was, now, place.part("[]"))
        case Map(_, was), Map(_, now):
            yield from _types(was, now, place.part("{}"))
        case Record(), Record():
            for before, after in match(old.fields, new.fields).pairs:
                here = place.property(after)
                if before.number != after.number and shape(before.type) == shape(after.type):
                    yield Renumbered(here.path, before.number, after.number, here.span)
                yield from _types(before.type, after.type, here)
        case Enum(values=was), Enum(values=now):
            known = {each.value: each.number for each in was}
            for each in now:
                if known.get(each.value, each.number) != each.number:
                    path = f"{place.path}={each.value}"
                    yield Renumbered(path, known[each.value], each.number, place.span)
