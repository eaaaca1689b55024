"""Oracle Database 23ai and later, in AL32UTF8 with texts of up to 4,000 bytes."""

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
    Statements,
)
from portwright.targets.ddl.dialects.ansi import ANSI_CONSTRAINTS, ANSI_WAYS, DROPPED
from portwright.targets.ddl.kinds import Kind
from portwright.targets.ddl.patterns import portable
from portwright.targets.ddl.posix import posix
from portwright.targets.ddl.types import DecimalForm, Types

# Oracle's reserved words, and others that readers of its SQL stumble over.
_RESERVED = """
access add all alter and any as asc audit between by char check cluster column column_value comment
compress connect constraint create cross current date decimal default delete desc distinct drop else
except exclude exclusive exists fetch file float for from glob grant group having identified ilike
immediate in increment index initial inner insert integer intersect into is join lateral level like
lock long match_recognize maxextents minus mlslabel mode modify nested_table_id noaudit nocompress
not notnull nowait null number of offline on online option or order outer pctfree prior public
qualify raw regexp rename resource returning revoke rlike rollback row rowid rownum rows sample
select session set share size smallint start successful synonym sysdate table tablesample then to
trigger uid union unique update user using validate values varchar varchar2 view when whenever where
with xor
"""

_38_DIGITS = "Oracle has numbers of up to 38 digits, and greater ones are refused"


def _pattern(pattern: str) -> str | None:
    """A pattern as Oracle has it, which takes no more than 512 bytes."""
    found = portable(pattern)
    written = None if found is None else posix(found)
    return written if written is not None and len(written.encode()) <= 512 else None


_LOCKED = "EXCLUSIVE: nobody writes the table while"
_BRIEF = f"{_LOCKED} its catalogue is changed; no row is read."
_SCANNED = f"{_LOCKED} all rows are read."
_WRITTEN = "All rows are written, and locked."

_ALTERATIONS = Alterations(
    # The type of a column with values in it can only become larger.
    ways={
        **{kind: replace(each, note=_BRIEF) for kind, each in ANSI_WAYS.items()},
        **{kind: replace(each, note=_SCANNED) for kind, each in ANSI_CONSTRAINTS.items()},
        **{kind: replace(ANSI_CONSTRAINTS[kind], note=_BRIEF) for kind in DROPPED},
        Alteration.DROP_COLUMN: way(
            "ALTER TABLE {table} DROP COLUMN {column}",
            note=f"{_LOCKED} all its rows are written anew.",
        ),
        Alteration.ADD_COLUMN: way("ALTER TABLE {table} ADD ({definition})", note=_BRIEF),
        Alteration.WIDEN_TYPE: way("ALTER TABLE {table} MODIFY ({column} {type})", note=_BRIEF),
        Alteration.SET_NOT_NULL: way(
            "ALTER TABLE {table} MODIFY ({column} NOT NULL)", note=_SCANNED
        ),
        Alteration.DROP_NOT_NULL: way("ALTER TABLE {table} MODIFY ({column} NULL)", note=_BRIEF),
        **{
            kind: way(*ANSI_WAYS[kind].statements, "COMMIT", note=_WRITTEN)
            for kind in (Alteration.COPY_ROWS, Alteration.FILL_COLUMN)
        },
        Alteration.DROP_TABLE: ANSI_WAYS[Alteration.DROP_TABLE],
    },
    widenings=frozenset({("VARCHAR2", "VARCHAR2"), ("NUMBER", "NUMBER")}),
    try_cast="CAST({value} AS {type} DEFAULT NULL ON CONVERSION ERROR)",
    zoned="FROM_TZ({value}, 'UTC')",
    unzoned="SYS_EXTRACT_UTC({value})",
    no_comment="''",
    shared_names=frozenset({"pk", "uq", "ck", "fk"}),
)

