"""Arrow types as generated tables name them: plain data, turned into pyarrow when first used.

Text is what crosses where Arrow has no type that every engine reads: UUIDs, JSON,
whole numbers of 128 bits. The engine's own column type takes it from there; `meaning`
says what the text is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias, assert_never

# pyarrow ships no type information: to a type checker its objects are Any.
ArrowSchema: TypeAlias = Any
RecordBatch: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Plain:
    """The type that pyarrow's `factory` makes of `arguments`."""

    factory: str
    arguments: tuple[int | str, ...] = ()
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; of exactly `size` elements where that is given."""

    element: ArrowType
    size: int | None = None


@dataclass(frozen=True, slots=True)
class MapOf:
    key: ArrowType
    value: ArrowType


@dataclass(frozen=True, slots=True)
class Struct:
    """Named fields: those of `record`, in its order."""

    record: type[Any]
    fields: tuple[tuple[str, ArrowType], ...]


@dataclass(frozen=True, slots=True)
class Nullable:
    """What a list, a map or a struct holds where that may be null."""

    inner: ArrowType


ArrowType = Plain | ListOf | MapOf | Struct | Nullable

BOOL = Plain("bool_")
INT8 = Plain("int8")
INT16 = Plain("int16")
INT32 = Plain("int32")
INT64 = Plain("int64")
UINT8 = Plain("uint8")
UINT16 = Plain("uint16")
UINT32 = Plain("uint32")
UINT64 = Plain("uint64")
FLOAT32 = Plain("float32")
FLOAT64 = Plain("float64")
STRING = Plain("string")
ENUM = Plain("string", (), "enum")
UUID = Plain("string", (), "uuid")
JSON = Plain("string", (), "json")
INT128 = Plain("string", (), "int128")
UINT128 = Plain("string", (), "uint128")
BINARY = Plain("binary")
DATE = Plain("date32")
TIME = Plain("time64", ("us",))
INSTANT = Plain("timestamp", ("us", "UTC"))
WALL_CLOCK = Plain("timestamp", ("us",))


def decimal(precision: int, scale: int) -> ArrowType:
    """An exact number of at most 38 digits, `scale` of them after the point."""
    return Plain("decimal128", (precision, scale))


def nullable(inner: ArrowType) -> ArrowType:
    """`inner` or null, in a list, a map or a struct."""
    return Nullable(inner)


def list_of(element: ArrowType, size: int | None = None) -> ArrowType:
    """A list of `element`; of exactly `size` of them where that is given."""
    return ListOf(element, size)


def map_of(key: ArrowType, value: ArrowType) -> ArrowType:
    """Pairs of `key` and `value`."""
    return MapOf(key, value)


def struct(record: type[Any], *fields: tuple[str, ArrowType]) -> ArrowType:
    """What holds a `record`: a name and a type for each of its fields, in their order."""
    return Struct(record, fields)


def schema(columns: Iterable[tuple[str, ArrowType, bool]]) -> ArrowSchema:
    """The pyarrow schema of columns given as name, type, nullable."""
    import pyarrow

    return pyarrow.schema(
        [pyarrow.field(name, _type(pyarrow, type_), null) for name, type_, null in columns]
    )


def pyarrow_type(type_: ArrowType) -> Any:
    """The pyarrow type."""
    import pyarrow

    return _type(pyarrow, type_)


def _type(pyarrow: Any, type_: ArrowType) -> Any:
    match type_:
        case Plain(factory, arguments, _):
            return getattr(pyarrow, factory)(*arguments)
        case ListOf(element, None):
            return pyarrow.list_(_field(pyarrow, "item", element))
        case ListOf(element, size):
            return pyarrow.list_(_field(pyarrow, "item", element), size)
        case MapOf(key, value):
            return pyarrow.map_(_field(pyarrow, "key", key), _field(pyarrow, "value", value))
        case Struct(_, ()):
            return pyarrow.string()  # the text of an empty JSON object
        case Struct(_, fields):
            return pyarrow.struct([_field(pyarrow, name, inner) for name, inner in fields])
        case Nullable(inner):
            return _type(pyarrow, inner)
        case _:
            assert_never(type_)


def _field(pyarrow: Any, name: str, type_: ArrowType) -> Any:
    return pyarrow.field(name, _type(pyarrow, type_), isinstance(type_, Nullable))
