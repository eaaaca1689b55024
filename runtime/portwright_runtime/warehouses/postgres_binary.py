"""PostgreSQL's binary form of COPY, made of Arrow's columns.

A row is the number of its fields, and for each one its length (-1 where it is null) and its bytes:
https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format". Bytes are those that the
type's `recv` function reads, all numbers big-endian. Columns become pieces of rows, which are
joined; nothing here is done value by value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from portwright_runtime.arrow import RecordBatch

# pyarrow ships no type information.
Column: TypeAlias = Any
Bytes: TypeAlias = NDArray[np.uint8]

START: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END: Final = b"\xff\xff"

# Dates and times count from 2000-01-01, Arrow's from 1970-01-01.
_DAYS: Final = 10_957
_MICROSECONDS: Final = _DAYS * 86_400_000_000

_NUMBERS: Final = {
    "smallint": ">i2",
    "integer": ">i4",
    "bigint": ">i8",
    "real": ">f4",
    "double precision": ">f8",
}
_MOMENTS: Final = {
    "date": (">i4", "int32", _DAYS),
    "time": (">i8", "int64", 0),
    "timestamp": (">i8", "int64", _MICROSECONDS),
    "timestamptz": (">i8", "int64", _MICROSECONDS),
}
# What arrays say of their elements: pg_type.dat.
_OIDS: Final = {
    "boolean": 16,
    "bytea": 17,
    "bigint": 20,
    "smallint": 21,
    "integer": 23,
    "text": 25,
    "real": 700,
    "double precision": 701,
    "char": 1042,
    "varchar": 1043,
    "date": 1082,
    "time": 1083,
    "timestamp": 1114,
    "timestamptz": 1184,
    "numeric": 1700,
    "uuid": 2950,
}
# Digits of a numeric are of base 10,000. One of 128 bits crosses as the `high` and the `low` part
# of what this divides.
_BASE: Final = 10_000
HALF: Final = 10**20
_HALF_DIGITS: Final = 5
# Words of 32 bits that hold a decimal of Arrow, times 1,000.
_LIMBS: Final = 5


def rows(batch: RecordBatch, types: Sequence[str]) -> memoryview:
    """The rows of the batch, whose columns are for columns of these types."""
    pieces: list[_Piece] = [_Fixed(_bytes(np.full(batch.num_rows, len(types), ">i2")))]
    for column, type_ in zip(batch.columns, types, strict=True):
        pieces += _field(column, type_)
    return _contents(_joined(pieces))


# -------------------------------------------------------------------- pieces


@dataclass(frozen=True, slots=True)
class _Fixed:
    """A piece that has as many bytes in every row."""

    bytes: Bytes


@dataclass(frozen=True, slots=True)
class _Varying:
    """A piece of any length: an array of type large_binary without nulls."""

    bytes: Column


_Piece: TypeAlias = _Fixed | _Varying


def _joined(pieces: Sequence[_Piece]) -> Column:
    """The pieces of each row one after the other."""
    whole: list[Column] = []
    fixed: list[Bytes] = []
    for piece in (*pieces, None):
        if isinstance(piece, _Fixed):
            fixed.append(piece.bytes)
            continue
        if fixed:
            whole.append(_binary(np.concatenate(fixed, axis=1)))
            fixed = []
        if piece is not None:
            whole.append(piece.bytes)
    if len(whole) == 1:
        return whole[0]
    return pc.binary_join_element_wise(*whole, pa.scalar(b"", pa.large_binary()))


def _binary(rows: Bytes) -> Column:
    count, width = rows.shape
    return _sliced(np.arange(count + 1, dtype=np.int64) * width, rows)


def _sliced(offsets: NDArray[np.int64], data: Any) -> Column:
    return pa.Array.from_buffers(
        pa.large_binary(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    )


def _offsets(array: Column) -> NDArray[np.int64]:
    """Where the values of an array of type large_binary begin and end in its data."""
    found = np.frombuffer(array.buffers()[1], np.int64)
    return found[array.offset : array.offset + len(array) + 1]


def _contents(array: Column) -> memoryview:
    """The values of an array of type large_binary one after the other."""
    if not len(array):
        return memoryview(b"")
    offsets = _offsets(array)
    return memoryview(array.buffers()[2])[offsets[0] : offsets[-1]]


# -------------------------------------------------------------------- fields


def _field(column: Column, type_: str) -> Iterator[_Piece]:
    """The column's fields: their lengths and bytes."""
    if type_.endswith("[]"):
        return _arrays(column, type_.removesuffix("[]"))
    name = type_.partition("(")[0]
    if name == "numeric":
        return _sized(_numerics(column, type_), column)
    if name == "boolean":
        return _sized(_bytes(_filled(column, 0, "uint8")), column)
    if name in _NUMBERS:
        values = _filled(column, 0, None)
        return _sized(_bytes(values.astype(_NUMBERS[name])), column)
    if name in _MOMENTS:
        form, whole, start = _MOMENTS[name]
        values = _filled(column, 0, whole)
        return _sized(_bytes((values - start).astype(form)), column)
    return _texts(column, b"\1" if name == "jsonb" else b"")


def _filled(column: Column, value: object, type_: str | None) -> NDArray[Any]:
    """The values, `value` for null; as those of another Arrow type of their size."""
    if type_ is not None:
        column = column.cast(type_) if column.type == "bool" else column.view(type_)
    filled = pc.fill_null(column, value) if column.null_count else column
    found: NDArray[Any] = filled.to_numpy(zero_copy_only=False)
    return found