ORACLE = Dialect(
    name="oracle",
    title="Oracle",
    alterations=_ALTERATIONS,
    default_schema=None,
    identifiers=Identifiers(
        plain=re.compile(r"[A-Za-z][A-Za-z0-9_$#]*"),
        reserved=frozenset(_RESERVED.split()),
        case_sensitive=False,
        own_schemas=re.compile(r"(?i:sys|system|public)"),
        folded=str.upper,
        max_bytes=128,
        own_columns=re.compile(r"(?i:rowid)"),
        forbidden=re.compile('"'),
    ),
    types=Types(
        leaf={
            Kind.BOOLEAN: "BOOLEAN",
            Kind.INT8: "NUMBER(3)",
            Kind.INT16: "NUMBER(5)",
            Kind.INT32: "NUMBER(10)",
            Kind.INT64: "NUMBER(19)",
            Kind.INT128: "NUMBER(38)",
            Kind.UINT8: "NUMBER(3)",
            Kind.UINT16: "NUMBER(5)",
            Kind.UINT32: "NUMBER(10)",
            Kind.UINT64: "NUMBER(20)",
            Kind.UINT128: "NUMBER(38)",
            Kind.FLOAT32: "BINARY_FLOAT",
            Kind.FLOAT64: "BINARY_DOUBLE",
            Kind.TEXT: "CLOB",
            Kind.VARCHAR: "VARCHAR2({length} CHAR)",
            Kind.ENUM: "VARCHAR2({length} CHAR)",
            Kind.UUID: "VARCHAR2(36 CHAR)",
            Kind.BYTES: "BLOB",
            Kind.DATE: "DATE",
            Kind.TIME: "INTERVAL DAY TO SECOND",  # of six decimals
            Kind.TIMESTAMP: "TIMESTAMP(6)",
            Kind.TIMESTAMP_ZONED: "TIMESTAMP(6) WITH TIME ZONE",
            Kind.JSON: "JSON",
            # Without a format, a vector is of any: of 32-bit floats where those come in.
            Kind.VECTOR_BFLOAT16: "VECTOR({dimensions})",
            Kind.VECTOR_BINARY: "VECTOR({dimensions}, INT8)",  # its BINARY packs eight in one
            Kind.VECTOR_FLOAT16: "VECTOR({dimensions})",
            Kind.VECTOR_FLOAT32: "VECTOR({dimensions})",
            Kind.VECTOR_FLOAT64: "VECTOR({dimensions}, FLOAT64)",
            Kind.VECTOR_INT8: "VECTOR({dimensions}, INT8)",
            Kind.VECTOR_UINT8: "VECTOR({dimensions})",
        },
        decimals=(DecimalForm("NUMBER({precision}, {scale})"),),
        # 4,000 bytes, whatever the characters are.
        limits={Kind.VARCHAR: 1000},
        # As many digits hold a little more than the bits do; only a sign is worth a CHECK on every
        # column of whole numbers.
        wider=frozenset({Kind.UINT8, Kind.UINT16, Kind.UINT32, Kind.UINT64}),
        lossy={
            Kind.INT128: _38_DIGITS,
            Kind.UINT128: _38_DIGITS,
            Kind.TIME: "Oracle has no time of day: the column holds how long it is since midnight,"
            " and any other interval as well",
        },
        unkeyed=frozenset({Kind.BYTES, Kind.JSON}),
        keyed={
            Kind.TEXT: "VARCHAR2({length} CHAR)",
            Kind.TIMESTAMP_ZONED: "TIMESTAMP(6) WITH LOCAL TIME ZONE",
        },
        key_length=255,
        key_bytes=6398,  # in blocks of 8 KB
        empty_text="Oracle holds an empty text as null",
    ),
    functions=Functions(
        char_length="LENGTH({value})",
        byte_length="LENGTH({value})",
        matches="REGEXP_LIKE({value}, {pattern}, 'c')",
        pattern=_pattern,
        multiple="MOD({value}, {step}) = 0",
    ),
    literals=Literals(
        character="UNISTR('{utf16}')",
        utc=" +00:00",
        digits=38,
        # Its own numbers end at 1e126.
        double="CAST('{number}' AS BINARY_DOUBLE)",
        temporal={
            **TEMPORAL,
            Kind.TIME: "INTERVAL {text} HOUR TO SECOND",
            Kind.TIMESTAMP_ZONED: "TIMESTAMP {text}",
        },
    ),
    # A schema is a user's, who is created by an administrator. A comment has 4,000 bytes.
    statements=Statements(create_schema=None, longest_comment=1000),
    # Partitions are an option of its own price: a table without them can be made everywhere.
    layout=Layout(),
    servers=frozenset({"oracle"}),
)
