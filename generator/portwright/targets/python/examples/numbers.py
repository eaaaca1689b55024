"""Numbers of a type, those first that people like to read; all keep to its rules."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal as Number
from decimal import localcontext
from fractions import Fraction
from itertools import chain, islice
from typing import Any

from portwright.model import Decimal, Float, Integer
from portwright.targets.python.examples.rules import EXACT, Numeric, fits, single

_LIKED = ("1", "12.34", "2.5", "0.25", "0.5", "100")
# Of one kind: nobody needs more of them.
_MANY = 500


def numbers(type_: Numeric) -> Iterator[Any]:
    """Numbers of the type, some of them twice."""
    return (each for each in map(lambda n: _made(type_, n), _wished(type_)) if fits(type_, each))


def edges(type_: Numeric) -> Iterator[Any]:
    """All values, where the contract lists them, else the least and the greatest that it allows;
    those that only the type has are none of its concern."""
    bounds = type_.bounds
    low, high = _ends(type_)
    ends = [*map(Fraction, bounds.allowed)]
    if bounds.minimum is not None or bounds.exclusive_minimum is not None:
        ends += islice(_grid(low, high, _step(type_), low), 1)
    if bounds.maximum is not None or bounds.exclusive_maximum is not None:
        ends += islice(_grid(low, high, _step(type_), high), 1)
    return (each for each in (_made(type_, end) for end in ends) if fits(type_, each))


def _wished(type_: Numeric) -> Iterator[Fraction]:
    if type_.bounds.allowed:
        return map(Fraction, type_.bounds.allowed)
    low, high = _ends(type_)
    step = _step(type_)
    width = (high - low) / 16
    return chain(
        map(Fraction, () if isinstance(type_, Integer) else _LIKED),
        islice(_grid(low, high, _least_multiple(step, Fraction(1)), Fraction(1)), _MANY),
        islice(_grid(low, high, step, Fraction(1)), _MANY),
        (low + width * n for n in range(1, 17)),
    )


def _ends(type_: Numeric) -> tuple[Fraction, Fraction]:
    """The limits, from where on numbers are looked for."""
    bounds = type_.bounds
    low = [type_.lowest, bounds.minimum, bounds.exclusive_minimum]
    high = [type_.highest, bounds.maximum, bounds.exclusive_maximum]
    return (
        max(Fraction(each) for each in low if each is not None),
        min(Fraction(each) for each in high if each is not None),
    )


def _step(type_: Numeric) -> Fraction:
    """What all numbers of the type are a multiple of; of floats, a quarter does for examples."""
    match type_:
        case Integer():
            unit = Fraction(1)
        case Decimal(scale=scale):
            unit = Fraction(1, 10**scale)
        case Float(bounds=bounds):
            unit = Fraction(bounds.multiple_of or Number("0.25"))
    step = type_.bounds.multiple_of
    return unit if step is None else _least_multiple(unit, Fraction(step))


def _least_multiple(one: Fraction, other: Fraction) -> Fraction:
    return Fraction(
        math.lcm(one.numerator * other.denominator, other.numerator * one.denominator),
        one.denominator * other.denominator,
    )


def _grid(low: Fraction, high: Fraction, step: Fraction, start: Fraction) -> Iterator[Fraction]:
    """Multiples of the step within the limits: from the start up, then from there down."""
    first, last = math.ceil(low / step), math.floor(high / step)
    middle = min(max(math.ceil(start / step), first), last)
    ups = islice(range(middle, last + 1), _MANY)
    downs = islice(range(middle - 1, first - 1, -1), _MANY)
    return (n * step for n in chain(ups, downs) if first <= n <= last)


def _made(type_: Numeric, number: Fraction) -> Any:
    """The number of the type next to this one, as Python has it."""
    match type_:
        case Integer():
            return int(number)
        case Float(bits):
            nearest = _float(number)
            return single(nearest) if bits == 32 else nearest
        case Decimal(scale=scale):
            return _exact(number, scale)


def _float(number: Fraction) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _exact(number: Fraction, scale: int) -> Number:
    """With at least as many digits after the point as money has, if there may be."""
    with localcontext(prec=EXACT):
        value = Number(number.numerator) / Number(number.denominator)
        value = round(value, scale).normalize()
        shown = Number(1).scaleb(-min(scale, 2))
        exponent = value.as_tuple().exponent
        is_short = isinstance(exponent, int) and -exponent < min(scale, 2)
        return value.quantize(shown) if is_short else value
