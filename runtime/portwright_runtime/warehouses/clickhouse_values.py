"""Values on their way into ClickHouse: what carries them in Arrow, and which it cannot hold.

A list, a map and a record are never null there, and dates have four centuries. A row that has
such a value is an error: nothing is put in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, assert_never

from portwright_runtime import arrow
from portwright_runtime.arrow import ArrowType, ListOf, MapOf, Nullable, Plain, Struct
from portwright_runtime.loading.naming import literal as text_literal
from portwright_runtime.loading.naming import quoted as column
from portwright_runtime.loading.staging import DELETED, STAGED, Staging
from portwright_runtime.warehouse import Column
from portwright_runtime.warehouses.clickhouse_server import quoted

_TEXT: Final = ("VARCHAR", "String")
# What carries values: the type in the staging, and in the server's input. Text is what both read.
_CARRIED: Final = {
    arrow.BOOL: ("BOOLEAN", "Bool"),
    arrow.INT8: ("TINYINT", "Int8"),
    arrow.INT16: ("SMALLINT", "Int16"),
    arrow.INT32: ("INTEGER", "Int32"),
    arrow.INT64: ("BIGINT", "Int64"),
    arrow.UINT8: ("UTINYINT", "UInt8"),
    arrow.UINT16: ("USMALLINT", "UInt16"),
    arrow.UINT32: ("UINTEGER", "UInt32"),
    arrow.UINT64: ("UBIGINT", "UInt64"),
    arrow.INT128: _TEXT,
    arrow.UINT128: _TEXT,
    arrow.FLOAT32: ("FLOAT", "Float32"),
    arrow.FLOAT64: ("DOUBLE", "Float64"),
    arrow.STRING: _TEXT,
    arrow.ENUM: _TEXT,
    arrow.UUID: _TEXT,
    arrow.JSON: _TEXT,
    arrow.BINARY: ("BLOB", "String"),
    arrow.DATE: ("DATE", "Date32"),
    arrow.TIME: _TEXT,
    arrow.INSTANT: ("TIMESTAMPTZ", "DateTime64(6, 'UTC')"),
    arrow.WALL_CLOCK: ("TIMESTAMP", "DateTime64(6, 'UTC')"),
}
# The ends of what is kept, of which the last is not kept any more.
_ENDS: Final = {
    arrow.DATE: ("DATE '1900-01-01'", "DATE '2300-01-01'"),
    arrow.INSTANT: ("TIMESTAMPTZ '1900-01-01 00:00:00Z'", "TIMESTAMPTZ '2300-01-01 00:00:00Z'"),
    arrow.WALL_CLOCK: ("TIMESTAMP '1900-01-01 00:00:00'", "TIMESTAMP '2300-01-01 00:00:00'"),
}
# Whether a number has more than the 8 bits of a BFloat16.
_LONGER: Final = "x != 0 AND isfinite(x) AND (abs(x) / pow(2, floor(log2(abs(x)))) * 128) % 1 != 0"


def carried(type_: ArrowType) -> tuple[str, str]:
    """The types that carry values: DuckDB's in the staging, and the server's."""
    match type_:
        case Nullable(inner):
            staged, sent = carried(inner)
            return staged, f"Nullable({sent})" if _is_leaf(inner) else sent
        case Plain("decimal128", (precision, scale)):
            return f"DECIMAL({precision}, {scale})", f"Decimal({precision}, {scale})"
        case Plain():
            return _CARRIED[type_]
        case ListOf(element, _):
            staged, sent = carried(element)
            return f"{staged}[]", f"Array({sent})"
        case MapOf(key, value):
            (key_, sent_key), (staged, sent) = carried(key), carried(value)
            return f"MAP({key_}, {staged})", f"Map({sent_key}, {sent})"
        case Struct(_, ()):
            return _TEXT
        case Struct(_, fields):
            parts = [(name, *carried(inner)) for name, inner in fields]
            staged = ", ".join(f"{column(name)} {each}" for name, each, _ in parts)
            sent = ", ".join(f"{quoted(name)} {each}" for name, _, each in parts)
            return f"STRUCT({staged})", f"Tuple({sent})"
        case _:
            assert_never(type_)


def form(each: Column) -> str:
    """The column's value as the staging gives it."""
    return f"CAST({column(each.name)} AS {carried(each.type)[0]})"


