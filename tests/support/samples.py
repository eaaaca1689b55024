"""Records of a model, the same ones on every run: drawn, whole, and at the edges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal as Number
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from portwright.model import (
    Array,
    Boolean,
    Bounds,
    Bytes,
    Decimal,
    Enum,
    Field,
    Integer,
    Map,
    Nullable,
    Record,
    String,
    Type,
)
from support.records import records

_COUNT = 16


@dataclass(frozen=True)
class Samples:
    """Some records as hypothesis draws them, and some in which everything is there; with the least
    and the greatest values of their types among these."""

    drawn: list[Any]
    whole: list[Any]


def samples(record: Record) -> Samples:
    """Samples of the record."""
    found: list[tuple[Any, Any]] = []

    @settings(
        max_examples=_COUNT,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(records(record), records(_whole(record)))
    def draw(any_: Any, whole: Any) -> None:
        found.append((any_, whole))

    draw()
    whole = [each for _, each in found]
    edges = ({**whole[0], **edge} for edge in _edges(record))
    return Samples([each for each, _ in found], [*whole, *edges])


def _whole(record: Record) -> Record:
    return replace(
        record,
        fields=tuple(
            replace(each, required=True, type=_filled(each.type)) for each in record.fields
        ),
    )


def _filled(type_: Type) -> Type:
    """The type without nulls and, where its rules allow it, without empty lists."""
    match type_:
        case Nullable(inner):
            return _filled(inner)
        case Array(element):
            least = type_.min_items or (0 if type_.max_items == 0 else 1)
            return replace(type_, element=_filled(element), min_items=least)
        case Map(key, value):
            return Map(key, _filled(value))
        case Record():
            return _whole(type_)
        case _:
            return type_


def _edges(record: Record) -> Iterator[dict[str, Any]]:
    """The properties that have edges, at their lower and at their upper ones."""
    ends = {each.name: _ends(each) for each in record.fields}
    for end in (0, 1):
        yield {name: found[end] for name, found in ends.items() if found}


def _ends(field: Field) -> tuple[Any, Any] | None:
    match field.type:
        case Boolean():
            return False, True
        case Integer(bounds=bounds) as integer if bounds == Bounds():
            return integer.lowest, integer.highest
        case Integer(bounds=Bounds(multiple_of=Number() as step)):
            return 0, int(step)
        case Decimal(bounds=bounds) as decimal if bounds == Bounds():
            return decimal.lowest, decimal.highest
        case String(min_length=least, max_length=most, pattern=None, format=None):
            return "x" * (least or 0), "x" * (9 if most is None else most)
        case Array(element=Nullable(), min_items=least):
            return [None] * (least or 1), [None] * (least or 1)
        case Enum(values=values):
            return values[0].value, values[-1].value
        case Bytes(least, most):
            return b"x" * (least or 0), b"x" * (9 if most is None else most)
        case _:
            return None
