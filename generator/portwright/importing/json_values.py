"""Values of JSON Schema: what a schema without parts says, in the types of contracts."""

from __future__ import annotations

import re
import warnings
from decimal import Decimal as Number

from portwright.diagnostics import Span
from portwright.importing.draft import Notes, Path
from portwright.importing.json_refs import Flat
from portwright.model import (
    Boolean,
    Bounds,
    Bytes,
    Date,
    Decimal,
    Enum,
    EnumValue,
    Float,
    Integer,
    Json,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
)
from portwright.nodes import Scalar, Sequence
from portwright.targets import json_schema_types as own

_WIDTHS = {
    (type_.lowest, type_.highest): type_
    for type_ in (
        Integer(bits, signed) for bits in (8, 16, 32, 64, 128) for signed in (True, False)
    )
}
_FORMATS: dict[str, Type] = {"uuid": Uuid(), "date-time": Timestamp(), "binary": Bytes()}
_NUMBERS = {"int32": 32, "int64": 64}
# As the JSON schemas of this house have decimals.
_DECIMAL = re.compile(
    r"\^(?P<sign>-\?)?(?:\(0\|\[1-9\]\[0-9\]\{0,(?P<whole>\d+)\}\)|0)"
    r"(?:\(\\\.\[0-9\]\{1,(?P<scale>\d+)\}\)\?)?\$"
)
_TEXT_FORMATS = frozenset("date time email hostname ipv4 ipv6 password uri".split())


def scalar(flat: Flat, path: Path, notes: Notes, span: Span) -> Type:
    """The type of a value that is no list and no object."""
    if (closed := _closed(flat)) is not None:
        return _enum(closed, flat, path, notes, span)
    match flat.kind:
        case "boolean":
            return Boolean()
        case "integer":
            return _integer(flat)
        case "number":
            bits = 32 if flat.text("format") == "float" else 64
            return Float(bits, _bounds(flat))
        case "string":
            return _string(flat, path, notes, span)
        case "":
            return Json()
        case kind:
            message = f"the type `{kind}` holds nothing a contract could say; taken as any JSON"
            notes.unsaid(path, message, span)
            return Json()


def key(flat: Flat, path: Path, notes: Notes, span: Span) -> Type:
    """What the keys of a map are, which JSON has as text."""
    closed = _closed(flat)
    if closed is not None and [each.text for each in closed] == ["true", "false"]:
        return Boolean()
    pattern = flat.text("pattern")
    if pattern in own.INTEGER_KEYS.values():
        return Integer(signed=pattern == own.INTEGER_KEYS[True])
    if pattern == own.FLOAT_KEY:
        return Float()
    if not flat.kind and closed is None:
        return _string(flat, path, notes, span)
    return scalar(flat, path, notes, span)


def _closed(flat: Flat) -> list[Scalar] | None:
    """The values of `enum` or `const`, or None where any may be."""
    found = flat.keys.get("enum")
    if isinstance(found, Sequence):
        flat.nullable |= any(_is_null(each) for each in found.items)
        return [each for each in found.items if isinstance(each, Scalar) and not _is_null(each)]
    only = flat.keys.get("const")
    return [only] if isinstance(only, Scalar) and not _is_null(only) else None


def _is_null(node: object) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _enum(closed: list[Scalar], flat: Flat, path: Path, notes: Notes, span: Span) -> Type:
    values = [each.value for each in closed]
    if values and all(isinstance(each, bool) for each in values):
        return Boolean()
    if values and all(isinstance(each, str) for each in values):
        texts = dict.fromkeys(str(each) for each in values)
        if flat.text("format") == "date" and _are_days(texts):
            return Date(Bounds(allowed=tuple(texts)))
        # As this house writes what the values mean.
        lines = flat.text("description").splitlines()
        said = dict(line.split(": ", 1) for line in lines if ": " in line)
        if said.keys() <= texts.keys() and len(said) == len(lines):
            flat.keys.pop("description", None)
            return Enum(path[-1], path, tuple(EnumValue(t, None, said.get(t)) for t in texts))
        return Enum(path[-1], path, tuple(map(EnumValue, texts)))
    numbers = [Number(each) for each in values if isinstance(each, int | Number)]
    if values and len(numbers) == len(values):
        allowed = tuple(dict.fromkeys(numbers))
        if all(each == each.to_integral_value() for each in allowed) and flat.kind != "number":
            type_ = _integer(flat)
            bounds = Bounds(type_.bounds.minimum, type_.bounds.maximum, allowed=allowed)
            return Integer(type_.bits, type_.signed, bounds)
        return Float(64, Bounds(allowed=allowed))
    message = "its allowed values are of several types; taken as any JSON"
    notes.unsaid(path, message, span, "use values of one type")
    return Json()


