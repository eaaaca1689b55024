"""The ANSI family: what most engines share, to be merged as `{**ANSI, …}`."""

from __future__ import annotations

from portwright.targets.ddl.alterations import Alteration, Way, way
from portwright.targets.ddl.kinds import Kind

ANSI: dict[Kind, str] = {
    Kind.BOOLEAN: "BOOLEAN",
    Kind.INT8: "SMALLINT",
    Kind.INT16: "SMALLINT",
    Kind.INT32: "INTEGER",
    Kind.INT64: "BIGINT",
    Kind.INT128: "DECIMAL(39, 0)",
    Kind.UINT8: "SMALLINT",
    Kind.UINT16: "INTEGER",
    Kind.UINT32: "BIGINT",
    Kind.UINT64: "DECIMAL(20, 0)",
    Kind.UINT128: "DECIMAL(39, 0)",
    Kind.FLOAT32: "REAL",
    Kind.FLOAT64: "DOUBLE PRECISION",
    Kind.VARCHAR: "VARCHAR({length})",
    Kind.DATE: "DATE",
    Kind.TIME: "TIME",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.TIMESTAMP_ZONED: "TIMESTAMP WITH TIME ZONE",
}

# The kinds for which the types above have room to spare.
ANSI_WIDER: frozenset[Kind] = frozenset(
    {
        Kind.INT8,
        Kind.INT128,
        Kind.UINT8,
        Kind.UINT16,
        Kind.UINT32,
        Kind.UINT64,
        Kind.UINT128,
    }
)

_MOMENT = "The table is locked for a moment, and no row is read."
_READ = "All rows are read."
_WRITTEN = "All rows are written."

# What most engines alter, and how.
ANSI_WAYS: dict[Alteration, Way] = {
    Alteration.ADD_COLUMN: way("ALTER TABLE {table} ADD COLUMN {definition}", note=_MOMENT),
    Alteration.DROP_COLUMN: way("ALTER TABLE {table} DROP COLUMN {column}", note=_MOMENT),
    Alteration.RENAME_COLUMN: way(
        "ALTER TABLE {table} RENAME COLUMN {column} TO {new_column}", note=_MOMENT
    ),
    Alteration.SET_NOT_NULL: way(
        "ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL", note=_READ
    ),
    Alteration.DROP_NOT_NULL: way(
        "ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL", note=_MOMENT
    ),
    Alteration.COMMENT_COLUMN: way("COMMENT ON COLUMN {table}.{column} IS {text}", note=_MOMENT),
    Alteration.COMMENT_TABLE: way("COMMENT ON TABLE {table} IS {text}", note=_MOMENT),
    Alteration.RENAME_TABLE: way("ALTER TABLE {table} RENAME TO {new_name}", note=_MOMENT),
    Alteration.MOVE_ASIDE: way("ALTER TABLE {table} RENAME TO {new_name}", note=_MOMENT),
    Alteration.CREATE_TABLE: way(note="The table is new."),
    Alteration.COPY_ROWS: way(
        "INSERT INTO {new_table} ({columns})\nSELECT {values}\nFROM {table}", note=_WRITTEN
    ),
    Alteration.FILL_COLUMN: way("UPDATE {table} SET {column} = {value}", note=_WRITTEN),
    Alteration.DROP_TABLE: way("DROP TABLE {table}", note="Its rows are gone."),
}

DROPPED = (
    Alteration.DROP_PRIMARY_KEY,
    Alteration.DROP_UNIQUE,
    Alteration.DROP_CHECK,
    Alteration.DROP_FOREIGN_KEY,
)

# Constraints by their names, in the words of the standard.
ANSI_CONSTRAINTS: dict[Alteration, Way] = {
    **dict.fromkeys(
        (Alteration.ADD_PRIMARY_KEY, Alteration.ADD_UNIQUE),
        way("ALTER TABLE {table} ADD {clause}", note="All rows are read, for an index."),
    ),
    **dict.fromkeys(
        (Alteration.ADD_CHECK, Alteration.ADD_FOREIGN_KEY),
        way("ALTER TABLE {table} ADD {clause}", note=_READ),
    ),
    **dict.fromkeys(DROPPED, way("ALTER TABLE {table} DROP CONSTRAINT {name}", note=_MOMENT)),
}
