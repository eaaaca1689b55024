"""Examples without parts: what one value of a type is in JSON, or why there is none of the type."""

from __future__ import annotations

import math
import operator
from base64 import b64decode
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Table
from datetime import date, datetime, time
from decimal import Decimal as Number
from functools import cache, partial
from typing import Any, assert_never
from uuid import UUID

from portwright import regex, scalars
from portwright.contract import temporal, text_formats
from portwright.model import (
    Boolean,
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
    Uuid,
    VectorElement,
)
from portwright.nodes import Mapping, Node, Scalar, Sequence

Temporal = Date | Time | Timestamp
Flat = Boolean | Integer | Float | Decimal | String | Uuid | Bytes | Temporal | Enum

COMPONENTS: Table[VectorElement, Integer | Float] = {
    VectorElement.BFLOAT16: Float(32),
    VectorElement.BINARY: Integer(8, bounds=Bounds(Number(0), Number(1))),
    VectorElement.FLOAT16: Float(32),
    VectorElement.FLOAT32: Float(32),
    VectorElement.FLOAT64: Float(64),
    VectorElement.INT8: Integer(8),
    VectorElement.UINT8: Integer(8, signed=False),
}
_MOST_LISTED = 8  # of the values of an enum, in one message


class Misfit(Exception):
    """The example at `node` is no value of its type: its `fault`, and what the type `allowed`."""

    def __init__(self, node: Node, fault: str, allowed: str) -> None:
        super().__init__(fault)
        self.node, self.fault, self.allowed = node, fault, allowed


class Unclear(Exception):
    """The example is written in a way of the author's own: nothing can be said of it."""


def kind(node: Node) -> str:
    """What the node is, in words."""
    match node:
        case Sequence():
            return "a list"
        case Mapping():
            return "a map"
        case Scalar():
            return "no list or map"


def span_of(least: int | None, most: int | None) -> str:
    """`2 to 5`, `at least 2`, `at most 5`."""
    if least == most and least is not None:
        return str(least)
    if least is not None and most is not None:
        return f"{least} to {most}"
    return f"at least {least}" if most is None else f"at most {most}"


def json_value(node: Node, type_: Flat) -> object:
    """The JSON value of an example of the type."""
    if not isinstance(node, Scalar):
        raise Misfit(node, f"is {kind(node)}", "write one value")
    match type_:
        case Boolean():
            value = scalars.plain(node.text.strip().lower() or "~")
            if not isinstance(value, bool):
                raise Misfit(node, "is no flag", "write `true` or `false`")
            return value
        case Integer():
            return _integer(node, type_)
        case Float():
            return number(node, _within(node, _number(node), type_))
        case Decimal():
            return _decimal(node, type_)
        case String():
            return _text(node, type_)
        case Uuid():
            return _uuid(node)
        case Bytes(shortest, longest):
            return _bytes(node, shortest, longest)
        case Date() | Time() | Timestamp():
            return _moment(node, type_)
        case Enum(values=values):
            if node.text not in {each.value for each in values}:
                raise Misfit(node, "is none of its values", _listed(e.value for e in values))
            return node.text
        case _:
            assert_never(type_)


def number(node: Node, value: Number) -> int | float:
    """The JSON number of an exact one."""
    if value.is_finite() and value == value.to_integral_value() and value.adjusted() < 40:
        return int(value)
    if math.isinf(nearest := float(value)) or math.isnan(nearest):
        raise Misfit(node, "is beyond every number of JSON", "write a finite number")
    return nearest


def _listed(values: Iterable[object]) -> str:
    every = [str(each) for each in values]
    shown = ", ".join(f"`{each}`" for each in every[:_MOST_LISTED])
    return f"it may be {shown}" + (" …" if len(every) > _MOST_LISTED else "")


# ------------------------------------------------------------------- numbers


def _number(node: Scalar) -> Number:
    """The number, in quotes or not."""
    value = scalars.plain(node.text.strip() or "~")
    if isinstance(value, bool) or not isinstance(value, int | Number):
        raise Misfit(node, "is no number", "write a number, without signs of thousands and units")
    return Number(value)


def _within(node: Scalar, value: Number, type_: Integer | Float | Decimal) -> Number:
    """The number, if it keeps to the bounds of the type."""
    bounds = type_.bounds
    if not value.is_finite() or not type_.lowest <= value <= type_.highest:
        raise Misfit(node, "is beyond its type", _held(type_))
    for limit, keeps, words in (
        (bounds.minimum, operator.ge, "at least"),
        (bounds.exclusive_minimum, operator.gt, "greater than"),
        (bounds.maximum, operator.le, "at most"),
        (bounds.exclusive_maximum, operator.lt, "less than"),
    ):
        if isinstance(limit, Number) and not keeps(value, limit):
            raise Misfit(node, "is out of its bounds", f"it is {words} {limit:f}")
    step = bounds.multiple_of
    if step is not None and value % step != 0:
        raise Misfit(node, f"is no multiple of {step:f}", f"it is a multiple of {step:f}")
    if bounds.allowed and value not in bounds.allowed:
        raise Misfit(node, "is none of its values", _listed(bounds.allowed))
    return value


