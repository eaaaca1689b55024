"""Rows to Arrow, a column at a time: values are looked at by the thousand, not one by one.

A row is a record of the contract, or a mapping by the contract's names. What is not exactly of
its column's type is not converted: the rows are `Unfit`, and their models find out which it is.
"""

from __future__ import annotations

import datetime
import decimal
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate, chain
from math import isfinite
from operator import itemgetter
from types import NoneType
from typing import Any, Final, TypeAlias, assert_never

from pydantic import TypeAdapter

from portwright_runtime import arrow
from portwright_runtime.arrow import ArrowType, ListOf, MapOf, Nullable, Plain, RecordBatch, Struct
from portwright_runtime.record import Record
from portwright_runtime.types import JsonValue

Values: TypeAlias = Sequence[Any]


class Unfit(Exception):
    """Some value is not of its column's type."""


def record_batch(rows: Values, type_: Struct) -> RecordBatch:
    """The rows, all of them records or all of them mappings, in the columns of `type_`.

    Unfit where a value is not of its column's type, or a mapping has a name that the
    contract lacks. Whether what is required is there is not looked at.
    """
    import pyarrow

    with _unfit():
        found = [*_fields(pyarrow, rows, type_)]
    return pyarrow.RecordBatch.from_arrays(found, names=[name for name, _ in type_.fields])


def array(values: Values, type_: ArrowType) -> Any:
    """The values of one column in pyarrow; Unfit where one is not of the type."""
    import pyarrow

    with _unfit():
        return _array(pyarrow, values, type_)


@contextmanager
def _unfit() -> Iterator[None]:
    import pyarrow

    try:
        yield
    # What these say may quote a value.
    except (pyarrow.ArrowException, OverflowError, TypeError, ValueError):
        raise Unfit from None


def _array(pyarrow: Any, values: Values, type_: ArrowType) -> Any:
    match type_:
        case Nullable(Plain(meaning="json")):
            return pyarrow.array([None if each is None else _json(each) for each in values])
        case Nullable(inner):
            return _array(pyarrow, values, inner)
        case Plain():
            return _leaf(pyarrow, values, type_)
        case ListOf(element, size):
            _expect(values, (list, tuple))
            inside = [*_inside(values)]
            elements = _array(pyarrow, inside, element)
            if size is not None:
                if None in inside:
                    raise Unfit  # no audit looks into vectors
                return pyarrow.array(values, pyarrow.list_(elements.type, size))
            return pyarrow.ListArray.from_arrays(_offsets(pyarrow, values), elements)
        case MapOf(key, value):
            _expect(values, Mapping)
            keys = _array(pyarrow, [*_inside(values)], key)
            held = [None if each is None else each.values() for each in values]
            items = _array(pyarrow, [*_inside(held)], value)
            return pyarrow.MapArray.from_arrays(_offsets(pyarrow, values), keys, items)
        case Struct(record, ()):
            _expect(values, (record, Mapping))
            if any(isinstance(each, Mapping) and each for each in values):
                raise Unfit
            return pyarrow.array([None if each is None else "{}" for each in values])
        case Struct():
            children = [*_fields(pyarrow, values, type_)]
            fields = [
                pyarrow.field(name, child.type)
                for (name, _), child in zip(type_.fields, children, strict=True)
            ]
            absent = pyarrow.array([each is None for each in values], pyarrow.bool_())
            return pyarrow.StructArray.from_arrays(children, fields=fields, mask=absent)
        case _:
            assert_never(type_)


def _fields(pyarrow: Any, values: Values, type_: Struct) -> Iterator[Any]:
    """An array for every field of records or of mappings; None has None in all of them."""
    kinds = {*map(type, values)} - {NoneType}
    attributes, names = _names(type_.record)
    if kinds <= {type_.record}:
        values = [_NOTHING if each is None else each.__dict__ for each in values]
        names = attributes
    elif all(issubclass(each, Mapping) and not issubclass(each, Record) for each in kinds):
        values = [_NOTHING if each is None else each for each in values]
        if not {*chain.from_iterable(values)} <= {*names}:
            raise Unfit
    else:
        raise Unfit
    for name, (_, inner) in zip(names, type_.fields, strict=True):
        # Of all types, None is a value of this one.
        if inner == arrow.JSON and not all(name in each for each in values if each):
            raise Unfit
        yield _array(pyarrow, _part(values, name), inner)


def _part(values: Values, name: str) -> Values:
    """What each has under the name, None where it has nothing."""
    try:
        return [*map(itemgetter(name), values)]
    except KeyError:
        return [each.get(name) for each in values]


