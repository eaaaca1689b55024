"""Avro's binary encoding, bytes to value: what generated decoders are put together from.

Each function takes the bytes and a place in them, and returns a value and the place
after it. Bytes that hold no such value raise (any exception). No length is trusted: what
one announces must be there before anything is allocated for it.
"""

from __future__ import annotations

import datetime
import decimal
import json
from collections.abc import Callable, Iterable, Sequence
from struct import Struct, unpack_from
from typing import Any, Final, TypeAlias, TypeVar

from portwright_runtime.avro_write import EPOCH, EPOCH_DAY, LOCAL_EPOCH

K = TypeVar("K")
T = TypeVar("T")
Reader: TypeAlias = Callable[[bytes, int], tuple[T, int]]


def present(data: bytes, at: int) -> tuple[bool, int]:
    """Whether a value follows where null may stand."""
    branch = data[at]
    if branch == 2:
        return True, at + 1
    if branch == 0:
        return False, at + 1
    raise ValueError("neither null nor a value")


def count(data: bytes, at: int) -> tuple[int, int]:
    """How many elements the next block of an array or map holds; 0 after the last."""
    if data[at] == 0:  # as below, without a call
        return 0, at + 1
    number, at = long(data, at)
    if number < 0:  # then its size in bytes follows, for those who skip it
        number = -number
        _, at = long(data, at)
    if number > len(data) - at:  # no element is shorter than a byte
        raise IndexError("more elements than bytes")
    return number, at


def nullable(read: Reader[T]) -> Reader[T | None]:
    """What reads null or a value."""

    def read_it(data: bytes, at: int) -> tuple[T | None, int]:
        some, at = present(data, at)
        return read(data, at) if some else (None, at)

    return read_it


def array(read: Reader[T]) -> Reader[list[T]]:
    """What reads an array of values."""

    def read_all(data: bytes, at: int) -> tuple[list[T], int]:
        items: list[T] = []
        number, at = count(data, at)
        while number:
            for _ in range(number):
                item, at = read(data, at)
                items.append(item)
            number, at = count(data, at)
        return items, at

    return read_all


def mapping(read_key: Reader[K], read_value: Reader[T]) -> Reader[dict[K, T]]:
    """What reads a map, or an array of records of a key and a value."""

    def read_all(data: bytes, at: int) -> tuple[dict[K, T], int]:
        items: dict[K, T] = {}
        number, at = count(data, at)
        while number:
            for _ in range(number):
                key, at = read_key(data, at)
                items[key], at = read_value(data, at)
            number, at = count(data, at)
        return items, at

    return read_all


# ------------------------------------------------------------------- numbers

_DOUBLE: Final = Struct("<d")
_SINGLE: Final = Struct("<f")


def long(data: bytes, at: int) -> tuple[int, int]:
    """A whole number of 64 bits."""
    byte = data[at]
    at += 1
    if byte < 128:
        return (byte >> 1) ^ -(byte & 1), at
    n = byte & 127
    shift = 7
    for byte in data[at : at + 9]:
        at += 1
        n |= (byte & 127) << shift
        if byte < 128:
            return (n >> 1) ^ -(n & 1), at
        shift += 7
    raise ValueError("a number of more than 64 bits, or one that is cut off")


def boolean(data: bytes, at: int) -> tuple[bool, int]:
    byte = data[at]
    if byte > 1:
        raise ValueError("neither true nor false")
    return byte == 1, at + 1


def double(data: bytes, at: int) -> tuple[float, int]:
    (value,) = _DOUBLE.unpack_from(data, at)
    return value, at + 8


def single(data: bytes, at: int) -> tuple[float, int]:
    (value,) = _SINGLE.unpack_from(data, at)
    return value, at + 4


def _all_at_once(size: int, letter: str) -> Reader[tuple[float, ...]]:
    def read(data: bytes, at: int) -> tuple[tuple[float, ...], int]:
        values: tuple[float, ...] = ()
        number, at = count(data, at)
        while number:
            values += unpack_from(f"<{number}{letter}", data, at)
            number, at = count(data, at + size * number)
        return values, at

    return read


doubles = _all_at_once(8, "d")
singles = _all_at_once(4, "f")


def unscaled(data: bytes, at: int) -> tuple[int, int]:
    """A decimal without its scale."""
    raw, at = binary(data, at)
    if len(raw) > 64:
        raise ValueError("a decimal of more digits than Avro's schemas here have")
    return int.from_bytes(raw, "big", signed=True), at


def exact(scale: int) -> Reader[decimal.Decimal]:
    """What reads decimals with that many digits after the point."""
    context = decimal.Context(prec=200)

    def read(data: bytes, at: int) -> tuple[decimal.Decimal, int]:
        size = data[at]
        if size & 0x81 or at + (size >> 1) >= len(data):
            number, at = unscaled(data, at)
        else:  # as nearly all are: as above, without a call
            start, at = at + 1, at + 1 + (size >> 1)
            number = int.from_bytes(data[start:at], "big", signed=True)
        return decimal.Decimal(number).scaleb(-scale, context), at

    return read


# --------------------------------------------------------------- text, bytes


def binary(data: bytes, at: int) -> tuple[bytes, int]:
    size, at = long(data, at)
    end = at + size
    if size < 0 or end > len(data):
        raise IndexError("a length beyond the end")
    return data[at:end], end


def text(data: bytes, at: int) -> tuple[str, int]:
    size = data[at]
    if size & 0x81:
        size, at = long(data, at)
    else:  # as nearly all are: as above, without a call
        size >>= 1
        at += 1
    end = at + size
    if size < 0 or end > len(data):
        raise IndexError("a length beyond the end")
    return data[at:end].decode(), end


# A UUID is left as text: the record that it goes into reads it faster than `uuid` does.
identifier = text


def document(data: bytes, at: int) -> tuple[Any, int]:
    value, at = text(data, at)
    return json.loads(value), at


def symbol(values: Sequence[T]) -> Reader[T]:
    """What reads one of these values of an Avro enum."""

    def read(data: bytes, at: int) -> tuple[T, int]:
        index, at = long(data, at)
        if index < 0:
            raise IndexError("no such symbol")
        return values[index], at

    return read


def listed(values: Iterable[T], unknown: T) -> Reader[T]:
    """What reads one of these values of an enum that Avro knows as text, else `unknown`."""
    known = {str(value): value for value in values}

    def read(data: bytes, at: int) -> tuple[T, int]:
        value, at = text(data, at)
        return known.get(value, unknown), at

    return read


# ------------------------------------------------------------- days and times


def day(data: bytes, at: int) -> tuple[datetime.date, int]:
    days, at = long(data, at)
    return datetime.date.fromordinal(days + EPOCH_DAY), at


def clock(data: bytes, at: int) -> tuple[datetime.time, int]:
    micros, at = long(data, at)
    moment = LOCAL_EPOCH + datetime.timedelta(microseconds=micros)
    if moment.toordinal() != EPOCH_DAY:
        raise ValueError("a time of another day")
    return moment.time(), at


def instant(data: bytes, at: int) -> tuple[datetime.datetime, int]:
    micros, at = long(data, at)
    return EPOCH + datetime.timedelta(0, 0, micros), at


def wall_clock(data: bytes, at: int) -> tuple[datetime.datetime, int]:
    micros, at = long(data, at)
    return LOCAL_EPOCH + datetime.timedelta(0, 0, micros), at
