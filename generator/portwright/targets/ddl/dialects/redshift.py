"""Amazon Redshift: keys that inform the planner, no CHECK, and SUPER for what is nested."""

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
from portwright.targets.ddl.dialects.ansi import ANSI, ANSI_WAYS, ANSI_WIDER
from portwright.targets.ddl.kinds import VECTORS, Kind
from portwright.targets.ddl.types import DecimalForm, Types

# Redshift's reserved words, and others that readers of its SQL stumble over.
_RESERVED = """
aes128 aes256 all allowoverwrite alter analyse analyze and any array as asc authorization az64
backup between binary blanksasnull both bytedict bzip2 case cast check collate column constraint
create credentials cross current_date current_time current_timestamp current_user current_user_id
default deferrable deflate defrag delta delta32k desc disable distinct do drop else emptyasnull
enable encode encrypt encryption end except exclude explicit false fetch for foreign freeze from
full glob globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially
inner insert intersect interval into is isnull join lateral leading left like limit localtime
localtimestamp lun luns lzo lzop minus mostly16 mostly32 mostly8 natural new not notnull null nulls
off offline offset oid old on only open or order outer overlaps parallel partition percent
permissions pivot placing primary raw readratio recover references regexp rejectlog resort respect
restore returning revoke right rlike rollback select session_user similar snapshot some sysdate
system table tablesample tag tdes text255 text32k then timestamp to top trailing true
truncatecolumns union unique unnest unpivot user using variadic verbose wallet when where with
without xor
"""

_38_DIGITS = "Redshift has numbers of up to 38 digits, and greater ones are refused"

_LOCKED = "ACCESS EXCLUSIVE: nobody reads or writes the table while"
_BRIEF = f"{_LOCKED} its catalogue is changed; no row is read."
_WRITTEN = "All rows are written, and other writes wait."

_ALTERATIONS = Alterations(
    # A column never becomes NOT NULL, nor NULL again; what has no name cannot be dropped by it.
    ways={
        **{
            kind: replace(each, note=_BRIEF)
            for kind, each in ANSI_WAYS.items()
            if kind not in (Alteration.SET_NOT_NULL, Alteration.DROP_NOT_NULL)
        },
        **dict.fromkeys(
            (Alteration.ADD_PRIMARY_KEY, Alteration.ADD_UNIQUE, Alteration.ADD_FOREIGN_KEY),
            way("ALTER TABLE {table} ADD {clause}", note=f"{_BRIEF} Nothing holds rows to it."),
        ),
        Alteration.WIDEN_TYPE: way(
            "ALTER TABLE {table} ALTER COLUMN {column} TYPE {type}",
            note=f"{_BRIEF} It cannot stand in a transaction.",
        ),
        Alteration.LAY_OUT: way(
            "ALTER TABLE {table} ALTER SORTKEY ({cluster})",
            note="Rows are sorted later, while others read and write.",
        ),
        Alteration.COPY_ROWS: replace(ANSI_WAYS[Alteration.COPY_ROWS], note=_WRITTEN),
        Alteration.FILL_COLUMN: replace(ANSI_WAYS[Alteration.FILL_COLUMN], note=_WRITTEN),
        Alteration.DROP_TABLE: ANSI_WAYS[Alteration.DROP_TABLE],
    },
    widenings=frozenset({("VARCHAR", "VARCHAR")}),
    zoned="{value} AT TIME ZONE 'UTC'",
    unzoned="{value} AT TIME ZONE 'UTC'",
    no_layout="ALTER TABLE {table} ALTER SORTKEY NONE",
    held_by_layout=frozenset({Alteration.DROP_COLUMN, Alteration.WIDEN_TYPE}),
    views_bind=True,
)

REDSHIFT = Dialect(
    name="redshift",
    title="Redshift",
    alterations=_ALTERATIONS,
    default_schema="public",
    identifiers=Identifiers(
        plain=re.compile(r"[A-Za-z_][A-Za-z0-9_]*"),
        reserved=frozenset(_RESERVED.split()),
        case_sensitive=False,  # and in quotes no more than without
        own_schemas=re.compile(r"(?i:pg_.*|information_schema)"),
        folded=str.lower,
        max_bytes=127,
        own_columns=re.compile(r"(?i:cmax|cmin|ctid|oid|tableoid|xmax|xmin)"),
    ),
    types=Types(
        leaf={
            **ANSI,
            Kind.INT128: "DECIMAL(38, 0)",
            Kind.UINT128: "DECIMAL(38, 0)",
            # Lengths are in bytes, and a character has up to four.
            Kind.TEXT: "VARCHAR(65535)",
            Kind.VARCHAR: "VARCHAR({bytes})",
            Kind.ENUM: "VARCHAR(1020)",
            Kind.UUID: "VARCHAR(36)",
            Kind.BYTES: "VARBYTE({length})",
            Kind.TIMESTAMP_ZONED: "TIMESTAMPTZ",
            Kind.JSON: "SUPER",
            **dict.fromkeys(VECTORS, "SUPER"),
        },
        decimals=(DecimalForm(scale=37),),
        limits={Kind.VARCHAR: 65_535 // 4, Kind.TEXT: 65_535 // 4, Kind.BYTES: 16_777_216},
        wider=ANSI_WIDER,
        lossy={Kind.INT128: _38_DIGITS, Kind.UINT128: _38_DIGITS},
        unkeyed=frozenset({Kind.JSON}),
    ),
    functions=Functions(char_length="LEN({value})", dimensions="GET_ARRAY_LENGTH({value})"),
    literals=Literals(escapes={"'": "''", "\\": "\\\\"}, character="CHR({code})"),
    # The names of constraints are nowhere in the manual, and no message ever says them.
    statements=Statements(
        # A view is replaced by one of the same columns only.
        batch="DROP VIEW IF EXISTS {view};\n{create}",
        primary_key="PRIMARY KEY ({columns})",
        unique="UNIQUE ({columns})",
        foreign_key="FOREIGN KEY ({columns}) REFERENCES {table} ({targets})",
        check=None,
        options=(Option("SORTKEY ({cluster})"),),
    ),
    # It has no partitions: rows are found by their order. How they are spread, it finds out.
    layout=Layout(
        cluster={
            each: "{column}" for each in Kind if each not in (Kind.BYTES, Kind.JSON, *VECTORS)
        },
        clusters=400,
    ),
    servers=frozenset({"redshift"}),
)
