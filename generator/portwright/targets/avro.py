"""Avro: one record schema an object, for registries and for readers in every language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
from portwright.render import dump_json, inline_json
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
Hints = tuple[str, ...]


def schema(model: Model, object: Object) -> dict[str, object]:
    """The Avro schema of one object, complete in itself."""
    known = names.type_names(model)
    namespace = names.namespace(model)
    return {
        "type": "record",
        "name": known[object.record.path],
        "namespace": namespace,
        **_aliases(object.record.aliases, namespace),
        **_doc(object.description),
        **_tagged(object.tags, object.deprecated),
        "fields": list(_fields(object.record, known, namespace)),
    }


def _fields(record: Record, known: names.TypeNames, namespace: str) -> Iterator[dict[str, object]]:
    taken = {field_name(each) for each in record.fields}
    for each in record.fields:
        aliases = dict.fromkeys(map(names.identifier, each.aliases))
        yield _field(
            each,
            [alias for alias in aliases if alias not in taken],
            _type(each.type, _hints(record, each, known), known, namespace),
        )
        taken |= aliases.keys()


def _field(field: Field, aliases: list[str], written: Schema) -> dict[str, object]:
    name = field_name(field)
    return {
        "name": name,
        **({"aliases": aliases} if aliases else {}),
        "type": written if field.required else ["null", written],
        **_doc(field.description),
        **({} if field.required else {"default": None}),
        **({} if name == field.name else {"odcs.name": field.name}),
        **({"odcs.classification": field.classification} if field.classification else {}),
        **_tagged(field.tags, field.deprecated),
    }


def _type(type_: Type, hints: Hints, known: names.TypeNames, namespace: str) -> Schema:
    """The schema of a value; a record that only Avro needs has names that start with `hints`."""
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
                **_aliases(type_.aliases, namespace),
                **_doc(type_.meanings),
                "symbols": symbols(type_),
                "default": unknown(type_) or UNKNOWN,
            }
        case Nullable(inner):
            return ["null", _type(inner, hints, known, namespace)]
        case Array(element):
            return {"type": "array", "items": _type(element, hints, known, namespace)}
        case Map(value=value) if is_map(type_):
            inner_hints = _longer(hints, "Value")
            return {"type": "map", "values": _type(value, inner_hints, known, namespace)}
        case Map():
            return {"type": "array", "items": _entry(type_, hints, known, namespace)}
        case Vector(dimensions, element):
            return {"type": "array", "items": VECTORS[element], "odcs.dimensions": dimensions}
        case Json():
            return {"type": "string", "odcs.type": "json"}
        case Record(path=path):
            return {
                "type": "record",
                "name": known[path],
                **_aliases(type_.aliases, namespace),
                **_doc(type_.description),
                "fields": list(_fields(type_, known, namespace)),
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


def _entry(map_: Map, hints: Hints, known: names.TypeNames, namespace: str) -> dict[str, object]:
    """The record that stands for one entry of a map whose keys are not text."""
    name, *before = _longer(hints, "Entry")
    key = _type(map_.key, _longer(hints, "Key"), known, namespace)
    value = _type(map_.value, _longer(hints, "Value"), known, namespace)
    return {
        "type": "record",
        "name": name,
        **_aliases((each for each in before if each not in known.values()), namespace),
        "fields": [{"name": "key", "type": key}, {"name": "value", "type": value}],
    }


def _hints(record: Record, field: Field, known: names.TypeNames) -> Hints:
    """What the names of records that only Avro needs for a field start with: today's, and those
    of the names that field and record had before."""
    parents = (known[record.path], *record.aliases)
    fields = map(names.pascal, (field.name, *field.aliases))
    return tuple(dict.fromkeys(parent + name for name in fields for parent in parents))


def _longer(hints: Hints, word: str) -> Hints:
    return tuple(f"{hint}{word}" for hint in hints)


def _aliases(aliases: Iterable[str], namespace: str) -> dict[str, object]:
    """The names that a type had before, in full: some readers know no others."""
    found = [f"{namespace}.{alias}" for alias in aliases]
    return {"aliases": found} if found else {}


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

    def type_of(self, model: Model) -> str:
        known, namespace = names.type_names(model), names.namespace(model)
        [written] = _fields(model.objects[0].record, known, namespace)
        return inline_json(written["type"])


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
            for name in _entries(field.type, _hints(record, field, known)[0]):
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
