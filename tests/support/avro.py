"""Avro by others: values as fastavro takes them, and what fastavro and Apache Avro read."""

from __future__ import annotations

import io
import json
import warnings
from decimal import Decimal as Number
from typing import Any

import avro.errors
import avro.io
import avro.schema
import fastavro

from portwright.model import Array, Decimal, Integer, Json, Map, Nullable, Record, Type, Vector
from portwright.targets import avro_types


def apache(document: object) -> avro.schema.Schema:
    """The schema as Apache Avro reads it; its Python library knows no local timestamps."""
    with warnings.catch_warnings():
        known_gap = r"Unknown local-timestamp-micros"
        warnings.filterwarnings("ignore", known_gap, avro.errors.IgnoredLogicalType)
        return avro.schema.parse(json.dumps(document))


def for_fastavro(type_: Type, value: Any) -> Any:
    """`value` as fastavro wants it for the Avro schema of its type."""
    match type_:
        case Nullable(inner):
            return None if value is None else for_fastavro(inner, value)
        case Array(element=element):
            return [for_fastavro(element, each) for each in value]
        case Vector():
            return list(value)
        case Map(key, inner):
            pairs = [(for_fastavro(key, k), for_fastavro(inner, v)) for k, v in value.items()]
            if avro_types.is_map(type_):
                return {str(k): v for k, v in pairs}
            return [{"key": k, "value": v} for k, v in pairs]
        case Record(fields=fields):
            return {
                avro_types.field_name(each): for_fastavro(
                    each.type if each.required else Nullable(each.type), value[each.name]
                )
                for each in fields
            }
        case Json():
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        case Integer(bits=bits, signed=signed):
            held = avro_types.INTEGERS[bits, signed]
            return Number(value) if isinstance(held, Decimal) else value
        case _:
            return value


def written_by_fastavro(schema: Any, value: Any) -> bytes:
    """The value in Avro, by somebody else."""
    target = io.BytesIO()
    fastavro.schemaless_writer(target, schema, value, strict=True)
    return target.getvalue()


def assert_both_read_alike(schema: Any, data: bytes) -> None:
    """fastavro and Apache Avro read the same of the bytes, logical types aside."""
    document = _without_logical_types(schema)
    parsed = apache(document)
    theirs = avro.io.DatumReader(parsed, parsed).read(avro.io.BinaryDecoder(io.BytesIO(data)))
    ours = fastavro.schemaless_reader(io.BytesIO(data), fastavro.parse_schema(document), None)
    assert theirs == ours


def _without_logical_types(node: Any) -> Any:
    """The schema without logical types: Apache's Python library lacks some of them."""
    match node:
        case dict():
            kept = (item for item in node.items() if item[0] != "logicalType")
            return {key: _without_logical_types(value) for key, value in kept}
        case list():
            return [_without_logical_types(each) for each in node]
        case _:
            return node
