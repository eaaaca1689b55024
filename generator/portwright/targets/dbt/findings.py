"""Findings: what dbt cannot hold of a model's tables, beyond what the engine cannot."""

from __future__ import annotations

from collections.abc import Iterator

from portwright import names
from portwright.diagnostics import Diagnostic, Span, error, warning
from portwright.model import Model
from portwright.targets.dbt.places import Place, places
from portwright.targets.dbt.references import reference
from portwright.targets.ddl import Dialect
from portwright.targets.findings import meetings

# What ends or changes a text in the queries that dbt asks the catalogue.
_UNSAFE = frozenset("'\\")


def diagnose(model: Model, dialect: Dialect) -> Iterator[Diagnostic]:
    """Every finding about the tables as sources and their staging models."""
    found = places(model, dialect)
    yield from _same_sources(found)
    for first, place in meetings(found, lambda each: each.table):
        yield error(
            "PW370",
            f"objects `{first.object.name}` and `{place.object.name}` would both be the dbt"
            f" model `{place.model}`",
            place.object.span,
            "rename one of them",
        )
    for place in found:
        yield from _names(place)
        yield from _columns(place, dialect)
        yield from _references(place, found)


def _same_sources(found: list[Place]) -> Iterator[Diagnostic]:
    for first, place in meetings(found, lambda each: each.source):
        if first.namespace != place.namespace:
            yield error(
                "PW370",
                f"the schemas of `{first.object.name}` and `{place.object.name}` would both be the"
                f" dbt source `{place.source}`",
                place.object.span,
                "rename one of them",
            )


def _names(place: Place) -> Iterator[Diagnostic]:
    for name in (*place.namespace, place.object.table):
        if not _UNSAFE.isdisjoint(name):
            yield error(
                "PW373",
                f"dbt cannot take the name `{name}`: it writes it into texts of SQL as it is",
                place.object.span,
                "give it a name without single quotes and backslashes",
            )


def _columns(place: Place, dialect: Dialect) -> Iterator[Diagnostic]:
    yield from _length(place.model, place.object.span, dialect)
    fields = place.object.record.fields
    for first, field in meetings(fields, lambda each: names.snake(each.name)):
        yield error(
            "PW370",
            f"`{first.name}` and `{field.name}` would both be the column"
            f" `{names.snake(field.name)}` of the dbt model `{place.model}`",
            field.span,
            "rename one of them",
        )
    for field in fields:
        yield from _length(names.snake(field.name), field.span, dialect)


def _length(name: str, span: Span, dialect: Dialect) -> Iterator[Diagnostic]:
    rules = dialect.identifiers
    limit = min(filter(None, (rules.max_bytes, rules.max_characters)), default=len(name))
    if len(name) > limit:
        yield error(
            "PW372",
            f"the dbt name `{name}` has {len(name)} characters and {dialect.title} keeps {limit}",
            span,
            "give the contract, the object or the property a shorter name",
        )


def _references(place: Place, found: list[Place]) -> Iterator[Diagnostic]:
    for each in place.object.relationships:
        if reference(place, each, found) is None:
            yield warning(
                "PW371",
                f"dbt gets no test of the relationship to `{each.target}`: it has no table, a"
                " property of it is no column, or the types differ",
                each.span,
            )
