"""Dialects that dbt has an adapter for, with types as CAST takes them."""

from __future__ import annotations

from dataclasses import replace

from portwright.targets.ddl import DIALECTS, Dialect

# dbt's adapter for MySQL stopped at dbt 1.7.
ADAPTERS = tuple(each for each in DIALECTS if each != "mysql")


def adapted(name: str) -> Dialect:
    """The dialect, whose nested types say nothing of nulls and have no comments: these stand in
    CREATE TABLE only."""
    dialect = DIALECTS[name]
    types = dialect.types
    return replace(
        dialect,
        types=replace(
            types,
            array=types.array and replace(types.array, not_null=""),
            map=types.map and replace(types.map, not_null=""),
            struct=types.struct and replace(types.struct, not_null="", comment=""),
        ),
    )
