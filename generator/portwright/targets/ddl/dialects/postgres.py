"""PostgreSQL 12 and later."""

from __future__ import annotations

import re
from dataclasses import replace

from portwright.targets.ddl.alterations import Alteration, Alterations, way
from portwright.targets.ddl.dialect import (
    Dialect,
    Functions,
    Identifiers,
    Layout,
    Option,
    Statements,
)
from portwright.targets.ddl.dialects.ansi import (
    ANSI,
    ANSI_CONSTRAINTS,
    ANSI_WAYS,
    ANSI_WIDER,
    DROPPED,
)
from portwright.targets.ddl.kinds import VECTORS, Kind
from portwright.targets.ddl.types import ArrayForm, DecimalForm, Types

# What quote_ident() quotes: every key word that is not "unreserved", up to release 18.
_RESERVED = """
all analyse analyze and any array as asc asymmetric authorization between bigint binary bit
boolean both case cast char character check coalesce collate collation column concurrently
constraint create cross current_catalog current_date current_role current_schema current_time
current_timestamp current_user dec decimal default deferrable desc distinct do else end except
exists extract false fetch float for foreign freeze from full grant greatest group grouping
having ilike in initially inner inout int integer intersect interval into is isnull join json
json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar
json_serialize json_table json_value lateral leading least left like limit localtime
localtimestamp merge_action national natural nchar none normalize not notnull null nullif
numeric offset on only or order out outer overlaps overlay placing position precision primary
real references returning right row select session_user setof similar smallint some substring
symmetric system_user table tablesample then time timestamp to trailing treat trim true union
unique user using values varchar variadic verbose when where window with xmlattributes
xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize
xmltable
"""

_VECTORS = {
    Kind.VECTOR_BFLOAT16: "real[]",
    Kind.VECTOR_BINARY: "smallint[]",
    Kind.VECTOR_FLOAT16: "real[]",
    Kind.VECTOR_FLOAT32: "real[]",
    Kind.VECTOR_FLOAT64: "double precision[]",
    Kind.VECTOR_INT8: "smallint[]",
    Kind.VECTOR_UINT8: "smallint[]",
}

# What has a B-tree order; jsonb has none worth a range.
_ORDERED: dict[Kind, str] = {
    each: "{column}" for each in Kind if each is not Kind.JSON and each not in VECTORS
}

_LOCKED = "ACCESS EXCLUSIVE: nobody reads or writes the table while"
_BRIEF = f"{_LOCKED} its catalogue is changed; no row is read."
_SCANNED = f"{_LOCKED} all rows are read."

_ALTERATIONS = Alterations(
    ways={
        **{kind: replace(each, note=_BRIEF) for kind, each in ANSI_WAYS.items()},
        **{kind: replace(each, note=_SCANNED) for kind, each in ANSI_CONSTRAINTS.items()},
        **{kind: replace(ANSI_CONSTRAINTS[kind], note=_BRIEF) for kind in DROPPED},
        Alteration.WIDEN_TYPE: way(
            "ALTER TABLE {table} ALTER COLUMN {column} TYPE {type}",
            note=f"{_BRIEF} Views on the column are in the way.",
        ),
        Alteration.CHANGE_TYPE: way(
            "ALTER TABLE {table} ALTER COLUMN {column} TYPE {type} USING {value}",
            note=f"{_LOCKED} it and its indexes are written anew. Views on the column"
            " are in the way.",
            rewrites=True,
        ),
        Alteration.SET_NOT_NULL: way(
            "ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL",
            note=f"{_SCANNED} A valid CHECK (column IS NOT NULL) spares it that.",
        ),
        Alteration.ADD_CHECK: way(
            "ALTER TABLE {table} ADD {clause}",
            note=f"{_SCANNED} For a large table, add it NOT VALID, and VALIDATE it in a transaction"
            " of its own.",
        ),
        Alteration.ADD_FOREIGN_KEY: way(
            "ALTER TABLE {table} ADD {clause}",
            note="SHARE ROW EXCLUSIVE on both tables: nobody writes them while all rows are read.",
        ),
        Alteration.COPY_ROWS: replace(
            ANSI_WAYS[Alteration.COPY_ROWS], note="All rows are written; readers wait for the end."
        ),
        Alteration.FILL_COLUMN: replace(
            ANSI_WAYS[Alteration.FILL_COLUMN], note="All rows are written anew, and locked."
        ),
        Alteration.DROP_TABLE: ANSI_WAYS[Alteration.DROP_TABLE],
    },
    # A numeric of the same scale, or a longer text, is stored as it was.
    widenings=frozenset({("varchar", "varchar"), ("varchar", "text"), ("numeric", "numeric")}),
    zoned="{value} AT TIME ZONE 'UTC'",
    unzoned="{value} AT TIME ZONE 'UTC'",
    held_by_layout=frozenset(
        {Alteration.DROP_COLUMN, Alteration.WIDEN_TYPE, Alteration.CHANGE_TYPE}
    ),
    try_cast="CASE WHEN pg_input_is_valid({value}, {type_text}) THEN 1 END",
    shared_names=frozenset({"pk", "uq"}),
    views_bind=True,
    transaction=("BEGIN", "COMMIT"),
)

POSTGRES = Dialect(
    name="postgres",
    title="PostgreSQL",
    alterations=_ALTERATIONS,
    default_schema="public",
    identifiers=Identifiers(
        plain=re.compile(r"[a-z_][a-z0-9_]*"),
        reserved=frozenset(_RESERVED.split()),
        case_sensitive=True,
        own_schemas=re.compile(r"pg_.*|information_schema"),
        max_bytes=63,
        own_columns=re.compile("cmax|cmin|ctid|tableoid|xmax|xmin"),
    ),
    types=Types(
        leaf={
            **{kind: name.lower() for kind, name in ANSI.items()},
            Kind.INT128: "numeric(39, 0)",
            Kind.UINT64: "numeric(20, 0)",
            Kind.UINT128: "numeric(39, 0)",
            Kind.TEXT: "text",
            Kind.ENUM: "text",
            Kind.UUID: "uuid",
            Kind.BYTES: "bytea",
            Kind.TIMESTAMP_ZONED: "timestamptz",
            Kind.JSON: "jsonb",
            **_VECTORS,
        },
        decimals=(DecimalForm("numeric({precision}, {scale})", 1000, 1000),),
        limits={Kind.VARCHAR: 10_485_760},
        wider=ANSI_WIDER | frozenset(_VECTORS),
        array=ArrayForm(
            type="{element}[]",
            length="cardinality({value})",
            non_null="cardinality(array_remove({value}, NULL))",
            every="NOT EXISTS (SELECT FROM unnest({list}) AS {item} WHERE NOT ({predicate}))",
            scalars_only=True,
            as_json="to_jsonb({value})",
        ),
        nested_keys=True,
        key_columns=32,
        most_columns=1600,
        json_breach="jsonb_path_exists({value}, {path})",
    ),
    functions=Functions(matches="{value} ~ {pattern}"),
    statements=Statements(
        options=(Option("PARTITION BY RANGE ({partition})"),),
        default_partition="CREATE TABLE IF NOT EXISTS {partition} PARTITION OF {table} DEFAULT",
        # A view is replaced by one of the same columns, with more behind them, only.
        batch="DO ${tag}$\nBEGIN\n{create};\nEXCEPTION WHEN invalid_table_definition THEN\n"
        "DROP VIEW {view};\n{create};\nEND\n${tag}$",
    ),
    layout=Layout(partition=_ORDERED, partitions=32, in_keys=True),
    servers=frozenset({"postgres", "postgresql", "cloudsql"}),
)
