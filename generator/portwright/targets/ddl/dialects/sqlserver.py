"""SQL Server 2016 and later, and Azure SQL."""

from __future__ import annotations

import re
from dataclasses import replace

from portwright.targets.ddl.alterations import Alteration, Alterations, Way, way
from portwright.targets.ddl.dialect import Dialect, Functions, Identifiers, Literals, Statements
from portwright.targets.ddl.dialects.ansi import (
    ANSI,
    ANSI_CONSTRAINTS,
    ANSI_WAYS,
    ANSI_WIDER,
    DROPPED,
)
from portwright.targets.ddl.kinds import VECTORS, Kind
from portwright.targets.ddl.types import DecimalForm, Types

_RESERVED = """
add all alter and any as asc authorization backup begin between break browse bulk by cascade case
check checkpoint close clustered coalesce collate column commit compute constraint contains
containstable continue convert create cross current current_date current_time current_timestamp
current_user cursor database dbcc deallocate declare default delete deny desc disk distinct
distributed double drop dump else end errlvl escape except exec execute exists exit external fetch
file fillfactor for foreign freetext freetexttable from full function goto grant group having
holdlock identity identity_insert identitycol if in index inner insert intersect into is join key
kill left like lineno load merge national nocheck nonclustered not null nullif of off offsets on
open opendatasource openquery openrowset openxml option or order outer over percent pivot plan
precision primary print proc procedure public raiserror read readtext reconfigure references
replication restore restrict return revert revoke right rollback rowcount rowguidcol rule save
schema securityaudit select semantickeyphrasetable semanticsimilaritydetailstable
semanticsimilaritytable session_user set setuser shutdown some statistics system_user table
tablesample textsize then to top tran transaction trigger truncate try_convert tsequal union
unique unpivot update updatetext use user values varying view waitfor when where while with within
writetext
"""

# By code point: neither case nor accent makes two texts one.
_EXACT = "COLLATE Latin1_General_100_BIN2"

_DIGITS = "SQL Server has whole numbers of 38 digits: a longer one is refused"


def _comment(parameters: str, minor: str, levels: str, values: str) -> str:
    """A call that sets the description of what is at the levels, whether it has one or not: one
    statement with parameters, so that a text is written once, and the IF is no batch's."""
    levels = f"N''MS_Description'', @text, N''SCHEMA'', @schema, N''TABLE'', @table{levels}"
    return (
        "EXEC sys.sp_executesql N'DECLARE @id INT ="
        " OBJECT_ID(QUOTENAME(@schema) + N''.'' + QUOTENAME(@table))\n"
        "    IF EXISTS (SELECT 1 FROM sys.extended_properties WHERE class = 1 AND major_id = @id"
        f" AND minor_id = {minor} AND name = N''MS_Description'')\n"
        f"        EXEC sys.sp_updateextendedproperty {levels}\n"
        f"    ELSE\n        EXEC sys.sp_addextendedproperty {levels}',\n"
        f"    N'@text NVARCHAR(3750), @schema SYSNAME, @table SYSNAME{parameters}',\n"
        f"    @text = {{text}}, @schema = {{schema_text}}, @table = {{name_text}}{values}"
    )


_COMMENT_TABLE = _comment("", "0", "", "")
_COMMENT_COLUMN = _comment(
    ", @column SYSNAME",
    "COLUMNPROPERTY(@id, @column, N''ColumnId'')",
    ", N''COLUMN'', @column",
    ", @column = {column_text}",
)

_BRIEF = "SCH-M: nobody reads or writes the table while its catalogue is changed; no row is read."
_SCANNED = "SCH-M: nobody reads or writes the table while all rows are read."
_REWRITTEN = "SCH-M: nobody reads or writes the table while all its rows are written anew."
_WRITTEN = "All rows are written, and locked."
_RENAME = "EXEC sp_rename {table_text}, {new_name_text}"


def _ways() -> dict[Alteration, Way]:
    """A column is altered as a whole: with its type, and NULL or NOT NULL."""
    alter = "ALTER TABLE {table} ALTER COLUMN {column} {type}"
    return {
        **{kind: replace(each, note=_BRIEF) for kind, each in ANSI_WAYS.items()},
        **{kind: replace(each, note=_SCANNED) for kind, each in ANSI_CONSTRAINTS.items()},
        **{kind: replace(ANSI_CONSTRAINTS[kind], note=_BRIEF) for kind in DROPPED},
        Alteration.DROP_INDEX: way("DROP INDEX {name} ON {table}", note=_BRIEF),
        Alteration.ADD_COLUMN: way("ALTER TABLE {table} ADD {definition}", note=_BRIEF),
        Alteration.RENAME_COLUMN: way(
            "EXEC sp_rename {table_column_text}, {new_column_text}, N'COLUMN'", note=_BRIEF
        ),
        Alteration.RENAME_TABLE: way(_RENAME, note=_BRIEF),
        Alteration.MOVE_ASIDE: way(_RENAME, note=_BRIEF),
        Alteration.WIDEN_TYPE: way(alter + " {null}", note=_BRIEF),
        Alteration.CHANGE_TYPE: way(alter + " {null}", note=_REWRITTEN, rewrites=True),
        Alteration.SET_NOT_NULL: way(alter + " NOT NULL", note=_SCANNED),
        Alteration.DROP_NOT_NULL: way(alter + " NULL", note=_BRIEF),
        Alteration.COPY_ROWS: replace(ANSI_WAYS[Alteration.COPY_ROWS], note=_WRITTEN),
        Alteration.FILL_COLUMN: replace(ANSI_WAYS[Alteration.FILL_COLUMN], note=_WRITTEN),
        Alteration.COMMENT_TABLE: way(_COMMENT_TABLE, note=_BRIEF),
        Alteration.COMMENT_COLUMN: way(_COMMENT_COLUMN, note=_BRIEF),
        Alteration.DROP_TABLE: ANSI_WAYS[Alteration.DROP_TABLE],
    }


