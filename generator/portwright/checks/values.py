"""Values: limits that leave none, and enums that a type cannot hold."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal as Number

from portwright.diagnostics import Diagnostic, error
from portwright.model import (
    Array,
    Bounds,
    Bytes,
    Date,
    Decimal,
    Float,
    Integer,
    Model,
    String,
    Time,
    Timestamp,
    Type,
    Vector,
    walk,
)

# What the most generous database takes (PostgreSQL).
MOST_DIGITS = 1000
# What the most generous store of vectors takes (DuckDB).
MOST_DIMENSIONS = 100_000


def possible_bounds(model: Model) -> Iterator[Diagnostic]:
    """Bounds that no value can meet."""
    for field, type_ in walk.field_types(model):
        bounds = _bounds(type_)
        if bounds is None:
            continue
        lowest, highest = bounds.minimum, bounds.maximum
        below, above = bounds.exclusive_minimum, bounds.exclusive_maximum
        if (
            _exceeds(lowest, highest)
            or _reaches(below, highest)
            or _reaches(lowest, above)
            or _reaches(below, above)
        ):
            message = f"no value of `{field.name}` can meet its bounds"
            yield error("PW206", message, field.span, "exchange the two, or correct one")
        elif isinstance(type_, Integer) and _leave_no_integer(type_):
            message = f"the bounds of `{field.name}` leave no integer of {type_.bits} bits"
            yield error("PW206", message, field.span, "give it a wider `format`, such as i64")
        elif isinstance(type_, Float | Decimal) and _are_beyond(type_):
            message = f"the bounds of `{field.name}` are beyond what its type holds"
            yield error("PW206", message, field.span, "correct them, or give it a wider type")


def possible_lengths(model: Model) -> Iterator[Diagnostic]:
    """Least lengths above the greatest, and vectors longer than any store holds."""
    for field, type_ in walk.field_types(model):
        match type_:
            case String(shortest, longest) | Bytes(shortest, longest):
                what = "length"
            case Array(min_items=shortest, max_items=longest):
                what = "number of items"
            case Vector(dimensions) if dimensions > MOST_DIMENSIONS:
                message = f"`{field.name}` has more dimensions than any database keeps"
                yield error("PW206", message, field.span, f"use at most {MOST_DIMENSIONS}")
                continue
            case _:
                continue
        if shortest is not None and longest is not None and shortest > longest:
            message = f"the least {what} of `{field.name}` is above the greatest"
            yield error("PW206", message, field.span, "exchange the two, or correct one")


def possible_decimals(model: Model) -> Iterator[Diagnostic]:
    """Decimals with more digits after the point than in all, or with too many."""
    for field, type_ in walk.field_types(model):
        if not isinstance(type_, Decimal):
            continue
        digits = f"DECIMAL({type_.precision}, {type_.scale})"
        if type_.scale > type_.precision:
            message = f"`{field.name}` has more digits after the point than in all: {digits}"
            yield error("PW207", message, field.span, "the first number counts all digits")
        elif type_.precision > MOST_DIGITS:
            message = f"`{field.name}` has more digits than any database keeps: {digits}"
            yield error("PW207", message, field.span, f"use at most {MOST_DIGITS}")


def fitting_enums(model: Model) -> Iterator[Diagnostic]:
    """Enum values that are no integers, or of more digits than the decimal has."""
    for field, type_ in walk.field_types(model):
        bounds = _bounds(type_)
        for value in bounds.allowed if bounds else ():
            if isinstance(value, Number) and not _fits(value, type_):
                message = f"the enum value {value} of `{field.name}` does not fit its type"
                yield error("PW208", message, field.span, "correct the value or the type")


def _bounds(type_: Type) -> Bounds | None:
    if isinstance(type_, Integer | Float | Decimal | Date | Time | Timestamp):
        return type_.bounds
    return None


def _exceeds(low: Number | str | None, high: Number | str | None) -> bool:
    if isinstance(low, str) and isinstance(high, str):
        # Without the Z, which sorts after the point of a fraction.
        return low.removesuffix("Z") > high.removesuffix("Z")
    return isinstance(low, Number) and isinstance(high, Number) and low > high


def _reaches(low: Number | str | None, high: Number | str | None) -> bool:
    return low is not None and (low == high or _exceeds(low, high))


def _leave_no_integer(type_: Integer) -> bool:
    bounds = type_.bounds
    low = [(bounds.minimum, 0), (bounds.exclusive_minimum, 1)]
    high = [(bounds.maximum, 0), (bounds.exclusive_maximum, -1)]
    least = [int(each) + step for each, step in low if isinstance(each, Number)]
    most = [int(each) + step for each, step in high if isinstance(each, Number)]
    return max([type_.lowest, *least]) > min([type_.highest, *most])


def _are_beyond(type_: Float | Decimal) -> bool:
    bounds = type_.bounds
    low = [each for each in (bounds.minimum, bounds.exclusive_minimum) if isinstance(each, Number)]
    high = [each for each in (bounds.maximum, bounds.exclusive_maximum) if isinstance(each, Number)]
    return any(each > type_.highest for each in low) or any(each < type_.lowest for each in high)


def _fits(value: Number, type_: Type) -> bool:
    match type_:
        case Integer():
            return value == value.to_integral_value() and type_.lowest <= value <= type_.highest
        case Float():
            return type_.lowest <= value <= type_.highest
        case Decimal(precision, scale):
            normal = value.normalize()
            after = max(0, -int(normal.as_tuple().exponent))
            return after <= scale and normal.adjusted() < precision - scale
        case _:
            return True
