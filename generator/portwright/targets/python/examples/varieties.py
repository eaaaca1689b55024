"""What values a type has to offer: the least, the most, and what else is worth a look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, assert_never
from uuid import UUID

from portwright import names
from portwright.model import (
    Array,
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
    Field,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Record,
    Scalar,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    walk,
)
from portwright.targets.python.annotations import VECTORS
from portwright.targets.python.examples import moments, numbers, texts
from portwright.targets.python.examples.given import given
from portwright.targets.python.examples.rules import distinct

# Elements of one list that are different; a list of more equal ones costs nothing.
_MANY = 100
_MOST_EQUAL = 10_000


class NoExample(Exception):
    """No value is found that surely fits; the path of the property it is for."""

    def __init__(self, *path: str) -> None:
        super().__init__(".".join(path))
        self.path = path


@dataclass(frozen=True, slots=True)
class Variety:
    """Values of a type: with as little in it as may be, with everything, and others."""

    least: Any
    most: Any
    more: tuple[Any, ...] = ()

    @property
    def every(self) -> Iterator[Any]:
        return chain((self.least, self.most), self.more)


def of_field(field: Field) -> Variety:
    """The values of a field: first those that the contract gives, but for classified ones, which
    may be somebody's."""
    try:
        made = of(field.type, _word(field))
    except NoExample as error:
        if found := given(field):
            return _ordered(found, ())
        raise NoExample(field.name, *error.path) from None
    found = given(field) if walk.shows(field) else []
    if not found:
        return made
    if isinstance(field.type, Scalar):
        # Of an enum all values are worth a look, of others only the ends.
        every = made.every if isinstance(field.type, Enum | Boolean) else made.more
        return _ordered(found, every)
    return Variety(made.least, made.most, (*found, *made.more))


def many(field: Field) -> Iterator[Any]:
    """As many different values of a field as there are, a few hundred at most."""
    variety = of_field(field)
    return _once(chain(variety.every, _plain(field.type, _word(field))))


def _word(field: Field) -> str:
    return " ".join(names.words(field.name))


def of(type_: Type, word: str) -> Variety:
    """The values of a type; `word` is what texts say. NoExample if none is found."""
    match type_:
        case Nullable(inner):
            found = of(inner, word)
            return Variety(found.least, found.most, (*found.more, None))
        case Array():
            return _array(type_, word)
        case Map(key, value):
            return _map(key, value, word)
        case Vector(dimensions, component):
            if dimensions > _MOST_EQUAL:
                raise NoExample
            found = of(VECTORS[component], word)
            return Variety(*((each,) * dimensions for each in (found.least, found.most)))
        case Record():
            return record(type_)
        case Json():
            return Variety({}, {"example": [1, "two", None]})
        case _:
            return _ordered(islice(_plain(type_, word), 2), _worth(type_))


def _plain(type_: Type, word: str) -> Iterator[Any]:
    """Values without parts, one like the other."""
    match type_:
        case Boolean():
            return iter((False, True))
        case Integer() | Float() | Decimal():
            return numbers.numbers(type_)
        case String():
            return texts.texts(type_, word)
        case Uuid():
            return (UUID(f"00000000-0000-4000-8000-{n:012}") for n in range(1, _MANY))
        case Bytes():
            return texts.raw(type_)
        case Date() | Time() | Timestamp():
            return moments.moments(type_)
        case Enum(values=values):
            return (each.value for each in values)
        case Json():
            return ({"example": n} for n in range(1, _MANY))
        case Nullable(inner):
            return chain(_plain(inner, word), (None,))
        case Array() | Map() | Vector() | Record():
            return iter(())
        case _:
            assert_never(type_)


def _worth(type_: Type) -> Iterator[Any]:
    """Values of a scalar that are worth a look: all of a few, the ends of many."""
    match type_:
        case Integer() | Float() | Decimal():
            return numbers.edges(type_)
        case String():
            return texts.edges(type_)
        case Bytes():
            return texts.sizes(type_)
        case Date() | Time() | Timestamp():
            return moments.edges(type_)
        case Boolean() | Enum():
            return _plain(type_, "")
        case _:
            return iter(())


def _ordered(typical: Iterable[Any], worth: Iterable[Any]) -> Variety:
    """The first and the second of the typical ones, then all others."""
    found = [*_once(typical)]
    found += [each for each in _once(worth) if each not in found]
    if not found:
        raise NoExample
    return Variety(found[0], found[min(1, len(found) - 1)], tuple(found[2:]))


def _once(values: Iterable[Any]) -> Iterator[Any]:
    seen: list[Any] = []
    for each in values:
        if each not in seen:
            seen.append(each)
            yield each


def record(type_: Record) -> Variety:
    """Records with what has to be there, with everything that can be, and for each further value
    of a property one with little else."""
    found = fields(type_)
    rows = [row(found, n) for n in range(length(found))]
    return Variety(rows[0], rows[1], tuple(rows[2:]))


# The fields of a record that there are values of.
Fields = Sequence[tuple[Field, Variety]]


def fields(type_: Record) -> Fields:
    """What each field has to offer; without optional ones of which there is no example."""
    found = []
    for each in type_.fields:
        try:
            found.append((each, of_field(each)))
        except NoExample:
            if each.required:
                raise
    return found


def length(found: Fields) -> int:
    """How many rows show every value."""
    return 2 + max((len(variety.more) for _, variety in found), default=0)


def row(found: Fields, n: int) -> dict[str, Any]:
    """The n-th record: the least, the most, then what else there is."""
    values: dict[str, Any] = {}
    for field, variety in found:
        if n == 1:
            values[field.name] = variety.most
        elif n >= 2 and n - 2 < len(variety.more):
            values[field.name] = variety.more[n - 2]
        elif field.required:
            values[field.name] = variety.least
    return values


def _array(type_: Array, word: str) -> Variety:
    low, high = type_.min_items or 0, type_.max_items
    if high is not None and low > high:
        raise NoExample
    if high == 0:
        return Variety((), ())
    try:
        found = of(type_.element, word)
    except NoExample:
        if low:
            raise
        return Variety((), ())
    least = _items(type_, found, found.least, low, word)
    most = _items(type_, found, found.most, max(low, 1), word)
    more = [_items(type_, found, each, max(low, 1), word) for each in found.more]
    return Variety(least, most, tuple(more))


def _items(array: Array, found: Variety, first: Any, count: int, word: str) -> tuple[Any, ...]:
    """A list of that many elements: the first, and others where they have to differ."""
    if not array.unique_items:
        if count > _MOST_EQUAL:
            raise NoExample
        return (first,) * count
    if count > _MANY:
        raise NoExample
    others = chain(found.every, _others(array.element, found, word))
    items = tuple(islice(_once(chain((first,), others)), count))
    if len(items) < count or not distinct(items):
        raise NoExample
    return items


def _others(type_: Type, found: Variety, word: str) -> Iterator[Any]:
    """Further values; of records those that differ in one field."""
    match type_:
        case Nullable(inner):
            yield from _others(inner, found, word)
        case Record(fields=inner_fields):
            for field in inner_fields:
                if field.name in found.most:
                    yield from ({**found.most, field.name: each} for each in many(field))
        case _:
            yield from _plain(type_, word)


def _map(key: Type, value: Type, word: str) -> Variety:
    try:
        name = of(key, "key").least
        found = of(value, word)
    except NoExample:
        return Variety({}, {})
    return Variety({}, {name: found.most}, tuple({name: each} for each in found.more))
