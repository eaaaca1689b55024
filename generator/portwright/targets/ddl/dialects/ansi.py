"""The ANSI family: what most engines share, to be merged as `{**ANSI, …}`."""

from __future__ import annotations

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
