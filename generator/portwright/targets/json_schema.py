"""JSON Schema, draft 2020-12: one document an object, with its nested types in `$defs`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar, assert_never

from portwright import names
from portwright.diagnostics import Diagnostic
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
    Model,
    Nullable,
    Object,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    walk,
)
from portwright.privacy import tags
from portwright.render import dump_json, inline_json
from portwright.targets import File
from portwright.targets import json_schema_types as types
from portwright.targets.findings import losses, shared_files
from portwright.targets.json_schema_types import LOSSY, Schema


def schema(model: Model, object: Object) -> Schema:
    """The JSON Schema of one object, complete in itself; `$id` is the same within a major."""
    known = names.type_names(model)
    name = known[object.record.path]
    nested = [each for each in walk.types(object.record) if isinstance(each, Record | Enum)][1:]
    persons = tags.persons(object.record)
    body = _record(object.record, known, persons)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:portwright:{names.namespace(model)}:{name}",
        "title": name,
        **_described(object.description, object.deprecated),
        **body,
        **(
            {"$defs": {known[each.path]: _definition(each, known, persons) for each in nested}}
            if nested
            else {}
        ),
    }


def _definition(named: Record | Enum, known: names.TypeNames, persons: tags.Persons) -> Schema:
    if isinstance(named, Record):
        return {**_described(named.description, False), **_record(named, known, persons)}
    return {
        **_described(named.meanings, False),
        "type": "string",
        "enum": [each.value for each in named.values],
    }


def _record(record: Record, known: names.TypeNames, persons: tags.Persons) -> Schema:
    required = [each.name for each in record.fields if each.required]
    within = record.path in persons
    return {
        "type": "object",
        "properties": {each.name: _field(each, known, within) for each in record.fields},
        **({"required": required} if required else {}),
        # Open: a consumer that validates by an older schema must accept a newer optional field.
        "additionalProperties": True,
    }


def _field(field: Field, known: names.TypeNames, within: bool) -> Schema:
    written = _type(field.type, known)
    found = tags.of_field(field, within)
    return {
        **(written if field.required else _or_null(written)),
        **_described(field.description, field.deprecated),
        **({"examples": list(field.examples)} if field.examples and walk.shows(field) else {}),
        # For the catalogue and the rules of a registry (docs.confluent.io, "Inline tags").
        **({"confluent:tags": list(found)} if found else {}),
    }


def _type(type_: Type, known: names.TypeNames) -> Schema:
    match type_:
        case Boolean():
            return {"type": "boolean"}
        case Integer():
            return types.integer(type_)
        case Float():
            return types.float_(type_)
        case Decimal():
            return types.decimal(type_)
        case String():
            return types.string(type_)
        case Uuid():
            return {"type": "string", "format": "uuid"}
        case Bytes():
            return types.bytes_(type_)
        case Date():
            return types.date(type_)
        case Time():
            return dict(types.TIME)
        case Timestamp(zoned):
            return dict(types.TIMESTAMPS[zoned])
        case Enum(path=path) | Record(path=path):
            return {"$ref": f"#/$defs/{known[path]}"}
        case Nullable(inner):
            return _or_null(_type(inner, known))
        case Array(element):
            return {
                "type": "array",
                "items": _type(element, known),
                **({} if type_.min_items is None else {"minItems": type_.min_items}),
                **({} if type_.max_items is None else {"maxItems": type_.max_items}),
                **({"uniqueItems": True} if type_.unique_items else {}),
            }
        case Map(key, value):
            return _map(_key(key, known), _type(key, known), _type(value, known))
        case Vector(dimensions, element):
            items = dict(types.VECTORS[element])
            return {"type": "array", "items": items, "minItems": dimensions, "maxItems": dimensions}
        case Json():
            return {}
        case _:
            assert_never(type_)


def _or_null(written: Schema) -> Schema:
    """`written` or null. Every keyword of ours but `enum` binds only its own type."""
    if not written:
        return written
    if "type" in written and "enum" not in written:
        return {**written, "type": [written["type"], "null"]}
    return {"anyOf": [written, {"type": "null"}]}


def _map(key_text: Schema | None, key: Schema, value: Schema) -> Schema:
    """A JSON object, or an array of its entries where a key has no text."""
    if key_text is None:
        entry = {"type": "object", "properties": {"key": key, "value": value}}
        return {"type": "array", "items": {**entry, "required": ["key", "value"]}}
    unruled = key_text == {"type": "string"}
    return {
        "type": "object",
        **({} if unruled else {"propertyNames": key_text}),
        "additionalProperties": value,
    }


def _key(type_: Type, known: names.TypeNames) -> Schema | None:
    """The schema of a key as text, or None where the key is no scalar."""
    match type_:
        case Boolean():
            return {"enum": ["true", "false"]}
        case Integer(signed=signed):
            return {"pattern": types.INTEGER_KEYS[signed]}
        case Float():
            return {"pattern": types.FLOAT_KEY}
        case Decimal() | String() | Uuid() | Bytes() | Date() | Time() | Timestamp() | Enum():
            return _type(type_, known)
        case Array() | Map() | Vector() | Json() | Record() | Nullable():
            return None
        case _:
            assert_never(type_)


def _described(description: str | None, deprecated: bool) -> Schema:
    text = (description or "").strip()
    return {
        **({"description": text} if text else {}),
        **({"deprecated": True} if deprecated else {}),
    }


def _path(model: Model, object: Object) -> PurePosixPath:
    return names.file_of(names.namespace(model), object.name, ".schema.json")


@dataclass(frozen=True, slots=True)
class JsonSchema:
    """JSON Schemas: `<namespace>/<object>.schema.json`."""

    name: ClassVar[str] = "json-schema"
    summary: ClassVar[str] = "JSON Schemas (draft 2020-12), one .schema.json an object"

    def check(self, model: Model) -> Iterator[Diagnostic]:
        yield from shared_files(model, "PW320", lambda each: _path(model, each))
        yield from losses(model, LOSSY)

    def emit(self, model: Model) -> Iterator[File]:
        for each in model.objects:
            yield File(_path(model, each), dump_json(schema(model, each)))

    def type_of(self, model: Model) -> str:
        """The property's schema, and the definitions that it refers to."""
        known = names.type_names(model)
        record = model.objects[0].record
        nested = [each for each in walk.types(record) if isinstance(each, Record | Enum)][1:]
        written = [inline_json(_field(record.fields[0], known, False))]
        for each in nested:
            definition = _definition(each, known, frozenset())
            written.append(f"{known[each.path]}: {inline_json(definition)}")
        return "; ".join(written)
