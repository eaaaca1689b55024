"""Limits: the bounds of numbers and of temporal values as SQL comparisons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal as Number

from portwright.model import Bounds, Date, Decimal, Float, Integer, Time, Timestamp
from portwright.targets.ddl.column_types import sql_type
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.kinds import kind
from portwright.targets.ddl.text import number, temporal

Numeric = Integer | Decimal | Float
Bounded = Numeric | Date | Time | Timestamp


@dataclass(frozen=True, slots=True)
class Limit:
    """One bound: its name, its words, and what is true of a value that keeps to it."""

    name: str
    words: str
    predicate: str


def limits(type_: Bounded, value: str, dialect: Dialect) -> Iterator[Limit]:
    """The bounds that a column of the type does not keep to by itself, over the SQL `value`."""
    write = _writer(type_, dialect)
    bounds = type_.bounds
    wider = isinstance(type_, Integer) and kind(type_) in dialect.types.wider
    if isinstance(type_, Integer) and wider:
        bounds = _with_range(type_)
    for name, limit, operator, sign in (
        ("minimum", bounds.minimum, ">=", "≥"),
        ("exclusive_minimum", bounds.exclusive_minimum, ">", ">"),
        ("maximum", bounds.maximum, "<=", "≤"),
        ("exclusive_maximum", bounds.exclusive_maximum, "<", "<"),
    ):
        if limit is None or (not wider and _implied(type_, limit, operator)):
            continue
        if text := write(limit):
            yield Limit(name, f"must be {sign} {_shown(limit)}", f"{value} {operator} {text}")
    if bounds.multiple_of and not isinstance(type_, Float):
        step = number(bounds.multiple_of)
        exact = _exact(step, type_, dialect)
        predicate = dialect.functions.multiple.format(value=value, step=exact)
        yield Limit("multiple_of", f"must be a multiple of {step}", predicate)
    options = [text for each in bounds.allowed if (text := write(each))]
    if options and len(options) == len(bounds.allowed):
        words = f"must be one of {', '.join(map(_shown, bounds.allowed))}"
        yield Limit("enum", words, f"{value} IN ({', '.join(options)})")


def _writer(type_: Bounded, dialect: Dialect) -> Callable[[Number | str], str | None]:
    """A function that writes a limit of the type, or gives None for one it cannot write."""

    def write(limit: Number | str) -> str | None:
        if isinstance(limit, str):
            return None if isinstance(type_, Numeric) else temporal(limit, kind(type_), dialect)
        if not limit.is_finite():
            return None
        text = number(limit)
        if (most := dialect.literals.digits) and sum(map(str.isdigit, text)) > most:
            if not isinstance(type_, Float):
                return None  # no column of the type holds such a number
            text = dialect.literals.double.format(number=_double(float(limit)))
        if isinstance(type_, Float) and type_.bits == 32:
            # The column's own rounding: 0.1 is less than the float nearest to it.
            return f"CAST({text} AS {sql_type(type_, dialect)})"
        plain = text.removeprefix("-").isdigit() and abs(limit) < 2**53
        return text if plain else _exact(text, type_, dialect)

    return write


def _double(value: float) -> str:
    """A double as a whole number and an exponent, which read alike in every language."""
    sign, digits, exponent = Number(repr(value)).as_tuple()
    return f"{'-' if sign else ''}{''.join(map(str, digits))}E{exponent}"


def _exact(text: str, type_: Bounded, dialect: Dialect) -> str:
    """The number as the engine compares it with a type that is more exact than a double."""
    wide = isinstance(type_, Integer) and (type_.bits == 128 or abs(int(Number(text))) >= 2**63)
    if isinstance(type_, Decimal) or wide:
        # A remainder has the scale of the divisor.
        least = type_.scale if isinstance(type_, Decimal) else 0
        scale = max(least, len(text.partition(".")[2]))
        return dialect.literals.exact.format(number=text, scale=scale)
    return text


def _shown(limit: Number | str) -> str:
    return limit if isinstance(limit, str) else number(limit)


def _with_range(type_: Integer) -> Bounds:
    """The bounds of an integer together with those of its width."""
    bounds = type_.bounds
    low = max(Number(type_.lowest), _numeric(bounds.minimum, type_.lowest))
    high = min(Number(type_.highest), _numeric(bounds.maximum, type_.highest))
    return replace(bounds, minimum=low, maximum=high)


def _numeric(limit: Number | str | None, otherwise: int) -> Number:
    return limit if isinstance(limit, Number) else Number(otherwise)


def _implied(type_: Bounded, limit: Number | str, operator: str) -> bool:
    """Whether the type holds nothing beyond the limit; some engines cannot even write it."""
    if not isinstance(limit, Number):
        return False
    match type_:
        case Integer() | Float():
            lowest, highest = Number(type_.lowest), Number(type_.highest)
        case Decimal(precision, scale):
            highest = Number(10) ** (precision - scale)
            lowest = -highest
        case _:
            return False
    match operator:
        case "<=":
            return limit >= highest
        case "<":
            return limit > highest or (isinstance(type_, Decimal) and limit == highest)
        case ">=":
            return limit <= lowest
        case _:
            return limit < lowest or (isinstance(type_, Decimal) and limit == lowest)
