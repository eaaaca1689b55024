"""What columns are in tables of files: their formats have fewer types than Arrow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias, assert_never

from portwright_runtime import arrow
from portwright_runtime.arrow import ArrowType, ListOf, MapOf, Nullable, Plain, RecordBatch, Struct
from portwright_runtime.loading.naming import quoted
from portwright_runtime.warehouse import Table

# What holds values of a type, where that is not the type itself.
Types: TypeAlias = Mapping[Plain, Plain]

# As the dialect `databricks` of the ddl target has it, but for JSON, which is text here.
DELTA: Final[Types] = {
    arrow.UINT8: arrow.INT16,
    arrow.UINT16: arrow.INT32,
    arrow.UINT32: arrow.INT64,
    arrow.UINT64: Plain("decimal128", (20, 0)),
    arrow.INT128: Plain("decimal128", (38, 0)),
    arrow.UINT128: Plain("decimal128", (38, 0)),
    arrow.ENUM: arrow.STRING,
    arrow.UUID: arrow.STRING,
    arrow.JSON: arrow.STRING,
    arrow.TIME: arrow.STRING,
}
# As Arrow and Parquet have it; on a staging, once `lossless`.
NATIVE_UUID: Final = Plain("uuid")
# Iceberg has no smaller or unsigned numbers.
ICEBERG: Final[Types] = {
    arrow.INT8: arrow.INT32,
    arrow.INT16: arrow.INT32,
    arrow.UINT8: arrow.INT32,
    arrow.UINT16: arrow.INT32,
    arrow.UINT32: arrow.INT64,
    arrow.UINT64: Plain("decimal128", (20, 0)),
    arrow.INT128: Plain("decimal128", (38, 0)),
    arrow.UINT128: Plain("decimal128", (38, 0)),
    arrow.ENUM: arrow.STRING,
    arrow.UUID: NATIVE_UUID,
    arrow.JSON: arrow.STRING,
}
# Spark makes no columns of these types.
ICEBERG_OF_SPARK: Final[Types] = {
    **ICEBERG,
    arrow.UUID: arrow.STRING,
    arrow.TIME: arrow.STRING,
}
# Parquet alone says what is unsigned.
PARQUET: Final[Types] = {
    arrow.INT128: Plain("decimal128", (38, 0)),
    arrow.UINT128: Plain("decimal128", (38, 0)),
    arrow.ENUM: arrow.STRING,
    arrow.UUID: NATIVE_UUID,
    arrow.JSON: arrow.STRING,
}
_DUCKDB: Final = {
    arrow.BOOL: "BOOLEAN",
    arrow.INT8: "TINYINT",
    arrow.INT16: "SMALLINT",
    arrow.INT32: "INTEGER",
    arrow.INT64: "BIGINT",
    arrow.UINT8: "UTINYINT",
    arrow.UINT16: "USMALLINT",
    arrow.UINT32: "UINTEGER",
    arrow.UINT64: "UBIGINT",
    arrow.FLOAT32: "FLOAT",
    arrow.FLOAT64: "DOUBLE",
    arrow.STRING: "VARCHAR",
    arrow.BINARY: "BLOB",
    arrow.DATE: "DATE",
    arrow.TIME: "TIME",
    NATIVE_UUID: "UUID",
    arrow.INSTANT: "TIMESTAMPTZ",
    arrow.WALL_CLOCK: "TIMESTAMP",
}


def held(type_: ArrowType, types: Types) -> ArrowType:
    """What holds values of the type, by the table of `types`."""
    match type_:
        case Nullable(inner):
            return Nullable(held(inner, types))
        case Plain():
            return types.get(type_, type_)
        case ListOf(element, _):
            return ListOf(held(element, types))
        case MapOf(key, value):
            return MapOf(held(key, types), held(value, types))
        case Struct(_, ()):
            return arrow.STRING
        case Struct(record, fields):
            # Arrow's libraries refuse an absent struct whose fields may not be null.
            parts = ((name, held(inner, types)) for name, inner in fields)
            return Struct(record, tuple((name, Nullable(part)) for name, part in parts))
        case _:
            assert_never(type_)


def schema(table: Table[Any], types: Types) -> arrow.ArrowSchema:
    """The Arrow schema of the table's files."""
    return arrow.schema(
        (each.name, held(each.type, types), not each.required) for each in table.columns
    )


def forms(table: Table[Any], types: Types) -> str:
    """The columns as DuckDB is to give them: expressions over what is staged."""
    return ", ".join(
        f"CAST({quoted(each.name)} AS {_duckdb(held(each.type, types))}) AS {quoted(each.name)}"
        for each in table.columns
    )


def conformed(batch: RecordBatch, schema: arrow.ArrowSchema) -> RecordBatch:
    """The batch under the schema: of the same types, with its names and nullability within."""
    import pyarrow

    arrays = [column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)]
    return pyarrow.RecordBatch.from_arrays(arrays, schema=schema)


def _duckdb(type_: ArrowType) -> str:
    match type_:
        case Nullable(inner):
            return _duckdb(inner)
        case Plain("decimal128", (precision, scale)):
            return f"DECIMAL({precision}, {scale})"
        case Plain():
            return _DUCKDB[type_]
        case ListOf(element, _):
            return f"{_duckdb(element)}[]"
        case MapOf(key, value):
            return f"MAP({_duckdb(key)}, {_duckdb(value)})"
        case Struct(_, fields):
            parts = ", ".join(f"{quoted(name)} {_duckdb(inner)}" for name, inner in fields)
            return f"STRUCT({parts})"
        case _:
            assert_never(type_)
