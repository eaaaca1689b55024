"""Rows that come in Arrow: taken as they are where their types are the contract's or lose nothing
on the way there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portwright_runtime import arrow
from portwright_runtime.arrow import (
    ArrowSchema,
    ArrowType,
    ListOf,
    MapOf,
    Nullable,
    Plain,
    RecordBatch,
    Struct,
)
from portwright_runtime.errors import ConfigurationError
from portwright_runtime.warehouse import Table

# Where each column of the table is among those that are given; None where it is not.
Places = Sequence[int | None]


def places(table: Table[Any], schema: ArrowSchema) -> Places:
    """The places of the columns, by their own names or the contract's; a ConfigurationError where
    one is twice, or given and none of the contract's, or of a type that only its engine knows."""
    names = schema.names
    for field in schema:
        if unknown := _unknown(field.type):
            raise ConfigurationError(
                f"the column {field.name} for {table.object} is of the Arrow extension {unknown}:"
                " cast it to text or a number"
            )
    found: list[int | None] = []
    for column in table.columns:
        called = {column.name, column.property}
        at = [place for place, name in enumerate(names) if name in called]
        if len(at) > 1:
            raise ConfigurationError(f"the column {column.name} of {table.object} is given twice")
        found.append(at[0] if at else None)
    others = [name for place, name in enumerate(names) if place not in found]
    if others:
        raise ConfigurationError(
            f"{table.object} has no column {others[0]!r:.80} in {table.full_version}: leave it out,"
            " or give it the contract's name"
        )
    return found


def _unknown(type_: Any) -> str | None:
    """The name of an extension in the type whose values mean nothing here."""
    import pyarrow

    if isinstance(type_, pyarrow.BaseExtensionType):
        name = str(type_.extension_name)
        return None if name in ("arrow.uuid", "arrow.json") else name
    inside = (_unknown(type_.field(at).type) for at in range(type_.num_fields))
    return next((each for each in inside if each), None)


def conformed(table: Table[Any], given: RecordBatch, places: Places) -> RecordBatch | None:
    """The rows in the table's columns; None where a value would have to be changed or guessed."""
    import pyarrow

    arrays = []
    for column, place in zip(table.columns, places, strict=True):
        type_ = arrow.pyarrow_type(column.type)
        if place is None:
            if column.type == arrow.JSON and column.required:
                return None
            arrays.append(pyarrow.nulls(given.num_rows, type_))
            continue
        try:
            arrays.append(_cast(given.column(place), column.type))
        except (pyarrow.ArrowException, ValueError, TypeError):
            return None
    return pyarrow.RecordBatch.from_arrays(arrays, names=[each.name for each in table.columns])


def _cast(array: Any, type_: ArrowType) -> Any:
    """The array in the type; ValueError where that is not certain to keep every value."""
    import pyarrow
    from pyarrow import compute, types

    wanted = arrow.pyarrow_type(type_)
    if isinstance(array.type, pyarrow.BaseExtensionType):
        if type_ in (arrow.UUID, arrow.nullable(arrow.UUID)) and array.type == pyarrow.uuid():
            return array
        array = _stored(array)
    if types.is_dictionary(array.type):
        array = array.dictionary_decode()
    given = array.type
    if types.is_null(given):
        return pyarrow.nulls(len(array), wanted)
    match type_:
        case Nullable(inner):
            return _cast(array, inner)
        case Plain(meaning="uuid"):
            # DuckDB finds out whether it is one when it is staged, and does not mind the dashes.
            text = array.cast(pyarrow.string()) if _is_text(given) else None
            if text is None or not _all(compute.equal(compute.utf8_length(text), 36)):
                raise ValueError
            return text
        case Plain(meaning="json" | "int128" | "uint128"):
            raise ValueError  # a look at each value tells
        case Plain():
            return _plain(array, wanted)
        case ListOf(element, None) if types.is_list(given) or types.is_large_list(given):
            return _list(array, element)
        case MapOf(key, value) if types.is_map(given):
            return _map(array, key, value)
        case Struct(_, fields) if types.is_struct(given) and fields:
            return _struct(array, type_)
        case _:
            raise ValueError


def _plain(array: Any, wanted: Any) -> Any:
    import pyarrow
    from pyarrow import compute, types

    if not _keeps(array.type, wanted):
        raise ValueError
    if types.is_decimal(wanted) and types.is_integer(array.type):
        array = array.cast(pyarrow.decimal128(20, 0))  # that holds any
    found = array.cast(wanted, safe=True)
    if types.is_floating(wanted) and not _all(compute.is_finite(found)):
        raise ValueError
    return found


def _list(array: Any, element: ArrowType) -> Any:
    import pyarrow

    inside = _cast(array.flatten(), element)
    return pyarrow.ListArray.from_arrays(_starts(array), inside, mask=array.is_null())