def _are_days(texts: dict[str, str | None]) -> bool:
    return all(re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])", each) for each in texts)


def _integer(flat: Flat) -> Integer:
    """A whole number; limits that are those of a width are the width."""
    bounds = _bounds(flat)
    limits = (bounds.minimum, bounds.maximum)
    low, high = (int(each) if isinstance(each, Number) else None for each in limits)
    if low is not None and high is not None:
        width = _WIDTHS.get((low, high))
        if width is not None:
            return Integer(width.bits, width.signed, _without_limits(bounds))
        if low < Integer().lowest or high > Integer().highest:
            return Integer(128, low < 0, bounds)
    plain = Integer(_NUMBERS.get(flat.text("format"), 64))
    if low == plain.lowest:
        return Integer(plain.bits, True, Bounds(None, bounds.maximum, *_rest(bounds)))
    if high == plain.highest:
        return Integer(plain.bits, True, Bounds(bounds.minimum, None, *_rest(bounds)))
    return Integer(plain.bits, True, bounds)


def _rest(bounds: Bounds) -> tuple[Number | str | None, Number | str | None, Number | None]:
    return bounds.exclusive_minimum, bounds.exclusive_maximum, bounds.multiple_of


def _without_limits(bounds: Bounds) -> Bounds:
    return Bounds(None, None, *_rest(bounds))


def _bounds(flat: Flat) -> Bounds:
    low, high = _number(flat, "minimum"), _number(flat, "maximum")
    above, below = _number(flat, "exclusiveMinimum"), _number(flat, "exclusiveMaximum")
    if flat.text("exclusiveMinimum") == "true":  # draft 4
        low, above = None, low
    if flat.text("exclusiveMaximum") == "true":
        high, below = None, high
    step = _number(flat, "multipleOf")
    return Bounds(low, high, above, below, step if step is not None and step > 0 else None)


def _number(flat: Flat, word: str) -> Number | None:
    found = flat.keys.get(word)
    value = found.value if isinstance(found, Scalar) else None
    return None if isinstance(value, bool) or not isinstance(value, int | Number) else Number(value)


def _string(flat: Flat, path: Path, notes: Notes, span: Span) -> Type:
    format, pattern = flat.text("format"), flat.text("pattern") or None
    shortest, longest = flat.whole("minLength"), flat.whole("maxLength")
    if flat.text("contentEncoding") in ("base64", "base64url") or format == "byte":
        return Bytes(*(None if each is None else each // 4 * 3 for each in (shortest, longest)))
    if format in _FORMATS:
        return _FORMATS[format]
    if format == "date":
        return Date()
    if pattern == own.TIME["pattern"]:
        return Time()
    if pattern == own.TIMESTAMPS[False]["pattern"]:
        return Timestamp(zoned=False)
    if pattern and (match := _DECIMAL.fullmatch(pattern)) and (match["whole"] or match["scale"]):
        scale = int(match["scale"] or 0)
        whole = int(match["whole"]) + 1 if match["whole"] else 0
        bounds = Bounds() if match["sign"] else Bounds(minimum=Number(0))
        return Decimal(max(1, whole + scale), scale, bounds)
    if format == "time":
        notes.add(path, "decide: a time of day with an offset, as the schema has it, or without?")
    elif format and format not in _TEXT_FORMATS:
        notes.add(path, f"in the schema: format `{format}`")
    if pattern is not None and not _compiles(pattern):
        message = f"the pattern `{pattern}` cannot be read, and is left out"
        notes.unsaid(path, message, span, "write it with what ECMAScript and Python share")
        pattern = None
    return String(shortest, longest, pattern, format if format in _TEXT_FORMATS else None)


def _compiles(pattern: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True
