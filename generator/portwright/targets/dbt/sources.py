"""Sources: the tables with their columns, and what dbt's own tests say of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from portwright.model import Enum, Field, Model, walk
from portwright.render import lines, one_line
from portwright.targets.dbt.freshness import freshness
from portwright.targets.dbt.jinja import inert, is_call
from portwright.targets.dbt.places import Name, Place, name
from portwright.targets.dbt.references import references
from portwright.targets.ddl import Dialect, columns, literal, quote
from portwright.targets.ddl.keys import primary_key, unique_keys

Document = dict[str, object]

_PLAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_ .:/+-]*[A-Za-z0-9_.+-])?")


def sources(model: Model, found: list[Place], dialect: Dialect) -> Document:
    """The document of sources: one, or one for each schema."""
    by_source = {
        each.source: [other for other in found if other.source == each.source] for each in found
    }
    return {"sources": [_source(model, each, found, dialect) for each in by_source.values()]}


def _source(model: Model, here: list[Place], found: list[Place], dialect: Dialect) -> Document:
    levels = ("database", "schema")
    place = [name(each, dialect) for each in here[0].namespace]
    named = dict(zip(levels[len(levels) - len(place) :], place, strict=True))
    meta = {"contract": model.id, "version": model.version, "status": model.status}
    return {
        "name": here[0].source,
        **described(model.purpose),
        **{level: inert(each.text) for level, each in named.items()},
        # Where the contract names no schema, the table is in that of the connection.
        **({} if "schema" in named else {"schema": "{{ target.schema }}"}),
        **_quoting({**named, "identifier": Name("", False)}),
        **configured(model.tags, meta),
        "tables": [_table(model, each, found, dialect) for each in here],
    }


def _table(model: Model, place: Place, found: list[Place], dialect: Dialect) -> Document:
    object_ = place.object
    identifier = name(object_.table, dialect)
    config = configured(object_.tags, {"deprecated": object_.deprecated or None})
    fresh = freshness(model, object_, dialect)
    if fresh:
        config = {"config": {**config.get("config", {}), **fresh}}
    return {
        "name": place.table,
        **({"identifier": inert(identifier.text)} if identifier.text != place.table else {}),
        **(_quoting({"identifier": identifier}) if identifier.quoted else {}),
        **described(object_.description),
        **config,
        "columns": [
            {
                **column_name(field, dialect),
                "data_type": inert(column.type),
                **described(meaning(field)),
                **configured(field.tags, facts(field)),
                **_tests(place, field, found, dialect),
            }
            for field, column in zip(object_.record.fields, columns(object_, dialect), strict=True)
        ],
    }


def column_name(field: Field, dialect: Dialect) -> Document:
    """The column's name, and that it needs quotes where it does."""
    found = name(field.column, dialect)
    return {"name": inert(found.text), **({"quote": True} if found.quoted else {})}


def described(text: str | None) -> dict[str, str]:
    """The description as an entry, or none."""
    return {"description": inert("\n".join(lines(text)))} if text and text.strip() else {}


def meaning(field: Field) -> str:
    """What the contract says of a column and of the values it may have."""
    said = (field.description or "", *(each.meanings for each in walk.enums(field.type)))
    return "\n".join(each for each in said if each)


def facts(field: Field) -> dict[str, object]:
    """What else the contract says of a column: for `meta`."""
    return {"classification": field.classification, "deprecated": field.deprecated or None}


def configured(tags: tuple[str, ...], meta: Mapping[str, object]) -> dict[str, Document]:
    """`config` with tags and meta, or none."""
    given = {key: _value(each) for key, each in meta.items() if each is not None}
    found: Document = {}
    if tags:
        found["tags"] = [inert(one_line(each)) for each in tags]
    if given:
        found["meta"] = given
    return {"config": found} if found else {}


def _value(value: object) -> object:
    return inert(one_line(value)) if isinstance(value, str) else value


def _quoting(named: Mapping[str, Name]) -> Document:
    return {"quoting": {level: each.quoted for level, each in named.items()}}


def _tests(place: Place, field: Field, found: list[Place], dialect: Dialect) -> Document:
    tests = [
        *(["not_null"] if field.required else []),
        *(["unique"] if _is_unique(place, field, dialect) else []),
        *([_accepted(field.type, dialect)] if isinstance(field.type, Enum) else []),
        *_relationships(place, field, found, dialect),
    ]
    return {"data_tests": tests} if tests else {}


def _is_unique(place: Place, field: Field, dialect: Dialect) -> bool:
    keys = [primary_key(place.object, dialect), *unique_keys(place.object, dialect)]
    return (field,) in keys


def _accepted(enum: Enum, dialect: Dialect) -> Document:
    """The test of an enum. dbt escapes nothing between its quotes: values that are more than plain
    words come as SQL."""
    values = [each.value for each in enum.values]
    if all(_PLAIN.fullmatch(each) and not is_call(each) for each in values):
        return {"accepted_values": {"arguments": {"values": values}}}
    written = [inert(literal(each, dialect)) for each in values]
    return {"accepted_values": {"arguments": {"values": written, "quote": False}}}


def _relationships(
    place: Place, field: Field, found: list[Place], dialect: Dialect
) -> Iterator[Document]:
    for each in references(place, found):
        if each.fields == (field,):
            column = inert(quote(each.targets[0].column, dialect))
            yield {"relationships": {"arguments": {"to": each.aim.source_call, "field": column}}}
