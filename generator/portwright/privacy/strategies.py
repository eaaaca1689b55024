"""Strategies: what stands for the values of each property, said by the contract or by default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portwright.model import (
    Anonymise,
    Boolean,
    Date,
    Decimal,
    Enum,
    Field,
    Float,
    Integer,
    Json,
    Model,
    Object,
    Record,
    Time,
    Timestamp,
    Type,
    Vector,
    walk,
)

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strategy:
    """What stands for the values of a field. `said` is whether the contract says it at the field,
    `tells_apart` whether its values tell rows or persons apart: those of a primary
    key, unique ones, those of a subject, and what refers to such."""

    field: Field
    way: Anonymise
    said: bool = False
    tells_apart: bool = False


def strategies(model: Model) -> Mapping[Path, Strategy]:
    """The strategy of every property that has one, by its path (the object's name first), in a
    model as targets see it.

    What the contract says at a property holds for all in it. Where it says nothing, a hash stands
    for what is classified and tells apart and for what names a subject, so that what was joined can
    still be joined, and a mask for all else that is classified; what refers to hashed values is
    hashed too. Nothing stands for the rest.
    """
    found: dict[Path, Strategy] = {}
    referring: set[Path] = set()
    while True:
        found = {path: each for object_ in model.objects for path, each in _of(object_, referring)}
        more = set(_referring(model, found)) - referring
        if not more:
            return found
        referring |= more


def guessable(type_: Type) -> bool:
    """Whether there are so few values, or they have so little form, that no hash stands for one."""
    match type_:
        case Boolean() | Enum() | Json() | Vector():
            return True
        case Integer(bounds=bounds) | Float(bounds=bounds) | Decimal(bounds=bounds):
            return bool(bounds.allowed)
        case Date(bounds=bounds) | Time(bounds=bounds) | Timestamp(bounds=bounds):
            return bool(bounds.allowed)
        case _:
            return False


def _of(object_: Object, referring: set[Path]) -> Iterator[tuple[Path, Strategy]]:
    related = {name for each in object_.relationships for name in each.columns}
    apart = {*object_.primary_key, *related}
    for each in object_.record.fields:
        path = (object_.name, each.name)
        yield from _field(each, path, None, each.name in apart, path in referring)


def _field(
    field: Field, path: Path, above: Anonymise | None, apart: bool, refers: bool
) -> Iterator[tuple[Path, Strategy]]:
    apart = apart or field.unique or field.subject or refers
    way = field.anonymise or above
    if way is None and (refers or field.subject or (apart and not field.public)):
        way = Anonymise.HASH
    if way is None and not field.public:
        way = Anonymise.MASK
    if way is Anonymise.HASH and field.anonymise is None and _guessable(field):
        way = Anonymise.MASK
    if way is not None:
        yield path, Strategy(field, way, field.anonymise is not None, apart)
    for inner in walk.own_types(field.type):
        for each in inner.fields if isinstance(inner, Record) else ():
            yield from _field(each, (*path, each.name), way, False, False)


def _guessable(field: Field) -> bool:
    return any(map(guessable, walk.own_types(field.type)))


def _referring(model: Model, found: Mapping[Path, Strategy]) -> Iterator[Path]:
    """Properties that nothing is said of, and that refer to hashed ones."""
    for each in model.objects:
        for relationship in each.relationships:
            pairs = zip(relationship.columns, relationship.target_columns, strict=False)
            for name, target in pairs:
                other = found.get((relationship.target, target))
                own = found.get((each.name, name))
                if other and other.way is Anonymise.HASH and not (own and own.said):
                    yield each.name, name
