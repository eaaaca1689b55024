"""Avro: one record schema an object, for registries and for readers in every language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar, assert_never

from portwright import names
from portwright.diagnostics import Diagnostic, error
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
from portwright.render import dump_json
from portwright.targets import File
from portwright.targets.avro_types import (
    FLOATS,
    INTEGERS,
    LOSSY,
    PLAIN,
    TIMESTAMPS,
    UNKNOWN,
    VECTORS,
    field_name,
    is_enum,
    is_map,
    symbols,
    unknown,
)
from portwright.targets.findings import losses, shared_files

Schema = str | dict[str, object] | list[object]


def schema(model: Model, object: Object) -> dict[str, object]:
    """The Avro schema of one object, complete in itself."""
    known = names.type_names(model)
    name = known[object.record.path]
    return {
        "type": "record",
        "name": name,
        "namespace": names.namespace(model),
        **_doc(object.description),
        **_tagged(object.tags, object.deprecated),
        "fields": [_field(each, name, known) for each in object.record.fields],
    }


def _field(field: Field, parent: str, known: names.TypeNames) -> dict[str, object]:
    name = field_name(field)
    written = _type(field.type, _hint(parent, field), known)
    return {
        "name": name,
        "type": written if field.required else ["null", written],
        **_doc(field.description),
        **({} if field.required else {"default": None}),
        **({} if name == field.name else {"odcs.name": field.name}),
        **({"odcs.classification": field.classification} if field.classification else {}),
        **_tagged(field.tags, field.deprecated),
    }


def _type(type_: Type, hint: str, known: names.TypeNames) -> Schema:
    """The schema of a value; a record that only Avro needs gets a name that starts with `hint`."""
    match type_:
        case Boolean() | Bytes() | Date() | String() | Time() | Uuid():
            base, logical = PLAIN[type(type_)]
            return {"type": base, "logicalType": logical} if logical else base
        case Integer(bits, signed):
            held = INTEGERS[bits, signed]
            return held if isinstance(held, str) else _decimal(held)
        case Float(bits):
            return FLOATS[bits]
        case Decimal():
            return _decimal(type_)
        case Timestamp(zoned):
            return {"type": "long", "logicalType": TIMESTAMPS[zoned]}
        case Enum(path=path, values=values):
            if not is_enum(type_):
                return {"type": "string", "odcs.values": [each.value for each in values]}
            return {
                "type": "enum",
                "name": known[path],
                **_doc(type_.meanings),
                "symbols": symbols(type_),
                "default": unknown(type_) or UNKNOWN,
            }
        case Nullable(inner):
            return ["null", _type(inner, hint, known)]
        case Array(element):
            return {"type": "array", "items": _type(element, hint, known)}
        case Map(value=value) if is_map(type_):
            return {"type": "map", "values": _type(value, f"{hint}Value", known)}
        case Map(key, value):
            return {"type": "array", "items": _entry(key, value, hint, known)}
        case Vector(dimensions, element):
            return {"type": "array", "items": VECTORS[element], "odcs.dimensions": dimensions}
        case Json():
            return {"type": "string", "odcs.type": "json"}
        case Record(path=path):
            return {
                "type": "record",
                "name": known[path],
                **_doc(type_.description),
                "fields": [_field(each, known[path], known) for each in type_.fields],
            }
        case _:
            assert_never(type_)


def _decimal(type_: Decimal) -> dict[str, object]:
    return {
        "type": "bytes",
        "logicalType": "decimal",
        # SQL allows DECIMAL(2, 4) in some dialects, Avro no scale above the precision.
        "precision": max(type_.precision, type_.scale),
        "scale": type_.scale,
    }


def _entry(key: Type, value: Type, hint: str, known: names.TypeNames) -> dict[str, object]:
    """The record that stands for one entry of a map whose keys are not text."""
    return {
        "type": "record",
        "name": f"{hint}Entry",
        "fields": [
            {"name": "key", "type": _type(key, f"{hint}Key", known)},
            {"name": "value", "type": _type(value, f"{hint}Value", known)},
        ],
    }


def _hint(parent: str, field: Field) -> str:
    return parent + names.pascal(field.name)


def _doc(description: str | None) -> dict[str, object]:
    text = (description or "").strip()
    return {"doc": text} if text else {}


def _tagged(tags: tuple[str, ...], deprecated: bool) -> dict[str, object]:
    return {
        **({"odcs.tags": list(tags)} if tags else {}),
        **({"odcs.deprecated": True} if deprecated else {}),
    }


def _path(object: Object) -> PurePosixPath:
    return PurePosixPath(f"{names.snake(object.name)}.avsc")


@dataclass(frozen=True, slots=True)
class Avro:
    """Avro schemas: `<object>.avsc`."""

    name: ClassVar[str] = "avro"
    summary: ClassVar[str] = "Avro schemas, one .avsc an object"

    def check(self, model: Model) -> Iterator[Diagnostic]:
        yield from shared_files(model, "PW312", _path)
        yield from _shared_field_names(model)
        yield from _shared_type_names(model)
        yield from losses(model, LOSSY)

    def emit(self, model: Model) -> Iterator[File]:
        for each in model.objects:
            # No final newline: confluent-kafka's mock registry does not find a schema again
            # whose text ends in one.
            yield File(_path(each), dump_json(schema(model, each)).removesuffix("\n"))


def _shared_field_names(model: Model) -> Iterator[Diagnostic]:
    """Errors for names that differ as written; a name written twice is an error of the contract."""
    for record in walk.all_records(model):
        seen: dict[str, Field] = {}
        for field in record.fields:
            first = seen.setdefault(field_name(field), field)
            if first.name != field.name:
                yield error(
                    "PW310",
                    f"properties `{first.name}` and `{field.name}` are both"
                    f" `{field_name(field)}` in Avro",
                    field.span,
                    "rename one of them",
                )


def _shared_type_names(model: Model) -> Iterator[Diagnostic]:
    """Errors for the entry records of maps; the types that the contract names are its checks'."""
    known = names.type_names(model)
    taken = set(known.values())
    for record in walk.all_records(model):
        for field in record.fields:
            for name in _entries(field.type, _hint(known[record.path], field)):
                if name in taken:
                    yield error(
                        "PW311",
                        f"the entries of map `{field.name}` would be a second Avro type `{name}`",
                        field.span,
                        "rename the map or the property whose type has that name",
                    )
                taken.add(name)


def _entries(type_: Type, hint: str) -> Iterator[str]:
    """The names of the entry records of maps in `type_`, as `_type` gives them."""
    match type_:
        case Map(key, value):
            if not is_map(type_):
                yield f"{hint}Entry"
            yield from _entries(key, f"{hint}Key")
            yield from _entries(value, f"{hint}Value")
        case Nullable(inner) | Array(element=inner):
            yield from _entries(inner, hint)
        case _:
            return
