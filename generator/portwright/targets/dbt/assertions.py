"""Assertions: what a contract says of a table and no test of dbt's own does, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from portwright.model import Enum, Field, Object
from portwright.targets.dbt.jinja import inert
from portwright.targets.dbt.places import Place
from portwright.targets.dbt.sources import target
from portwright.targets.ddl import Check, Dialect, checks, literal, quote
from portwright.targets.ddl.keys import primary_key


@dataclass(frozen=True, slots=True)
class Assertion:
    """A query for what breaks a rule, as a template: `clauses` follow `FROM source child`."""

    rule: str
    source: str
    clauses: str


def assertions(place: Place, found: Iterable[Place], dialect: Dialect) -> list[Assertion]:
    """The assertions over a table: keys of several columns, then rules about rows."""
    others = {each.object.name: each for each in found}
    made = [
        *_key(place.object, dialect),
        *_references(place.object, others, dialect),
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


def _references(
    object_: Object, others: Mapping[str, Place], dialect: Dialect
) -> Iterator[tuple[str, str]]:
    """References over several columns: rows in which all of them are there lead to a row."""
    for each in object_.relationships:
        aim = target(each, others)
        fields = object_.fields(each.columns)
        if aim is None or len(fields) < max(len(each.columns), 2):
            continue
        mine = [inert(f"child.{quote(field.column, dialect)}") for field in fields]
        theirs = [
            inert(f"parent.{quote(field.column, dialect)}")
            for field in aim.object.fields(each.target_columns)
        ]
        same = " and ".join(f"{b} = {a}" for a, b in zip(mine, theirs, strict=True))
        present = " and ".join(f"{column} is not null" for column in mine)
        clauses = (
            f"where {present}"
            f" and not exists (select 1 from {{{{ {aim.source_call} }}}} parent where {same})"
        )
        yield _rule(fields, f"must be in {aim.object.name}"), clauses


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
