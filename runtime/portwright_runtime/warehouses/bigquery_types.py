"""How values get into BigQuery: as what in a file of Parquet, and by which expression from there.

Files hold truth values, numbers of 64 bits, dates, texts, bytes, and lists and structs of them.
All else is text that GoogleSQL casts, which refuses what it cannot hold. Lists in lists are in
structs there, and maps are lists of pairs, as the DDL has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portwright_runtime import arrow
from portwright_runtime.arrow import ArrowType, ListOf, MapOf, Nullable, Plain, Struct
from portwright_runtime.loading import texts
from portwright_runtime.loading.naming import literal, quoted
from portwright_runtime.warehouses import bigquery_sql


@dataclass(frozen=True, slots=True)
class Transfer:
    """A column on its way: its `form` in DuckDB's SQL, its type where it is `brought`, its `value`
    in GoogleSQL of what was brought, and the condition in DuckDB's SQL of a value that BigQuery
    cannot hold, `refused`, None where it can hold all."""

    form: str
    brought: str
    value: str
    refused: str | None = None


_TEXT: Final = "CAST({value} AS VARCHAR)"
_INSTANT: Final = "strftime(make_timestamp(epoch_us({value})), '%Y-%m-%dT%H:%M:%S.%fZ')"
_JSON: Final = "PARSE_JSON({brought}, wide_number_mode => 'exact')"
_WHOLE: Final = ("CAST({value} AS BIGINT)", "INT64", "{brought}")
_FLOAT: Final = ("CAST({value} AS DOUBLE)", "FLOAT64", "{brought}")
# By type: its form, its type in a file, and what GoogleSQL makes of that.
_PLAIN: Final = {
    arrow.BOOL: ("{value}", "BOOL", "{brought}"),
    **dict.fromkeys((arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64), _WHOLE),
    **dict.fromkeys((arrow.UINT8, arrow.UINT16, arrow.UINT32), _WHOLE),
    arrow.UINT64: (_TEXT, "STRING", "CAST({brought} AS NUMERIC)"),
    arrow.INT128: (_TEXT, "STRING", "CAST({brought} AS BIGNUMERIC)"),
    arrow.UINT128: (_TEXT, "STRING", "CAST({brought} AS BIGNUMERIC)"),
    arrow.FLOAT32: _FLOAT,
    arrow.FLOAT64: _FLOAT,
    arrow.BINARY: ("{value}", "BYTES", "{brought}"),
    arrow.DATE: ("{value}", "DATE", "{brought}"),
    arrow.TIME: (_TEXT, "STRING", "CAST({brought} AS TIME)"),
    arrow.INSTANT: (_INSTANT, "STRING", "CAST({brought} AS TIMESTAMP)"),
    arrow.WALL_CLOCK: (_TEXT, "STRING", "CAST({brought} AS DATETIME)"),
    arrow.JSON: (_TEXT, "STRING", _JSON),
}
_AS_TEXT: Final = (_TEXT, "STRING", "{brought}")
# Digits after the point and before it that a NUMERIC has.
_SCALE: Final = 9
_DIGITS: Final = 29


def transfer(type_: ArrowType, declared: str, value: str, brought: str) -> Transfer:
    """The way of a column of the `declared` type: `value` is its name where it is staged, `brought`
    in BigQuery."""
    inner = _bare(type_)
    if declared == "JSON" and not isinstance(inner, Plain):
        form = f"CASE WHEN {value} IS NOT NULL THEN {texts.json_text(inner, value)} END"
        return Transfer(form, "STRING", _JSON.format(brought=brought))
    return _way(inner, value, brought, 0)


def _way(type_: ArrowType, value: str, brought: str, depth: int) -> Transfer:
    match type_:
        case Nullable(inner):
            return _way(inner, value, brought, depth)
        case Plain("decimal128", (precision, scale)):
            form = texts.json_value(type_, value)
            fits = int(scale) <= _SCALE and int(precision) - int(scale) <= _DIGITS
            held = "NUMERIC" if fits else "BIGNUMERIC"
            return Transfer(_TEXT.format(value=form), "STRING", f"CAST({brought} AS {held})")
        case Plain():
            form, held, read = _PLAIN.get(type_, _AS_TEXT)
            return Transfer(form.format(value=value), held, read.format(brought=brought))
        case ListOf(element):
            return _list(element, value, brought, depth)
        case MapOf():
            return _map(type_, value, brought, depth)
        case Struct(_, ()):
            return Transfer(_TEXT.format(value=value), "STRING", _JSON.format(brought=brought))
        case Struct(_, fields):
            ways = [
                (name, _way(inner, f"{value}[{literal(name)}]", _field(brought, name), depth))
                for name, inner in fields
            ]
            return _struct(ways, value, brought)


def _list(element: ArrowType, value: str, brought: str, depth: int) -> Transfer:
    """A list; what would be a list in it is the only field of a struct."""
    each, item = f"x{depth}", f"e{depth}"
    if isinstance(_bare(element), ListOf | MapOf):
        inner = _way(element, each, _field(item, "items"), depth + 1)
        inner = _struct([("items", inner)], None, item)
    else:
        inner = _way(element, each, item, depth + 1)
    null = f"{each} IS NULL" if isinstance(element, Nullable) else None
    return _repeated(value, value, each, inner, brought, item, null)


def _map(type_: MapOf, value: str, brought: str, depth: int) -> Transfer:
    """A list of pairs."""
    each, item = f"x{depth}", f"e{depth}"
    pair = _struct(
        [
            (name, _way(inner, f"{each}.{name}", _field(item, name), depth + 1))
            for name, inner in (("key", type_.key), ("value", type_.value))
        ],
        None,
        item,
    )
    return _repeated(value, f"map_entries({value})", each, pair, brought, item, None)


def _repeated(
    value: str, values: str, each: str, inner: Transfer, brought: str, item: str, null: str | None
) -> Transfer:
    """A list of what `inner` makes of each of the values."""
    form = f"list_transform({values}, lambda {each}: {inner.form})"
    refused = " OR ".join(f"coalesce({part}, false)" for part in (null, inner.refused) if part)
    if refused:
        refused = f"len(list_filter({values}, lambda {each}: {refused})) > 0"
    read = brought
    if inner.value != item:
        read = (
            f"ARRAY(SELECT {inner.value} FROM UNNEST({brought}) AS {item}"
            f" WITH OFFSET AS at_{item} ORDER BY at_{item})"
        )
    held = f"ARRAY<{inner.brought}>"
    return Transfer(f"CASE WHEN {value} IS NOT NULL THEN {form} END", held, read, refused or None)


def _struct(ways: list[tuple[str, Transfer]], value: str | None, brought: str) -> Transfer:
    """A struct of fields, which is null where `value` is."""
    packed = ", ".join(f"{quoted(name)} := {way.form}" for name, way in ways)
    form = f"struct_pack({packed})"
    if value is not None:
        form = f"CASE WHEN {value} IS NOT NULL THEN {form} END"
    held = ", ".join(f"{bigquery_sql.name(name)} {way.brought}" for name, way in ways)
    read = brought
    if any(way.value != _field(brought, name) for name, way in ways):
        parts = ", ".join(f"{way.value} AS {bigquery_sql.name(name)}" for name, way in ways)
        read = f"IF({brought} IS NULL, NULL, STRUCT({parts}))"
    refused = [f"coalesce({way.refused}, false)" for _, way in ways if way.refused]
    return Transfer(form, f"STRUCT<{held}>", read, " OR ".join(refused) or None)


def _field(brought: str, name: str) -> str:
    return f"{brought}.{bigquery_sql.name(name)}"


def _bare(type_: ArrowType) -> ArrowType:
    return type_.inner if isinstance(type_, Nullable) else type_