_NOTHING: Final[Mapping[str, Any]] = {}


def _names(record: type[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields of a record: as attributes, and as the contract calls them."""
    fields = record.model_fields
    return (*fields,), tuple(each.alias or name for name, each in fields.items())


def _inside(values: Values) -> Iterator[Any]:
    return chain.from_iterable(each for each in values if each is not None)


def _offsets(pyarrow: Any, values: Values) -> Any:
    """Where each list or map begins among all that is inside them, and where the last one ends."""
    sizes = [0 if each is None else len(each) for each in values]
    starts: list[int | None] = [*accumulate(sizes, initial=0)]
    for at, each in enumerate(values):
        if each is None:
            starts[at] = None
    return pyarrow.array(starts, pyarrow.int32())


# ------------------------------------------------------------------------ leaves


@dataclass(frozen=True, slots=True)
class _Leaf:
    """What the values of a plain type are: instances of `of` and not of `but`, and what no class
    tells, `fit`."""

    of: type
    but: type | tuple[()] = ()
    fit: Callable[[Iterator[Any]], bool] | None = None


def _within(low: int, high: int) -> Callable[[Iterator[int]], bool]:
    return lambda values: all(low <= each <= high for each in values)


def _zoned(zoned: bool) -> Callable[[Iterator[Any]], bool]:
    return lambda values: all((each.tzinfo is not None) is zoned for each in values)


_WHOLE: Final = _Leaf(int, bool)
_FINITE: Final = _Leaf(float, fit=lambda values: all(map(isfinite, values)))
_LEAVES: Final[Mapping[Plain, _Leaf]] = {
    arrow.BOOL: _Leaf(bool),
    **dict.fromkeys((arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64), _WHOLE),
    **dict.fromkeys((arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64), _WHOLE),
    arrow.INT128: _Leaf(int, bool, _within(-(2**127), 2**127 - 1)),
    arrow.UINT128: _Leaf(int, bool, _within(0, 2**128 - 1)),
    arrow.FLOAT32: _FINITE,
    arrow.FLOAT64: _FINITE,
    arrow.STRING: _Leaf(str, Enum),
    arrow.ENUM: _Leaf(str),
    arrow.UUID: _Leaf(uuid.UUID),
    arrow.JSON: _Leaf(object),
    arrow.BINARY: _Leaf(bytes),
    arrow.DATE: _Leaf(datetime.date, datetime.datetime),
    arrow.TIME: _Leaf(datetime.time, fit=_zoned(False)),
    arrow.INSTANT: _Leaf(datetime.datetime, fit=_zoned(True)),
    arrow.WALL_CLOCK: _Leaf(datetime.datetime, fit=_zoned(False)),
}
_DECIMAL: Final = _Leaf(decimal.Decimal)


def _leaf(pyarrow: Any, values: Values, type_: Plain) -> Any:
    leaf = _LEAVES.get(type_, _DECIMAL)
    _expect(values, leaf.of, leaf.but)
    if leaf.fit and not leaf.fit(each for each in values if each is not None):
        raise Unfit
    if type_ == arrow.UUID:
        plain = [None if each is None else each.bytes for each in values]
        return pyarrow.ExtensionArray.from_storage(
            pyarrow.uuid(), pyarrow.array(plain, pyarrow.binary(16))
        )
    found = pyarrow.array(_taken(values, type_), arrow.pyarrow_type(type_))
    if type_ == arrow.FLOAT32 and not _is_finite(found):
        raise Unfit  # too great for 32 bits
    return found


def _taken(values: Values, type_: Plain) -> Values:
    """What Arrow takes for the values."""
    match type_.meaning:
        case "json":
            return [_json(each) for each in values]
        case "int128" | "uint128":
            return [None if each is None else str(each) for each in values]
        case _:
            return values


def _json(value: Any) -> str:
    _JSON.validate_python(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_JSON: Final[TypeAdapter[Any]] = TypeAdapter(JsonValue)


def _is_finite(array: Any) -> bool:
    from pyarrow import compute

    return compute.all(compute.is_finite(array)).as_py() is not False


def _expect(values: Values, of: type | tuple[type, ...], but: type | tuple[()] = ()) -> None:
    """Returns if all values but None are instances of `of`, and none is one of `but`."""
    for kind in {*map(type, values)} - {NoneType}:
        if not issubclass(kind, of) or issubclass(kind, but):
            raise Unfit
