"""What the scalars of the model are in JSON Schema, as tables, and what a schema cannot say."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from decimal import Decimal as Number

from portwright.model import (
    Bounds,
    Bytes,
    Date,
    Decimal,
    Float,
    Integer,
    String,
    Time,
    Timestamp,
    Type,
    VectorElement,
)
from portwright.targets.findings import Loss

Schema = dict[str, object]

# The formats of text that draft 2020-12 knows; other words of a contract mean nothing there.
FORMATS = frozenset(
    (
        *("date", "date-time", "duration", "time"),
        *("email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6"),
        *("uri", "uri-reference", "uri-template", "iri", "iri-reference", "uuid"),
        *("json-pointer", "relative-json-pointer", "regex"),
    )
)

_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"

# A time of day or timestamp without a zone has no format of its own: `time` and `date-time`
# want an offset.
TIME: Mapping[str, object] = {"type": "string", "pattern": f"^{_CLOCK}$"}
TIMESTAMPS: Mapping[bool, Mapping[str, object]] = {
    True: {"type": "string", "format": "date-time"},
    False: {"type": "string", "pattern": f"^{_DAY}T{_CLOCK}$"},
}

VECTORS: Mapping[VectorElement, Mapping[str, object]] = {
    VectorElement.BFLOAT16: {"type": "number"},
    VectorElement.BINARY: {"type": "integer", "minimum": 0, "maximum": 1},
    VectorElement.FLOAT16: {"type": "number"},
    VectorElement.FLOAT32: {"type": "number"},
    VectorElement.FLOAT64: {"type": "number"},
    VectorElement.INT8: {"type": "integer", "minimum": -128, "maximum": 127},
    VectorElement.UINT8: {"type": "integer", "minimum": 0, "maximum": 255},
}

# The keys of a JSON object are text, whatever they are in the contract.
INTEGER_KEYS: Mapping[bool, str] = {True: "^(0|-?[1-9][0-9]*)$", False: "^(0|[1-9][0-9]*)$"}
FLOAT_KEY = r"^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$"


def integer(type_: Integer) -> Schema:
    """A whole number, always with its limits: readers in other languages choose a width by them."""
    return {"type": "integer", **_limits(type_.bounds, type_.lowest, type_.highest)}


def float_(type_: Float) -> Schema:
    return {"type": "number", **_limits(type_.bounds, None, None)}


def decimal(type_: Decimal) -> Schema:
    """Text in plain notation: a JSON number is a binary float to most readers. The pattern holds
    it to precision, scale and sign."""
    whole = type_.precision - type_.scale
    sign = "" if _never_negative(type_.bounds) else "-?"
    integral = f"(0|[1-9][0-9]{{0,{whole - 1}}})" if whole > 0 else "0"
    fraction = rf"(\.[0-9]{{1,{type_.scale}}})?" if type_.scale > 0 else ""
    return {"type": "string", "pattern": f"^{sign}{integral}{fraction}$"}


# What Python reads in a pattern and ECMA-262 does not, or as something else: `\A` is an `A` there.
_ONLY_PYTHON = re.compile(r"(?<!\\)(?:\\\\)*(?:\\[AZ]|\(\?(?:P|#|\(|[aiLmsux-]+[:)])|\{,[0-9]+\})")
# Atomic groups and repeats that give nothing back; looked for outside of sets and escapes.
_ATOMIC = re.compile(r"\(\?>|[*+?}]\+")
_SET_OR_ESCAPE = re.compile(r"\[(?:\\.|[^]\\])*\]|\\.", re.DOTALL)
# Escapes that mean nothing, which ECMA-262 refuses; a set needs that of a hyphen.
_NEEDLESS = re.compile(r"\\([-_@#%&\"'<>=!,;:~` ])")
_NEEDLESS_IN_SETS = re.compile(r"(\\\\|\\-)|\\([_@#%\"'<>=!,;:~` ])")


def _foreign_pattern(type_: Type) -> bool:
    if not isinstance(type_, String) or type_.pattern is None:
        return False
    bare = _SET_OR_ESCAPE.sub("x", type_.pattern)
    return _ONLY_PYTHON.search(type_.pattern) is not None or _ATOMIC.search(bare) is not None


def _pattern(type_: String) -> str | None:
    """The pattern as ECMA-262 has it, or None if it has no such."""

    def spelled(found: re.Match[str]) -> str:
        if found[0].startswith("["):
            return _NEEDLESS_IN_SETS.sub(lambda each: each[1] or each[2], found[0])
        return _NEEDLESS.sub(r"\1", found[0])

    if type_.pattern is None or _foreign_pattern(type_):
        return None
    return _SET_OR_ESCAPE.sub(spelled, type_.pattern)


def string(type_: String) -> Schema:
    """Text. Patterns are not anchored, in ODCS as in JSON Schema."""
    return {
        "type": "string",
        **_given("minLength", type_.min_length),
        **_given("maxLength", type_.max_length),
        **_given("pattern", _pattern(type_)),
        **({"format": type_.format} if type_.format in FORMATS else {}),
    }


def bytes_(type_: Bytes) -> Schema:
    """Base64 text, its length that of the encoded bytes."""
    return {
        "type": "string",
        "contentEncoding": "base64",
        **_given("minLength", _encoded_length(type_.min_length)),
        **_given("maxLength", _encoded_length(type_.max_length)),
    }


def date(type_: Date) -> Schema:
    allowed = list(type_.bounds.allowed)
    return {"type": "string", "format": "date", **({"enum": allowed} if allowed else {})}


def _encoded_length(length: int | None) -> int | None:
    return None if length is None else -(-length // 3) * 4


def _given(key: str, value: object) -> Schema:
    return {} if value is None else {key: value}


def _limits(bounds: Bounds, lowest: int | None, highest: int | None) -> Schema:
    """The tighter of the contract's limits and the type's own."""
    minimum, above = _exact(bounds.minimum), _exact(bounds.exclusive_minimum)
    maximum, below = _exact(bounds.maximum), _exact(bounds.exclusive_maximum)
    if lowest is not None and all(limit is None or limit < lowest for limit in (minimum, above)):
        minimum, above = Number(lowest), None
    if highest is not None and all(limit is None or limit > highest for limit in (maximum, below)):
        maximum, below = Number(highest), None
    limits = {
        "minimum": minimum,
        "exclusiveMinimum": above,
        "maximum": maximum,
        "exclusiveMaximum": below,
        "multipleOf": None if _inexact_step(bounds) else bounds.multiple_of,
    }
    allowed = [number(each) for each in bounds.allowed if isinstance(each, Number)]
    return {
        **{key: number(value) for key, value in limits.items() if value is not None},
        **({"enum": allowed} if allowed else {}),
    }


def _inexact_step(bounds: Bounds) -> bool:
    """Whether values are multiples of what is no binary number, such as 0.1: validators that
    divide one float by another refuse some of them."""
    return (
        bounds.multiple_of is not None and Number(number(bounds.multiple_of)) != bounds.multiple_of
    )


def _exact(limit: Number | str | None) -> Number | None:
    return limit if isinstance(limit, Number) else None


def number(value: Number) -> int | float:
    """The JSON number of an exact one; what no double can hold is the greatest that one can."""
    if value == value.to_integral_value() and value.adjusted() < 40:
        return int(value)
    return max(-sys.float_info.max, min(sys.float_info.max, float(value)))


def _never_negative(bounds: Bounds) -> bool:
    lowest = (_exact(bounds.minimum), _exact(bounds.exclusive_minimum))
    return any(limit is not None and limit >= 0 for limit in lowest)


def _decimal_limits(type_: Type) -> bool:
    said = (Bounds(), Bounds(minimum=Number(0)))
    return isinstance(type_, Decimal) and type_.bounds not in said


def _temporal_limits(type_: Type) -> bool:
    match type_:
        case Date(bounds):
            return bounds != Bounds(allowed=bounds.allowed)
        case Time(bounds) | Timestamp(bounds=bounds):
            return bounds != Bounds()
        case _:
            return False


LOSSY: tuple[Loss, ...] = (
    Loss(
        "PW321",
        _decimal_limits,
        "a decimal is text in JSON, so the schema does not hold it to all of its limits",
    ),
    Loss(
        "PW322",
        _temporal_limits,
        "JSON Schema does not compare dates and times, so the schema does not hold it to its"
        " limits",
    ),
    Loss(
        "PW323",
        _foreign_pattern,
        "its pattern is not one of ECMA-262, so the schema does not hold it to the pattern",
    ),
    Loss(
        "PW324",
        lambda type_: isinstance(type_, Float) and _inexact_step(type_.bounds),
        "binary floating point does not divide exactly, so the schema does not hold it to its"
        " `multipleOf`",
    ),
)
