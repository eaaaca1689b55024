"""Patterns that every engine has to read as ECMA-262 does, and texts to tell them apart by."""

from __future__ import annotations

import re

from portwright.targets.ddl import Dialect, literal

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


def predicates(pattern: str, dialect: Dialect) -> list[str]:
    """Whether each of the texts matches, in SQL."""
    written = dialect.functions.pattern(pattern)
    matches = dialect.functions.matches
    assert written is not None and matches is not None
    return [
        matches.format(value=literal(text, dialect), pattern=literal(written, dialect))
        for text in TEXTS
    ]
