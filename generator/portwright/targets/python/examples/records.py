"""The example records of an object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from portwright.model import Field, Model, Object, Record, Type, walk
from portwright.targets.python.examples import varieties
from portwright.targets.python.examples.given import given
from portwright.targets.python.examples.varieties import NoExample


@dataclass(frozen=True, slots=True)
class Examples:
    """Records, all different: the least there can be, everything there can be, then one for each
    further value of a property. `full` is where the second of these stands."""

    records: tuple[dict[str, Any], ...]
    full: int


def examples(object_: Object) -> Examples:
    """The examples of an object; NoExample if a property that has to be there has none.

    No two have the same primary key, or the same value of a unique property: where there are no
    more values, there are no more examples.
    """
    found = varieties.fields(object_.record)
    count = varieties.length(found)
    alone = [field for field, _ in found if field.unique or object_.primary_key == (field.name,)]
    together = [field for field, _ in found if field.name in object_.primary_key]
    pools = {
        field.name: [*islice(varieties.many(field), count)]
        for field, _ in found
        if field in alone or field in together
    }
    keys = [(field.name,) for field in alone] + ([object_.primary_key] if together else [])
    records: list[dict[str, Any]] = []
    full = 0
    for n in range(count):
        row = varieties.row(found, n)
        row |= {name: pool[n % len(pool)] for name, pool in pools.items() if name in row}
        if row in records or any(_meet(row, each, key) for each in records for key in keys):
            continue
        if n == 1:
            full = len(records)
        records.append(row)
    return Examples(tuple(records), full)


def without_example(model: Model) -> Iterator[tuple[tuple[str, ...], Field]]:
    """The fields of which there is no example, each with its path: its object, then properties."""
    for path, field in walk.fields(model):
        own = (each for each in walk.own_types(field.type) if not isinstance(each, Record))
        if not given(field) and any(map(_has_none, own)):
            yield path, field


def _has_none(type_: Type) -> bool:
    try:
        varieties.of(type_, "text")
    except NoExample as error:
        return not error.path  # else it is that of a property inside
    return False


def _meet(one: dict[str, Any], other: dict[str, Any], key: tuple[str, ...]) -> bool:
    """Whether both have the same values there, and none is missing."""
    return all(name in one and one[name] == other.get(name) for name in key)
