"""The Avro schema of an object, as a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never

from portwright import names
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
)
from portwright.privacy import tags
from portwright.targets.avro_types import (
    FLOATS,
    INTEGERS,
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

Schema = str | dict[str, object] | list[object]
# What the names of records that only Avro needs start with: today's name, then those of before.
Hints = tuple[str, ...]


def schema(model: Model, object: Object) -> dict[str, object]:
    """The Avro schema of one object, complete in itself."""
    writer = _Writer(names.type_names(model), names.namespace(model), tags.persons(object.record))
    return {
        "type": "record",
        "name": writer.types[object.record.path],
        "namespace": writer.namespace,
        **writer.aliases(object.record.aliases),
        **_doc(object.description),
        **_tagged(object.tags, object.deprecated),
        "fields": list(writer.fields(object.record)),
    }


def fields(model: Model, object: Object) -> list[dict[str, object]]:
    """The fields in that schema."""
    persons = tags.persons(object.record)
    writer = _Writer(names.type_names(model), names.namespace(model), persons)
    return list(writer.fields(object.record))


def hints(record: Record, field: Field, types: names.TypeNames) -> Hints:
    """What the records that only Avro needs for a field are and were named after."""
    parents = (types[record.path], *record.aliases)
    words = map(names.pascal, (field.name, *field.aliases))
    return tuple(dict.fromkeys(parent + word for word in words for parent in parents))


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes what is in a schema whose types are named `types`, in `namespace`; `persons` are
    the records within something personal."""

    types: names.TypeNames
    namespace: str
    persons: tags.Persons

    def fields(self, record: Record) -> Iterator[dict[str, object]]:
        """The fields of a record, in order; no name of before stands for two."""
        taken = {field_name(each) for each in record.fields}
        for each in record.fields:
            before = dict.fromkeys(map(names.identifier, each.aliases))
            aliases = [name for name in before if name not in taken]
            written = self.type(each.type, hints(record, each, self.types))
            found = tags.of_field(each, record.path in self.persons)
            yield _field(each, aliases, written, found)
            taken |= before.keys()

    def type(self, type_: Type, hints: Hints) -> Schema:
        """The schema of a value; records that only Avro needs have names that start so."""
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
            case Enum():
                return self._enum(type_)
            case Nullable(inner):
                return ["null", self.type(inner, hints)]
            case Array(element):
                return {"type": "array", "items": self.type(element, hints)}
            case Map(value=value) if is_map(type_):
                return {"type": "map", "values": self.type(value, _longer(hints, "Value"))}
            case Map():
                return {"type": "array", "items": self._entry(type_, hints)}
            case Vector(dimensions, element):
                return {"type": "array", "items": VECTORS[element], "odcs.dimensions": dimensions}
            case Json():
                return {"type": "string", "odcs.type": "json"}
            case Record():
                return self._record(type_)
            case _:
                assert_never(type_)

    def aliases(self, before: Iterable[str]) -> dict[str, object]:
        """The names that a type had before, in full: some readers know no others."""
        found = [f"{self.namespace}.{name}" for name in before]
        return {"aliases": found} if found else {}

    def _record(self, record: Record) -> Schema:
        return {
            "type": "record",
            "name": self.types[record.path],
            **self.aliases(record.aliases),
            **_doc(record.description),
            "fields": list(self.fields(record)),
        }

    def _enum(self, enum: Enum) -> Schema:
        if not is_enum(enum):
            return {"type": "string", "odcs.values": [each.value for each in enum.values]}
        return {
            "type": "enum",
            "name": self.types[enum.path],
            **self.aliases(enum.aliases),
            **_doc(enum.meanings),
            "symbols": symbols(enum),
            "default": unknown(enum) or UNKNOWN,
        }

    def _entry(self, map_: Map, hints: Hints) -> Schema:
        """The record that stands for one entry of a map whose keys are not text."""
        name, *before = _longer(hints, "Entry")
        taken = self.types.values()
        return {
            "type": "record",
            "name": name,
            **self.aliases(each for each in before if each not in taken),
            "fields": [
                {"name": "key", "type": self.type(map_.key, _longer(hints, "Key"))},
                {"name": "value", "type": self.type(map_.value, _longer(hints, "Value"))},
            ],
        }


def _field(
    field: Field, aliases: list[str], written: Schema, tags: tuple[str, ...]
) -> dict[str, object]:
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
        # For the catalogue and the rules of a registry (docs.confluent.io, "Inline tags").
        **({"confluent:tags": list(tags)} if tags else {}),
    }


def _decimal(type_: Decimal) -> dict[str, object]:
    return {
        "type": "bytes",
        "logicalType": "decimal",
        # SQL allows DECIMAL(2, 4) in some dialects, Avro no scale above the precision.
        "precision": max(type_.precision, type_.scale),
        "scale": type_.scale,
    }


def _longer(hints: Hints, word: str) -> Hints:
    return tuple(f"{hint}{word}" for hint in hints)


def _doc(description: str | None) -> dict[str, object]:
    text = (description or "").strip()
    return {"doc": text} if text else {}


def _tagged(tags: tuple[str, ...], deprecated: bool) -> dict[str, object]:
    return {
        **({"odcs.tags": list(tags)} if tags else {}),
        **({"odcs.deprecated": True} if deprecated else {}),
    }
