"""Snowflake: standard tables, with structured types and enforced CHECK constraints."""

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
from portwright.targets.ddl.dialects.ansi import ANSI_CONSTRAINTS, ANSI_WAYS
from portwright.targets.ddl.kinds import VECTORS, Kind
from portwright.targets.ddl.types import ArrayForm, DecimalForm, MapForm, StructForm, Types

# Snowflake's reserved and limited words. It says that it reserves ANSI's as well; of those, the
# ones that readers of its SQL stumble over. A word in quotes is held as one without.
_RESERVED = """
account all alter and any as asc asof at authorization between by case cast check collation column
connect connection constraint create cross current current_date current_time current_timestamp
current_user database delete desc describe distinct drop else end exclude exists false fetch
following for from full grant group gscluster having if ilike in increment inner insert intersect
into is issue join lateral left like localtime localtimestamp match_recognize minus natural not
notnull null of on or order organization outer overlaps pivot qualify regexp returning revoke right
rlike row rows sample schema select set show similar some start table tablesample then to trigger
true try_cast union unique unpivot update using values view when whenever where with xor
"""

_VECTORS = {
    Kind.VECTOR_BFLOAT16: "VECTOR(FLOAT, {dimensions})",
    Kind.VECTOR_BINARY: "VECTOR(INT, {dimensions})",
    Kind.VECTOR_FLOAT16: "VECTOR(FLOAT, {dimensions})",
    Kind.VECTOR_FLOAT32: "VECTOR(FLOAT, {dimensions})",
    Kind.VECTOR_FLOAT64: "ARRAY(FLOAT)",  # a vector's floats have 32 bits
    Kind.VECTOR_INT8: "VECTOR(INT, {dimensions})",
    Kind.VECTOR_UINT8: "VECTOR(INT, {dimensions})",
}

# Micro-partitions are pruned by day: a key of instants would be as fine as the rows.
_CLUSTERED: dict[Kind, str] = {
    **{each: "{column}" for each in Kind if each not in (Kind.BYTES, Kind.JSON, *VECTORS)},
    Kind.TIMESTAMP: "TO_DATE({column})",
    Kind.TIMESTAMP_ZONED: "TO_DATE({column})",
}

_38_DIGITS = "Snowflake has numbers of up to 38 digits, and greater ones are refused"

_FREE = "Only metadata is changed; no row is read."
_SCANNED = "All rows are read, and writes wait."
_WRITTEN = "All rows are written, and other writes wait."

_ALTERATIONS = Alterations(
    ways={
        **{kind: replace(each, note=_FREE) for kind, each in ANSI_WAYS.items()},
        **{
            kind: replace(each, note=f"{_FREE} Of keys, nothing holds rows to them.")
            for kind, each in ANSI_CONSTRAINTS.items()
        },
        Alteration.WIDEN_TYPE: way(
            "ALTER TABLE {table} ALTER COLUMN {column} SET DATA TYPE {type}", note=_FREE
        ),
        Alteration.SET_NOT_NULL: replace(ANSI_WAYS[Alteration.SET_NOT_NULL], note=_SCANNED),
        Alteration.LAY_OUT: way(
            "ALTER TABLE {table} CLUSTER BY ({cluster})",
            note=f"{_FREE} Rows are moved later, at a price.",
        ),
        Alteration.COPY_ROWS: replace(ANSI_WAYS[Alteration.COPY_ROWS], note=_WRITTEN),
        Alteration.FILL_COLUMN: replace(ANSI_WAYS[Alteration.FILL_COLUMN], note=_WRITTEN),
        Alteration.DROP_TABLE: ANSI_WAYS[Alteration.DROP_TABLE],
    },
    widenings=frozenset({("VARCHAR", "VARCHAR"), ("NUMBER", "NUMBER"), ("BINARY", "BINARY")}),
    try_cast="TRY_CAST({value} AS {type})",
    zoned="CONVERT_TIMEZONE('UTC', 'UTC', {value})::TIMESTAMP_TZ(6)",
    unzoned="CONVERT_TIMEZONE('UTC', {value})::TIMESTAMP_NTZ(6)",
    no_comment="''",
    no_layout="ALTER TABLE {table} DROP CLUSTERING KEY",
    held_by_layout=frozenset({Alteration.DROP_COLUMN}),
)

