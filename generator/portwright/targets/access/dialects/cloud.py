"""Warehouses of the cloud: Snowflake, BigQuery, Databricks, Redshift. Policies on columns hide
values there, by the vendors' references of masking policies, data policies, column masks and
dynamic data masking."""

from __future__ import annotations

import re

from portwright.access import Right
from portwright.model import Anonymise
from portwright.targets.access.forms import Forms, Grants, Level, Masks, Policies, Principal

_ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE")
# Roles of Snowflake's own.
_BUILT_IN = re.compile("(?i:public|(account|sys|security|user|org)admin)")

SNOWFLAKE = Forms(
    grants=Grants(
        rights={
            Right.READ: {
                Level.DATABASE: ("USAGE",),
                Level.SCHEMA: ("USAGE",),
                Level.TABLE: ("SELECT",),
                Level.VIEW: ("SELECT",),
            },
            # Rows are brought in by stages and temporary tables; ledger and quarantine are tables.
            Right.WRITE: {
                Level.DATABASE: ("USAGE",),
                Level.SCHEMA: ("USAGE", "CREATE TABLE", "CREATE STAGE"),
                Level.TABLE: _ROWS,
            },
        },
        on={
            Level.DATABASE: "DATABASE {place}",
            Level.SCHEMA: "SCHEMA {place}",
            Level.TABLE: "TABLE {place}",
            Level.VIEW: "VIEW {place}",
        },
        principals=(
            Principal(_BUILT_IN, role="ROLE {quoted}", identity="{stored}", is_made=False),
            Principal(role="ROLE {quoted}", identity="{stored}"),
        ),
        create_role="CREATE {role}",
    ),
    masks=Masks(hash="SHA2({key} || {value} || {key}, 256)"),
    hiding=Policies(
        column=(
            "CREATE MASKING POLICY IF NOT EXISTS {policy} AS (value {type}) RETURNS {type} ->\n"
            "CASE WHEN {sees} THEN value ELSE {masked} END",
            "ALTER MASKING POLICY {policy} SET BODY ->\n"
            "CASE WHEN {sees} THEN value ELSE {masked} END",
            "ALTER TABLE {table} MODIFY COLUMN {column} SET MASKING POLICY {policy} FORCE",
            "CREATE TAG IF NOT EXISTS {tag}",
            "ALTER TABLE {table} MODIFY COLUMN {column} SET TAG {tag} = {word}",
        ),
        seen_by="IS_ROLE_IN_SESSION({identity})",
    ),
)

_EMAIL = r"[^\s\"'\\@:/]+@[^\s\"'\\@:/]+"
_GROUP = "principalSet://goog/group/{bare}"

BIGQUERY = Forms(
    grants=Grants(
        rights={
            Right.READ: dict.fromkeys((Level.TABLE, Level.VIEW), ("`roles/bigquery.dataViewer`",)),
            # A load makes, changes and drops tables in the dataset.
            Right.WRITE: {Level.SCHEMA: ("`roles/bigquery.dataEditor`",)},
        },
        on={
            Level.SCHEMA: "SCHEMA {place}",
            Level.TABLE: "TABLE {place}",
            Level.VIEW: "VIEW {place}",
        },
        create_role=None,
        principals=(
            Principal(re.compile(f"group:({_EMAIL})"), '"{name}"', _GROUP),
            Principal(
                re.compile(f"user:({_EMAIL})"), '"{name}"', "principal://goog/subject/{bare}"
            ),
            Principal(
                re.compile(f"serviceAccount:({_EMAIL})"),
                '"{name}"',
                "principal://iam.googleapis.com/projects/-/serviceAccounts/{bare}",
            ),
            Principal(re.compile(f"({_EMAIL})"), '"group:{name}"', _GROUP),
        ),
    ),
    masks=Masks(hash=None),
    hiding=Policies(
        column=(
            "CREATE DATA_POLICY IF NOT EXISTS {policy}\n"
            'OPTIONS (data_policy_type = "DATA_MASKING_POLICY", masking_expression = "{masked}")',
            "CREATE DATA_POLICY IF NOT EXISTS {open}\n"
            'OPTIONS (data_policy_type = "RAW_DATA_ACCESS_POLICY")',
            "ALTER TABLE {table} ALTER COLUMN {column} SET OPTIONS (data_policies = ["
            "\"{{'name':'{policy_name}'}}\", \"{{'name':'{open_name}'}}\"])",
        ),
        seer=('GRANT FINE_GRAINED_READ ON DATA_POLICY {open} TO "{identity}"',),
        reader=('GRANT FINE_GRAINED_READ ON DATA_POLICY {policy} TO "{identity}"',),
        words={
            Anonymise.HASH: "SHA256",
            Anonymise.MASK: "DEFAULT_MASKING_VALUE",
            Anonymise.NULL: "ALWAYS_NULL",
        },
        place=("{database}", "region-{region}"),
        nests=False,
    ),
)

DATABRICKS = Forms(
    grants=Grants(
        rights={
            Right.READ: {
                Level.DATABASE: ("USE CATALOG",),
                Level.SCHEMA: ("USE SCHEMA",),
                Level.TABLE: ("SELECT",),
                Level.VIEW: ("SELECT",),
            },
            Right.WRITE: {
                Level.DATABASE: ("USE CATALOG",),
                Level.SCHEMA: ("USE SCHEMA",),
                Level.TABLE: ("SELECT", "MODIFY"),
            },
        },
        on={
            Level.DATABASE: "CATALOG {place}",
            Level.SCHEMA: "SCHEMA {place}",
            Level.TABLE: "TABLE {place}",
            Level.VIEW: "VIEW {place}",
        },
        # Groups of the account, which SQL does not make.
        create_role=None,
    ),
    masks=Masks(hash="sha2(concat({key}, {value}, {key}), 256)"),
    hiding=Policies(
        column=(
            "CREATE OR REPLACE FUNCTION {policy}(value {type})\nRETURNS {type}\n"
            "RETURN CASE WHEN {sees} THEN value ELSE {masked} END",
            "ALTER TABLE {table} ALTER COLUMN {column} SET MASK {policy}",
            "ALTER TABLE {table} ALTER COLUMN {column} SET TAGS ('classification' = {word})",
        ),
        seen_by="is_account_group_member({identity})",
    ),
)

REDSHIFT = Forms(
    grants=Grants(
        rights={
            Right.READ: {
                Level.SCHEMA: ("USAGE",),
                Level.TABLE: ("SELECT",),
                Level.VIEW: ("SELECT",),
            },
            Right.WRITE: {Level.SCHEMA: ("USAGE", "CREATE"), Level.TABLE: _ROWS},
        },
        on={
            Level.SCHEMA: "SCHEMA {place}",
            Level.TABLE: "TABLE {place}",
            Level.VIEW: "TABLE {place}",
        },
        principals=(Principal(role="ROLE {quoted}"),),
        create_role="CREATE {role}",
    ),
    # A policy reads other tables only where each is granted to it, so it has no key.
    masks=Masks(hash=None),
    hiding=Policies(
        column=(
            "CREATE MASKING POLICY {policy} IF NOT EXISTS\nWITH (value {type}) USING ({masked})",
            "CREATE MASKING POLICY {open} IF NOT EXISTS\nWITH (value {type}) USING (value)",
            "ATTACH MASKING POLICY {policy} ON {table} ({column}) TO PUBLIC",
        ),
        seer=("ATTACH MASKING POLICY {open} ON {table} ({column}) TO {role} PRIORITY 10",),
        place=(),
    ),
)