def _map(array: Any, key: ArrowType, value: ArrowType) -> Any:
    import pyarrow

    fields = [array.type.key_field, array.type.item_field]
    pairs = array.cast(pyarrow.list_(pyarrow.struct(fields)))
    keys, items = pairs.flatten().flatten()
    return pyarrow.MapArray.from_arrays(
        _starts(pairs), _cast(keys, key), _cast(items, value), mask=array.is_null()
    )


def _starts(array: Any) -> Any:
    """Where each list begins among all that is inside them, and where the last one ends."""
    import pyarrow
    from pyarrow import compute

    sizes = compute.list_value_length(array).fill_null(0).cast(pyarrow.int64())
    ends = compute.cumulative_sum(sizes).cast(pyarrow.int32())
    return pyarrow.concat_arrays([pyarrow.array([0], pyarrow.int32()), ends])


def _struct(array: Any, type_: Struct) -> Any:
    import pyarrow

    names = [name for name, _ in type_.fields]
    if [array.type.field(at).name for at in range(array.type.num_fields)] != names:
        raise ValueError
    children = [
        _cast(child, inner) for child, (_, inner) in zip(array.flatten(), type_.fields, strict=True)
    ]
    parts = [pyarrow.field(name, each.type) for name, each in zip(names, children, strict=True)]
    return pyarrow.StructArray.from_arrays(children, fields=parts, mask=array.is_null())


def _stored(array: Any) -> Any:
    """What stands behind an extension type, where that is what it means."""
    import uuid

    import pyarrow

    if array.type.extension_name == "arrow.uuid":
        texts = [
            None if each is None else str(uuid.UUID(bytes=each))
            for each in array.storage.to_pylist()
        ]
        return pyarrow.array(texts, pyarrow.string())
    return array.storage


def _is_text(type_: Any) -> bool:
    from pyarrow import types

    return bool(
        types.is_string(type_) or types.is_large_string(type_) or types.is_string_view(type_)
    )


def _keeps(given: Any, wanted: Any) -> bool:
    """Whether a safe cast, which refuses what does not fit, keeps what values of the type mean."""
    from pyarrow import types

    if given == wanted:
        return True
    if types.is_integer(wanted):
        return bool(types.is_integer(given))
    if types.is_floating(wanted):
        return bool(types.is_floating(given) and given.bit_width <= wanted.bit_width)
    if types.is_decimal(wanted):
        return bool(types.is_decimal(given) or types.is_integer(given))
    if _is_text(wanted):
        return _is_text(given)
    if types.is_binary(wanted):
        return bool(
            types.is_large_binary(given)
            or types.is_binary_view(given)
            or types.is_fixed_size_binary(given)
        )
    if types.is_timestamp(wanted):
        return bool(types.is_timestamp(given) and (given.tz is None) is (wanted.tz is None))
    if types.is_time(wanted):
        return bool(types.is_time(given))
    return False


def _all(true: Any) -> bool:
    from pyarrow import compute

    return compute.all(true).as_py() is not False


def mappings(table: Table[Any], given: RecordBatch, places: Places) -> Iterator[Mapping[str, Any]]:
    """The rows as mappings by the contract's names."""
    held = [
        (column, given.column(place).to_pylist())
        for column, place in zip(table.columns, places, strict=True)
        if place is not None
    ]
    for at in range(given.num_rows):
        yield {column.property: _value(values[at], column.type) for column, values in held}


def _value(value: Any, type_: ArrowType) -> Any:
    """The value as a record takes it."""
    match type_:
        case _ if value is None:
            return None
        case Nullable(inner):
            return _value(value, inner)
        case Plain(meaning="json"):
            try:
                return json.loads(value) if isinstance(value, str) else value
            except ValueError:
                return _NOT_JSON
        case Plain(meaning="int128" | "uint128") if not isinstance(value, int):
            try:
                return int(value)
            except (ValueError, TypeError):
                return value
        case Plain(factory="timestamp") if getattr(value, "nanosecond", 0):
            return str(value)  # no record takes it, nor could keep it
        case ListOf(element, _) if isinstance(value, list):
            return [_value(each, element) for each in value]
        case MapOf(key, inner) if isinstance(value, list):
            return {_value(name, key): _value(each, inner) for name, each in value}
        case Struct(record, fields) if isinstance(value, dict):
            properties = [each.alias or name for name, each in record.model_fields.items()]
            called = {
                name: (written, inner)
                for written, (name, inner) in zip(properties, fields, strict=True)
            }
            return {
                called[name][0] if name in called else name: (
                    _value(each, called[name][1]) if name in called else each
                )
                for name, each in value.items()
            }
        case _:
            return value


# No model takes it for JSON.
_NOT_JSON = float("nan")
