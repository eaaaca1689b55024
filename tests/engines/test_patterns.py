"""Patterns: what is sent to an engine means there what it means in ECMA-262."""

from __future__ import annotations

import re
from typing import Any

import duckdb
import psycopg
import pytest

from portwright.targets.ddl import DIALECTS, literal
from portwright.targets.ddl.patterns import portable

PORTABLE = [
    "abc",
    "^abc$",
    "^[A-Z]{2}\\d{3,5}$",
    "^\\S+$",
    "^[\\w.+-]+@[\\w-]+\\.[a-z]{2,}$",
    "a.c",
    "^(a|b|)+$",
    "^(?:ab?)*?c$",
    "^[^\\s\\d]*$",
    "^\\x41\\u0042$",
    "[\\]\\[^-]",
    "^[a\\-z]$",
    "[$'\"{}()|/#&~@!%,;:<>=`]",
    "^\\t|\\n$",
    "a{0,255}b",
    "^.{1,2}$",
    "^$",
    "é|€",
    "^\\W\\D$",
    "}]",
    "^[-a]+[a-]+$",
    "\\$\\{x\\}",
]

OUTSIDE = [
    "(?=a)b",
    "(?<!a)b",
    "(?<name>a)",
    "(a)\\1",
    "\\bword\\b",
    "\\p{L}",
    "[]",
    "[^]",
    "a**",
    "a{1,256}",
    "(a{100}){100}",
    "a{2,1}",
    "^*",
    "(a",
    "a)",
    "[a",
    "[z-a]",
    "[\\d-z]",
    "a{,3}",
    "{",
    "\\",
    "\\cA",
    "\\u12",
    "a\x00b",
    "(?i)a",
    "***:a",
    "(" * 5000 + ")" * 5000,
    "a{" + "1" * 5000 + "}",
]

TEXTS = [
    *["", "abc", "abcd", "AB123", "AB12", "a.c@b.co", "a\nc", "a\rc", "a c", "\u0663\u0663\u0663"],
    *["ab", "abac", "aé", "é", "€", "]", "[", "^", "-", "a-z", "\t", "\n", "ab\n", "\v", "x y"],
    *["$", "'", '"', "}]", "--", "-a-", "${x}", "!?", "éé", "\u00e9x", "`", "{", "#", "AB"],
]


def expected(pattern: str) -> list[bool]:
    """What ECMA-262 says; Python says the same with ASCII classes, `.` and `$` spelled out."""
    spelled = re.sub(r"(?<!\\)\.(?![^\[]*\])", r"[^\\n\\r]", pattern)
    spelled = re.sub(r"(?<!\\)\$(?![^\[]*\])", r"\\Z", spelled)
    return [re.search(spelled, text, re.ASCII) is not None for text in TEXTS]


@pytest.mark.parametrize("pattern", PORTABLE)
def test_engines_agree_with_ecma(
    postgres: psycopg.Connection[tuple[Any, ...]], pattern: str
) -> None:
    written = portable(pattern)
    assert written is not None
    for name, execute in (("postgres", postgres.execute), ("duckdb", duckdb.execute)):
        dialect = DIALECTS[name]
        matches = dialect.functions.matches or ""
        predicates = [
            matches.format(value=literal(text, dialect), pattern=literal(written, dialect))
            for text in TEXTS
        ]
        assert execute(f"SELECT {', '.join(predicates)}").fetchone() == tuple(expected(pattern))


@pytest.mark.parametrize("pattern", OUTSIDE, ids=range(len(OUTSIDE)))
def test_what_engines_read_differently_is_not_sent(pattern: str) -> None:
    assert portable(pattern) is None
