"""Avro: one record schema an object, for registries and for readers in every language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import assert_never

from portwright import names
from portwright.diagnostics import Diagnostic, error, warning
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
    Scalar,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    VectorElement,
    children,
    fields,
    records,
)
from portwright.render import dump_json
from portwright.targets import File

Schema = str | dict[str, object] | list[object]

# ------------------------------------------------------------------- tables

# Avro has no unsigned 64-bit and no 128-bit integer; an exact decimal holds every one of them.
INTEGERS: Mapping[tuple[int, bool], str | Decimal] = {
    (8, True): "int",
    (8, False): "int",
    (16, True): "int",
    (16, False): "int",
    (32, True): "int",
    (32, False): "long",
    (64, True): "long",
    (64, False): Decimal(precision=20, scale=0),
    (128, True): Decimal(precision=39, scale=0),
    (128, False): Decimal(precision=39, scale=0),
}

FLOATS: Mapping[int, str] = {32: "float", 64: "double"}

TIMESTAMPS: Mapping[bool, str] = {True: "timestamp-micros", False: "local-timestamp-micros"}

# An Avro array has no fixed length: the typed code holds a vector to its dimensions.
VECTORS: Mapping[VectorElement, str] = {
    VectorElement.BFLOAT16: "float",
    VectorElement.BINARY: "int",
    VectorElement.FLOAT16: "float",
    VectorElement.FLOAT32: "float",
    VectorElement.FLOAT64: "double",
    VectorElement.INT8: "int",
    VectorElement.UINT8: "int",
}


@dataclass(frozen=True, slots=True)
class Loss:
    """A type whose meaning a reader of the schema alone does not get, and the warning for it."""

    code: str
    applies: Callable[[Type], bool]
    sentence: str


LOSSY: tuple[Loss, ...] = (
    Loss(
        "PW313",
        lambda type_: isinstance(type_, Json),
        "Avro has no type for any JSON value: it travels as a string that holds JSON text",
    ),
    Loss(
        "PW314",
        lambda type_: isinstance(type_, Enum) and not is_enum(type_),
        "Not every value is a legal Avro symbol: it travels as a string, and Avro readers"
        " do not see the closed list",
    ),
    Loss(
        "PW315",
        lambda type_: isinstance(type_, Map) and not is_map(type_),
        "The keys of an Avro map are strings: it travels as an array of key and value records,"
        " and Avro readers do not see that keys are distinct",
    ),
)

# -------------------------------------------------------------------- facts


def field_name(field: Field) -> str:
    """The Avro name of a property: as written where it is legal."""
    return names.identifier(field.name)


def is_enum(enum: Enum) -> bool:
    """Whether every value is a legal Avro symbol, so that the enum is one in Avro too."""
    return all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", each.value) for each in enum.values)


def is_map(map_: Map) -> bool:
    """Whether the keys are text, so that the map is one in Avro too; else it is an array of
    records with the fields `key` and `value`."""
    return isinstance(map_.key, String | Uuid | Enum)


def integer(type_: Integer) -> str | Decimal:
    """`int`, `long`, or the decimal that holds the integers Avro has no type for."""
    return INTEGERS[type_.bits, type_.signed]


# ---------------------------------------------------------------- documents


def schema(model: Model, object: Object) -> dict[str, object]:
    """The Avro schema of one object, complete in itself."""
    known = names.type_names(model)
    name = known[object.record.path]
    return {
        "type": "record",
        "name": name,
        "namespace": names.namespace(model),
        **_doc(object.description or object.record.description),
        **_tagged(object.tags, object.deprecated),
        "fields": [_field(each, name, known) for each in object.record.fields],
    }


def _field(field: Field, parent: str, known: Mapping[tuple[str, ...], str]) -> dict[str, object]:
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


def _type(type_: Type, hint: str, known: Mapping[tuple[str, ...], str]) -> Schema:
    """The schema of a value; records that Avro needs and the contract does not name start with
    `hint`."""
    match type_:
        case Nullable(inner):
            return ["null", _type(inner, hint, known)]
        case Array(element=element):
            return {"type": "array", "items": _type(element, hint, known)}
        case Map(value=value) if is_map(type_):
            return {"type": "map", "values": _type(value, f"{hint}Value", known)}
        case Map(key, value):
            entry: dict[str, object] = {
                "type": "record",
                "name": f"{hint}Entry",
                "fields": [
                    {"name": "key", "type": _type(key, f"{hint}Key", known)},
                    {"name": "value", "type": _type(value, f"{hint}Value", known)},
                ],
            }
            return {"type": "array", "items": entry}
        case Vector(dimensions, element):
            return {
                "type": "array",
                "items": VECTORS[element],
                "odcs.dimensions": dimensions,
            }
        case Json():
            return {"type": "string", "odcs.type": "json"}
        case Record(path=path, fields=inner_fields, description=description):
            return {
                "type": "record",
                "name": known[path],
                **_doc(description),
                "fields": [_field(each, known[path], known) for each in inner_fields],
            }
        case Enum(path=path, values=values):
            symbols = [each.value for each in values]
            if not is_enum(type_):
                return {"type": "string", "odcs.values": symbols}
            return {"type": "enum", "name": known[path], **_enum_doc(type_), "symbols": symbols}
        case _:
            return _scalar(type_)


def _scalar(type_: Scalar) -> Schema:
    match type_:
        case Boolean():
            return "boolean"
        case Integer():
            held = integer(type_)
            return _scalar(held) if isinstance(held, Decimal) else held
        case Float(bits=bits):
            return FLOATS[bits]
        case Decimal(precision, scale):
            logical: dict[str, object] = {"type": "bytes", "logicalType": "decimal"}
            return {**logical, "precision": precision, "scale": scale}
        case String() | Enum():
            return "string"
        case Uuid():
            return {"type": "string", "logicalType": "uuid"}
        case Bytes():
            return "bytes"
        case Date():
            return {"type": "int", "logicalType": "date"}
        case Time():
            return {"type": "long", "logicalType": "time-micros"}
        case Timestamp(zoned=zoned):
            return {"type": "long", "logicalType": TIMESTAMPS[zoned]}
        case _:
            assert_never(type_)


def _hint(parent: str, field: Field) -> str:
    return parent + names.pascal(field.name)


def _doc(description: str | None) -> dict[str, object]:
    text = (description or "").strip()
    return {"doc": text} if text else {}


def _enum_doc(enum: Enum) -> dict[str, object]:
    """What the values mean, a line each, where the contract says it."""
    told = [(each.value, each.description or each.label) for each in enum.values]
    return _doc("\n".join(f"{value}: {text.strip()}" for value, text in told if text))


def _tagged(tags: tuple[str, ...], deprecated: bool) -> dict[str, object]:
    return {
        **({"odcs.tags": list(tags)} if tags else {}),
        **({"odcs.deprecated": True} if deprecated else {}),
    }


# ------------------------------------------------------------------- target


def _path(object: Object) -> PurePosixPath:
    return PurePosixPath(f"{names.snake(object.name)}.avsc")


@dataclass(frozen=True, slots=True)
class Avro:
    """Avro schemas: `<object>.avsc`."""

    name: str = "avro"
    summary: str = "Avro schemas, one .avsc an object"

    def check(self, model: Model) -> Iterator[Diagnostic]:
        yield from _shared_files(model)
        yield from _shared_field_names(model)
        yield from _shared_type_names(model)
        for each in model.objects:
            for path, field in fields(each.record):
                yield from _losses(".".join((each.name, *path)), field)

    def emit(self, model: Model) -> Iterator[File]:
        for each in model.objects:
            # No final newline: confluent-kafka's mock registry does not find a schema again
            # whose text ends in one.
            yield File(_path(each), dump_json(schema(model, each)).removesuffix("\n"))


def _shared_files(model: Model) -> Iterator[Diagnostic]:
    seen: dict[PurePosixPath, Object] = {}
    for each in model.objects:
        first = seen.setdefault(_path(each), each)
        if first is not each:
            yield error(
                "PW312",
                f"objects `{first.name}` and `{each.name}` would both be `{_path(each)}`",
                each.span,
                "rename one of them",
            )


def _shared_field_names(model: Model) -> Iterator[Diagnostic]:
    for record in (found for each in model.objects for found in records(each.record)):
        seen: dict[str, Field] = {}
        for field in record.fields:
            first = seen.setdefault(field_name(field), field)
            if first is not field:
                yield error(
                    "PW310",
                    f"properties `{first.name}` and `{field.name}` are both"
                    f" `{field_name(field)}` in Avro",
                    field.span,
                    "rename one of them",
                )


def _shared_type_names(model: Model) -> Iterator[Diagnostic]:
    """Errors for entry records of maps that meet another type; contract types are checks/names'."""
    known = names.type_names(model)
    taken = set(known.values())
    for record in (found for each in model.objects for found in records(each.record)):
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


def _losses(where: str, field: Field) -> Iterable[Diagnostic]:
    for loss in LOSSY:
        if any(loss.applies(type_) for type_ in _own_types(field.type)):
            yield warning(loss.code, f"`{where}`: {loss.sentence}", field.span)


def _own_types(type_: Type) -> Iterator[Type]:
    """`type_` and what is inside it, down to the fields of records, which speak for themselves."""
    yield type_
    if not isinstance(type_, Record):
        for child in children(type_):
            yield from _own_types(child)
