"""Engines of queries: DuckDB, ClickHouse, Trino. Views hide values there."""

from __future__ import annotations

from portwright.access import Right
from portwright.targets.access.forms import Forms, Grants, Level, Masks, Principal, Views

_PLAIN = {Level.TABLE: "{place}", Level.VIEW: "{place}"}
_SELECT = {Level.TABLE: ("SELECT",), Level.VIEW: ("SELECT",)}

# Who may open the file may read all of it.
DUCKDB = Forms(
    grants=None,
    masks=Masks(hash="sha256({key} || {value} || {key})"),
    hiding=Views(),
)

CLICKHOUSE = Forms(
    grants=Grants(
        rights={
            Right.READ: _SELECT,
            # A load makes its table beside the current one, and exchanges the two.
            Right.WRITE: {
                Level.SCHEMA: ("SELECT", "INSERT", "ALTER", "CREATE TABLE", "DROP TABLE")
            },
        },
        on={Level.SCHEMA: "{place}.*", **_PLAIN},
        create_role="CREATE ROLE IF NOT EXISTS {role}",
    ),
    masks=Masks(
        hash="lower(hex(SHA256(concat({key}, {value}, {key}))))",
        nothing_nested="defaultValueOfTypeName({type_text})",
    ),
    hiding=Views(
        "CREATE OR REPLACE VIEW {view} DEFINER = CURRENT_USER SQL SECURITY DEFINER AS\n{query}"
    ),
)

TRINO = Forms(
    grants=Grants(
        rights={
            Right.READ: _SELECT,
            Right.WRITE: {Level.TABLE: ("SELECT", "INSERT", "UPDATE", "DELETE")},
        },
        on=_PLAIN,
        principals=(Principal(role="ROLE {quoted}"),),
        create_role=None,
    ),
    masks=Masks(hash="lower(to_hex(hmac_sha256(to_utf8({value}), to_utf8({key}))))"),
    hiding=Views("CREATE OR REPLACE VIEW {view} SECURITY DEFINER AS\n{query}"),
)
