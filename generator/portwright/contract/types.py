"""Flat types: what a property without parts holds, from everything its author said about it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping as Table
from dataclasses import replace
from typing import TypeVar

from portwright.contract import bounds, enums, temporal
from portwright.contract.enums import Allowed
from portwright.contract.logical import Property
from portwright.contract.physical import (
    DEFAULT_PRECISION,
    DEFAULT_SCALE,
    is_unreadable_decimal,
)
from portwright.contract.reader import Reader
from portwright.diagnostics import nearest
from portwright.model import (
    Boolean,
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
from portwright.nodes import Mapping, Node, Scalar

T = TypeVar("T")
N = TypeVar("N", Integer, Float, Decimal, Integer | Float | Decimal)


INTEGER_FORMATS = {
    f"{sign}{bits}": (bits, sign == "i") for sign in "iu" for bits in (8, 16, 32, 64, 128)
}
FLOAT_FORMATS = {"f32": 32, "f64": 64}
BINARY_FORMATS = frozenset({"byte", "binary"})
TEXT_FORMATS = frozenset(
    "byte binary date date-time email hostname ipv4 ipv6 password time uri uuid".split()
)
_MEANT = dict.fromkeys(("guid", "uid"), "did you mean `uuid`?")


def string(given: Property) -> Type:
    """A text, an enum, a UUID or bytes."""
    options = given.options
    form = options.text("format") if options else None
    shortest = options.whole("minLength", 0) if options else None
    longest = options.whole("maxLength", 0) if options else None
    if isinstance(given.hint, String | Bytes) and longest is None:
        longest = given.hint.max_length
    if form in BINARY_FORMATS or (isinstance(given.hint, Bytes) and form != "uuid"):
        return Bytes(shortest, longest)
    if allowed := _allowed(given):
        return Enum(given.type_name, given.path, enums.values(allowed))
    if form == "uuid" or isinstance(given.hint, Uuid):
        return Uuid()
    if form and options and form not in TEXT_FORMATS:
        # The standard leaves the list open: only what looks like a slip is said.
        help = _MEANT.get(form.lower()) or nearest(form, TEXT_FORMATS)
        if help:
            message = f"unknown format `{form}`: the text is not held to any"
            options.report.warning("PW112", message, options.span_of("format"), help)
    return String(shortest, longest, _pattern(options), form)


def integer(given: Property) -> Integer:
    """An integer of the format's width; 64 bits where there is none. A physical type only
    widens: `int` is of 32 bits in one dialect and of 64 in another."""
    bits, signed = _format(given, INTEGER_FORMATS) or (64, True)
    hint = given.hint
    if not (given.options and given.options.has("format")) and isinstance(hint, Integer):
        bits, signed = max(bits, hint.bits) if hint.bits > 32 else bits, signed and hint.signed
    return _bounded(given, Integer(bits, signed))


def number(given: Property) -> Integer | Float | Decimal:
    """A float or a decimal by format or digits, whoever gives them; else 64 bit floating."""
    return _bounded(given, _plain_number(given))


def _plain_number(given: Property) -> Integer | Float | Decimal:
    if bits := _format(given, FLOAT_FORMATS):
        return Float(bits)
    hint = given.hint
    digits = _digits(given)
    if digits is not None and not (isinstance(hint, Decimal) and given.physical_is_complete):
        return Decimal(*digits)
    match hint:
        case Decimal(precision, scale):
            if not given.physical_is_complete:
                _warn_of_default(given)
            return Decimal(precision, scale)
        case Integer() | Float():
            return hint
        case _:
            _warn_of_unknown(given)
            return Float(64)


def _bounded(given: Property, type_: N) -> N:
    limits = bounds.of_numbers(given.reader, given.options, _allowed(given), type_)
    return replace(type_, bounds=limits)


def boolean(given: Property) -> Boolean:
    """True or false."""
    return Boolean()


def date(given: Property) -> Type:
    """A date; a time or timestamp where the format or the physical type holds a time."""
    form = given.options.text("format") if given.options else None
    if form is not None:
        kind = temporal.kind_of_format(form)
    else:
        kind = type(given.hint) if isinstance(given.hint, Time | Timestamp) else Date
    if kind is Timestamp:
        return timestamp(given)
    if kind is Time:
        return time(given)
    return Date(bounds.of_times(given.reader, given.options, _allowed(given), Date()))


def timestamp(given: Property) -> Timestamp:
    """An instant, or a wall-clock reading where `timezone` or the physical type says so."""
    zoned = given.options.flag("timezone") if given.options else None
    if zoned is None and isinstance(given.hint, Timestamp) and given.physical_is_complete:
        zoned = given.hint.zoned
    plain = Timestamp(zoned=zoned is not False)
    limits = bounds.of_times(given.reader, given.options, _allowed(given), plain)
    return replace(plain, bounds=limits)


def time(given: Property) -> Time:
    """A time of day."""
    if given.options and given.options.flag("timezone"):
        message = "a time of day is kept without its time zone"
        help = "make it a timestamp if the zone matters"
        given.reader.report.warning("PW112", message, given.options.span_of("timezone"), help)
    return Time(bounds.of_times(given.reader, given.options, _allowed(given), Time()))


def vector(given: Property) -> Vector | None:
    """A vector; None without its mandatory dimensions."""
    hint = given.hint if isinstance(given.hint, Vector) else None
    dimensions = given.options.whole("dimensions", 1) if given.options else None
    if hint is not None and (given.options is None or not given.options.has("dimensions")):
        dimensions = hint.dimensions
    if dimensions is None:
        if given.options is None or not given.options.has("dimensions"):
            way_out = "write `logicalTypeOptions: {dimensions: 384}`"
            message = f"the vector `{given.name}` has no `dimensions`"
            given.reader.report.error("PW106", message, given.reader.span, way_out)
        return None
    written = given.options.text("elementType") if given.options else None
    if given.options is None or written is None:
        return Vector(dimensions, hint.element if hint else VectorElement.FLOAT32)
    try:
        return Vector(dimensions, VectorElement(written))
    except ValueError:
        message = f"unknown element type `{written}`"
        help = nearest(written, [each.value for each in VectorElement])
        given.reader.report.error("PW107", message, given.options.span_of("elementType"), help)
        return None


def _pattern(options: Reader | None) -> str | None:
    """The options' pattern; one that cannot be compiled is reported and not checked."""
    pattern = options.text("pattern") if options else None
    if options is None or pattern is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what may mean something else one day
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as fault:
        message = f"the pattern cannot be read, and is not checked: {fault}"
        help = "write it with what ECMAScript and Python have in common"
        options.report.warning("PW115", message, options.span_of("pattern"), help)
        return None
    return pattern


