"""BigQuery, in GoogleSQL."""

from __future__ import annotations

import re
from dataclasses import replace

from portwright.targets.ddl.alterations import Alteration, Alterations, way
from portwright.targets.ddl.dialect import (
    TEMPORAL,
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

# "Reserved keywords" of the lexical reference.
_RESERVED = """
all and any array as asc assert_rows_modified at between by case cast collate contains create
cross cube current default define desc distinct else end enum escape except exclude exists extract
false fetch following for from full group grouping groups hash having if ignore in inner intersect
interval into is join lateral left like limit lookup merge natural new no not null nulls of on or
order outer over partition preceding proto qualify range recursive respect right rollup rows select
set some struct tablesample then to treat true unbounded union unnest using when where window with
within
"""

_OWN_COLUMNS = (
    r"(?i:_TABLE_|_FILE_|_PARTITION|_ROW_TIMESTAMP|__ROOT__|_COLIDENTIFIER"
    r"|_CHANGE_SEQUENCE_NUMBER|_CHANGE_TYPE|_CHANGE_TIMESTAMP).*"
)

_WHOLE = {
    kind: "INT64"
    for kind in (
        Kind.INT8,
        Kind.INT16,
        Kind.INT32,
        Kind.INT64,
        Kind.UINT8,
        Kind.UINT16,
        Kind.UINT32,
    )
}

_VECTORS = {
    Kind.VECTOR_BFLOAT16: "ARRAY<FLOAT64>",
    Kind.VECTOR_BINARY: "ARRAY<INT64>",
    Kind.VECTOR_FLOAT16: "ARRAY<FLOAT64>",
    Kind.VECTOR_FLOAT32: "ARRAY<FLOAT64>",
    Kind.VECTOR_FLOAT64: "ARRAY<FLOAT64>",
    Kind.VECTOR_INT8: "ARRAY<INT64>",
    Kind.VECTOR_UINT8: "ARRAY<INT64>",
}

# "Clustered tables": what a column has to be to cluster by it.
_CLUSTERED = {
    kind: "{column}"
    for kind in (
        *_WHOLE,
        Kind.BOOLEAN,
        Kind.INT128,
        Kind.UINT64,
        Kind.UINT128,
        Kind.DECIMAL,
        Kind.TEXT,
        Kind.VARCHAR,
        Kind.ENUM,
        Kind.UUID,
        Kind.DATE,
        Kind.TIMESTAMP,
        Kind.TIMESTAMP_ZONED,
    )
}

_FREE = "Only metadata is changed; no row is read."
_PAID = "All rows are read and written, which is paid for."

_ALTERATIONS = Alterations(
    # A column cannot become REQUIRED. What a table is partitioned by never changes, and what it is
    # clustered by only over the API.
    ways={
        **{
            kind: replace(each, note=_FREE)
            for kind, each in ANSI_WAYS.items()
            if kind is not Alteration.SET_NOT_NULL
        },
        Alteration.ADD_COLUMN: way(
            "ALTER TABLE {table} ADD COLUMN {definition}", note=f"{_FREE} It becomes the last."
        ),
        Alteration.WIDEN_TYPE: way(
            "ALTER TABLE {table} ALTER COLUMN {column} SET DATA TYPE {type}", note=_FREE
        ),
        Alteration.COMMENT_COLUMN: way(
            "ALTER TABLE {table} ALTER COLUMN {column} SET OPTIONS (description = {text})",
            note=_FREE,
        ),
        Alteration.COMMENT_TABLE: way(
            "ALTER TABLE {table} SET OPTIONS (description = {text})", note=_FREE
        ),
        Alteration.ADD_PRIMARY_KEY: way("ALTER TABLE {table} ADD {clause}", note=_FREE),
        Alteration.DROP_PRIMARY_KEY: way("ALTER TABLE {table} DROP PRIMARY KEY", note=_FREE),
        Alteration.ADD_FOREIGN_KEY: way("ALTER TABLE {table} ADD {clause}", note=_FREE),
        Alteration.DROP_FOREIGN_KEY: way("ALTER TABLE {table} DROP CONSTRAINT {name}", note=_FREE),
        Alteration.COPY_ROWS: replace(ANSI_WAYS[Alteration.COPY_ROWS], note=_PAID),
        Alteration.FILL_COLUMN: way("UPDATE {table} SET {column} = {value} WHERE TRUE", note=_PAID),
        Alteration.DROP_TABLE: ANSI_WAYS[Alteration.DROP_TABLE],
    },
    widenings=frozenset(
        {
            ("INT64", "NUMERIC"),
            ("INT64", "BIGNUMERIC"),
            ("INT64", "FLOAT64"),
            ("NUMERIC", "NUMERIC"),
            ("NUMERIC", "BIGNUMERIC"),
            ("NUMERIC", "FLOAT64"),
            ("BIGNUMERIC", "BIGNUMERIC"),
            ("DATE", "DATETIME"),
            ("STRING", "STRING"),
        }
    ),
    try_cast="SAFE_CAST({value} AS {type})",
    held_by_layout=frozenset(
        {
            Alteration.DROP_COLUMN,
            Alteration.RENAME_COLUMN,
            Alteration.WIDEN_TYPE,
        }
    ),
)

BIGQUERY = Dialect(
    name="bigquery",
    title="BigQuery",
    alterations=_ALTERATIONS,
    default_schema=None,
    servers=frozenset({"bigquery"}),
    qualifiers=("project", "dataset"),
    identifiers=Identifiers(
        plain=re.compile(r"[A-Za-z_][A-Za-z0-9_]*"),
        reserved=frozenset(_RESERVED.split()),
        case_sensitive=False,
        own_schemas=re.compile(r"(?i:information_schema)"),
        quoted="`{name}`",
        escapes={"`": "\\`", "\\": "\\\\"},
        max_characters=300,
        own_columns=re.compile(_OWN_COLUMNS),
        forbidden=re.compile(r"[\x00-\x1f\x7f!\"$()*,./;?@\[\\\]^`{}~]"),
        forbidden_tables=re.compile(r"[^\w \-]"),
        forbidden_schemas=re.compile(r"[^A-Za-z0-9_]"),
    ),
    types=Types(
        leaf={
            **_WHOLE,
            Kind.BOOLEAN: "BOOL",
            Kind.INT128: "BIGNUMERIC",
            Kind.UINT64: "NUMERIC(20, 0)",
            Kind.UINT128: "BIGNUMERIC",
            Kind.FLOAT32: "FLOAT64",
            Kind.FLOAT64: "FLOAT64",
            Kind.TEXT: "STRING",
            Kind.VARCHAR: "STRING({length})",
            Kind.ENUM: "STRING",
            Kind.UUID: "STRING(36)",
            Kind.BYTES: "BYTES",
            Kind.DATE: "DATE",
            Kind.TIME: "TIME",
            Kind.TIMESTAMP: "DATETIME",
            Kind.TIMESTAMP_ZONED: "TIMESTAMP",
            Kind.JSON: "JSON",
            **_VECTORS,
        },
        decimals=(
            DecimalForm("NUMERIC({precision}, {scale})", precision=38, scale=9, whole=29),
            DecimalForm("BIGNUMERIC({precision}, {scale})", precision=76, scale=38, whole=38),
        ),
        wider=frozenset({*_WHOLE, Kind.INT128, Kind.UINT64, Kind.UINT128, *VECTORS} - {Kind.INT64}),
        array=ArrayForm(
            type="ARRAY<{element}>",
            length="ARRAY_LENGTH({value})",
            non_null="ARRAY_LENGTH({value})",
            distinct="(SELECT COUNT(DISTINCT TO_JSON_STRING(x)) FROM UNNEST({value}) AS x)",
            every="NOT EXISTS (SELECT 1 FROM UNNEST({list}) AS {item} WHERE NOT ({predicate}))",
            inner="STRUCT<items {type}>",
            inner_item="{item}.items",
            null_items="BigQuery writes no list with a null in it: such a row is refused",
            absent="BigQuery has no null list: one that is absent is empty",
            column_not_null=False,
        ),
        map=MapForm(
            type="ARRAY<STRUCT<key {key}, value {value}>>",
            keys="{value}",
            values="{value}",
            key_item="{item}.key",
            value_item="{item}.value",
            key_not_null=" NOT NULL",
            not_null=" NOT NULL",
            absent="BigQuery has no null map: one that is absent is empty",
            is_list=True,
        ),
        struct=StructForm(
            type="STRUCT<{fields}>",
            field="{name} {type}",
            access="{value}.{identifier}",
            not_null=" NOT NULL",
            comment=" OPTIONS (description = {text})",
            deepest=15,
        ),
        unkeyed=frozenset({Kind.FLOAT32, Kind.FLOAT64, Kind.BYTES, Kind.TIME, Kind.JSON}),
    ),
    functions=Functions(
        char_length="CHAR_LENGTH({value})",
        byte_length="BYTE_LENGTH({value})",
        matches="REGEXP_CONTAINS({value}, {pattern})",
        dimensions="ARRAY_LENGTH({value})",
        multiple="MOD({value}, NUMERIC '{step}') = 0",
    ),
    literals=Literals(
        escapes={"'": "\\'", "\\": "\\\\", "\n": "\\n"},
        character="CODE_POINTS_TO_STRING([{code}])",
        exact="BIGNUMERIC '{number}'",
        temporal={
            **TEMPORAL,
            Kind.TIMESTAMP: "DATETIME {text}",
            Kind.TIMESTAMP_ZONED: "TIMESTAMP {text}",
        },
    ),
    statements=Statements(
        primary_key="PRIMARY KEY ({columns}) NOT ENFORCED",
        unique=None,
        foreign_key=(
            "CONSTRAINT {name} FOREIGN KEY ({columns}) REFERENCES {table} ({targets}) NOT ENFORCED"
        ),
        refers_to_itself=False,
        refers_abroad=False,
        check=None,
        options=(
            Option("PARTITION BY {partition}"),
            Option("CLUSTER BY {cluster}"),
            Option("OPTIONS (description = {comment})"),
        ),
        comment_clause="OPTIONS (description = {text})",
        table_comment=None,
        column_comment=None,
        longest_comment=1024,
    ),
    layout=Layout(
        partition={
            Kind.DATE: "{column}",
            Kind.TIMESTAMP: "DATETIME_TRUNC({column}, DAY)",
            Kind.TIMESTAMP_ZONED: "TIMESTAMP_TRUNC({column}, DAY)",
        },
        partitions=1,
        cluster=_CLUSTERED,
        clusters=4,
    ),
)
