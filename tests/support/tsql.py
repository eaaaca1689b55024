"""Transact-SQL as two parsers read it: there is no SQL Server that could be installed for tests.

sqlfluff's grammar reads whole files. sqlglot, which is faster and knows what a type is, reads the
tables; it has no grammar for procedures and for indexes inside a table.
"""

from __future__ import annotations

import functools
import re

from sqlfluff.core import FluffConfig, Linter

from support import sql_reader

_GUARD = re.compile(r"(?m)^IF OBJECT_ID\(.*\) IS NULL\n(?=CREATE TABLE)")
_INDEX = re.compile(r"(?m)^    INDEX (\w+ UNIQUE \(.*\)) WHERE .* IS NOT NULL(,?)$")
_COMMENT = re.compile(
    r"(?m)^    EXEC sys\.sp_addextendedproperty N'MS_Description', N'(?P<text>(?:[^']|'')*)',"
    r" N'SCHEMA', N'(?P<schema>(?:[^']|'')*)', N'TABLE', N'(?P<table>(?:[^']|'')*)'"
    r"(?:, N'COLUMN', N'(?P<column>(?:[^']|'')*)')?;$"
)


@functools.cache
def _linter(grammar: str) -> Linter:
    return Linter(config=FluffConfig(overrides={"dialect": grammar, "templater": "raw"}))


def parse(text: str, grammar: str = "tsql") -> None:
    """An AssertionError where sqlfluff cannot read a part of the file."""
    # Its grammar does not know the bracket in a name that is written twice.
    found = _linter(grammar).parse_string(text.replace("]]", ")"))
    assert not found.violations, [each.desc() for each in found.violations]


def tables(text: str, dialect: str = "tsql") -> dict[str, sql_reader.Table]:
    """The tables of a file, as sqlglot reads them."""
    creates = (each for each in text.split(";\n\n") if _GUARD.search(each))
    bare = ";\n".join(_INDEX.sub(r"    CONSTRAINT \1\2", _GUARD.sub("", each)) for each in creates)
    return sql_reader.catalogue(bare, dialect)


def comments(text: str) -> dict[tuple[str, ...], str]:
    """The descriptions that a file gives, by schema, table and column."""
    return {
        tuple(_plain(found[name]) for name in ("schema", "table", "column") if found[name]): _plain(
            found["text"]
        )
        for found in _COMMENT.finditer(text)
    }


def _plain(text: str) -> str:
    return text.replace("''", "'")
