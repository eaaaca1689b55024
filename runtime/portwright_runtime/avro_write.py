"""Avro's binary encoding, value to bytes: what generated encoders are put together from.

A generated encoder knows its schema, so it asks nothing at run time: it hands each
value to the function of its type and collects the pieces. A value that is not of the
type raises (any exception); its bytes are never wrong.
"""

from __future__ import annotations

import datetime
import decimal
import json
import uuid
from binascii import hexlify
from collections.abc import Callable, Iterable, Mapping, Sequence
from struct import Struct, pack
from typing import Any, Final, TypeAlias

Put: TypeAlias = Callable[[bytes], None]

NULL: Final = b"\x00"
PRESENT: Final = b"\x02"
END: Final = b"\x00"  # of the blocks of an array or map

# ------------------------------------------------------------- whole numbers

# Fourteen bits of a varint at a time: two bytes with more to come, one or two that end it.
_MORE: Final = [bytes((n & 127 | 128, n >> 7 | 128)) for n in range(1 << 14)]
_LAST: Final = [bytes((n,)) if n < 128 else bytes((n & 127 | 128, n >> 7)) for n in range(1 << 14)]


def long(n: int) -> bytes:
    """A whole number of 64 bits: zigzag, then seven bits a byte, lowest first."""
    n = (n << 1) ^ (n >> 63)
    head = b""
    while n > 16383:
        head += _MORE[n & 16383]
        n >>= 14
    return head + _LAST[n]


# Lengths and small numbers, ready made: SMALL[n] for -1024 ≤ n < 1024.
SMALL: Final = [long(n) for n in (*range(1024), *range(-1024, 0))]


def _whole(low: int, high: int) -> Callable[[int], bytes]:
    start, stop = max(low, -1024), min(high + 1, 1024)

    def write(value: int) -> bytes:
        if type(value) is int and start <= value < stop:
            return SMALL[value]
        return long(_within(value, low, high))

    return write


def _wide(low: int, high: int) -> Callable[[int], bytes]:
    return lambda value: _unscaled(_within(value, low, high))


def _within(value: int, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"expected a whole number from {low} to {high}")
    return value


# What an integer of so many bytes is added to, for its length to go before it.
_SIZES: Final = [2 * size << 8 * size for size in range(64)]


def _unscaled(value: int) -> bytes:
    """Two's complement, big-endian, in as few bytes as hold it."""
    size = (value.bit_length() + 8) >> 3
    return SMALL[size] + value.to_bytes(size, "big", signed=True)


int8 = _whole(-(2**7), 2**7 - 1)
int16 = _whole(-(2**15), 2**15 - 1)
int32 = _whole(-(2**31), 2**31 - 1)
int64 = _whole(-(2**63), 2**63 - 1)
uint8 = _whole(0, 2**8 - 1)
uint16 = _whole(0, 2**16 - 1)
uint32 = _whole(0, 2**32 - 1)
# Avro has no such integers: they travel as decimals without a fraction.
uint64 = _wide(0, 2**64 - 1)
int128 = _wide(-(2**127), 2**127 - 1)
uint128 = _wide(0, 2**128 - 1)

# ------------------------------------------------------------ arrays, maps


def elements(items: tuple[object, ...]) -> bytes:
    """What an array starts with: how many there are. END follows the last, if there is one."""
    if not isinstance(items, tuple):
        raise TypeError("expected a tuple")
    size = len(items)
    return SMALL[size] if size < 1024 else long(size)


def entries(items: Mapping[Any, object]) -> bytes:
    """What a map starts with: how many there are. END follows the last, if there is one."""
    if not isinstance(items, dict | Mapping):
        raise TypeError("expected a mapping")
    size = len(items)
    return SMALL[size] if size < 1024 else long(size)


# ------------------------------------------------------------- other numbers

_DOUBLE: Final = Struct("<d")
_SINGLE: Final = Struct("<f")


def boolean(value: bool) -> bytes:
    if value is True:
        return b"\x01"
    if value is False:
        return b"\x00"
    raise TypeError("expected a bool")


def double(value: float) -> bytes:
    if not isinstance(value, float):
        raise TypeError("expected a float")
    return _DOUBLE.pack(value)


def single(value: float) -> bytes:
    if not isinstance(value, float):
        raise TypeError("expected a float")
    return _SINGLE.pack(value)


