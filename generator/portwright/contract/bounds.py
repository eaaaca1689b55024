"""Bounds: the limits that a property's options set, and the only values it may have."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal as Number

from portwright import scalars
from portwright.contract import temporal
from portwright.contract.enums import Allowed
from portwright.contract.reader import Reader
from portwright.model import Bounds, Date, Time, Timestamp
from portwright.nodes import Node, Scalar

Value = Number | str
Convert = Callable[[Scalar], Value | None]


def of_numbers(reader: Reader, options: Reader | None, allowed: list[Allowed] | None) -> Bounds:
    """The bounds of an integer, float or decimal. What is no number is an error."""

    def no_number(node: Node, what: str) -> None:
        reader.report.error("PW107", f"{what} is no number", node.span, "write a number")

    return _Limits(options, _number, no_number).bounds(allowed)


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


_EXAMPLES = {"date": "2026-01-31", "time": "23:59:59", "timestamp": "2026-01-31T23:59:59Z"}


def _number(node: Scalar) -> Number | None:
    value = node.value
    if isinstance(value, str) and value:
        value = scalars.plain(value)
    if isinstance(value, bool) or not isinstance(value, (int, Number)):
        return None
    number = Number(value)
    return number if number.is_finite() else None


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
            tuple(value for value in values if value is not None),
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
            self._wrong(node, "`multipleOf`")
            return None
        return value

    def _value(self, node: Node, what: str) -> Value | None:
        value = self._convert(node) if isinstance(node, Scalar) else None
        if value is None:
            self._wrong(node, what)
        return value
