"""Values as text, in DuckDB's SQL: for engines that are given text, and columns that hold JSON.

JSON is in the form that the json-schema target describes: the contract's names, decimals as text,
what is absent as null.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, assert_never

from portwright_runtime import arrow
from portwright_runtime.arrow import ArrowType, ListOf, MapOf, Nullable, Plain, Struct
from portwright_runtime.loading.naming import literal

_INSTANT: Final = "strftime(make_timestamp(epoch_us({value})), '%Y-%m-%dT%H:%M:%S.%fZ')"
_TEXT: Final = "CAST({value} AS VARCHAR)"
# What is not itself in JSON, by its type; decimals are text.
_IN_JSON: Final = {
    arrow.UUID: _TEXT,
    arrow.INT128: "CAST(CAST({value} AS VARCHAR) AS JSON)",
    arrow.UINT128: "CAST(CAST({value} AS VARCHAR) AS JSON)",
    arrow.BINARY: "to_base64({value})",
    arrow.DATE: _TEXT,
    arrow.TIME: _TEXT,
    arrow.INSTANT: _INSTANT,
    arrow.WALL_CLOCK: "strftime({value}, '%Y-%m-%dT%H:%M:%S.%f')",
}

# The names that the fields of a struct have in JSON.
Names = Callable[[Struct], list[str]]


def of_contract(struct: Struct) -> list[str]:
    """The names that the contract has."""
    return [each.alias or name for name, each in struct.record.model_fields.items()]


def of_table(struct: Struct) -> list[str]:
    """The names that the fields have in a table."""
    return [name for name, _ in struct.fields]


def json_value(type_: ArrowType, value: str, depth: int = 0, *, names: Names = of_contract) -> str:
    """The value as what DuckDB's JSON functions make the right JSON of."""
    match type_:
        case Nullable(inner):
            return json_value(inner, value, depth, names=names)
        case Plain(factory="decimal128", arguments=(precision, scale)):
            shown = _TEXT.format(value=value)
            # DuckDB leaves out the zero before the point of a number that has no other place.
            return rf"regexp_replace({shown}, '^(-?)\.', '\10.')" if precision == scale else shown
        case Plain():
            return _IN_JSON.get(type_, "{value}").format(value=value)
        case ListOf(element):
            item = f"x{depth}"
            inside = json_value(element, item, depth + 1, names=names)
            made = value if inside == item else f"list_transform({value}, lambda {item}: {inside})"
            return f"to_json({made})"
        case MapOf(key, inner):
            item = f"e{depth}"
            name = json_value(key, f"{item}.key", depth + 1)
            if key == arrow.FLOAT32:
                name = f"CAST({name} AS DOUBLE)"  # as JSON has no other numbers
            name = _TEXT.format(value=name)
            found = json_value(inner, f"{item}.value", depth + 1, names=names)
            pairs = f"list_transform(map_entries({value}), lambda {item}:"
            pairs = f"{pairs} struct_pack(key := {name}, value := {found}))"
            return f"to_json(map_from_entries({pairs}))"
        case Struct(_, ()):
            return value
        case Struct(_, fields):
            parts = []
            for written, (name, inner) in zip(names(type_), fields, strict=True):
                part = json_value(inner, f"{value}[{literal(name)}]", depth, names=names)
                parts.append(f"{literal(written)}, {part}")
            return f"CASE WHEN {value} IS NOT NULL THEN json_object({', '.join(parts)}) END"
        case _:
            assert_never(type_)


def json_text(type_: ArrowType, value: str, *, names: Names = of_contract) -> str:
    """The JSON text of the value."""
    return f"CAST(to_json({json_value(type_, value, names=names)}) AS VARCHAR)"
