"""Databricks: Delta tables in Unity Catalog, by Runtime 15.4 and later."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from itertools import combinations

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
from portwright.targets.ddl.dialects.ansi import ANSI_CONSTRAINTS, ANSI_WAYS
from portwright.targets.ddl.kinds import VECTORS, Kind
from portwright.targets.ddl.patterns import portable
from portwright.targets.ddl.types import ArrayForm, DecimalForm, MapForm, StructForm, Types

# What Spark reserves in ANSI mode, which a workspace may hold its sessions to.
_RESERVED = """
all and anti any as authorization both call case cast check collate collation collations column
constraint create cross current_date current_path current_schema current_time current_timestamp
current_user default distinct else end escape except execute false fetch filter for foreign from
full grant group having identifier in inner intersect into is join lateral leading left minus
natural not null offset on only or order outer overlaps primary recursive references right select
semi session_user some sql table then time to trailing true union unique unknown user using when
where with within
"""

_NUMBERS = {
    Kind.INT8: "TINYINT",
    Kind.INT16: "SMALLINT",
    Kind.INT32: "INT",
    Kind.INT64: "BIGINT",
    Kind.INT128: "DECIMAL(38, 0)",
    Kind.UINT8: "SMALLINT",
    Kind.UINT16: "INT",
    Kind.UINT32: "BIGINT",
    Kind.UINT64: "DECIMAL(20, 0)",
    Kind.UINT128: "DECIMAL(38, 0)",
    Kind.FLOAT32: "FLOAT",
    Kind.FLOAT64: "DOUBLE",
}

_VECTORS = {
    Kind.VECTOR_BFLOAT16: "ARRAY<FLOAT>",
    Kind.VECTOR_BINARY: "ARRAY<TINYINT>",
    Kind.VECTOR_FLOAT16: "ARRAY<FLOAT>",
    Kind.VECTOR_FLOAT32: "ARRAY<FLOAT>",
    Kind.VECTOR_FLOAT64: "ARRAY<DOUBLE>",
    Kind.VECTOR_INT8: "ARRAY<TINYINT>",
    Kind.VECTOR_UINT8: "ARRAY<SMALLINT>",
}

_WIDE = "Databricks has decimals of up to 38 digits: a number with more is refused"

# What Delta keeps statistics of, and so can cluster by.
_CLUSTERED = {
    kind: "{column}"
    for kind in (
        *_NUMBERS,
        Kind.DECIMAL,
        Kind.TEXT,
        Kind.VARCHAR,
        Kind.ENUM,
        Kind.UUID,
        Kind.DATE,
        Kind.TIME,
        Kind.TIMESTAMP,
        Kind.TIMESTAMP_ZONED,
    )
}

_FREE = "Only the log of the table is written; no row is read."
_SCANNED = "All rows are read; concurrent writes fail."
_WRITTEN = "All rows are written; concurrent writes fail."
_MAPPED = "ALTER TABLE {table} SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"
_MAPPING = (
    f"{_FREE} Column mapping needs readers of protocol 2, and streams from the table start anew."
)

_ALTERATIONS = Alterations(
    ways={
        **{kind: replace(each, note=_FREE) for kind, each in ANSI_WAYS.items()},
        **{
            kind: replace(ANSI_CONSTRAINTS[kind], note=f"{_FREE} Nothing holds rows to it.")
            for kind in (
                Alteration.ADD_PRIMARY_KEY,
                Alteration.ADD_FOREIGN_KEY,
                Alteration.DROP_FOREIGN_KEY,
            )
        },
        Alteration.DROP_PRIMARY_KEY: way("ALTER TABLE {table} DROP PRIMARY KEY", note=_FREE),
        Alteration.DROP_COLUMN: way(
            _MAPPED, "ALTER TABLE {table} DROP COLUMN {column}", note=_MAPPING
        ),
        Alteration.RENAME_COLUMN: way(
            _MAPPED, "ALTER TABLE {table} RENAME COLUMN {column} TO {new_column}", note=_MAPPING
        ),
        Alteration.WIDEN_TYPE: way(
            "ALTER TABLE {table} SET TBLPROPERTIES ('delta.enableTypeWidening' = 'true')",
            "ALTER TABLE {table} ALTER COLUMN {column} TYPE {type}",
            note=f"{_FREE} Readers need Runtime 15.4 or Delta 4 from then on.",
        ),
        Alteration.SET_NOT_NULL: replace(ANSI_WAYS[Alteration.SET_NOT_NULL], note=_SCANNED),
        Alteration.COMMENT_COLUMN: way(
            "ALTER TABLE {table} ALTER COLUMN {column} COMMENT {text}", note=_FREE
        ),
        Alteration.LAY_OUT: way(
            "ALTER TABLE {table} CLUSTER BY ({cluster})",
            note=f"{_FREE} Rows of before stay where they are until OPTIMIZE FULL.",
        ),
        Alteration.COPY_ROWS: replace(ANSI_WAYS[Alteration.COPY_ROWS], note=_WRITTEN),
        Alteration.FILL_COLUMN: replace(ANSI_WAYS[Alteration.FILL_COLUMN], note=_WRITTEN),
        Alteration.DROP_TABLE: ANSI_WAYS[Alteration.DROP_TABLE],
    },
    widenings=frozenset(
        {
            *((narrow, wide) for narrow, wide in combinations(("TINYINT", "SMALLINT", "INT"), 2)),
            *((whole, "BIGINT") for whole in ("TINYINT", "SMALLINT", "INT")),
            *((whole, "DOUBLE") for whole in ("TINYINT", "SMALLINT", "INT")),
            ("FLOAT", "DOUBLE"),
            ("DECIMAL", "DECIMAL"),
            ("DATE", "TIMESTAMP_NTZ"),
            ("VARCHAR", "VARCHAR"),
        }
    ),
    try_cast="TRY_CAST({value} AS {type})",
    no_comment="''",
    no_layout="ALTER TABLE {table} CLUSTER BY NONE",
    held_by_layout=frozenset({Alteration.DROP_COLUMN, Alteration.WIDEN_TYPE}),
)

DATABRICKS = Dialect(
    name="databricks",
    title="Databricks",
    alterations=_ALTERATIONS,
    default_schema="default",
    servers=frozenset({"databricks"}),
    qualifiers=("catalog", "schema"),
    identifiers=Identifiers(
        plain=re.compile(r"[A-Za-z_][A-Za-z0-9_]*"),
        reserved=frozenset(_RESERVED.split()),
        case_sensitive=False,
        own_schemas=re.compile(r"(?i:information_schema)"),
        quoted="`{name}`",
        escapes={"`": "``"},
        max_characters=255,
        # Spark puts in the value of a variable before it reads a statement.
        forbidden=re.compile(r"\$\{"),
        forbidden_tables=re.compile(r"[./ \x00-\x1f\x7f]"),
        forbidden_schemas=re.compile(r"[./ \x00-\x1f\x7f]"),
    ),
    types=Types(
        leaf={
            **_NUMBERS,
            Kind.BOOLEAN: "BOOLEAN",
            Kind.TEXT: "STRING",
            Kind.VARCHAR: "VARCHAR({length})",
            Kind.ENUM: "STRING",
            Kind.UUID: "STRING",
            Kind.BYTES: "BINARY",
            Kind.DATE: "DATE",
            Kind.TIME: "STRING",
            Kind.TIMESTAMP: "TIMESTAMP_NTZ",
            Kind.TIMESTAMP_ZONED: "TIMESTAMP",
            Kind.JSON: "VARIANT",
            **_VECTORS,
        },
        decimals=(DecimalForm(),),
        wider=frozenset({Kind.UINT8, Kind.UINT16, Kind.UINT32, Kind.UINT64, *VECTORS}),
        lossy={
            Kind.INT128: _WIDE,
            Kind.UINT128: _WIDE,
            Kind.TIME: "Databricks has no type for a time of day: the column holds its text",
        },
        array=ArrayForm(
            type="ARRAY<{element}>",
            length="array_size({value})",
            non_null="array_size(array_compact({value}))",
            distinct="array_size(array_distinct(array_compact({value})))",
            every="array_size(filter({list}, {item} -> NOT ({predicate}))) = 0",
        ),
        map=MapForm(
            type="MAP<{key}, {value}>", keys="map_keys({value})", values="map_values({value})"
        ),
        struct=StructForm(
            type="STRUCT<{fields}>",
            field="{name}: {type}",
            access="{value}.{identifier}",
            not_null=" NOT NULL",
            not_null_in_optional=False,
            comment=" COMMENT {text}",
        ),
        unkeyed=frozenset({Kind.JSON}),
    ),
    functions=Functions(
        matches="{value} RLIKE {pattern}",
        pattern=partial(portable, end=r"\z"),
        dimensions="array_size({value})",
    ),
    literals=Literals(
        # A brace of its own makes no variable of `${x}`.
        escapes={"'": "\\'", "\\": "\\\\", "{": "\\{"},
        exact="{number}BD",
        character="char({code})",
        temporal={
            **TEMPORAL,
            Kind.TIME: "{text}",
            Kind.TIMESTAMP: "TIMESTAMP_NTZ {text}",
            Kind.TIMESTAMP_ZONED: "TIMESTAMP {text}",
        },
    ),
    statements=Statements(
        primary_key="CONSTRAINT {name} PRIMARY KEY ({columns}) NOT ENFORCED",
        unique=None,
        foreign_key=(
            "CONSTRAINT {name} FOREIGN KEY ({columns}) REFERENCES {table} ({targets}) NOT ENFORCED"
        ),
        refers_to_itself=False,
        check=None,
        options=(
            Option("USING DELTA"),
            Option("CLUSTER BY ({cluster})"),
            Option("COMMENT {comment}"),
            Option(
                "TBLPROPERTIES ('delta.columnMapping.mode' = 'name')",
                odd=re.compile(r"[ ,;{}()\n\t=]"),
            ),
        ),
        comment_clause="COMMENT {text}",
        table_comment=None,
        column_comment=None,
    ),
    layout=Layout(cluster=_CLUSTERED, clusters=4, first=32),
)
