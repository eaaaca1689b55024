"""Values: Spark's expression for what a column holds of a decoded Avro value, of every type."""

from __future__ import annotations

from typing import assert_never

from portwright.model import (
    Array,
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
    Field,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
)
from portwright.targets.avro_types import INTEGERS, field_name, is_map
from portwright.targets.ddl import literal
from portwright.targets.spark.dialect import SPARK
from portwright.targets.spark.schema import DIGITS

# A time of day in microseconds as Python's `isoformat` writes it.
_TIME = (
    "concat(lpad({value} div 3600000000, 2, '0'), ':', lpad({value} div 60000000 % 60, 2, '0'),"
    " ':', lpad({value} div 1000000 % 60, 2, '0'), IF({value} % 1000000 = 0, '',"
    " concat('.', lpad({value} % 1000000, 6, '0'))))"
)

# The number in big-endian bytes, byte by byte, as text. Below zero, the bytes of what it is less
# than -1 by are turned over.
_UNSCALED = (
    "aggregate(transform(sequence(1, length({value})), n -> CAST(conv(hex(substring({value},"
    " n, 1)), 16, 10) AS INT)), CAST(0 AS DECIMAL(38, 0)), (sum, byte) -> try_cast(try_add("
    "try_multiply(sum, 256), IF({below}, 255 - byte, byte)) AS DECIMAL(38, 0)),"
    " sum -> IF({below}, concat('-', CAST(IF(sum < {most}, sum + 1, NULL) AS STRING)),"
    " CAST(sum AS STRING)))"
)
_BELOW = "hex(substring({value}, 1, 1)) >= '80'"


def column_value(field: Field) -> str:
    """What the field's column holds of the Avro record `record`."""
    return _field(field, "record", 0)


def member(field: Field, record: str) -> str:
    """The field's value in an Avro record."""
    return f"{record}.`{field_name(field)}`"


def variable(depth: int) -> str:
    """What an element at this depth is called."""
    return f"v{depth}"


def _field(field: Field, record: str, depth: int) -> str:
    return _value(field.type, member(field, record), depth, may_be_null=not field.required)


def _value(type_: Type, value: str, depth: int, *, may_be_null: bool = False) -> str:
    """What a column holds for `value`; `value` itself where they are the same."""
    match type_:
        case Integer() | Decimal() if is_wide(type_):
            return value_of(type_, value)
        case Boolean() | Integer() | Float() | Decimal() | Vector():
            return value
        case String() | Enum() | Bytes() | Date() | Timestamp():
            return value
        case Uuid():
            return f"lower({value})"
        case Time():
            return _TIME.format(value=value)
        case Json():
            return f"try_parse_json({value})"
        case Nullable(inner):
            return _value(inner, value, depth, may_be_null=True)
        case Array(element=element):
            item = variable(depth)
            held = _value(element, item, depth + 1)
            return value if held == item else f"transform({value}, {item} -> {held})"
        case Map():
            return _map(type_, value, depth)
        case Record(fields=fields):
            parts = ", ".join(
                f"{literal(each.column, SPARK)}, {_field(each, value, depth)}" for each in fields
            )
            made = f"named_struct({parts})" if parts else "parse_json('{}')"
            return f"IF({value} IS NULL, NULL, {made})" if may_be_null else made
        case _:
            assert_never(type_)


def is_wide(type_: Type) -> bool:
    """Whether a number of the type is read as bytes: where it takes all digits that Spark has, a
    greater one would be null."""
    return _digits(type_) >= DIGITS


def _digits(type_: Type) -> int:
    """The digits of an exact number as Avro has it; none for other types."""
    match type_:
        case Decimal(precision, scale):
            return max(precision, scale)
        case Integer(bits, signed) if isinstance(held := INTEGERS[bits, signed], Decimal):
            return held.precision
        case _:
            return 0


def value_of(type_: Integer | Decimal, value: str) -> str:
    """The number in the big-endian bytes `value`, null where Spark has no decimal for it."""
    scale = type_.scale if isinstance(type_, Decimal) else 0
    below, most = _BELOW.format(value=value), f"{'9' * DIGITS}BD"
    unscaled = _UNSCALED.format(value=value, below=below, most=most)
    return f"try_cast(concat({unscaled}, 'E-{scale}') AS DECIMAL(38, {scale}))"


def _map(type_: Map, value: str, depth: int) -> str:
    item = variable(depth)
    if is_map(type_):
        held = _value(type_.value, item, depth + 1)
        key = f"k{depth}"
        return value if held == item else f"transform_values({value}, ({key}, {item}) -> {held})"
    left = _value(type_.key, f"{item}.key", depth + 1)
    right = _value(type_.value, f"{item}.value", depth + 1)
    entry = f"named_struct('key', {left}, 'value', {right})"
    return f"map_from_entries(transform({value}, {item} -> {entry}))"