def _bytes(values: NDArray[Any]) -> Bytes:
    """The bytes of each value, or of the values of each row."""
    rows = values if values.ndim == 2 else values[:, None]
    return rows.view(np.uint8)


def _lengths(lengths: NDArray[Any]) -> Bytes:
    return _bytes(lengths.astype(">i4"))


def _sized(values: Bytes, column: Column) -> Iterator[_Piece]:
    """Fields that all have one length, but for nulls."""
    count, width = values.shape
    fields = np.concatenate([_lengths(np.full(count, width)), values], axis=1)
    if not column.null_count:
        yield _Fixed(fields)
        return
    there = column.is_valid().to_numpy(zero_copy_only=False)
    fields[~there, :4] = 0xFF
    widths = np.where(there, width + 4, 4)
    kept = fields[np.arange(width + 4) < widths[:, None]]
    yield _Varying(_sliced(np.concatenate([[0], np.cumsum(widths)]), kept))


def _texts(column: Column, before: bytes) -> Iterator[_Piece]:
    """Texts and bytes, with `before` before those that are there."""
    values = pc.fill_null(column.cast(pa.large_binary()), b"")
    lengths = np.diff(_offsets(values)) + len(before)
    if not column.null_count:
        marks = np.tile(np.frombuffer(before, np.uint8), (len(column), 1))
        yield _Fixed(np.concatenate([_lengths(lengths), marks], axis=1))
    else:
        there = column.is_valid()
        lengths[~there.to_numpy(zero_copy_only=False)] = -1
        yield _Fixed(_lengths(lengths))
        if before:
            yield _Varying(
                pc.if_else(there, *(pa.scalar(x, pa.large_binary()) for x in (before, b"")))
            )
    yield _Varying(values)


def _arrays(column: Column, element: str) -> Iterator[_Piece]:
    """Arrays of one dimension: array_recv."""
    sizes = _filled(pc.list_value_length(column), 0, None).astype(np.int64)
    inner = column.flatten()
    elements = _joined([*_field(inner, element)])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    # Where elements of one array follow each other, their bytes do.
    values = _sliced(_offsets(elements)[starts], elements.buffers()[2] or b"")
    oid = _OIDS[element.partition("(")[0]]
    heads = np.empty((len(column), 5), ">i4")
    heads[:] = (1, int(inner.null_count > 0), oid, 0, 1)
    heads[:, 3] = sizes
    heads[sizes == 0, 0] = 0
    widths = np.where(sizes > 0, 20, 12)
    there = column.is_valid().to_numpy(zero_copy_only=False)
    widths[~there] = 0
    kept = _bytes(heads)[np.arange(20) < widths[:, None]]
    lengths = np.where(there, widths + np.diff(_offsets(values)), -1)
    yield _Fixed(_lengths(lengths))
    yield _Varying(_sliced(np.concatenate([[0], np.cumsum(widths)]), kept))
    yield _Varying(values)


# ------------------------------------------------------------------- numeric


def _numerics(column: Column, type_: str) -> Bytes:
    """The bytes of numbers: numeric_recv, which takes zeros that lead and trail."""
    if pa.types.is_struct(column.type):  # of 128 bits
        high, low = column.flatten()
        (signs, digits), (others, lower) = _digits(high, _HALF_DIGITS), _digits(low, _HALF_DIGITS)
        return _numeric(
            signs | others, np.concatenate([digits, lower], axis=1), _HALF_DIGITS * 2, 0
        )
    scale = column.type.scale
    after = -(-scale // 4)
    before = -(-(column.type.precision - scale) // 4)
    return _numeric(*_digits(column, before + after, after * 4 - scale), before, scale)


def _numeric(negative: NDArray[Any], digits: NDArray[Any], before: int, scale: int) -> Bytes:
    """Of digits of base 10,000, `before` of them before the point."""
    fields = np.empty((len(digits), 4 + digits.shape[1]), ">i2")
    fields[:, 0] = digits.shape[1]
    fields[:, 1] = before - 1
    fields[:, 2] = np.where(negative, 0x4000, 0)
    fields[:, 3] = scale
    fields[:, 4:] = digits
    return _bytes(fields)


def _digits(column: Column, count: int, power: int = 0) -> tuple[NDArray[Any], NDArray[Any]]:
    """Which decimals are negative, and the last `count` digits, of base 10,000, of each one's
    absolute unscaled value times ten to the `power`, 0 to 3."""
    words = np.frombuffer(column.buffers()[1], "<u4").reshape(-1, 4)
    words = words[column.offset : column.offset + len(column)]
    negative = words[:, 3] >> 31 != 0
    limbs = np.zeros((len(column), _LIMBS), np.int64)
    limbs[:, :4] = words
    if column.null_count:
        limbs[~column.is_valid().to_numpy(zero_copy_only=False)] = 0
    # Minus x is the complement of x, plus one.
    limbs[negative, :4] ^= 0xFFFFFFFF
    limbs[negative, 0] += 1
    limbs *= 10**power
    carry = np.zeros(len(column), np.int64)
    for at in range(_LIMBS):
        limbs[:, at] += carry
        carry = limbs[:, at] >> 32
        limbs[:, at] &= 0xFFFFFFFF
    digits = np.empty((len(column), count), np.int64)
    # Short decimals have nothing in the upper words.
    used = 1 + max((at for at in range(_LIMBS) if limbs[:, at].any()), default=0)
    for place in reversed(range(count)):
        rest = np.zeros(len(column), np.int64)
        for at in reversed(range(used)):
            rest <<= 32
            rest |= limbs[:, at]
            limbs[:, at] = rest // _BASE
            rest -= limbs[:, at] * _BASE
        digits[:, place] = rest
    return negative, digits