def _allowed(given: Property) -> list[Allowed] | None:
    return enums.find(given)


def _format(given: Property, formats: Table[str, T]) -> T | None:
    """What the options' `format` stands for; an unknown one is reported and not used."""
    written = given.options.text("format") if given.options else None
    if given.options is None or written is None:
        return None
    if written not in formats:
        message = f"unknown format `{written}`, which is not used"
        help = nearest(written, formats) or f"write one of {', '.join(sorted(formats))}"
        given.reader.report.warning("PW112", message, given.options.span_of("format"), help)
    return formats.get(written)


def _digits(given: Property) -> tuple[int, int] | None:
    """Precision and scale of the custom properties, else of the options."""
    places: list[Reader] = []
    pairs = {key: node for key, node in given.customs.items() if key in ("precision", "scale")}
    if pairs:
        where = next(iter(pairs.values())).span
        entries = tuple((Scalar(key, key, node.span), _plain(node)) for key, node in pairs.items())
        places.append(given.reader.over(Mapping(entries, where), "the custom properties", None))
    if given.options and (given.options.has("precision") or given.options.has("scale")):
        places.append(given.options)
        message = "`precision` and `scale` are no logical type options"
        help = "write them as `physicalType: DECIMAL(precision, scale)`"
        where = given.options.span_of("precision" if given.options.has("precision") else "scale")
        given.options.report.warning("PW108", message, where, help)
    for place in places:
        precision, scale = place.whole("precision", 1), place.whole("scale", 0)
        if precision is not None or scale is not None:
            return precision or DEFAULT_PRECISION, scale or 0
    return None


def _plain(node: Node) -> Node:
    """The node as a number where it is one in quotes, as tools write custom properties."""
    if isinstance(node, Scalar) and re.fullmatch("[0-9]{1,9}", node.text):
        return replace(node, value=int(node.text))
    return node


def _warn_of_unknown(given: Property) -> None:
    """A physical type that may have been meant to be exact."""
    written = given.said.physical
    if written and is_unreadable_decimal(written):
        message = f"the digits of `{written}` cannot be read"
        help = 'write it in quotes, because of the comma: `"DECIMAL(10,2)"`'
        given.reader.report.error("PW119", message, given.said.place, help)


def _warn_of_default(given: Property) -> None:
    message = f"a decimal without digits is taken as DECIMAL({DEFAULT_PRECISION}, {DEFAULT_SCALE})"
    help = "give the digits, as in DECIMAL(18, 2), or `format: f64` for a floating point number"
    given.reader.report.warning("PW109", message, given.said.place, help)
