"""Masks in Python: for each type one valid value that says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal as Number
from itertools import chain
from typing import Any, Final
from uuid import UUID

from portwright.model import (
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
    Float,
    Integer,
    Json,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    VectorElement,
)
from portwright.targets.python.examples import moments, numbers, texts
from portwright.targets.python.examples.rules import Numeric, fits

# Masks of texts that are read by a program, in no form that the table of examples has.
_STARS: Final = "***"
_LONGEST: Final = 1000
_WHOLE: Final = frozenset({VectorElement.BINARY, VectorElement.INT8, VectorElement.UINT8})


def masked(type_: Type) -> Any:
    """The mask of a type without parts, None where no value is known to be valid."""
    return next((each for each in _wished(type_) if fits(type_, each)), None)


def _wished(type_: Type) -> Iterator[Any]:
    match type_:
        case Boolean():
            return iter([False])
        case Enum(values=values):
            return (each.value for each in values)
        case Uuid():
            return iter([UUID(int=0)])
        case Json():
            return iter([{}])
        case Vector(dimensions, element):
            zero: float = 0 if element in _WHOLE else 0.0
            return iter([(zero,) * dimensions])
        case Bytes(low, _):
            return iter([bytes(low or 0)] if (low or 0) <= _LONGEST else [])
        case String():
            return _texts(type_)
        case Integer() | Float() | Decimal():
            return chain([_nought(type_)], numbers.edges(type_), numbers.numbers(type_))
        case Date():
            return chain([date(1970, 1, 1)], moments.moments(type_))
        case Time():
            return chain([time(0, 0)], moments.moments(type_))
        case Timestamp(zoned):
            start = datetime(1970, 1, 1, tzinfo=UTC if zoned else None)
            return chain([start], moments.moments(type_))
        case _:
            raise TypeError(f"{type(type_).__name__} has parts")


def _nought(type_: Numeric) -> Any:
    match type_:
        case Integer():
            return 0
        case Float():
            return 0.0
        case Decimal(scale=scale):
            # With no digit before the point, where none may be there.
            return Number(0).scaleb(-scale)


def _texts(type_: String) -> Iterator[str]:
    low, high = type_.min_length or 0, type_.max_length
    stars = "*" * max(low, min(len(_STARS), len(_STARS) if high is None else high))
    plain = [] if type_.format in texts.FORMATS or low > _LONGEST else [stars]
    return chain(plain, texts.texts(type_, _STARS), [stars] if low <= _LONGEST else [])