def input_type(each: Column) -> str:
    """The type of the column's value in the server's input."""
    return carried(each.type if each.required else Nullable(each.type))[1]


def unheld(staging: Staging) -> list[str]:
    """What rows have that the server cannot hold, in a sentence a column."""
    table = staging.table
    types = (type_ for _, type_ in table.dialects["clickhouse"].columns)
    pairs = zip(table.columns, types, strict=True)
    rules = [(each, *rule) for each, type_ in pairs for rule in _rules(each, type_)]
    if not rules:
        return []
    counts = ", ".join(f"count(*) FILTER (WHERE {bad})" for _, _, bad in rules)
    [found] = staging.query(
        f"SELECT {counts} FROM (SELECT * FROM {STAGED} WHERE NOT {column(DELETED)})"
    )
    return [
        f"{each.property} {why} in {rows} row{'s'[: rows > 1]}"
        for (each, why, _), rows in zip(rules, found, strict=True)
        if rows
    ]


def _rules(each: Column, sent: str) -> Iterator[tuple[str, str]]:
    """What a column of the server's type may not hold, and the condition of rows that have it."""
    type_ = each.type if each.required else Nullable(each.type)
    absent = _any(type_, column(each.name), _is_absent, 0)
    if absent:
        yield "has, or holds, a list, map or record that is null, which ClickHouse has not,", absent
    beyond = _any(type_, column(each.name), _is_beyond, 0)
    if beyond:
        yield "has a date outside of the years 1900 to 2299, which are those of ClickHouse,", beyond
    if sent == "Array(BFloat16)":
        shortened = f"len(list_filter({column(each.name)}, lambda x: {_LONGER})) > 0"
        yield "has a number of more digits than BFloat16 has", shortened


def _is_absent(type_: ArrowType, value: str) -> str | None:
    if isinstance(type_, Nullable) and not _is_leaf(type_.inner):
        return f"{value} IS NULL"
    return None


def _is_leaf(type_: ArrowType) -> bool:
    """Whether it has no parts; a record without fields is text."""
    return isinstance(type_, Plain) or (isinstance(type_, Struct) and not type_.fields)


def _is_beyond(type_: ArrowType, value: str) -> str | None:
    if not isinstance(type_, Plain) or type_ not in _ENDS:
        return None
    first, end = _ENDS[type_]
    return f"{value} < {first} OR {value} >= {end}"


def _any(type_: ArrowType, value: str, rule: Any, depth: int) -> str | None:
    """The condition that the rule holds for the value or one inside it; None if it cannot."""
    conditions = [rule(type_, value)]
    inner = type_.inner if isinstance(type_, Nullable) else type_
    if isinstance(type_, Nullable):
        conditions.append(rule(inner, value))
    match inner:
        case ListOf(element, _):
            conditions.append(_in_list(element, value, rule, depth))
        case MapOf(key, item):
            conditions.append(_in_list(key, f"map_keys({value})", rule, depth))
            conditions.append(_in_list(item, f"map_values({value})", rule, depth))
        case Struct(_, fields):
            for name, part in fields:
                conditions.append(_any(part, f"{value}[{text_literal(name)}]", rule, depth))
    found = [f"({each})" for each in conditions if each]
    return " OR ".join(found) or None


def _in_list(element: ArrowType, value: str, rule: Any, depth: int) -> str | None:
    item = f"x{depth}"
    inside = _any(element, item, rule, depth + 1)
    return inside and f"len(list_filter({value}, lambda {item}: {inside})) > 0"
