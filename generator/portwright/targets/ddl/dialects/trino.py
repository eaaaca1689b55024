"""Trino, with tables of its Iceberg connector."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

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
from portwright.targets.ddl.dialects.ansi import ANSI, ANSI_WAYS
from portwright.targets.ddl.kinds import VECTORS, Kind
from portwright.targets.ddl.patterns import portable
from portwright.targets.ddl.types import ArrayForm, DecimalForm, MapForm, StructForm, Types

# The words that Trino's parser takes for no name.
_RESERVED = """
alter and as auto between by case cast constraint create cross cube current_catalog current_date
current_path current_role current_schema current_time current_timestamp current_user deallocate
delete describe distinct drop else end escape except exists extract false for from full group
grouping having in inner insert intersect into is join json_array json_exists json_object
json_query json_table json_value left like listagg localtime localtimestamp natural normalize not
null on or order outer prepare recursive right rollup select skip table then trim true uescape
union unnest using values when where with
"""

_VECTORS = {
    Kind.VECTOR_BFLOAT16: "ARRAY(REAL)",
    Kind.VECTOR_BINARY: "ARRAY(INTEGER)",
    Kind.VECTOR_FLOAT16: "ARRAY(REAL)",
    Kind.VECTOR_FLOAT32: "ARRAY(REAL)",
    Kind.VECTOR_FLOAT64: "ARRAY(DOUBLE)",
    Kind.VECTOR_INT8: "ARRAY(INTEGER)",
    Kind.VECTOR_UINT8: "ARRAY(INTEGER)",
}

_WIDE = "Trino has decimals of up to 38 digits: a number with more is refused"

# Iceberg's partition transforms: a day of what has a time, else the value itself.
_DAYS = (Kind.TIMESTAMP, Kind.TIMESTAMP_ZONED)

_FREE = "Only metadata of Iceberg is written; no row is read."
_WRITTEN = "All rows are written."

_ALTERATIONS = Alterations(
    # A column cannot become NOT NULL.
    ways={
        **{
            kind: replace(each, note=_FREE)
            for kind, each in ANSI_WAYS.items()
            if kind is not Alteration.SET_NOT_NULL
        },
        Alteration.WIDEN_TYPE: way(
            "ALTER TABLE {table} ALTER COLUMN {column} SET DATA TYPE {type}", note=_FREE
        ),
        Alteration.LAY_OUT: way(
            "ALTER TABLE {table} SET PROPERTIES partitioning = ARRAY[{partition_texts}]",
            note=f"{_FREE} Rows of before stay in the partitions that they are in.",
        ),
        Alteration.COPY_ROWS: replace(ANSI_WAYS[Alteration.COPY_ROWS], note=_WRITTEN),
        Alteration.FILL_COLUMN: replace(ANSI_WAYS[Alteration.FILL_COLUMN], note=_WRITTEN),
        Alteration.DROP_TABLE: ANSI_WAYS[Alteration.DROP_TABLE],
    },
    widenings=frozenset({("INTEGER", "BIGINT"), ("REAL", "DOUBLE"), ("DECIMAL", "DECIMAL")}),
    try_cast="TRY_CAST({value} AS {type})",
    zoned="with_timezone({value}, 'UTC')",
    unzoned="CAST({value} AT TIME ZONE 'UTC' AS TIMESTAMP(6))",
    no_layout="ALTER TABLE {table} SET PROPERTIES partitioning = ARRAY[]",
    held_by_layout=frozenset({Alteration.DROP_COLUMN, Alteration.WIDEN_TYPE}),
)

TRINO = Dialect(
    name="trino",
    title="Trino",
    alterations=_ALTERATIONS,
    default_schema=None,
    servers=frozenset({"trino"}),
    qualifiers=("catalog", "schema"),
    identifiers=Identifiers(
        plain=re.compile(r"[A-Za-z_][A-Za-z0-9_]*"),
        reserved=frozenset(_RESERVED.split()),
        case_sensitive=False,
        own_schemas=re.compile(r"(?i:information_schema|system)"),
        folded=str.lower,
        quotes_fold=True,
        # What stands behind either in the name of a table is one of the connector's own tables.
        forbidden_tables=re.compile(r"[$@]"),
    ),
    types=Types(
        leaf={
            **ANSI,
            Kind.INT8: "INTEGER",
            Kind.INT16: "INTEGER",
            Kind.INT128: "DECIMAL(38, 0)",
            Kind.UINT8: "INTEGER",
            Kind.UINT128: "DECIMAL(38, 0)",
            Kind.FLOAT64: "DOUBLE",
            Kind.TEXT: "VARCHAR",
            Kind.VARCHAR: "VARCHAR",
            Kind.ENUM: "VARCHAR",
            Kind.UUID: "UUID",
            Kind.BYTES: "VARBINARY",
            Kind.TIME: "TIME(6)",
            Kind.TIMESTAMP: "TIMESTAMP(6)",
            Kind.TIMESTAMP_ZONED: "TIMESTAMP(6) WITH TIME ZONE",
            Kind.JSON: "VARCHAR",
            **_VECTORS,
        },
        decimals=(DecimalForm(),),
        wider=frozenset(
            {
                Kind.INT8,
                Kind.INT16,
                Kind.UINT8,
                Kind.UINT16,
                Kind.UINT32,
                Kind.UINT64,
                Kind.VARCHAR,
                *VECTORS,
            }
        ),
        lossy={Kind.INT128: _WIDE, Kind.UINT128: _WIDE},
        array=ArrayForm(
            type="ARRAY({element})",
            length="cardinality({value})",
            non_null="cardinality(filter({value}, x -> x IS NOT NULL))",
            distinct="cardinality(array_distinct(filter({value}, x -> x IS NOT NULL)))",
            every="cardinality(filter({list}, {item} -> NOT ({predicate}))) = 0",
        ),
        map=MapForm(
            type="MAP({key}, {value})", keys="map_keys({value})", values="map_values({value})"
        ),
        struct=StructForm(
            type="ROW({fields})", field="{name} {type}", access="{value}.{identifier}"
        ),
    ),
    functions=Functions(
        char_length="length({value})",
        byte_length="length({value})",
        matches="regexp_like({value}, {pattern})",
        pattern=partial(portable, end=r"\z"),
    ),
    literals=Literals(
        exact="DECIMAL '{number}'", temporal={**TEMPORAL, Kind.TIMESTAMP_ZONED: "TIMESTAMP {text}"}
    ),
    statements=Statements(
        primary_key=None,
        unique=None,
        foreign_key=None,
        check=None,
        options=(
            Option("COMMENT {comment}"),
            Option("WITH (partitioning = ARRAY[{partition_texts}])"),
        ),
        comment_clause="COMMENT {text}",
        table_comment=None,
        column_comment=None,
    ),
    layout=Layout(
        partition={
            kind: "day({column})" if kind in _DAYS else "{column}"
            for kind in Kind
            if kind not in (Kind.JSON, *VECTORS)
        }
    ),
)
