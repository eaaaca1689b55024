"""Servers of SQL: PostgreSQL, MySQL, SQL Server with Fabric, Oracle. Views hide values there.

A view runs with its owner's rights in each of them (in SQL Server by ownership chaining), so that
who reads it needs no right on the table. SQL Server's own masks can be inferred by a WHERE
(Microsoft Learn, Dynamic data masking: "not to fully secure data"), so they are not used.
"""

from __future__ import annotations

import re
from dataclasses import replace

from portwright.access import Right
from portwright.targets.access.forms import Forms, Grants, Level, Masks, Parts, Principal, Views
from portwright.targets.ddl.kinds import Kind

_ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE")
_PLAIN = {Level.TABLE: "{place}", Level.VIEW: "{place}"}
_SELECT = {Level.TABLE: ("SELECT",), Level.VIEW: ("SELECT",)}

POSTGRES = Forms(
    grants=Grants(
        rights={
            Right.READ: {Level.SCHEMA: ("USAGE",), **_SELECT},
            # Ledger, quarantine and what undoes loads are tables beside the object's.
            Right.WRITE: {Level.SCHEMA: ("USAGE", "CREATE"), Level.TABLE: _ROWS},
        },
        on={Level.SCHEMA: "SCHEMA {place}", **_PLAIN},
        # `none` is a keyword for no role; those that begin so are the server's own.
        principals=(
            Principal(re.compile("public"), role="PUBLIC", is_made=False),
            Principal(re.compile(r"pg_[\s\S]*"), is_made=False),
            Principal(re.compile(r"(?!none\Z)[\s\S]+")),
        ),
    ),
    masks=Masks(
        hash="encode(sha256(convert_to({key} || {value} || {key}, 'UTF8')), 'hex')",
        parts=Parts(
            read="({value} #>> {path})",
            set="jsonb_set({value}, {path}, {masked}, false)",
            null="'null'::jsonb",
            path="ARRAY[{keys}]",
            key="{text}",
            between=", ",
            within="CASE WHEN jsonb_typeof({value}) = 'object' THEN {value} END",
            made="coalesce(to_jsonb(CAST({masked} AS text)), 'null'::jsonb)",
        ),
    ),
    # A function of a reader's must not see rows or values before the view has hidden them.
    hiding=Views("CREATE OR REPLACE VIEW {view} WITH (security_barrier) AS\n{query}"),
)

MYSQL = Forms(
    grants=Grants(
        rights={Right.READ: _SELECT, Right.WRITE: {Level.TABLE: _ROWS}},
        on=_PLAIN,
        create_role="CREATE ROLE IF NOT EXISTS {role}",
        case=True,
    ),
    masks=Masks(
        hash="SHA2(CONCAT({key}, {value}, {key}), 256)",
        nothing="NULL",
        nothing_nested="NULL",
        parts=Parts(
            read="JSON_VALUE({value}, {path})",
            set="JSON_REPLACE({value}, {path}, {masked})",
            null="NULL",
            path="$.{keys}",
            key='"{name}"',
            between=".",
        ),
    ),
    hiding=Views("CREATE OR REPLACE SQL SECURITY DEFINER VIEW {view} AS\n{query}"),
)

SQLSERVER = Forms(
    grants=Grants(
        rights={Right.READ: _SELECT, Right.WRITE: {Level.TABLE: _ROWS}},
        on=dict.fromkeys(_PLAIN, "OBJECT::{place}"),
        # What these have is never granted (error 4624).
        principals=(
            Principal(re.compile("(?i:public|guest)"), is_made=False),
            Principal(re.compile(r"(?!(?i:dbo|sa|sys|information_schema)\Z)[\s\S]+")),
        ),
    ),
    masks=Masks(
        hash="LOWER(CONVERT(VARCHAR(64), HASHBYTES('SHA2_256', {key} + {value} + {key}), 2))",
        parts=Parts(
            read="JSON_VALUE({value}, {path})",
            set="JSON_MODIFY({value}, {path}, {masked})",
            null="NULL",
            path="$.{keys}",
            key='"{name}"',
            between=".",
        ),
    ),
    hiding=Views(),
)

FABRIC = replace(SQLSERVER)

ORACLE = Forms(
    grants=Grants(
        # READ is SELECT without the right to lock rows.
        rights={
            Right.READ: dict.fromkeys(_PLAIN, ("READ",)),
            Right.WRITE: {Level.TABLE: _ROWS},
        },
        on=_PLAIN,
        principals=(
            Principal(re.compile("(?i:public)"), role="PUBLIC", is_made=False),
            Principal(),
        ),
    ),
    masks=Masks(
        # An empty text is null there, and a null one empty where texts are joined.
        hash="CASE WHEN {value} IS NOT NULL THEN"
        " LOWER(RAWTOHEX(STANDARD_HASH({key} || {value} || {key}, 'SHA256'))) END",
        hashed=frozenset({Kind.VARCHAR}),
    ),
    hiding=Views(),
)
