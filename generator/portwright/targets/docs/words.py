"""Words: types and limits as people say them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portwright import model as m
from portwright.model import walk
from portwright.oversight.lengths import counted

_INTEGER = {8: "-128 to 127", 16: "-32,768 to 32,767", 32: "between -2.1 and 2.1 billion"}


def type_(of: m.Type) -> str:
    """The type in a word or some: `list of whole numbers`."""
    match of:
        case m.Boolean():
            return "yes or no"
        case m.Integer(bits=bits):
            return "whole number" if bits == 64 else f"whole number ({bits} bits)"
        case m.Float():
            return "number (floating point)"
        case m.Decimal(precision=precision, scale=scale):
            return f"exact number ({precision} digits, {scale} after the point)"
        case m.String(format=form):
            return f"text ({form})" if form else "text"
        case m.Uuid():
            return "UUID"
        case m.Bytes():
            return "bytes"
        case m.Date():
            return "date"
        case m.Time():
            return "time of day"
        case m.Timestamp(zoned=zoned):
            return "date and time (UTC)" if zoned else "date and time (no zone)"
        case m.Enum(values=values):
            return f"one of {len(values)} values"
        case _:
            return _composed(of)


def _composed(of: m.Type) -> str:
    match of:
        case m.Array(element=element):
            return f"list of {_several(element)}"
        case m.Map(key=key, value=value):
            return f"map from {type_(key)} to {type_(value)}"
        case m.Vector(dimensions=dimensions, element=element):
            return f"vector of {dimensions} {element}"
        case m.Record():
            return "object"
        case m.Nullable(inner=inner):
            return f"{type_(inner)} or nothing"
        case _:
            return "any JSON"


def _several(of: m.Type) -> str:
    """The type as that of more than one value."""
    told = type_(of)
    plurals = {"object": "objects", "whole number": "whole numbers", "date": "dates"}
    return plurals.get(told, told)


def limits(of: m.Type) -> Iterator[str]:
    """What values have to keep to, a phrase each, with those of what is inside a list or map."""
    for each in walk.own_types(of):
        match each:
            case m.String(min_length=low, max_length=high):
                yield from _between(low, high, "character")
            case m.Bytes(min_length=low, max_length=high):
                yield from _between(low, high, "byte")
            case m.Array(min_items=low, max_items=high, unique_items=unique):
                yield from _between(low, high, "item")
                if unique:
                    yield "no item twice"
            case m.Integer(bits=bits, signed=signed) if bits < 64:
                yield _INTEGER[bits] if signed else f"0 to {each.highest:,}"
        if bounds := getattr(each, "bounds", None):
            yield from _bounds(bounds)


def _between(low: int | None, high: int | None, what: str) -> Iterator[str]:
    if low and low == high:
        yield f"exactly {counted(low, what)}"
    elif low and high is not None:
        yield f"{low:,} to {counted(high, what)}"
    elif low:
        yield f"at least {counted(low, what)}"
    elif high is not None:
        yield f"at most {counted(high, what)}"


def _bounds(of: m.Bounds) -> Iterator[str]:
    told = (
        ("at least", of.minimum),
        ("at most", of.maximum),
        ("more than", of.exclusive_minimum),
        ("less than", of.exclusive_maximum),
        ("a multiple of", of.multiple_of),
    )
    yield from (f"{word} {number(value)}" for word, value in told if value is not None)
    if of.allowed:
        yield f"one of {', '.join(map(number, of.allowed))}"


def number(value: Decimal | str) -> str:
    """A number as people write it; other values as they are."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
