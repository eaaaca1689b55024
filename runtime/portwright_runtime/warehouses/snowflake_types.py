"""How values get into Snowflake: as what in a file, and by which expression from there.

Files hold what Parquet and Snowflake understand alike: truth values, whole and exact numbers,
floats and texts. All else is text that Snowflake reads, in forms that it knows without being told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portwright_runtime import arrow
from portwright_runtime.arrow import ArrowType, ListOf, MapOf, Nullable, Plain, Struct
from portwright_runtime.loading import texts


@dataclass(frozen=True, slots=True)
class Transfer:
    """A column on its way: its `form` in DuckDB's SQL, its type where it is `brought`, and its
    `value` in Snowflake's SQL, of what was brought."""

    form: str
    brought: str
    value: str


_INSTANT: Final = "strftime(make_timestamp(epoch_us({value})), '%Y-%m-%dT%H:%M:%S.%fZ')"
_WALL_CLOCK: Final = "strftime({value}, '%Y-%m-%dT%H:%M:%S.%f')"
_TEXT: Final = "CAST({value} AS VARCHAR)"

# What is in a file as text, by its type: its form, and what Snowflake makes of the text.
_AS_TEXT: Final = {
    arrow.BINARY: ("hex({value})", "TO_BINARY({brought}, 'HEX')"),
    arrow.DATE: (_TEXT, "CAST({brought} AS DATE)"),
    arrow.TIME: (_TEXT, "CAST({brought} AS TIME(6))"),
    arrow.INSTANT: (_INSTANT, "CAST({brought} AS TIMESTAMP_TZ(6))"),
    arrow.WALL_CLOCK: (_WALL_CLOCK, "CAST({brought} AS TIMESTAMP_NTZ(6))"),
    arrow.UUID: (_TEXT, "{brought}"),
    arrow.INT128: (_TEXT, "CAST({brought} AS NUMBER(38, 0))"),
    arrow.UINT128: (_TEXT, "CAST({brought} AS NUMBER(38, 0))"),
}
# Unsigned and small whole numbers are several types in Parquet.
_WHOLE: Final = frozenset(
    {
        *(arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64),
        *(arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64),
    }
)


def transfer(type_: ArrowType, declared: str, value: str, brought: str) -> Transfer:
    """The way of a column of the `declared` type: `value` is its name where it is staged, `brought`
    in Snowflake."""
    match type_:
        case Nullable(inner):
            return transfer(inner, declared, value, brought)
        case arrow.BOOL:
            return Transfer(value, "BOOLEAN", brought)
        case arrow.FLOAT32 | arrow.FLOAT64:
            return Transfer(value, "FLOAT", brought)
        case Plain("decimal128", (precision, scale)):
            return Transfer(value, f"NUMBER({precision}, {scale})", brought)
        case arrow.JSON:
            return _json(texts.json_text(type_, value), value, declared, brought)
        case Plain() if type_ in _WHOLE:
            return Transfer(f"CAST({value} AS DECIMAL(20, 0))", "NUMBER(20, 0)", brought)
        case Plain():
            form, read = _AS_TEXT.get(type_, ("{value}", "{brought}"))
            return Transfer(form.format(value=value), "VARCHAR", read.format(brought=brought))
        case ListOf() | MapOf() | Struct():
            # The fields of an OBJECT have names of the table; a VARIANT has the contract's.
            names = texts.of_contract if declared == "VARIANT" else texts.of_table
            return _json(texts.json_text(type_, value, names=names), value, declared, brought)


def _json(form: str, value: str, declared: str, brought: str) -> Transfer:
    """JSON, which is NULL where the value is absent, though it would have a null for it."""
    read = f"PARSE_JSON({brought})"
    if declared.startswith("VECTOR"):
        read = f"CAST({read} AS ARRAY)"
    if declared != "VARIANT":
        read = f"CAST({read} AS {declared})"
    return Transfer(f"CASE WHEN {value} IS NOT NULL THEN {form} END", "VARCHAR", read)
