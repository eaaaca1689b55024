"""Keys: what may identify a row, a partition or an entry of a map."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.diagnostics import Diagnostic, error, warning
from portwright.model import Array, Json, Map, Model, Nullable, Record, Vector, walk

_PARTS = (Array, Json, Map, Nullable, Record, Vector)


def primary_keys(model: Model) -> Iterator[Diagnostic]:
    """Primary key properties that have parts: no database and no stream can key by them.

    An object without listed properties is often a database's own scalar type in the eyes
    of an importer, and as JSON it can still be compared: that is a warning.
    """
    for each in model.objects:
        for field in each.record.fields:
            if field.name not in each.primary_key or not isinstance(field.type, _PARTS):
                continue
            message = f"`{field.name}` has parts, and cannot be in a primary key"
            help = "key by one of its parts, or by an id"
            if isinstance(field.type, Json):
                message = f"`{field.name}`, in the primary key, may be any JSON"
                help = "give it the `logicalType` of what it holds, such as `string`"
                yield warning("PW209", message, field.span, help)
            else:
                yield error("PW209", message, field.span, help)


def partition_keys(model: Model) -> Iterator[Diagnostic]:
    """Partition key properties that have parts."""
    for each in model.objects:
        for field in each.record.fields:
            if field.name in each.partition_key and isinstance(field.type, _PARTS):
                message = f"`{field.name}` has parts, and few databases partition by such"
                yield warning("PW210", message, field.span, "partition by a date or a text")


def map_keys(model: Model) -> Iterator[Diagnostic]:
    """Maps whose keys have parts."""
    for field, type_ in walk.field_types(model):
        if isinstance(type_, Map) and isinstance(type_.key, _PARTS):
            message = f"the keys of the map `{field.name}` have parts"
            yield error("PW212", message, field.span, "use text, a number or a date as the key")
