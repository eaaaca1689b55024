"""ClickHouse 25.12 and later: tables of the MergeTree engine."""

from __future__ import annotations

import re
from dataclasses import replace

from portwright.targets.ddl.alterations import Alteration, Alterations, way
from portwright.targets.ddl.dialect import (
    Dialect,
    Functions,
    Identifiers,
    Layout,
    Literals,
    Option,
    Statements,
)
from portwright.targets.ddl.dialects.ansi import ANSI_WAYS
from portwright.targets.ddl.kinds import VECTORS, Kind
from portwright.targets.ddl.types import ArrayForm, DecimalForm, MapForm, StructForm, Types

# Nothing is reserved by the manual; these are not read as names everywhere, by all releases.
_RESERVED = """
all alter and any array as asc between by case cast check constraint create cross database date
delete desc describe distinct drop else end except exists extract false final for format from full
global group having if ilike in index inf inner insert intersect interval into is join left like
limit nan not null nulls offset on or order outer partition prewhere primary projection qualify
right sample select set settings show substring table then timestamp totals trim true tuple union
update use using values when where window with
"""

_VECTORS = {
    Kind.VECTOR_BFLOAT16: "Array(BFloat16)",
    Kind.VECTOR_BINARY: "Array(UInt8)",
    Kind.VECTOR_FLOAT16: "Array(Float32)",
    Kind.VECTOR_FLOAT32: "Array(Float32)",
    Kind.VECTOR_FLOAT64: "Array(Float64)",
    Kind.VECTOR_INT8: "Array(Int8)",
    Kind.VECTOR_UINT8: "Array(UInt8)",
}

_YEARS = "ClickHouse keeps the years 1900 to 2299; releases before 26.9 change other dates silently"

# Whole numbers and text are parts by themselves: who partitions by them has few of them.
_PARTS: dict[Kind, str] = {
    **{
        kind: "{column}"
        for kind in Kind
        if kind not in (Kind.FLOAT32, Kind.FLOAT64, Kind.JSON, *VECTORS)
    },
    Kind.DATE: "toYYYYMM({column})",
    Kind.TIMESTAMP: "toYYYYMM({column})",
    Kind.TIMESTAMP_ZONED: "toYYYYMM({column})",
}

_FREE = "Only metadata is changed; no row is read."
_MUTATED = "A mutation: the column is written anew, part by part, while others read and write."
_WRITTEN = "All rows are written."
_MODIFY = "ALTER TABLE {table} MODIFY COLUMN {definition}"

_ALTERATIONS = Alterations(
    ways={
        **{kind: replace(each, note=_FREE) for kind, each in ANSI_WAYS.items()},
        Alteration.ADD_CHECK: way(
            "ALTER TABLE {table} ADD {clause}", note="It holds for rows that are inserted later."
        ),
        Alteration.DROP_CHECK: way("ALTER TABLE {table} DROP CONSTRAINT {name}", note=_FREE),
        Alteration.CHANGE_TYPE: way(_MODIFY, note=_MUTATED, rewrites=True),
        Alteration.DROP_NOT_NULL: way(_MODIFY, note=_MUTATED, rewrites=True),
        # A null would become the default.
        Alteration.SET_NOT_NULL: way(
            "ALTER TABLE {table} MODIFY COLUMN {column} {type}"
            " DEFAULT defaultValueOfTypeName({type_text})",
            "ALTER TABLE {table} MODIFY COLUMN {column} REMOVE DEFAULT",
            note=_MUTATED,
            rewrites=True,
        ),
        Alteration.DROP_COLUMN: replace(ANSI_WAYS[Alteration.DROP_COLUMN], note=_MUTATED),
        Alteration.COMMENT_COLUMN: way(
            "ALTER TABLE {table} COMMENT COLUMN {column} {text}", note=_FREE
        ),
        Alteration.COMMENT_TABLE: way("ALTER TABLE {table} MODIFY COMMENT {text}", note=_FREE),
        Alteration.RENAME_TABLE: way("RENAME TABLE {table} TO {new_table}", note=_FREE),
        Alteration.MOVE_ASIDE: way("RENAME TABLE {table} TO {new_table}", note=_FREE),
        Alteration.COPY_ROWS: replace(ANSI_WAYS[Alteration.COPY_ROWS], note=_WRITTEN),
        Alteration.FILL_COLUMN: way(
            "ALTER TABLE {table} UPDATE {column} = {value} WHERE 1 SETTINGS mutations_sync = 1",
            note=_MUTATED,
        ),
        Alteration.DROP_TABLE: ANSI_WAYS[Alteration.DROP_TABLE],
    },
    try_cast="accurateCastOrNull({value}, {type_text})",
    named_casts=True,
    guard="SELECT throwIf(count() > 0, {words}) FROM {table} WHERE {condition}",
    no_comment="''",
    held_by_layout=frozenset(
        {
            Alteration.DROP_COLUMN,
            Alteration.RENAME_COLUMN,
            Alteration.CHANGE_TYPE,
            Alteration.SET_NOT_NULL,
            Alteration.DROP_NOT_NULL,
        }
    ),
)

