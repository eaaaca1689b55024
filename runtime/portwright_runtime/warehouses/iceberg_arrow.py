"""Arrow arrays in the form of Iceberg's files: columns by their numbers, at any depth.

pyiceberg's own conversion makes empty lists and maps of absent ones that hold structs
(apache/iceberg-python#3833), as it reads and as it writes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pyarrow
import pyarrow.compute as compute
from pyarrow import types

from portwright_runtime.arrow import RecordBatch

# Which fields of a struct are those of another one: for each the place of its source, or None.
Match = Callable[[Any, Any], list[int | None]]

_NUMBER: Final = b"PARQUET:field_id"


def projected(batch: RecordBatch, schema: pyarrow.Schema, match: Match) -> RecordBatch:
    """The rows under another schema, of which the fields that have no match are null."""
    array = _struct(batch.to_struct_array(), pyarrow.struct(list(schema)), match)
    return pyarrow.RecordBatch.from_arrays(array.flatten(), schema=schema)


def by_place(source: Any, target: Any) -> list[int | None]:
    """Those of a struct with other names."""
    return [*range(target.num_fields)]


def by_name(source: Any, target: Any) -> list[int | None]:
    """Those of the same name, which are all there."""
    places = {source.field(at).name: at for at in range(source.num_fields)}
    return [places[target.field(at).name] for at in range(target.num_fields)]


def by_number(source: Any, target: Any) -> list[int | None]:
    """Those of the same number, or of the same name in files that have none."""
    places: dict[object, int] = {}
    for at in range(source.num_fields):
        field = source.field(at)
        places[number_of(field) or field.name] = at
    fields = [target.field(at) for at in range(target.num_fields)]
    return [places.get(number_of(each), places.get(each.name)) for each in fields]


def number_of(field: Any) -> int | None:
    """The number of a field in Iceberg's schema."""
    text = (field.metadata or {}).get(_NUMBER)
    return None if text is None else int(text)


def _array(array: Any, target: Any, match: Match) -> Any:
    if types.is_struct(target):
        return _struct(array, target, match)
    if types.is_map(target):
        entry = pyarrow.struct([array.type.key_field, array.type.item_field])
        offsets, entries = _elements(array.cast(pyarrow.list_(entry)))
        keys = _array(entries.field(0), target.key_type, match)
        items = _array(entries.field(1), target.item_type, match)
        gone = array.is_null()
        return pyarrow.MapArray.from_arrays(offsets, keys, items, target, mask=gone)
    if types.is_list(target) or types.is_large_list(target):
        offsets, elements = _elements(array)
        form = pyarrow.LargeListArray if types.is_large_list(target) else pyarrow.ListArray
        offsets = offsets.cast(pyarrow.int64() if types.is_large_list(target) else pyarrow.int32())
        values = _array(elements, target.value_type, match)
        return form.from_arrays(offsets, values, type=target, mask=array.is_null())
    if isinstance(target, pyarrow.UuidType) and not isinstance(array.type, pyarrow.UuidType):
        return pyarrow.ExtensionArray.from_storage(target, array.cast(target.storage_type))
    return array if array.type == target else array.cast(target)


def _struct(array: Any, target: Any, match: Match) -> Any:
    fields = [target.field(at) for at in range(target.num_fields)]
    parts = [
        (
            pyarrow.nulls(len(array), field.type)
            if place is None
            else _array(array.field(place), field.type, match)
        )
        for field, place in zip(fields, match(array.type, target), strict=True)
    ]
    return pyarrow.StructArray.from_arrays(parts, fields=fields, mask=array.is_null())


def _elements(array: Any) -> tuple[Any, Any]:
    """Where each list begins among the elements of all, and the elements."""
    ends = compute.cumulative_sum(array.value_lengths().fill_null(0).cast(pyarrow.int32()))
    offsets = pyarrow.concat_arrays([pyarrow.array([0], pyarrow.int32()), ends])
    # Arrow flattens no elements only where it has a builder for their type.
    none = not len(array) or not ends[-1].as_py()
    return offsets, pyarrow.nulls(0, array.type.value_type) if none else array.flatten()
