"""Example records of an object, as JSON documents: the least that is valid, the most, and ones that
are wrong at one place.

What the contract gives as `examples` is taken first; all else is made of the types and their
rules, and is the same in every run.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR
from decimal import Decimal as Number
from typing import Any, assert_never

from portwright.model import (
    Array,
    Boolean,
    Bounds,
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
    Object,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
)
from portwright.targets.python import texts
from portwright.targets.python.annotations import VECTORS

# Longer lists, texts and bytes help nobody who reads a test.
_LONGEST = 1000
_STEP = {Date: timedelta(days=1), Time: timedelta(seconds=1), Timestamp: timedelta(seconds=1)}
_READ: Mapping[type[Type], Callable[[str], Any]] = {
    Date: date.fromisoformat,
    Time: time.fromisoformat,
    Timestamp: datetime.fromisoformat,
}
_NOON = {Date: "2026-01-05", Time: "12:00:00", Timestamp: "2026-01-05T12:00:00"}


class NoExample(Exception):
    """There is no value that is surely valid; the path of the property it is for."""

    def __init__(self, *path: str) -> None:
        super().__init__(".".join(path))
        self.path = path


@dataclass(frozen=True, slots=True)
class Wrong:
    """A document that is wrong at `path`."""

    path: str
    document: dict[str, Any]


def examples(object_: Object) -> list[dict[str, Any]]:
    """The least and the most, and one for each further value of its enums; NoExample if there is
    nothing for a property that has to be there."""
    found = [_record(object_.record, full, 0) for full in (False, True)]
    for field in object_.record.fields:
        if isinstance(field.type, Enum):
            found += ({**found[1], field.name: each.value} for each in field.type.values[1:])
    return [each for at, each in enumerate(found) if each not in found[:at]]


def wrong(object_: Object) -> Iterator[Wrong]:
    """The fullest example with one fault in each."""
    good = _record(object_.record, True, 0)
    for field in object_.record.fields:
        if field.required:
            rest = {name: each for name, each in good.items() if name != field.name}
            yield Wrong(field.name, rest)
        for value in _faulty(field.type):
            yield Wrong(field.name, {**good, field.name: value})


def _faulty(type_: Type) -> Iterator[Any]:
    """Values of no such type, or that break a rule of it."""
    match type_:
        case Json():
            return
        case String(min_length=low, max_length=high):
            yield 1
            if high is not None and high < _LONGEST:
                yield "x" * (high + 1)
            if low:
                yield ""
        case Enum():
            yield "no value of it"
        case Integer() | Float() | Decimal():
            yield "no number"
            if type_.bounds.minimum is not None and not type_.bounds.allowed:
                yield _number(type_, Number(type_.bounds.minimum) - 1)
        case Array(min_items=low):
            yield "no list"
            if low:
                yield []
        case _:
            yield ["neither"] if not isinstance(type_, Vector) else "neither"


def _record(record: Record, full: bool, n: int) -> dict[str, Any]:
    """A document of the record; without what may be missing, if not `full`."""
    found: dict[str, Any] = {}
    for field in record.fields:
        if not (field.required or full):
            continue
        try:
            found[field.name] = _field(field, full, n)
        except NoExample as error:
            if field.required:
                raise NoExample(field.name, *error.path) from None
    return found


def _field(field: Field, full: bool, n: int) -> Any:
    if field.examples and n == 0:
        return field.examples[-1 if full else 0]
    return _value(field.type, full, n)


def _value(type_: Type, full: bool, n: int) -> Any:
    """The n-th value of a type: with another n another one, where there are so many."""
    match type_:
        case Boolean():
            return bool((n + full) % 2)
        case Integer() | Float() | Decimal():
            return _number(type_, _numeric(type_, n + 1))
        case String():
            return _text(type_, n)
        case Uuid():
            return f"00000000-0000-4000-8000-{n + 1:012}"
        case Bytes(min_length=low):
            if (low or 0) > _LONGEST:
                raise NoExample
            return b64encode(bytes([n % 256]) * max(low or 0, 1)).decode()
        case Date() | Time() | Timestamp():
            return _moment(type_, n)
        case Enum(values=values):
            return values[(n + full) % len(values)].value
        case Json():
            return {"n": n}
        case Nullable(inner):
            return _value(inner, full, n)
        case Record():
            return _record(type_, full, n)
        case Vector(dimensions, component):
            if dimensions > _LONGEST:
                raise NoExample
            return [_value(VECTORS[component], full, n)] * dimensions
        case Map(key, value):
            return {_key(key, n): _value(value, full, n)} if full else {}
        case Array():
            return _items(type_, full)
        case _:
            assert_never(type_)


def _items(array: Array, full: bool) -> list[Any]:
    low, high = array.min_items or 0, array.max_items
    count = max(low, 1 if full and (high is None or high) else 0)
    if count > _LONGEST:
        raise NoExample
    found = [_value(array.element, full, n) for n in range(count)]
    if array.unique_items and any(each in found[:at] for at, each in enumerate(found)):
        raise NoExample
    return found


def _key(type_: Type, n: int) -> str:
    """The key of a map in JSON, which is text."""
    value = _value(type_, False, n)
    return value if isinstance(value, str) else str(value).lower()


def _text(type_: String, n: int) -> str:
    found = texts.example(type_, n)
    if found is None or len(found) > _LONGEST:
        raise NoExample
    return found


def _numeric(type_: Integer | Float | Decimal, n: int) -> Number:
    """The n-th number that the bounds allow, near 1 if they do."""
    bounds = type_.bounds
    if bounds.allowed:
        return Number(bounds.allowed[(n - 1) % len(bounds.allowed)])
    scale = type_.scale if isinstance(type_, Decimal) else 0 if isinstance(type_, Integer) else 6
    step = bounds.multiple_of or (Number(1) if scale < 1 else Number(1).scaleb(-min(scale, 6)))
    low, high = _ends(bounds, type_.lowest, type_.highest, step)
    first = (low / step).to_integral_value(ROUND_CEILING) * step
    last = (high / step).to_integral_value(ROUND_FLOOR) * step
    if first > last:
        raise NoExample
    wanted = (Number(n) / step).to_integral_value(ROUND_CEILING) * step
    if first <= wanted <= last:
        return wanted
    count = (last - first) / step + 1
    return first + step * ((n - 1) % int(min(count, Number(1000))))


def _ends(bounds: Bounds, lowest: Any, highest: Any, step: Number) -> tuple[Number, Number]:
    low = [Number(lowest)]
    high = [Number(highest)]
    if bounds.minimum is not None:
        low.append(Number(bounds.minimum))
    if bounds.exclusive_minimum is not None:
        low.append(Number(bounds.exclusive_minimum) + step / 2)
    if bounds.maximum is not None:
        high.append(Number(bounds.maximum))
    if bounds.exclusive_maximum is not None:
        high.append(Number(bounds.exclusive_maximum) - step / 2)
    return max(low), min(high)


def _number(type_: Integer | Float | Decimal, value: Number) -> Any:
    """The number as JSON has it: exact ones are text."""
    match type_:
        case Integer():
            return int(value)
        case Float():
            return float(value)
        case Decimal():
            return format(value, "f")


def _moment(type_: Date | Time | Timestamp, n: int) -> str:
    """The n-th day or time that the bounds allow, as ISO 8601."""
    bounds = type_.bounds
    read = _READ[type(type_)]
    if bounds.allowed:
        return str(bounds.allowed[n % len(bounds.allowed)])
    zone = "Z" if isinstance(type_, Timestamp) and type_.zoned else ""

    def plain(limit: object) -> str:
        return str(limit).removesuffix("Z")

    candidates = [_later(read(_NOON[type(type_)]), n)]
    for limit, shift in (
        (bounds.minimum, n),
        (bounds.exclusive_minimum, n + 1),
        (bounds.maximum, -n),
        (bounds.exclusive_maximum, -n - 1),
    ):
        if limit is not None:
            candidates.append(_later(read(plain(limit)), shift))
    for each in candidates:
        if each is not None and _is_within(each, bounds, read, plain):
            return f"{each.isoformat()}{zone}"
    raise NoExample


def _later(value: Any, n: int) -> Any:
    """The value n steps on; None where there is no such day or time."""
    try:
        if isinstance(value, time):
            whole = datetime.combine(date(2026, 1, 5), value) + n * _STEP[Time]
            return whole.time() if whole.date() == date(2026, 1, 5) else None
        return value + n * (_STEP[Timestamp] if isinstance(value, datetime) else _STEP[Date])
    except OverflowError:
        return None


def _is_within(value: Any, bounds: Bounds, read: Any, plain: Any) -> bool:
    low, above = bounds.minimum, bounds.exclusive_minimum
    high, below = bounds.maximum, bounds.exclusive_maximum
    return bool(
        (low is None or value >= read(plain(low)))
        and (above is None or value > read(plain(above)))
        and (high is None or value <= read(plain(high)))
        and (below is None or value < read(plain(below)))
    )
