"""Physical types: what the text of a `physicalType`, in any dialect, says about a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from portwright.contract.keys import words
from portwright.model import (
    Array,
    Boolean,
    Bytes,
    Date,
    Decimal,
    Float,
    Integer,
    Json,
    Map,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
)

DEFAULT_PRECISION, DEFAULT_SCALE = 38, 9
_LONGEST = 300
_UNKNOWN_WORDS = re.compile(r"\b(not null|null|primary key|unique|identity|auto_?increment)\b")
# Clauses of a column that some write behind its type.
_CLAUSES = re.compile(r"\b(default|check|collate|comment|references|encode|generated)\b.*", re.S)


@dataclass(frozen=True, slots=True)
class Physical:
    """The type that a text names. Not `complete` where it leaves open what the type holds:
    a decimal without digits, a timestamp that is zoned in one dialect and not in another."""

    type: Type
    complete: bool = True


def _named(type_: Type, names: str) -> dict[str, Type]:
    return dict.fromkeys(names.split(), type_)


# Names with their spaces as underscores, lower case.
_TEXTS = words(
    "string str text varchar varchar2 nvarchar nvarchar2 char nchar character bpchar"
    " character_varying char_varying national_character_varying clob nclob tinytext mediumtext"
    " longtext ntext citext long_varchar xml fixedstring utf8 keyword enum"
)
_BINARIES = words(
    "binary varbinary bytea blob bytes raw long_raw image tinyblob mediumblob longblob"
    " binary_varying fixed"
)
_DECIMALS = words(
    "decimal numeric dec number bignumeric bigdecimal decimal_unsigned numeric_unsigned"
    " decimal32 decimal64 decimal128 decimal256"
)
# The digits of types whose only argument is the scale (ClickHouse).
_SCALED = {"decimal32": 9, "decimal64": 18, "decimal128": 38, "decimal256": 76}
_SIMPLE: Mapping[str, Type] = {
    **_named(
        Integer(),
        "tinyint smallint mediumint int integer bigint int2 int4 int8 int16 int32 int64 long short"
        " byteint serial bigserial smallserial serial4 serial8",
    ),
    **_named(Integer(8, signed=False), "utinyint uint8 tinyint_unsigned"),
    **_named(Integer(16, signed=False), "usmallint uint16 smallint_unsigned"),
    **_named(Integer(32, signed=False), "uinteger uint32 int_unsigned integer_unsigned"),
    **_named(Integer(64, signed=False), "ubigint uint64 bigint_unsigned"),
    **_named(Integer(128), "hugeint int128"),
    **_named(Integer(128, signed=False), "uhugeint uint128"),
    **_named(
        Float(64),
        "float double double_precision float8 float64 binary_double double_unsigned float_unsigned",
    ),
    **_named(Float(32), "real float4 float32 binary_float"),
    **_named(Decimal(19, 4), "money"),
    **_named(Decimal(10, 4), "smallmoney"),
    **_named(Boolean(), "boolean bool bit logical"),
    **_named(Date(), "date date32"),
    **_named(Time(), "time timetz time_with_time_zone time_without_time_zone"),
    **_named(
        Timestamp(zoned=True),
        "timestamp timestamptz timestamp_tz timestamp_ltz timestamptz timestampltz"
        " timestamp_with_time_zone timestamp_with_local_time_zone datetimeoffset",
    ),
    **_named(
        Timestamp(zoned=False),
        "timestamp_ntz timestampntz timestamp_without_time_zone datetime datetime2 smalldatetime"
        " datetime64 timestamp_s timestamp_ms timestamp_ns",
    ),
    **_named(Uuid(), "uuid uniqueidentifier guid"),
    **_named(Json(), "json jsonb bson variant super object struct record row message"),
    **_named(Map(String(), String()), "hstore"),
}
_OPEN_ZONE = frozenset({"timestamp"})


def read(text: str) -> Physical | None:
    """What the text says, or None if it names nothing known."""
    if len(text) > _LONGEST:
        return None
    plain = _UNKNOWN_WORDS.sub("", text.strip().lower()).strip()
    return _read(plain) or _read(_CLAUSES.sub("", plain).strip())


def is_unreadable_decimal(text: str) -> bool:
    """Whether the text means a decimal, but not with digits that can be read: `DECIMAL(10.2)`."""
    return bool(re.match(r"\s*(dec|decimal|numeric|number)\s*\(", text, re.I)) and not read(text)


def _read(text: str) -> Physical | None:
    if text.endswith("[]"):
        element = _read(text[:-2].strip())
        return Physical(Array(element.type), element.complete) if element else None
    match = re.fullmatch(r"([a-z][a-z0-9_ ]*?)\s*(?:([(<\[])(.*)[)>\]]\s*([a-z ]*))?", text, re.S)
    if match is None:
        return None
    head, bracket, inside, tail = match.groups()
    name = "_".join(f"{head} {tail or ''}".split())
    arguments = _split(inside) if bracket else []
    if name in ("nullable", "lowcardinality") and len(arguments) == 1:
        return _read(arguments[0])
    if name in ("array", "list", "map") and arguments:
        return _nested(name, arguments)
    if arguments and (name == "struct" or name == "row" or name == "record"):
        return Physical(Json(), complete=False)
    if name in _DECIMALS:
        # Oracle's NUMBER(*, 2) has all the digits there can be.
        arguments = [str(DEFAULT_PRECISION) if each == "*" else each for each in arguments]
        if not all(each.isdecimal() for each in arguments):
            return None
    return _scalar(name, [_digits(each) for each in arguments])


def _nested(name: str, arguments: list[str]) -> Physical | None:
    parts = [_read(each) for each in arguments]
    match name, parts:
        case ("array" | "list", [Physical(element, complete)]):
            return Physical(Array(element), complete)
        case ("map", [Physical(key, first), Physical(value, second)]):
            return Physical(Map(key, value), first and second)
        case _:
            return None


def _scalar(name: str, digits: list[int | None]) -> Physical | None:
    first = digits[0] if digits else None
    if name in _TEXTS:
        return Physical(String(max_length=first or None))
    if name in _BINARIES:
        return Physical(Bytes(max_length=first or None))
    if name in _DECIMALS:
        if name in _SCALED and len(digits) == 1:
            return Physical(Decimal(_SCALED[name], first or 0))
        if not first:
            return Physical(Decimal(DEFAULT_PRECISION, DEFAULT_SCALE), complete=False)
        return Physical(Decimal(first, (digits[1] or 0) if len(digits) > 1 else 0))
    if name == "float" and first is not None and len(digits) == 1:
        return Physical(Float(32 if first <= 24 else 64))
    type_ = _SIMPLE.get(name)
    if type_ is None or (name == "bit" and first not in (None, 1)):
        return None
    return Physical(type_, complete=name not in _OPEN_ZONE)


def _digits(text: str) -> int | None:
    """The number that an argument starts with: `20 char` gives 20, `max` none."""
    match = re.match(r"\s*([0-9]{1,9})\b", text)
    return int(match[1]) if match else None


def _split(text: str) -> list[str]:
    """The parts of `text` between commas that stand in no brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "(<[") - (character in ")>]")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
