"""Assertions: what a contract says of a table and no test of dbt's own does, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portwright.model import Enum, Field, Object
from portwright.targets.dbt.jinja import inert
from portwright.targets.dbt.places import Place
from portwright.targets.dbt.references import references
from portwright.targets.ddl import Check, Dialect, checks, literal, quote
from portwright.targets.ddl.keys import primary_key


@dataclass(frozen=True, slots=True)
class Assertion:
    """A query for what breaks a rule, as a template: `clauses` follow `FROM source child`."""

    rule: str
    source: str
    clauses: str


def assertions(place: Place, found: list[Place], dialect: Dialect) -> list[Assertion]:
    """The assertions over a table: keys of several columns, then rules about rows."""
    made = [
        *_key(place.object, dialect),
        *_references(place, found, dialect),
        *(
            (f"{each.path}: {each.rule}", inert(f"where not ({each.predicate})"))
            for each in _rules(place.object, dialect)
        ),
    ]
    return [
        Assertion(inert(literal(rule, dialect)), place.source_call, clauses)
        for rule, clauses in made
    ]


def _key(object_: Object, dialect: Dialect) -> Iterator[tuple[str, str]]:
    key = primary_key(object_, dialect)
    if len(key) > 1:
        columns = ", ".join(quote(each.column, dialect) for each in key)
        yield _rule(key, "must be unique"), inert(f"group by {columns} having count(*) > 1")


def _references(place: Place, found: list[Place], dialect: Dialect) -> Iterator[tuple[str, str]]:
    """References over several columns: rows in which all of them are there lead to a row."""
    for each in references(place, found):
        if len(each.fields) == 1:
            continue
        mine = [inert(f"child.{quote(field.column, dialect)}") for field in each.fields]
        theirs = [inert(f"parent.{quote(field.column, dialect)}") for field in each.targets]
        same = " and ".join(f"{b} = {a}" for a, b in zip(mine, theirs, strict=True))
        present = " and ".join(f"{column} is not null" for column in mine)
        source = f"{{{{ {each.aim.source_call} }}}}"
        yield (
            _rule(each.fields, f"must be in {each.aim.object.name}"),
            f"where {present} and not exists (select 1 from {source} parent where {same})",
        )


def _rule(fields: Iterable[Field], rule: str) -> str:
    return f"{', '.join(each.name for each in fields)}: {rule}"


def _rules(object_: Object, dialect: Dialect) -> Iterator[Check]:
    """The rules but those that `not_null` and `accepted_values` test."""
    enums = {each.name for each in object_.record.fields if isinstance(each.type, Enum)}
    required = {each.name for each in object_.record.fields}
    for each in checks(object_, dialect):
        told = (each.name == "required" and each.path in required) or (
            each.name == "enum" and each.path in enums
        )
        if not told:
            yield each
