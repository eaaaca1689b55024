"""Transact-SQL as two parsers read it: there is no SQL Server that could be installed for tests.

sqlfluff's grammar reads whole files. So does sqlglot, which is faster and knows what a type is.
"""

from __future__ import annotations

import functools
import re

from sqlfluff.core import FluffConfig, Linter

from support import sql_reader

_GUARD = re.compile(r"(?m)^IF OBJECT_ID\(.*\) IS NULL\n(?=CREATE TABLE)")
_TEXT = "N'((?:[^']|'')*)'"
_COMMENT = re.compile(
    rf"(?m)^    @text = {_TEXT}, @schema = {_TEXT}, @table = {_TEXT}(?:, @column = {_TEXT})?;$"
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
    """The tables of a file, as sqlglot reads them; it is to read every statement."""
    made = text.split(";\n\n")
    for each in made:
        sql_reader.statements(each, dialect)
    bare = ";\n".join(_GUARD.sub("", each) for each in made if _GUARD.search(each))
    return sql_reader.catalogue(bare, dialect)


def comments(text: str) -> dict[tuple[str, ...], str]:
    """The descriptions that a file gives, by schema, table and column."""
    return {
        tuple(map(_plain, filter(None, found.groups()[1:]))): _plain(found[1])
        for found in _COMMENT.finditer(text)
    }


def _plain(text: str) -> str:
    return text.replace("''", "'")
