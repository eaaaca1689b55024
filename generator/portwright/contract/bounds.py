"""Bounds: the limits that a property's options set, and the only values it may have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, localcontext
from decimal import Decimal as Number
from fractions import Fraction
from math import lcm

from portwright import scalars
from portwright.contract import temporal
from portwright.contract.enums import Allowed
from portwright.contract.reader import Reader
from portwright.model import Bounds, Date, Decimal, Float, Integer, Time, Timestamp
from portwright.nodes import Node, Scalar

Numeric = Integer | Float | Decimal
Value = Number | str
Convert = Callable[[Scalar], Value | None]

_MULTIPLE = "`multipleOf`"


def of_numbers(
    reader: Reader, options: Reader | None, allowed: list[Allowed] | None, type_: Numeric
) -> Bounds:
    """The bounds of an integer, float or decimal. What is no number is an error.

    None is beyond what the type holds, and they have no more digits than its values.
    """

    def no_number(node: Node, what: str) -> None:
        kind = "number above 0" if what == _MULTIPLE else "number"
        reader.report.error("PW107", f"{what} is no {kind}", node.span, f"write a {kind}")

    limits = _Limits(options, _number, no_number).bounds(allowed)
    limits = within(limits, Number(type_.lowest), Number(type_.highest))
    match type_:
        case Integer():
            return on_grid(limits, 0)
        case Decimal(scale=scale):
            return on_grid(limits, scale)
        case Float():
            return limits


def within(bounds: Bounds, lowest: Number, highest: Number) -> Bounds:
    """Bounds without those that no number from `lowest` to `highest` is beyond."""

    def below(limit: Value | None) -> bool:
        return isinstance(limit, Number) and limit < lowest

    def above(limit: Value | None) -> bool:
        return isinstance(limit, Number) and limit > highest

    return replace(
        bounds,
        minimum=None if below(bounds.minimum) else bounds.minimum,
        maximum=None if above(bounds.maximum) else bounds.maximum,
        exclusive_minimum=None if below(bounds.exclusive_minimum) else bounds.exclusive_minimum,
        exclusive_maximum=None if above(bounds.exclusive_maximum) else bounds.exclusive_maximum,
    )


def on_grid(bounds: Bounds, scale: int) -> Bounds:
    """Bounds that say the same of numbers with `scale` digits after the point, and have no more
    digits there themselves: engines round a limit, or fail, where its digits do not fit."""
    return replace(
        bounds,
        minimum=_rounded(bounds.minimum, scale, ROUND_CEILING),
        maximum=_rounded(bounds.maximum, scale, ROUND_FLOOR),
        exclusive_minimum=_rounded(bounds.exclusive_minimum, scale, ROUND_FLOOR),
        exclusive_maximum=_rounded(bounds.exclusive_maximum, scale, ROUND_CEILING),
        multiple_of=_step(bounds.multiple_of, scale),
    )


def _rounded(limit: Value | None, scale: int, rounding: str) -> Value | None:
    """The limit with at most `scale` digits after the point."""
    if not isinstance(limit, Number) or -int(limit.as_tuple().exponent) <= scale:
        return limit
    with localcontext(prec=max(1, limit.adjusted() + scale + 2)):
        return limit.quantize(Number((0, (1,), -scale)), rounding)


def _step(multiple: Number | None, scale: int) -> Number | None:
    """The least step of such numbers that is a multiple; None where each of them is one."""
    if multiple is None or -int(multiple.as_tuple().exponent) <= scale:
        return multiple
    step = Fraction(multiple)
    units = lcm(step.numerator * 10**scale, step.denominator) // step.denominator
    return None if units == 1 else Number(units).scaleb(-scale)


def of_times(
    reader: Reader,
    options: Reader | None,
    allowed: list[Allowed] | None,
    type_: Date | Time | Timestamp,
) -> Bounds:
    """The bounds of a temporal type. What cannot be read is reported and not checked."""
    name = type(type_).__name__.lower()

    def unreadable(node: Node, what: str) -> None:
        message = f"{what} is no ISO 8601 {name}, and is not checked"
        reader.report.warning("PW112", message, node.span, f"write it as in {_EXAMPLES[name]}")

    limits = _Limits(options, lambda node: temporal.iso(node.text, type_), unreadable)
    return limits.bounds(allowed)


_MOST_DIGITS = 2000
_EXAMPLES = {"date": "2026-01-31", "time": "23:59:59", "timestamp": "2026-01-31T23:59:59Z"}


def _number(node: Scalar) -> Number | None:
    value = node.value
    if isinstance(value, str) and value:
        value = scalars.plain(value)
    if isinstance(value, bool) or not isinstance(value, (int, Number)):
        return None
    number = Number(value)
    # No type holds a number with so many digits, and it is written out in full later.
    within_reason = number.is_finite() and abs(number.adjusted()) <= _MOST_DIGITS
    return number if within_reason else None


class _Limits:
    """The options' limits, made into values of one kind."""

    def __init__(
        self, options: Reader | None, convert: Convert, wrong: Callable[[Node, str], None]
    ) -> None:
        self._options, self._convert, self._wrong = options, convert, wrong

    def bounds(self, allowed: list[Allowed] | None) -> Bounds:
        minimum, exclusive_minimum = self._side("minimum", "exclusiveMinimum")
        maximum, exclusive_maximum = self._side("maximum", "exclusiveMaximum")
        values = [self._value(each.scalar, "the enum value") for each in allowed or ()]
        return Bounds(
            minimum,
            maximum,
            exclusive_minimum,
            exclusive_maximum,
            self._multiple(),
            tuple(dict.fromkeys(value for value in values if value is not None)),
        )

    def _side(self, key: str, exclusive_key: str) -> tuple[Value | None, Value | None]:
        inclusive = self._limit(key)
        node = self._options.get(exclusive_key) if self._options else None
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            # ODCS 3.0: a flag that makes the other limit exclusive.
            return (None, inclusive) if node.value else (inclusive, None)
        return inclusive, self._limit(exclusive_key)

    def _limit(self, key: str) -> Value | None:
        node = self._options.get(key) if self._options else None
        return None if node is None else self._value(node, f"`{key}`")

    def _multiple(self) -> Number | None:
        node = self._options.get("multipleOf") if self._options else None
        if node is None:
            return None
        value = _number(node) if isinstance(node, Scalar) else None
        if value is None or value <= 0:
            self._wrong(node, _MULTIPLE)
            return None
        return value

    def _value(self, node: Node, what: str) -> Value | None:
        value = self._convert(node) if isinstance(node, Scalar) else None
        if value is None:
            self._wrong(node, what)
        return value
