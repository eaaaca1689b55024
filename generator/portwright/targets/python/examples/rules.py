"""Whether a value is one of its type, by all rules that the generated models check."""

from __future__ import annotations

import json
import math
import operator
import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal as Number
from decimal import localcontext
from typing import Any, assert_never

from portwright import regex
from portwright.model import (
    Array,
    Boolean,
    Bounds,
    Bytes,
    Date,
    Decimal,
    Enum,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
)
from portwright.targets.python.annotations import VECTORS
from portwright.targets.python.patterns import python_pattern

Numeric = Integer | Float | Decimal
Temporal = Date | Time | Timestamp

# Digits that no number of a contract exceeds, so that none is rounded.
EXACT = 2500


def fits(type_: Type, value: Any) -> bool:
    """Whether the value, which is of the Python type, keeps to all rules of the type."""
    match type_:
        case Boolean() | Uuid():
            return True
        case Integer() | Float() | Decimal():
            return _is_number(type_, value)
        case String():
            return _is_text(type_, value)
        case Bytes(low, high):
            return _is_sized(value, low, high)
        case Date() | Time() | Timestamp():
            return _is_within(type_.bounds, value, lambda limit: moment(type_, str(limit)))
        case Enum(values=values):
            return any(each.value == value for each in values)
        case Json():
            return _is_json(value)
        case Nullable(inner):
            return value is None or fits(inner, value)
        case Vector(dimensions, component):
            element = VECTORS[component]
            return len(value) == dimensions and all(fits(element, each) for each in value)
        case Map(key, inner):
            return all(fits(key, name) and fits(inner, each) for name, each in value.items())
        case Array(element, low, high, unique):
            if not _is_sized(value, low, high) or (unique and not distinct(value)):
                return False
            return all(fits(element, each) for each in value)
        case Record(fields=fields):
            return all(
                fits(each.type, value[each.name]) if each.name in value else not each.required
                for each in fields
            )
        case _:
            assert_never(type_)


def refused(type_: Type, value: Any) -> bool:
    """Whether the value surely breaks a rule. Of a binary number it may be uncertain whether it is
    a multiple, and it then neither fits nor is refused."""
    if isinstance(type_, Float) and type_.bits == 32:
        value = single(value)  # as the models do
    if not isinstance(type_, Float) or type_.bounds.multiple_of is None:
        return not fits(type_, value)
    step = type_.bounds.multiple_of
    if not fits(replace(type_, bounds=replace(type_.bounds, multiple_of=None)), value):
        return True
    rest = Number(repr(value)) % step
    return abs(value) < 1e9 and step / 100 < abs(rest) < step * 99 / 100


def single(value: float) -> float:
    """The 32-bit number next to `value`; infinite beyond them."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return math.inf


def moment(type_: Temporal, text: str) -> Any:
    """The date, time or timestamp that ISO 8601 text says, as the model has it."""
    match type_:
        case Date():
            return date.fromisoformat(text)
        case Time():
            return time.fromisoformat(text)
        case Timestamp(zoned):
            found = datetime.fromisoformat(text)
            return found.astimezone(UTC) if zoned else found


def is_checked(pattern: str) -> bool:
    """Whether the models hold texts to the pattern."""
    return python_pattern(pattern) is not None


def distinct(values: Sequence[Any]) -> bool:
    """Whether no two are equal."""
    return not any(each in values[:at] for at, each in enumerate(values))


def _is_number(type_: Numeric, value: Any) -> bool:
    with localcontext(prec=EXACT):
        if isinstance(type_, Float):
            if not math.isfinite(value) or (type_.bits == 32 and single(value) != value):
                return False
            # Limits and values are those of JSON: the shortest text of a binary number.
            return _is_within(type_.bounds, value, _nearest) and _is_float_multiple(type_, value)
        if not type_.lowest <= value <= type_.highest:
            return False
        if isinstance(type_, Decimal) and value != round(value, type_.scale):
            return False
        return _is_within(type_.bounds, value, Number) and _is_multiple(type_, str(value))


def _nearest(limit: Any) -> int | float:
    number = Number(limit)
    return int(number) if number == number.to_integral_value() else float(number)


def _is_multiple(type_: Numeric, text: str) -> bool:
    step = type_.bounds.multiple_of
    return step is None or Number(text) % step == 0


def _is_float_multiple(type_: Float, value: float) -> bool:
    """By its text, and by what binary numbers leave over too, which is all that pydantic looks at:
    nothing for 32 bits, next to nothing for 64."""
    step = type_.bounds.multiple_of
    if step is None:
        return True
    is_sure = abs(value) < 1e9 and (type_.bits == 64 or value % float(step) == 0)
    return is_sure and _is_multiple(type_, repr(value))


def _is_within(bounds: Bounds, value: Any, read: Callable[[Any], Any]) -> bool:
    limits = (
        (bounds.minimum, operator.ge),
        (bounds.exclusive_minimum, operator.gt),
        (bounds.maximum, operator.le),
        (bounds.exclusive_maximum, operator.lt),
    )
    if not all(limit is None or keeps(value, read(limit)) for limit, keeps in limits):
        return False
    return not bounds.allowed or value in [read(each) for each in bounds.allowed]


def _is_text(type_: String, value: str) -> bool:
    if not _is_sized(value, type_.min_length, type_.max_length) or not _is_unicode(value):
        return False
    if type_.pattern is None:
        return True
    read = regex.read(type_.pattern)
    if read is None:
        return not is_checked(type_.pattern)
    return regex.matches(read, value) is True


def _is_sized(value: Any, low: int | None, high: int | None) -> bool:
    return (low or 0) <= len(value) and (high is None or len(value) <= high)


def _is_unicode(value: str) -> bool:
    """Whether it has a form in UTF-8: lone surrogates have none."""
    try:
        return bool(value.encode()) or not value
    except UnicodeEncodeError:
        return False


def _is_json(value: Any) -> bool:
    try:
        return _is_unicode(json.dumps(value, ensure_ascii=False, allow_nan=False))
    except ValueError:
        return False
