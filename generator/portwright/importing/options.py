"""Options: what a contract says of a type beside its logical name, as plain data."""

from __future__ import annotations

from decimal import Decimal as Number

from portwright.model import (
    Array,
    Bounds,
    Bytes,
    Date,
    Decimal,
    Enum,
    Float,
    Integer,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    VectorElement,
)

Options = dict[str, object]


def physical_of(type_: Type) -> str | None:
    """The physical type, where only that says the digits."""
    return f"DECIMAL({type_.precision},{type_.scale})" if isinstance(type_, Decimal) else None


def options_of(type_: Type) -> Options:
    """The logical type options, without those that say what goes without saying."""
    match type_:
        case Integer(bits, signed, bounds):
            width = {} if (bits, signed) == (64, True) else {"format": f"{'iu'[not signed]}{bits}"}
            return {**width, **_limits(bounds)}
        case Float(bits, bounds):
            return {**({"format": "f32"} if bits == 32 else {}), **_limits(bounds)}
        case Decimal(bounds=bounds) | Date(bounds) | Time(bounds):
            return _limits(bounds)
        case Timestamp(zoned, bounds):
            return {**({} if zoned else {"timezone": False}), **_limits(bounds)}
        case String(shortest, longest, pattern, format):
            return _given(minLength=shortest, maxLength=longest, pattern=pattern, format=format)
        case Uuid():
            return {"format": "uuid"}
        case Bytes(shortest, longest):
            return {"format": "binary", **_given(minLength=shortest, maxLength=longest)}
        case Array(_, least, most, distinct):
            return _given(minItems=least, maxItems=most, uniqueItems=distinct or None)
        case Vector(dimensions, element):
            named = {} if element is VectorElement.FLOAT32 else {"elementType": str(element)}
            return {"dimensions": dimensions, **named}
        case _:
            return {}


def enum_of(type_: Type) -> list[Options]:
    """The entries of the enum, or none."""
    match type_:
        case Enum(values=values):
            return [
                {"value": each.value, **_given(label=each.label, description=each.description)}
                for each in values
            ]
        case Integer() | Float() | Decimal() | Date() | Time() | Timestamp():
            return [{"value": each} for each in type_.bounds.allowed]
        case _:
            return []


def _limits(bounds: Bounds) -> Options:
    limits: dict[str, Number | str | None] = {
        "minimum": bounds.minimum,
        "exclusiveMinimum": bounds.exclusive_minimum,
        "maximum": bounds.maximum,
        "exclusiveMaximum": bounds.exclusive_maximum,
        "multipleOf": bounds.multiple_of,
    }
    return _given(**limits)


def _given(**options: object) -> Options:
    return {key: value for key, value in options.items() if value is not None}
