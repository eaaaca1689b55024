"""Records that a model allows, drawn by hypothesis, as plain Python values.

A record is a dict by property name as written, an absent optional is None, numbers of `Decimal`
are `decimal.Decimal`, temporal values those of `datetime`, JSON what `json.loads` gives.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as Number
from decimal import localcontext
from typing import Any, assert_never

from hypothesis import Phase, find, settings
from hypothesis import strategies as st

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
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    VectorElement,
)

Values = st.SearchStrategy[Any]

_TEXT = st.characters(codec="utf-8", exclude_characters="\x00")
_JSON: Values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(_TEXT, max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(_TEXT, max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
_COMPONENTS: dict[VectorElement, Values] = {
    VectorElement.BFLOAT16: st.sampled_from([-2.0, 0.0, 0.5, 1.0]),
    VectorElement.BINARY: st.integers(0, 1),
    VectorElement.FLOAT16: st.floats(width=16, allow_nan=False, allow_infinity=False),
    VectorElement.FLOAT32: st.floats(width=32, allow_nan=False, allow_infinity=False),
    VectorElement.FLOAT64: st.floats(allow_nan=False, allow_infinity=False),
    VectorElement.INT8: st.integers(-128, 127),
    VectorElement.UINT8: st.integers(0, 255),
}


def values(type_: Type) -> Values:
    """Any value of the type."""
    match type_:
        case Boolean():
            return st.booleans()
        case Integer():
            return _integers(type_)
        case Float(bits, bounds):
            return st.floats(
                min_value=_float(bounds.minimum),
                max_value=_float(bounds.maximum or bounds.exclusive_maximum),
                exclude_max=bounds.exclusive_maximum is not None,
                allow_nan=False,
                allow_infinity=False,
                width=64 if bits == 64 else 32,
            )
        case Decimal():
            return _decimals(type_)
        case String():
            return _texts(type_)
        case Uuid():
            return st.uuids()
        case Bytes(shortest, longest):
            return st.binary(min_size=shortest or 0, max_size=longest or (shortest or 0) + 8)
        case Date():
            return st.dates() | _ends(dt.date.min, dt.date.max)
        case Time():
            return st.times() | _ends(dt.time.min, dt.time.max)
        case Timestamp(zoned):
            zone = dt.UTC if zoned else None
            ends = [each.replace(tzinfo=zone) for each in (dt.datetime.min, dt.datetime.max)]
            return st.datetimes(timezones=st.just(zone)) | _ends(*ends)
        case Enum(values=allowed):
            return st.sampled_from([each.value for each in allowed])
        case Nullable(inner):
            return st.none() | values(inner)
        case Array(element):
            least, most = type_.min_items or 0, type_.max_items
            longest = least + 2 if most is None else most
            unique = type_.unique_items
            return st.lists(values(element), min_size=least, max_size=longest, unique=unique)
        case Map(key, value):
            return st.dictionaries(values(key), values(value), max_size=2)
        case Vector(dimensions, element):
            return st.lists(_COMPONENTS[element], min_size=dimensions, max_size=dimensions)
        case Json():
            return _JSON
        case Record():
            return records(type_)
        case _:
            assert_never(type_)


def some(record: Record) -> dict[str, Any]:
    """A record, the same each time. Looking for the simplest one would take many seconds."""
    first = settings(phases=[Phase.generate], derandomize=True, database=None)
    return find(records(record), lambda _: True, settings=first)


def _ends(first: Any, last: Any) -> Values:
    """The first and the last value of a type, which draws seldom find."""
    return st.sampled_from((first, last))


def records(record: Record) -> st.SearchStrategy[dict[str, Any]]:
    """Any record: every property is there, an optional one may be None."""
    return st.fixed_dictionaries({each.name: _property(each) for each in record.fields})


def _property(field: Field) -> Values:
    inner = values(field.type)
    return inner if field.required else st.none() | inner


def _integers(type_: Integer) -> Values:
    low, high = _whole(type_.bounds, type_.lowest, type_.highest)
    return st.integers(low, high)


def _decimals(type_: Decimal) -> Values:
    """Unscaled integers within precision and limits, moved behind the point without rounding."""
    most = 10**type_.precision - 1
    unit = Number(10) ** -type_.scale
    low, high = _whole(type_.bounds, -most, most, unit)

    def exact(unscaled: int) -> Number:
        with localcontext(prec=type_.precision + 1):
            return Number(unscaled).scaleb(-type_.scale)

    return st.integers(low, high).map(exact)


def _whole(bounds: Bounds, low: int, high: int, unit: Number = Number(1)) -> tuple[int, int]:
    """The least and greatest multiple of `unit` within bounds that are multiples of it."""
    if isinstance(bounds.minimum, Number):
        low = max(low, int(bounds.minimum / unit))
    if isinstance(bounds.exclusive_minimum, Number):
        low = max(low, int(bounds.exclusive_minimum / unit) + 1)
    if isinstance(bounds.maximum, Number):
        high = min(high, int(bounds.maximum / unit))
    if isinstance(bounds.exclusive_maximum, Number):
        high = min(high, int(bounds.exclusive_maximum / unit) - 1)
    return low, high


def _float(limit: Number | str | None) -> float | None:
    return float(limit) if isinstance(limit, Number) else None


def _texts(type_: String) -> Values:
    least, most = type_.min_length or 0, type_.max_length
    if type_.format == "email":
        return st.sampled_from(["a@example.org", "first.last+tag@example.com"])
    if type_.pattern is not None:
        found = st.from_regex(type_.pattern, alphabet=_TEXT)
        return found.map(lambda text: text.rstrip("\n")).filter(
            lambda text: least <= len(text) and (most is None or len(text) <= most)
        )
    return st.text(_TEXT, min_size=least, max_size=least + 8 if most is None else most)
