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
from portwright.targets.avro_types import field_name, is_map
from portwright.targets.ddl import literal
from portwright.targets.spark.dialect import SPARK

# A time of day in microseconds as Python's `isoformat` writes it.
_TIME = (
    "concat(lpad({value} div 3600000000, 2, '0'), ':', lpad({value} div 60000000 % 60, 2, '0'),"
    " ':', lpad({value} div 1000000 % 60, 2, '0'), IF({value} % 1000000 = 0, '',"
    " concat('.', lpad({value} % 1000000, 6, '0'))))"
)


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
