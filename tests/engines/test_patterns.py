"""Patterns: what is sent to an engine means there what it means in ECMA-262."""

from __future__ import annotations

from typing import Any

import duckdb
import psycopg
import pytest

from portwright.targets.ddl import DIALECTS
from portwright.targets.ddl.patterns import portable
from portwright.targets.ddl.posix import posix
from support import patterns

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


@pytest.mark.parametrize("pattern", patterns.PORTABLE)
def test_engines_agree_with_ecma(
    postgres: psycopg.Connection[tuple[Any, ...]], pattern: str
) -> None:
    for name, execute in (("postgres", postgres.execute), ("duckdb", duckdb.execute)):
        asked = ", ".join(patterns.predicates(pattern, DIALECTS[name]))
        assert execute(f"SELECT {asked}").fetchone() == tuple(patterns.expected(pattern))


@pytest.mark.parametrize("pattern", OUTSIDE, ids=range(len(OUTSIDE)))
def test_what_engines_read_differently_is_not_sent(pattern: str) -> None:
    assert portable(pattern) is None


def test_posix_says_the_same(postgres: psycopg.Connection[tuple[Any, ...]]) -> None:
    """As PostgreSQL reads POSIX's own expressions, which have no escapes in sets either."""
    sets = ["[\\^\\-\\[]", "[^\\]a^-]", "[\\^]", "[!-,x]"]
    written = {each: posix(portable(each) or "") for each in (*patterns.PORTABLE, *sets)}
    assert [each for each, found in written.items() if found is None] == ["^(a|b|)+$"]
    for pattern, found in written.items():
        rows = postgres.execute(
            "SELECT text ~ %s FROM unnest(%s::text[]) WITH ORDINALITY AS t(text, at) ORDER BY at",
            [f"(?e){found}", patterns.TEXTS],
        )
        if found is not None:
            assert [matches for (matches,) in rows] == patterns.expected(pattern), pattern


@pytest.mark.parametrize("pattern", ["[\\\\a]", "[!-\\]]", "a||b", "()", ""])
def test_what_posix_has_no_way_for(pattern: str) -> None:
    found = portable(pattern)
    assert found is not None and posix(found) is None