def _held(type_: Integer | Float | Decimal) -> str:
    match type_:
        case Integer(bits, signed):
            return f"it holds {'' if signed else 'un'}signed whole numbers of {bits} bits"
        case Float(bits):
            return f"it holds finite numbers of {bits} bits"
        case Decimal(precision, scale):
            return f"it holds {precision} digits, {scale} of them after the point"


def _integer(node: Scalar, type_: Integer) -> int:
    value = _number(node)
    if not value.is_finite() or value != value.to_integral_value():
        raise Misfit(node, "is no whole number", "write a whole number")
    return int(_within(node, value, type_))


def _decimal(node: Scalar, type_: Decimal) -> str:
    """Text in plain notation, as the values are: a JSON number is a binary float to most."""
    value = _within(node, _number(node), type_)
    if value != round(value, type_.scale):
        raise Misfit(node, "has too many digits after the point", _held(type_))
    if value == 0:
        value = abs(value)  # a decimal that is never negative has no sign
    exponent = value.as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"{value:.{min(digits, type_.scale)}f}"


# ---------------------------------------------------------------------- text


def _text(node: Scalar, type_: String) -> str:
    text, size = node.text, len(node.text)
    if not (type_.min_length or 0) <= size <= (type_.max_length or size):
        allowed = f"it has {span_of(type_.min_length, type_.max_length)} characters"
        raise Misfit(node, f"has {size} characters", allowed)
    if type_.pattern is not None and not _matches(type_.pattern, text):
        raise Misfit(node, "does not match its pattern", f"it matches `{type_.pattern}`")
    if not text_formats.is_of(text, type_.format):
        raise Misfit(node, f"is no {type_.format}", f"its format is `{type_.format}`")
    return text


def _matches(pattern: str, text: str) -> bool:
    """Whether the text has a match, in time that grows with the text alone: any pattern may stand
    in a contract."""
    found = _matcher(pattern)(text)
    if found is None:
        raise Unclear
    return found


@cache
def _matcher(pattern: str) -> Callable[[str], bool | None]:
    # Imported here: needed only where a property has both.
    from pydantic_core import SchemaError, SchemaValidator, core_schema

    try:
        schema = core_schema.str_schema(pattern=pattern, regex_engine="rust-regex")
        return SchemaValidator(schema).isinstance_python
    except SchemaError:  # look-around, which no such engine has
        read = regex.read(pattern)
        if read is None:
            raise Unclear from None
        return partial(regex.matches, read)


def _uuid(node: Scalar) -> str:
    try:
        return str(UUID(node.text))
    except ValueError:
        raise Misfit(node, "is no UUID", "write 32 hexadecimal digits with hyphens") from None


def _bytes(node: Scalar, shortest: int | None, longest: int | None) -> str:
    """Base64 text, which is what bytes are in JSON; how else bytes may be written is not known."""
    try:
        size = len(b64decode(node.text, validate=True))
    except ValueError:
        raise Unclear from None
    if not (shortest or 0) <= size <= (longest or size):
        raise Unclear
    return node.text


# --------------------------------------------------------------------- times


def _moment(node: Scalar, type_: Temporal) -> str:
    text = temporal.iso(node.text.strip(), type_)
    if text is None:
        raise Misfit(node, "is not written as ISO 8601 has it", f"write it like {_written(type_)}")
    moment = _read(text, type_)
    bounds = type_.bounds
    for limit, keeps, words in (
        (bounds.minimum, operator.ge, "at least"),
        (bounds.exclusive_minimum, operator.gt, "after"),
        (bounds.maximum, operator.le, "at most"),
        (bounds.exclusive_maximum, operator.lt, "before"),
    ):
        if limit is not None and not keeps(moment, _read(str(limit), type_)):
            raise Misfit(node, "is out of its bounds", f"it is {words} {limit}")
    if bounds.allowed and moment not in [_read(str(each), type_) for each in bounds.allowed]:
        raise Misfit(node, "is none of its values", _listed(bounds.allowed))
    return text


def _read(text: str, type_: Temporal) -> Any:
    match type_:
        case Date():
            return date.fromisoformat(text)
        case Time():
            return time.fromisoformat(text)
        case Timestamp():
            return datetime.fromisoformat(text)


def _written(type_: Temporal) -> str:
    match type_:
        case Date():
            return "2026-01-31"
        case Time():
            return "12:30:00"
        case Timestamp(zoned):
            return f"2026-01-31T12:30:00{'Z' if zoned else ''}"
