"""Writing: a draft as the text of a contract, with a comment wherever its owner has to decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import assert_never

from portwright.importing import yaml_text
from portwright.importing.deciding import guessed, questions
from portwright.importing.draft import Draft, DraftObject, Path
from portwright.importing.options import enum_of, options_of, physical_of
from portwright.model import (
    Array,
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
    Field,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
)

Lines = Iterator[str]
# What properties are classified as whose names say something of a person.
GUESSED = "confidential"
_HEAD = """\
# Begun by `portwright new port` from
# {source}
# From here on it is yours: it is what others will build on, and need not look like what it was
# made from. Rename, leave out, describe. `decide:` marks what only its owner knows; delete the
# comment once it is decided.
"""


def contract(
    draft: Draft, name: str, id: str, renamed: Mapping[Path, str], classified: str = GUESSED
) -> str:
    """The text of a contract of that name and id. `renamed` are other names for types, by the paths
    of what they are the types of; personal data is `classified` so."""
    source = yaml_text.comment(draft.source)[2:]
    lines = [_HEAD.format(source=source).rstrip()]
    lines += ["apiVersion: v3.2.0", "kind: DataContract"]
    lines += [f"id: {yaml_text.text(id)}", f"name: {yaml_text.text(name)}", "version: 1.0.0"]
    lines += ["status: draft  # active, once it is handed out", "schema:"]
    for each in draft.objects:
        lines += _object(
            replace(each, renamed=renamed, classified=classified),
            {other.name for other in draft.objects},
        )
    return "\n".join(lines) + "\n"


def _object(given: DraftObject, known: set[str]) -> Lines:
    yield from _indented(2, _notes(given, (given.name,)))
    yield f"  - name: {yaml_text.text(given.name)}"
    inner = [*_described(given.record.description), *_renamed(given, (given.name,))]
    for each in given.references:
        if len(each.columns) > 1 and each.target in known:
            to = [f"{each.target}.{column}" for column in each.target_columns]
            inner += ["relationships:", f"  - {yaml_text.scalar({'from': each.columns, 'to': to})}"]
    several = [each for each in given.uniques if len(each) > 1]
    inner += ["quality:"] if several else []
    for columns in several:
        inner.append("  - metric: duplicateValues")
        inner.append("    mustBe: 0")
        inner.append(f"    arguments: {yaml_text.scalar({'properties': columns})}")
    inner.append("properties:")
    for field in given.record.fields:
        inner += _indented(2, _property(given, field, (given.name, field.name), known))
    yield from _indented(4, inner)


def _property(given: DraftObject, field: Field, path: Path, known: set[str]) -> Lines:
    """The lines of a property, the questions to its owner before them."""
    yield from _notes(given, path)
    for each in questions(given, field, path):
        yield yaml_text.comment(f"decide: {each}")
    yield f"- name: {yaml_text.text(field.name)}"
    yield from _indented(2, _body(given, field, path, known))


def _body(given: DraftObject, field: Field, path: Path, known: set[str]) -> Lines:
    yield from _named(given, field.type, path)
    top = len(path) == 2
    if top and field.name in given.primary_key:
        yield "primaryKey: true"
        if len(given.primary_key) > 1:
            yield f"primaryKeyPosition: {given.primary_key.index(field.name) + 1}"
    elif field.required:
        yield "required: true"
    if field.unique or (top and (field.name,) in given.uniques):
        yield "unique: true"
    for each in given.references:
        if top and each.columns == (field.name,) and each.target in known:
            to = f"{each.target}.{each.target_columns[0]}"
            yield f"relationships: [{{to: {yaml_text.text(to)}}}]"
    if field.classification:
        yield f"classification: {yaml_text.text(field.classification)}"
    elif kind := guessed(field, path):
        guess = yaml_text.comment(f"a guess by the name: {kind}")
        yield f"classification: {yaml_text.text(given.classified)}  {guess}"
    own = field.type.description if isinstance(field.type, Record) else None
    yield from _described(field.description or own)
    if field.tags:
        yield f"tags: {yaml_text.scalar(field.tags)}"
    if field.examples:
        yield f"examples: {yaml_text.scalar(field.examples)}"
    if field.deprecated:
        yield "deprecated: true"
    yield from _parts(given, field.type, path, known)


def _renamed(given: DraftObject, path: Path) -> Lines:
    if path in given.renamed:
        name = yaml_text.text(given.renamed[path])
        yield "# another type would be called the same"
        yield f"customProperties: [{{property: recordName, value: {name}}}]"


def _named(given: DraftObject, type_: Type, path: Path) -> Lines:
    """The keys that say what a value is, but for its parts."""
    yield f"logicalType: {_logical(type_)}"
    if physical := physical_of(type_):
        yield f"physicalType: {physical}"
    if options := options_of(type_):
        yield f"logicalTypeOptions: {yaml_text.scalar(options)}"
    if values := enum_of(type_):
        yield "enum:"
        yield from (f"  - {yaml_text.scalar(each)}" for each in values)
    if isinstance(type_, Enum | Record):
        yield from _renamed(given, path)


def _parts(given: DraftObject, type_: Type, path: Path, known: set[str]) -> Lines:
    """The keys that say what a value is made of."""
    match type_:
        case Array(element):
            yield "items:"
            yield from _indented(2, _part(given, element, path, known))
        case Map(key, value):
            yield "map:"
            yield "  key:"
            yield from _indented(4, _part(given, key, path, known))
            yield "  value:"
            yield from _indented(4, _part(given, value, path, known))
        case Record(fields=fields) if fields:
            yield "properties:"
            for each in fields:
                yield from _indented(2, _property(given, each, (*path, each.name), known))
        case _:
            pass


def _part(given: DraftObject, type_: Type, path: Path, known: set[str]) -> Lines:
    """An element of a list, or the key or value of a map."""
    inner = type_.inner if isinstance(type_, Nullable) else type_
    yield from _named(given, inner, path)
    if inner is not type_:
        yield "required: false"
    if isinstance(inner, Record):
        yield from _described(inner.description)
    yield from _parts(given, inner, path, known)


def _logical(type_: Type) -> str:
    match type_:
        case Boolean():
            return "boolean"
        case Integer():
            return "integer"
        case Float() | Decimal():
            return "number"
        case String() | Uuid() | Bytes() | Enum():
            return "string"
        case Date():
            return "date"
        case Time():
            return "time"
        case Timestamp():
            return "timestamp"
        case Array():
            return "array"
        case Map():
            return "map"
        case Vector():
            return "vector"
        case Json() | Record():
            return "object"
        case Nullable(inner):
            return _logical(inner)
        case _:
            assert_never(type_)


def _described(description: str | None) -> list[str]:
    return (
        yaml_text.prose("description", description) if description and description.strip() else []
    )


def _notes(given: DraftObject, path: Path) -> Lines:
    yield from map(yaml_text.comment, given.notes.get(path, ()))


def _indented(by: int, lines: Iterable[str]) -> Lines:
    for each in lines:
        yield f"{' ' * by}{each}" if each else each