SNOWFLAKE = Dialect(
    name="snowflake",
    title="Snowflake",
    alterations=_ALTERATIONS,
    default_schema="PUBLIC",
    identifiers=Identifiers(
        plain=re.compile(r"[A-Za-z_][A-Za-z0-9_$]*"),
        reserved=frozenset(_RESERVED.split()),
        case_sensitive=False,
        own_schemas=re.compile(r"(?i:information_schema)"),
        folded=str.upper,
        max_characters=255,
    ),
    types=Types(
        leaf={
            Kind.BOOLEAN: "BOOLEAN",
            Kind.INT8: "NUMBER(3, 0)",
            Kind.INT16: "NUMBER(5, 0)",
            Kind.INT32: "NUMBER(10, 0)",
            Kind.INT64: "NUMBER(19, 0)",
            Kind.INT128: "NUMBER(38, 0)",
            Kind.UINT8: "NUMBER(3, 0)",
            Kind.UINT16: "NUMBER(5, 0)",
            Kind.UINT32: "NUMBER(10, 0)",
            Kind.UINT64: "NUMBER(20, 0)",
            Kind.UINT128: "NUMBER(38, 0)",
            Kind.FLOAT32: "FLOAT",
            Kind.FLOAT64: "FLOAT",
            Kind.TEXT: "VARCHAR",
            Kind.VARCHAR: "VARCHAR({length})",
            Kind.ENUM: "VARCHAR",
            Kind.UUID: "VARCHAR(36)",  # as its drivers give and take the younger type UUID too
            Kind.BYTES: "BINARY",
            Kind.DATE: "DATE",
            Kind.TIME: "TIME(6)",
            Kind.TIMESTAMP: "TIMESTAMP_NTZ(6)",
            # An LTZ is the same instant, shown in the zone of whoever reads it.
            Kind.TIMESTAMP_ZONED: "TIMESTAMP_TZ(6)",
            Kind.JSON: "VARIANT",
            **_VECTORS,
        },
        decimals=(DecimalForm("NUMBER({precision}, {scale})", 38, 37),),
        limits={Kind.VARCHAR: 134_217_728, **dict.fromkeys(VECTORS, 4096)},
        # As many digits hold a little more than the bits do; only a sign is worth a CHECK on every
        # column of whole numbers.
        wider=frozenset({Kind.UINT8, Kind.UINT16, Kind.UINT32, Kind.UINT64, Kind.VECTOR_FLOAT64}),
        lossy={Kind.INT128: _38_DIGITS, Kind.UINT128: _38_DIGITS},
        # `ARRAY(… NOT NULL)` and `MAP(…, … NOT NULL)` are Snowflake's too, but hardly a tool that
        # reads its SQL knows them.
        array=ArrayForm(
            type="ARRAY({element})",
            length="ARRAY_SIZE({value})",
            non_null="ARRAY_SIZE(ARRAY_COMPACT({value}))",
            distinct="ARRAY_SIZE(ARRAY_DISTINCT(ARRAY_COMPACT({value})))",
            every="ARRAY_SIZE(FILTER({list}, {item} -> NOT ({predicate}))) = 0",
        ),
        map=MapForm(
            type="MAP({key}, {value})",
            key_kinds=frozenset(
                each
                for each in Kind
                if each in (Kind.TEXT, Kind.VARCHAR, Kind.ENUM, Kind.UUID) or "int" in each
            ),
            keys="MAP_KEYS({value})",
        ),
        struct=StructForm(
            type="OBJECT({fields})",
            field="{name} {type}",
            access="{value}[{name}]",
            not_null=" NOT NULL",
        ),
    ),
    functions=Functions(
        char_length="LENGTH({value})",
        byte_length="LENGTH({value})",
        # It matches whole texts; with `s` a point is any character, and patterns hold no other.
        matches="REGEXP_LIKE({value}, '.*(' || {pattern} || ').*', 's')",
        dimensions="ARRAY_SIZE({value})",
    ),
    literals=Literals(
        escapes={"'": "''", "\\": "\\\\"},
        character="CHR({code})",
        digits=38,
        temporal={
            **TEMPORAL,
            Kind.TIMESTAMP: "{text}::TIMESTAMP_NTZ",
            Kind.TIMESTAMP_ZONED: "{text}::TIMESTAMP_TZ",
        },
    ),
    statements=Statements(options=(Option("CLUSTER BY ({cluster})"),)),
    layout=Layout(cluster=_CLUSTERED),
    servers=frozenset({"snowflake"}),
    qualifiers=("database", "schema"),
)
