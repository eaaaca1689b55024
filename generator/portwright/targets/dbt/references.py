"""References: relationships whose columns dbt can compare with those of another table."""

from __future__ import annotations

from dataclasses import dataclass

from portwright.model import (
    Decimal,
    Enum,
    Field,
    Float,
    Integer,
    Relationship,
    Scalar,
    String,
    Type,
)
from portwright.targets.dbt.places import Place


@dataclass(frozen=True, slots=True)
class Reference:
    """Rows with all of `fields` have a row with the same `targets` in the table at `aim`."""

    fields: tuple[Field, ...]
    aim: Place
    targets: tuple[Field, ...]


def references(place: Place, found: list[Place]) -> list[Reference]:
    """The references of a table, each once."""
    made: dict[tuple[object, ...], Reference] = {}
    for each in place.object.relationships:
        if one := reference(place, each, found):
            made.setdefault((each.columns, each.target, each.target_columns), one)
    return list(made.values())


def reference(place: Place, relationship: Relationship, found: list[Place]) -> Reference | None:
    """The relationship as a reference; None where it leads to no table, where a property of it is
    no column, or where their types cannot be compared."""
    aim = next((each for each in found if each.object.name == relationship.target), None)
    if aim is None:
        return None
    fields = place.object.fields(relationship.columns)
    targets = aim.object.fields(relationship.target_columns)
    whole = len(fields) == len(targets) == len(relationship.columns)
    if whole and all(_comparable(a.type, b.type) for a, b in zip(fields, targets, strict=True)):
        return Reference(fields, aim, targets)
    return None


def _comparable(one: Type, other: Type) -> bool:
    """Whether every engine compares such values."""
    for alike in (Integer | Decimal | Float, String | Enum):
        if isinstance(one, alike) and isinstance(other, alike):
            return True
    return isinstance(one, Scalar) and type(one) is type(other)