def doubles(values: Sequence[float]) -> bytes:
    """The elements of an array, all at once."""
    _all_floats(values)
    return pack(f"<{len(values)}d", *values)


def singles(values: Sequence[float]) -> bytes:
    """The elements of an array, all at once."""
    _all_floats(values)
    return pack(f"<{len(values)}f", *values)


def _all_floats(values: Iterable[object]) -> None:
    for value in values:
        if not isinstance(value, float):
            raise TypeError("expected floats")


def exact(precision: int, scale: int) -> Callable[[decimal.Decimal], bytes]:
    """What writes decimals of that size."""
    # Whatever is not a whole number of so many digits once it is scaled, traps.
    context = decimal.Context(
        prec=precision,
        Emax=precision - 1,
        Emin=-precision,
        traps=[decimal.InvalidOperation, decimal.Inexact, decimal.Overflow],
    )
    whole, by = context.to_integral_exact, decimal.Decimal(scale)

    def write(value: decimal.Decimal) -> bytes:
        unscaled = int(whole(value.scaleb(by, context)))
        if unscaled < 0:
            return _unscaled(unscaled)
        size = (unscaled.bit_length() + 8) >> 3
        return (_SIZES[size] + unscaled).to_bytes(size + 1, "big")

    return write


# --------------------------------------------------------------- text, bytes


def text(value: str) -> bytes:
    raw = value.encode()
    size = len(raw)
    return (SMALL[size] if size < 1024 else long(size)) + raw


def binary(value: bytes) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("expected bytes")
    return long(len(value)) + value


def identifier(value: uuid.UUID) -> bytes:
    """The 36 characters of a UUID."""
    digits = hexlify(value.int.to_bytes(16, "big"))
    return b"H%b-%b-%b-%b-%b" % (  # H is the length
        digits[:8],
        digits[8:12],
        digits[12:16],
        digits[16:20],
        digits[20:],
    )


def document(value: object) -> bytes:
    """The text of a JSON value."""
    return text(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False))


class OnlyRead(ValueError):
    """A value that stands for one of another version: it can be read, and not written."""


class _Bytes(dict[str, bytes]):
    """The bytes of each value of an enum but `unread`."""

    def __init__(self, bytes_of: Mapping[str, bytes], unread: str | None) -> None:
        super().__init__((key, value) for key, value in bytes_of.items() if key is not unread)
        self.unread = unread

    def __missing__(self, key: object) -> bytes:
        if key is self.unread:
            raise OnlyRead(
                f"{type(key).__name__}.UNKNOWN stands for a value of another version of the"
                " contract: it is read, and never written"
            )
        raise KeyError


def symbols(values: Iterable[str], unread: str | None = None) -> dict[str, bytes]:
    """The bytes of each value of an Avro enum but `unread`."""
    return _Bytes({value: long(index) for index, value in enumerate(values)}, unread)


def texts(values: Iterable[str], unread: str | None = None) -> dict[str, bytes]:
    """The bytes of each value of an enum that Avro knows as text, but `unread`."""
    return _Bytes({value: text(value) for value in values}, unread)


# ------------------------------------------------------------- days and times

EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
LOCAL_EPOCH: Final = datetime.datetime(1970, 1, 1)
EPOCH_DAY: Final = LOCAL_EPOCH.toordinal()
_EARLIEST: Final = -62_135_596_800_000_000
_LATEST: Final = 253_402_300_799_999_999


def day(value: datetime.date) -> bytes:
    """Days since 1970."""
    if isinstance(value, datetime.datetime):
        raise TypeError("expected a date without a time")
    return long(value.toordinal() - EPOCH_DAY)


def clock(value: datetime.time) -> bytes:
    """Microseconds since midnight."""
    if value.tzinfo is not None:
        raise TypeError("expected a time without a zone")
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return long(seconds * 1_000_000 + value.microsecond)


def instant(value: datetime.datetime) -> bytes:
    """Microseconds since 1970 in UTC; a wall clock's reading is a TypeError."""
    since = value - EPOCH
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    if not _EARLIEST <= micros <= _LATEST:
        raise ValueError("expected an instant of the years 1 to 9999")
    return long(micros)


def wall_clock(value: datetime.datetime) -> bytes:
    """Microseconds since 1970 on the same clock; an instant is a TypeError."""
    since = value - LOCAL_EPOCH
    return long((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)