CLICKHOUSE = Dialect(
    name="clickhouse",
    title="ClickHouse",
    alterations=_ALTERATIONS,
    default_schema="default",
    identifiers=Identifiers(
        plain=re.compile(r"[A-Za-z_][A-Za-z0-9_]*"),
        reserved=frozenset(_RESERVED.split()),
        case_sensitive=True,
        own_schemas=re.compile(r"(?i:information_schema)|system"),
        quoted="`{name}`",
        escapes={"`": "\\`", "\\": "\\\\"},
        max_bytes=206,
        own_columns=re.compile("_block_number|_block_offset|_row_exists"),
        part_mark=".",
    ),
    types=Types(
        leaf={
            Kind.BOOLEAN: "Bool",
            Kind.INT8: "Int8",
            Kind.INT16: "Int16",
            Kind.INT32: "Int32",
            Kind.INT64: "Int64",
            Kind.INT128: "Int128",
            Kind.UINT8: "UInt8",
            Kind.UINT16: "UInt16",
            Kind.UINT32: "UInt32",
            Kind.UINT64: "UInt64",
            Kind.UINT128: "UInt128",
            Kind.FLOAT32: "Float32",
            Kind.FLOAT64: "Float64",
            Kind.TEXT: "String",
            Kind.VARCHAR: "String",
            Kind.ENUM: "LowCardinality(String)",
            Kind.UUID: "UUID",
            Kind.BYTES: "String",
            Kind.DATE: "Date32",
            Kind.TIME: "Time64(6)",
            # Without a zone of its own a column takes that of the server, and skips its hours.
            Kind.TIMESTAMP: "DateTime64(6, 'UTC')",
            Kind.TIMESTAMP_ZONED: "DateTime64(6, 'UTC')",
            # The type JSON takes objects only, and knows no null in them.
            Kind.JSON: "String",
            **_VECTORS,
        },
        decimals=(DecimalForm("Decimal({precision}, {scale})", 76, 76),),
        wider=frozenset({Kind.VARCHAR, *VECTORS}),
        lossy={
            Kind.DATE: _YEARS,
            Kind.TIMESTAMP_ZONED: _YEARS,
            Kind.TIMESTAMP: f"{_YEARS}; without a zone, the time is kept as if it were UTC",
        },
        nullable="Nullable({type})",
        null_leaf={Kind.ENUM: "LowCardinality(Nullable(String))"},
        never_null=VECTORS,
        array=ArrayForm(
            type="Array({element})",
            length="length({value})",
            non_null="arrayCount(x -> x IS NOT NULL, {value})",
            distinct="length(arrayDistinct({value}))",
            every="arrayAll({item} -> ifNull({predicate}, true), {list})",
            every_inline=True,
            absent="ClickHouse has no null list: one that is absent is empty",
        ),
        map=MapForm(
            type="Map({key}, {value})",
            keys="mapKeys({value})",
            values="mapValues({value})",
            absent="ClickHouse has no null map: one that is absent is empty",
        ),
        struct=StructForm(
            type="Tuple({fields})",
            field="{name} {type}",
            access="tupleElement({value}, {name})",
            own_names=frozenset({"null"}),
            absent="ClickHouse has no null record: of one that is absent, all fields are null",
        ),
    ),
    functions=Functions(
        char_length="lengthUTF8({value})",
        byte_length="length({value})",
        matches="match({value}, {pattern})",
        dimensions="length({value})",
        is_json="isValidJSON({value})",
    ),
    literals=Literals(
        escapes={"'": "\\'", "\\": "\\\\"},
        character="unhex('{utf8}')",
        exact="toDecimal256('{number}', {scale})",
        temporal={
            Kind.DATE: "toDate32({text})",
            Kind.TIME: "toTime64({text}, 6)",
            Kind.TIMESTAMP: "toDateTime64({text}, 6, 'UTC')",
            Kind.TIMESTAMP_ZONED: "parseDateTime64BestEffort({text}, 6, 'UTC')",
        },
    ),
    statements=Statements(
        create_schema="CREATE DATABASE IF NOT EXISTS {schema}",
        not_null=None,
        primary_key=None,
        unique=None,
        foreign_key=None,
        check_nullable="CONSTRAINT {name} CHECK (ifNull({predicate}, true))",
        options=(
            Option("ENGINE = MergeTree"),
            Option("PARTITION BY ({partition})"),
            Option("ORDER BY ({key})", otherwise="ORDER BY tuple()"),
            Option("SETTINGS allow_nullable_key = 1", needs="partition"),
            Option("COMMENT {comment}"),
        ),
        comment_clause="COMMENT {text}",
        table_comment=None,
        column_comment=None,
    ),
    layout=Layout(partition=_PARTS),
    servers=frozenset({"clickhouse"}),
    qualifiers=("database",),
)
