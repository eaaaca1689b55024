"""Arrow: the schema of each table, as a document in the Arrow project's own JSON form.

It is what Java's `Schema.fromJSON` reads, and `arrow_schema` of the runtime for pyarrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar, assert_never

from portwright import names
from portwright.diagnostics import Diagnostic, error
from portwright.model import Model, Object, walk
from portwright.render import dump_json, inline_json
from portwright.targets import File
from portwright.targets.arrow_types import (
    MOST_DIGITS,
    ArrowField,
    ArrowType,
    Exact,
    Facts,
    ListOf,
    MapOf,
    Metadata,
    Plain,
    Struct,
    beyond,
    field,
    metadata,
    tabled,
)
from portwright.targets.findings import Loss, losses, meetings, shared_files

Document = dict[str, object]

LOSSY: tuple[Loss, ...] = (
    Loss(
        "PW361",
        beyond(MOST_DIGITS),
        f"a decimal of Arrow has up to {MOST_DIGITS} digits, so the column keeps {MOST_DIGITS}"
        " of them and a greater number is refused",
    ),
)


def schema(model: Model, object: Object) -> Document:
    """The schema of one object's table."""
    keys = {name: str(number) for number, name in enumerate(object.primary_key, start=1)}
    columns = (
        field(each, (("odcs.primaryKey", keys[each.name]),) if each.name in keys else ())
        for each in object.record.fields
    )
    facts: Facts = {
        "odcs.id": model.id,
        "odcs.version": model.version,
        "odcs.object": object.name,
        "odcs.description": (object.description or "").strip(),
        "odcs.tags": object.tags,
        "odcs.deprecated": object.deprecated,
    }
    return {"fields": [_field(each) for each in columns], **_metadata(metadata(facts))}


def _field(field: ArrowField) -> Document:
    return {
        "name": field.name,
        "nullable": field.nullable,
        "type": _type(field.type),
        "children": [_field(each) for each in _children(field.type)],
        **_metadata(field.metadata),
    }


def _type(type_: ArrowType) -> Document:
    match type_:
        case Plain(document=document):
            return dict(document)
        case Exact(precision, scale):
            width = 128 if precision <= 38 else 256
            return {"name": "decimal", "precision": precision, "scale": scale, "bitWidth": width}
        case ListOf(size=None):
            return {"name": "list"}
        case ListOf(size=size):
            return {"name": "fixedsizelist", "listSize": size}
        case MapOf():
            return {"name": "map", "keysSorted": False}
        case Struct():
            return {"name": "struct"}
        case _:
            assert_never(type_)


def _children(type_: ArrowType) -> tuple[ArrowField, ...]:
    match type_:
        case Plain() | Exact():
            return ()
        case ListOf(element):
            return (element,)
        case MapOf(key, value):
            return (ArrowField("entries", Struct((key, value)), nullable=False),)
        case Struct(fields):
            return fields
        case _:
            assert_never(type_)


def _metadata(facts: Metadata) -> Document:
    if not facts:
        return {}
    return {"metadata": [{"key": key, "value": value} for key, value in facts]}


def _path(model: Model, object: Object) -> PurePosixPath:
    return names.file_of(names.namespace(model), object.name, ".arrow.json")


@dataclass(frozen=True, slots=True)
class Arrow:
    """Arrow schemas: `<namespace>/<object>.arrow.json`."""

    name: ClassVar[str] = "arrow"
    summary: ClassVar[str] = "Arrow schemas of tables, one .arrow.json an object"

    def check(self, model: Model) -> Iterator[Diagnostic]:
        tables = tabled(model)
        yield from shared_files(tables, "PW360", lambda each: _path(model, each))
        yield from _shared_columns(tables)
        yield from losses(tables, LOSSY)

    def emit(self, model: Model) -> Iterator[File]:
        for each in tabled(model).objects:
            yield File(_path(model, each), dump_json(schema(model, each)))

    def type_of(self, model: Model) -> str:
        [column] = model.objects[0].record.fields
        return _shown(field(column).type)


def _shown(type_: ArrowType) -> str:
    """The type on one line: `list<item: utf8>`, `decimal(precision=9, scale=2, bitWidth=128)`."""
    document = _type(type_)
    facts = ", ".join(f"{key}={inline_json(document[key])}" for key in document if key != "name")
    inside = ", ".join(
        f"{each.name}: {_shown(each.type)}{'' if each.nullable else ' not null'}"
        for each in _children(type_)
    )
    return f"{document['name']}{f'({facts})' if facts else ''}{f'<{inside}>' if inside else ''}"


def _shared_columns(model: Model) -> Iterator[Diagnostic]:
    """Errors for columns and fields of structs that have one name, letter by letter."""
    for record in walk.all_records(model):
        for first, each in meetings(record.fields, lambda field: field.column):
            if first.name != each.name:
                yield error(
                    "PW362",
                    f"properties `{first.name}` and `{each.name}` are both the column"
                    f" `{each.column}`",
                    each.span,
                    "give one of them another `physicalName`",
                )
