"""Protobuf's wire: numbers, tags, lengths, and the fields of a message as they come
(protobuf.dev/programming-guides/encoding)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

VARINT: Final = 0
FIXED64: Final = 1
LENGTH: Final = 2
FIXED32: Final = 5

_SMALL: Final = [bytes((n,)) if n < 128 else bytes((n & 127 | 128, n >> 7)) for n in range(1 << 14)]
_MOST_DIGITS: Final = 10
# How zero and what is empty are written, and what is read where nothing was.
NOTHING: Final = frozenset({b"\x00", bytes(4), bytes(8)})
ABSENT: Final[Mapping[int, Any]] = {VARINT: 0, FIXED64: bytes(8), LENGTH: b"", FIXED32: bytes(4)}


@dataclass(frozen=True, slots=True)
class Kind:
    """One value on the wire.

    `write` gives its bytes behind the tag, with their length where the wire type has one; `read`
    takes a number (VARINT) or the bytes without a length. Messages are there or not by
    themselves; of all else, what is not there is zero or empty.
    """

    wire: int
    write: Callable[[Any], bytes]
    read: Callable[[Any], Any]
    is_message: bool = False


def varint(n: int) -> bytes:
    """A number of up to 64 bits; a negative one as its two's complement."""
    if n < 0:
        n += 1 << 64
    head = b""
    while n > 16383:
        head += bytes((n & 127 | 128, n >> 7 & 127 | 128))
        n >>= 14
    return head + _SMALL[n]


def sized(data: bytes) -> bytes:
    """The bytes with their length before them."""
    return varint(len(data)) + data


def tag(number: int, wire: int) -> bytes:
    """What stands before a field's value."""
    return varint(number << 3 | wire)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The number at `at`, and where it ends; IndexError or ValueError where there is none."""
    n = data[at]
    if n < 128:
        return n, at + 1
    n &= 127
    for digit in range(1, _MOST_DIGITS):
        byte = data[at + digit]
        n |= (byte & 127) << 7 * digit
        if byte < 128:
            return n & (1 << 64) - 1, at + digit + 1
    raise ValueError("a number is too long")


def parts(data: bytes) -> Iterator[tuple[int, int, Any]]:
    """The fields of a message as they come: number, wire type, and what they hold."""
    at, end = 0, len(data)
    while at < end:
        head, at = read_varint(data, at)
        if head < 8:
            raise ValueError("no field has the number 0")
        raw, at = payload(data, at, head & 7)
        yield head >> 3, head & 7, raw


def payload(data: bytes, at: int, wire: int) -> tuple[Any, int]:
    """A value of a wire type, and where it ends."""
    if wire == VARINT:
        return read_varint(data, at)
    if wire == LENGTH:
        size, at = read_varint(data, at)
        end = at + size
    elif wire == FIXED64:
        end = at + 8
    elif wire == FIXED32:
        end = at + 4
    else:  # groups, which proto3 does not have
        raise ValueError("a wire type that proto3 does not have")
    if end > len(data):
        raise ValueError("the bytes are cut off")
    return data[at:end], end
