"""The warehouse of Microsoft Fabric: SQL Server's language with fewer types.

Its keys are ALTER statements that nothing keeps, and it has no CHECKs and no comments: a table
here is its columns.
"""

from __future__ import annotations

import re
from dataclasses import replace

from portwright.targets.ddl.alterations import Alteration
from portwright.targets.ddl.dialect import Functions
from portwright.targets.ddl.dialects.ansi import ANSI_CONSTRAINTS
from portwright.targets.ddl.dialects.sqlserver import SQLSERVER
from portwright.targets.ddl.kinds import VECTORS, Kind
from portwright.targets.ddl.types import Types

_JSON = "VARCHAR(MAX)"
_DIGITS = "Fabric has whole numbers of 38 digits: a longer one is refused"

_WRITING = (Alteration.COPY_ROWS, Alteration.FILL_COLUMN, Alteration.DROP_TABLE)
_NOT_HERE = (
    Alteration.WIDEN_TYPE,
    Alteration.CHANGE_TYPE,
    Alteration.SET_NOT_NULL,
    Alteration.DROP_NOT_NULL,
    Alteration.COMMENT_TABLE,
    Alteration.COMMENT_COLUMN,
    Alteration.DROP_INDEX,
    *ANSI_CONSTRAINTS,
)
_FREE = "SCH-M: nobody reads or writes the table while its metadata is changed; no row is read."

# Of a column that is there, only the name can be changed.
_ALTERATIONS = replace(
    SQLSERVER.alterations,
    ways={
        kind: each if each.rewrites or kind in _WRITING else replace(each, note=_FREE)
        for kind, each in SQLSERVER.alterations.ways.items()
        if kind not in _NOT_HERE
    },
    widenings=frozenset(),
)

FABRIC = replace(
    SQLSERVER,
    name="fabric",
    title="Microsoft Fabric",
    alterations=_ALTERATIONS,
    identifiers=replace(
        SQLSERVER.identifiers,
        case_sensitive=True,
        forbidden_tables=re.compile(r"^#|[/\\\0-\x1f\x7f]"),
    ),
    types=Types(
        leaf={
            **SQLSERVER.types.leaf,
            Kind.UINT8: "SMALLINT",
            Kind.TEXT: "VARCHAR(MAX)",
            # Lengths are in bytes of UTF-8.
            Kind.VARCHAR: "VARCHAR({bytes})",
            Kind.ENUM: "VARCHAR({bytes})",
            Kind.TIMESTAMP_ZONED: "DATETIME2(6)",
            Kind.JSON: _JSON,
            **dict.fromkeys(VECTORS, _JSON),
        },
        decimals=SQLSERVER.types.decimals,
        limits={Kind.VARCHAR: 2000},
        lossy={
            Kind.INT128: _DIGITS,
            Kind.UINT128: _DIGITS,
            Kind.UUID: "what else reads the tables of Fabric finds bytes in a UNIQUEIDENTIFIER",
            Kind.TIMESTAMP_ZONED: "Fabric has no zoned type: the column holds the instant in UTC,"
            " and does not say so",
        },
        key_length=255,
    ),
    functions=Functions(),
    statements=replace(
        SQLSERVER.statements,
        primary_key=None,
        unique=None,
        unique_nullable=(),
        foreign_key=None,
        check=None,
        table_comment=None,
        column_comment=None,
    ),
    servers=frozenset({"fabric"}),
)
