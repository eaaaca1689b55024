"""DuckDB 1.3 and later, with the extensions it is built with (`icu`, `json`)."""

from __future__ import annotations

import re
from dataclasses import replace

from portwright.targets.ddl.alterations import Alteration, Alterations, way
from portwright.targets.ddl.dialect import Dialect, Functions, Identifiers, Statements
from portwright.targets.ddl.dialects.ansi import ANSI, ANSI_WAYS
from portwright.targets.ddl.kinds import Kind
from portwright.targets.ddl.types import ArrayForm, DecimalForm, MapForm, StructForm, Types

# duckdb_keywords() of every category but "unreserved".
_RESERVED = """
all analyse analyze and anti any array as asc asof asymmetric at authorization between bigint
binary bit boolean both by case cast char character check coalesce collate collation column
columns concurrently constraint create cross dec decimal default deferrable desc describe
distinct do else end except exists extract false fetch float for foreign freeze from full
generated glob group grouping grouping_id having ilike in initially inner inout int integer
intersect interval into is isnull join lambda lateral leading left like limit map national
natural nchar none not notnull null nullif numeric offset on only or order out outer overlaps
overlay pivot pivot_longer pivot_wider placing position positional precision primary qualify
real references returning right row select semi setof show similar smallint some struct
substring summarize symmetric table tablesample then time timestamp to trailing treat trim
true try_cast tuple union unique unpack unpivot using values varchar variadic verbose when
where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces
xmlparse xmlpi xmlroot xmlserialize xmltable
"""

_VECTORS = {
    Kind.VECTOR_BFLOAT16: "FLOAT[{dimensions}]",
    Kind.VECTOR_BINARY: "UTINYINT[{dimensions}]",
    Kind.VECTOR_FLOAT16: "FLOAT[{dimensions}]",
    Kind.VECTOR_FLOAT32: "FLOAT[{dimensions}]",
    Kind.VECTOR_FLOAT64: "DOUBLE[{dimensions}]",
    Kind.VECTOR_INT8: "TINYINT[{dimensions}]",
    Kind.VECTOR_UINT8: "UTINYINT[{dimensions}]",
}

_ALONE = "Nobody else writes the file meanwhile."
_KINDS = frozenset(Alteration)

_ALTERATIONS = Alterations(
    # Constraints can be neither added nor dropped.
    ways={
        **{kind: replace(each, note=_ALONE) for kind, each in ANSI_WAYS.items()},
        Alteration.CHANGE_TYPE: way(
            "ALTER TABLE {table} ALTER COLUMN {column} SET DATA TYPE {type} USING {value}",
            note=f"The column is written anew. {_ALONE}",
            rewrites=True,
        ),
        # A table that others refer to cannot be renamed; when it is gone, they are, too.
        Alteration.MOVE_ASIDE: way(
            "CREATE TABLE {new_table} AS FROM {table}",
            "DROP TABLE {table}",
            note=f"All rows are written. {_ALONE}",
        ),
        Alteration.COPY_ROWS: replace(
            ANSI_WAYS[Alteration.COPY_ROWS], note=f"All rows are written. {_ALONE}"
        ),
        Alteration.FILL_COLUMN: replace(
            ANSI_WAYS[Alteration.FILL_COLUMN], note=f"All rows are written. {_ALONE}"
        ),
    },
    try_cast="TRY_CAST({value} AS {type})",
    named_casts=True,
    zoned="{value} AT TIME ZONE 'UTC'",
    unzoned="{value} AT TIME ZONE 'UTC'",
    held_by_keys=frozenset({Alteration.DROP_COLUMN, Alteration.RENAME_TABLE}),
    held_by_references=_KINDS
    - {Alteration.ADD_COLUMN, Alteration.COMMENT_COLUMN, Alteration.COMMENT_TABLE},
    transaction=("BEGIN", "COMMIT"),
)

DUCKDB = Dialect(
    name="duckdb",
    title="DuckDB",
    alterations=_ALTERATIONS,
    default_schema="main",
    identifiers=Identifiers(
        plain=re.compile(r"[A-Za-z_][A-Za-z0-9_]*"),
        reserved=frozenset(_RESERVED.split()),
        case_sensitive=False,
        # A schema cannot be told from a database of its name, and two are always there.
        own_schemas=re.compile(r"(?i:information_schema|pg_catalog|system|temp)"),
    ),
    types=Types(
        leaf={
            **ANSI,
            Kind.INT8: "TINYINT",
            Kind.INT128: "HUGEINT",
            Kind.UINT8: "UTINYINT",
            Kind.UINT16: "USMALLINT",
            Kind.UINT32: "UINTEGER",
            Kind.UINT64: "UBIGINT",
            Kind.UINT128: "UHUGEINT",
            Kind.FLOAT32: "FLOAT",
            Kind.FLOAT64: "DOUBLE",
            Kind.TEXT: "VARCHAR",
            Kind.VARCHAR: "VARCHAR",
            Kind.ENUM: "VARCHAR",
            Kind.UUID: "UUID",
            Kind.BYTES: "BLOB",
            Kind.TIMESTAMP_ZONED: "TIMESTAMPTZ",
            Kind.JSON: "JSON",
            **_VECTORS,
        },
        decimals=(DecimalForm(),),
        wider=frozenset({Kind.VARCHAR, Kind.VECTOR_BINARY}),
        array=ArrayForm(
            type="{element}[]",
            length="len({value})",
            non_null="list_count({value})",
            distinct="len(list_distinct({value}))",
            every="len(list_filter({list}, lambda {item}: NOT ({predicate}))) = 0",
        ),
        map=MapForm(
            type="MAP({key}, {value})", keys="map_keys({value})", values="map_values({value})"
        ),
        struct=StructForm(type="STRUCT({fields})", field="{name} {type}", access="{value}[{name}]"),
    ),
    functions=Functions(
        char_length="length({value})",
        matches="regexp_matches({value}, {pattern})",
        dimensions="len({value})",
    ),
    statements=Statements(refers_abroad=False),
    servers=frozenset({"duckdb"}),
)