_ALTERATIONS = Alterations(
    ways=_ways(),
    widenings=frozenset({("NVARCHAR", "NVARCHAR")}),
    try_cast="TRY_CAST({value} AS {type})",
    zoned="{value} AT TIME ZONE 'UTC'",
    unzoned="CAST({value} AT TIME ZONE 'UTC' AS DATETIME2(6))",
    no_comment="N''",
    shared_names=frozenset({"pk", "uq", "ck", "fk"}),
    batch="GO",
    transaction=("SET XACT_ABORT ON;\nBEGIN TRANSACTION", "COMMIT TRANSACTION"),
)

SQLSERVER = Dialect(
    name="sqlserver",
    title="SQL Server",
    alterations=_ALTERATIONS,
    default_schema="dbo",
    identifiers=Identifiers(
        plain=re.compile(r"[A-Za-z_][A-Za-z0-9_]*"),
        reserved=frozenset(_RESERVED.split()),
        case_sensitive=False,
        own_schemas=re.compile(r"(?i:information_schema|sys|guest|db_.*)"),
        quoted="[{name}]",
        escapes={"]": "]]"},
        max_characters=128,
        # A line break could end a batch inside a name.
        forbidden=re.compile(r"[\0-\x1f\x7f]"),
        # A table called so is gone with the connection.
        forbidden_tables=re.compile(r"^#|[\0-\x1f\x7f]"),
    ),
    types=Types(
        leaf={
            **ANSI,
            Kind.BOOLEAN: "BIT",
            Kind.INT32: "INT",
            Kind.INT128: "DECIMAL(38, 0)",
            Kind.UINT8: "TINYINT",
            Kind.UINT16: "INT",
            Kind.UINT128: "DECIMAL(38, 0)",
            Kind.FLOAT64: "FLOAT",
            Kind.TEXT: "NVARCHAR(MAX)",
            Kind.VARCHAR: "NVARCHAR({length})",
            Kind.ENUM: f"NVARCHAR({{length}}) {_EXACT}",
            Kind.UUID: "UNIQUEIDENTIFIER",
            Kind.BYTES: "VARBINARY(MAX)",
            Kind.TIME: "TIME(6)",
            Kind.TIMESTAMP: "DATETIME2(6)",
            Kind.TIMESTAMP_ZONED: "DATETIMEOFFSET(6)",
            Kind.JSON: "NVARCHAR(MAX)",
            **dict.fromkeys(VECTORS, "NVARCHAR(MAX)"),
        },
        decimals=(DecimalForm(),),
        limits={Kind.VARCHAR: 4000},
        wider=ANSI_WIDER - {Kind.UINT8},
        lossy={
            Kind.INT128: _DIGITS,
            Kind.UINT128: _DIGITS,
            Kind.JSON: "SQL Server before 2022 takes objects and lists for JSON, and nothing else",
        },
        # An index holds 1,700 bytes a row, that of a table's primary key 900.
        unkeyed=frozenset({Kind.JSON}),
        keyed={
            Kind.TEXT: f"NVARCHAR({{length}}) {_EXACT}",
            Kind.VARCHAR: f"NVARCHAR({{length}}) {_EXACT}",
            Kind.BYTES: "VARBINARY({length})",
        },
        key_length=450,
    ),
    functions=Functions(
        # LEN leaves out trailing blanks.
        char_length="DATALENGTH({value}) / 2",
        byte_length="DATALENGTH({value})",
        is_json="ISJSON({value}) = 1",
    ),
    literals=Literals(
        text="N'{text}'",
        # A backslash takes the line break after it away, and GO on a line is a batch's end.
        escapes={"'": "''", "\n": " "},
        character="NCHAR({code})",
        joined=("", " + ", ""),
        temporal={
            Kind.DATE: "CAST({text} AS DATE)",
            Kind.TIME: "CAST({text} AS TIME(6))",
            Kind.TIMESTAMP: "CAST({text} AS DATETIME2(6))",
            Kind.TIMESTAMP_ZONED: "CAST({text} AS DATETIMEOFFSET(6))",
        },
        digits=38,
    ),
    statements=Statements(
        create_schema="IF SCHEMA_ID({schema_text}) IS NULL\n    EXEC ({create_text})",
        create_table="IF OBJECT_ID({table_text}, N'U') IS NULL\nCREATE TABLE {table}",
        # Else what is left unsaid depends on the connection.
        null="NULL",
        # A unique key takes null for a value, and only one of it. `sqlcmd` has the option off, and
        # there is no index of some of the rows without it.
        unique_nullable=(
            "SET QUOTED_IDENTIFIER ON",
            "IF INDEXPROPERTY(OBJECT_ID({table_text}), N'{name}', N'IndexID') IS NULL\n"
            "CREATE UNIQUE INDEX {name} ON {table} ({columns}) WHERE {present}",
        ),
        loose_lengths=False,
        table_comment=_COMMENT_TABLE,
        column_comment=_COMMENT_COLUMN,
        longest_comment=3750,
        # On one line: it takes one literal, and no function that makes the end of a line.
        view="CREATE OR ALTER VIEW {view} AS {query}",
        batch="EXEC sys.sp_executesql {create_text}",
    ),
    servers=frozenset({"sqlserver"}),
    always_qualified=True,
)
