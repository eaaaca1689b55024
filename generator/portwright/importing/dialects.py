"""Dialects: which SQL a script is written in, and what sqlglot calls it."""

from __future__ import annotations

import re
from functools import partial
from pathlib import PurePosixPath

# By the names that `portwright.yaml` has for dialects, and the other names that they go by.
_SQLGLOT = {
    **{"postgres": "postgres", "postgresql": "postgres", "duckdb": "duckdb", "mysql": "mysql"},
    **{"mariadb": "mysql", "sqlite": "sqlite", "bigquery": "bigquery", "databricks": "databricks"},
    **{"spark": "spark", "clickhouse": "clickhouse", "sqlserver": "tsql", "tsql": "tsql"},
    **{"fabric": "tsql", "snowflake": "snowflake", "redshift": "redshift", "oracle": "oracle"},
    **{"trino": "trino", "athena": "athena", "hive": "hive"},
}
NAMES = tuple(_SQLGLOT)
# What is only in scripts of one dialect, the clearest first.
_MARKS: tuple[tuple[str, str], ...] = (
    ("mysql", r"\bENGINE\s*=\s*(InnoDB|MyISAM)|\bAUTO_INCREMENT\b|^/\*!\d{5}|^-- MySQL dump"),
    ("clickhouse", r"\bENGINE\s*=?\s*\w*MergeTree|\bLowCardinality\("),
    ("postgres", r"^-- PostgreSQL|^SET search_path|::regclass|\bCREATE EXTENSION\b|\bjsonb\b"),
    ("postgres", r"\bOWNER TO\b|\b(big|small)?serial\b|\btimestamptz\b|\bbytea\b|\btext\[\]"),
    ("sqlserver", r"^\s*GO\s*$|\[dbo\]|\bIDENTITY\s*\(|\buniqueidentifier\b|\bnvarchar\b"),
    ("sqlite", r"\bAUTOINCREMENT\b|\bWITHOUT ROWID\b|^PRAGMA\b"),
    ("oracle", r"\bVARCHAR2\b|\bNUMBER\s*\(\d+\s*,\s*\d+\).*\bENABLE\b"),
    ("snowflake", r"\bVARIANT\b|\bTIMESTAMP_(NTZ|LTZ|TZ)\b|\bCREATE OR REPLACE TRANSIENT\b"),
    ("bigquery", r"\bSTRUCT<|\bBIGNUMERIC\b|\bINT64\b|\bOPTIONS\s*\("),
    ("databricks", r"\bUSING\s+DELTA\b|\bTBLPROPERTIES\b"),
    ("duckdb", r"\bHUGEINT\b|\bUBIGINT\b|\bSTRUCT\("),
    ("mysql", r"^CREATE TABLE (IF NOT EXISTS )?`"),
)
# What scripts of SQL Server say of where and how a key is kept.
_CLAUSES = (
    (r"\b(NON)?CLUSTERED\b", ""),
    (r"\bWITH\s*\([^()]*=\s*(ON|OFF|\d+)\b[^()]*\)", ""),
    (r"\b(TEXTIMAGE_|FILESTREAM_)?ON\s+\[\w+\]", ""),
    (r"(?<=\])\s+WITH\s+(NO)?CHECK\b", " "),
    (r"\b(ROWGUIDCOL|SPARSE|NOT\s+FOR\s+REPLICATION)\b", ""),
)
# Words that sqlglot does not read, by dialect, and what is read in their place.
_UNREAD = {
    "clickhouse": ((r"\bTime64\(\d\)", "Time"), (r"\bBFloat16\b", "Float32")),
    **dict.fromkeys(("sqlserver", "tsql", "fabric"), _CLAUSES),
    "sqlite": (
        (r"\bVARYING\s+CHARACTER\b", "VARCHAR"),
        (r"\bNATIVE\s+CHARACTER\b", "NCHAR"),
        (r"\bUNSIGNED\s+BIG\s+INT\b", "BIGINT"),
        (r"\bBLOB\s+SUB_TYPE\s+TEXT\b", "TEXT"),
        (r"\bLONG\s+(VAR)?CHAR\b", "TEXT"),
        (
            r"(?<=[\w\"`\]])\s+ANY(?=\s*[,)]|\s+(NOT|NULL|DEFAULT|PRIMARY|UNIQUE|CHECK|COLLATE)\b)",
            "",
        ),
        (r"\bON\s+CONFLICT\s+(ROLLBACK|ABORT|FAIL|IGNORE|REPLACE)\b", ""),
        (r"\b(ASC|DESC)(?=\s*[,)])|(?<=\bPRIMARY KEY) (ASC|DESC)\b", ""),
        (r"(?<=\))\s*(,?\s*(STRICT|WITHOUT\s+ROWID)\b)+", ""),
    ),
    "oracle": ((r"\bVECTOR\((\d+),\s*\w+\)", r"VECTOR(\1)"),),
}
_TITLES = {"postgresql": "postgres", "sql server": "sqlserver", "microsoft fabric": "fabric"}


def sqlglot_name(dialect: str) -> str:
    """What sqlglot calls the dialect; the empty text is what most dialects have in common."""
    return _SQLGLOT.get(dialect.lower(), "")


def readable(text: str, dialect: str) -> str:
    """The script with types that sqlglot reads, every other one at the place where it was."""
    for pattern, other in _UNREAD.get(dialect.lower(), ()):
        text = re.sub(pattern, partial(_replaced, other), text, flags=re.I)
    return text


def _replaced(other: str, found: re.Match[str]) -> str:
    """The other words, as long as those that were found, in as many lines."""
    lines = found[0].count("\n")
    written = found.expand(other)
    return written + "\n" * lines if lines else written.ljust(len(found[0]))


def dialect_of(text: str, source: str) -> str:
    """The dialect of a script: what its name says (`orders.mysql.sql`), what its first lines say,
    or what is only there in one."""
    inner = PurePosixPath(PurePosixPath(source).stem).suffix.removeprefix(".").lower()
    words = re.split(r"[^a-z0-9]+", PurePosixPath(source).stem.lower())
    for word in (inner, *words):
        if word in _SQLGLOT:
            return word
    head = re.search(r"^-- For ([\w ]+)\. It may be run again", text, re.M)
    if head is not None:
        title = head[1].lower()
        return _TITLES.get(title, title)
    for name, mark in _MARKS:
        if re.search(mark, text, re.M | re.I):
            return name
    return ""
