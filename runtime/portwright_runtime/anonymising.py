"""Records with nobody in them: what stands for values that say whose a record is.

A hash is HMAC-SHA-256 (RFC 2104) of the value under a key of the service's own, written as a value
of the field's type: without the key nobody tries out whose it is, and with the same key the same
value becomes the same one in every record, so that what was joined can still be joined. Ways are
functions of a value, which is never None, and a `Keyed`; generated code puts them together.
"""

from __future__ import annotations

import datetime as dt
import hmac
import os
from collections.abc import Callable, Iterator, Mapping
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

from portwright_runtime.errors import ConfigurationError
from portwright_runtime.record import Record, checked, made

UTC: Final = dt.UTC
KEY: Final = "PORTWRIGHT_ANONYMISE_KEY"
# Of HMAC the key has to be as hard to guess as 112 bits (NIST SP 800-107, 5.3.4); text is less so.
_FEWEST_BYTES: Final = 16
_EXACT: Final = Context(prec=200)


class Keyed:
    """Hashes under one key."""

    __slots__ = ("_mac",)

    def __init__(self, key: bytes) -> None:
        self._mac = hmac.new(key, digestmod="sha256")

    def digest(self, value: Any) -> bytes:
        """The 32 bytes that stand for the value; alike for values that are written alike."""
        mac = self._mac.copy()
        mac.update(_written(value))
        return mac.digest()

    def bytes(self, value: Any, count: int) -> bytes:
        """As many bytes as one wants of them."""
        found = self.digest(value)
        block = found
        while len(found) < count:
            block = self.digest(block)
            found += block
        return found[:count]

    def below(self, value: Any, count: int) -> int:
        """A number from 0 to below `count`."""
        # 16 bytes more than it takes: the rest of the division then favours none of them.
        size = (count.bit_length() + 7) // 8 + 16
        return int.from_bytes(self.bytes(value, size)) % count


Way: TypeAlias = Callable[[Any, Keyed], Any]
R = TypeVar("R", bound=Record)


class Ways:
    """How the records of one type are made anonymous: by attribute, the way of its value."""

    __slots__ = ("_ways", "type")

    def __init__(self, type_: type[Record], ways: Mapping[str, Way]) -> None:
        self.type = type_
        self._ways = tuple(ways.items())

    def __call__(self, value: Any, keyed: Keyed) -> dict[str, Any]:
        """What the anonymous record is made of."""
        values = dict(value.__dict__)
        for name, way in self._ways:
            if (found := values[name]) is not None:
                values[name] = way(found, keyed)
        return values


Objects: TypeAlias = Mapping[type[Record], tuple[str, Ways]]


def anonymised(record: R, key: bytes | str | None, objects: Objects, contract: str) -> R:
    """The record with other values in it, valid as every record is; ContractViolation where the
    given one is not, or what stands for a value breaks a rule that nobody could foresee."""
    type_ = type(record)
    if type_ not in objects:
        raise TypeError(f"{type_.__name__} is no record of an object of {contract}")
    object_, ways = objects[type_]
    keyed = _keyed(_given(key))
    del key  # nor is it to be shown with a traceback
    valid = checked(type_, record, contract, object_)
    try:
        return made(type_, ways(valid, keyed), contract, object_)
    except LookupError as fault:
        refusal = LookupError(*fault.args)
    raise refusal  # without the frames in which the values are


def _given(key: bytes | str | None) -> bytes:
    """The key's bytes. ConfigurationError where there is none, or one that is easily guessed."""
    said = os.environ.get(KEY, "") if key is None else key
    found = said.encode() if isinstance(said, str) else said
    if not found:
        raise ConfigurationError(f"there is no key to anonymise with: give one, or set {KEY}")
    if len(found) < _FEWEST_BYTES:
        raise ConfigurationError(f"the key to anonymise with has less than {_FEWEST_BYTES} bytes")
    return found


@lru_cache(8)
def _keyed(key: bytes) -> Keyed:
    return Keyed(key)


def _written(value: Any) -> bytes:
    """What is hashed of a value: its text, the same for what is equal."""
    match value:
        case bytes():
            return value
        case dt.datetime() if value.tzinfo is not None:
            return value.astimezone(dt.UTC).isoformat().encode()
        case dt.date() | dt.time():
            return value.isoformat().encode()
        case Decimal():
            return format(value.normalize(_EXACT), "f").encode()
        case _:
            return str(value).encode()


# -------------------------------------------------------------------- hashes


def digits(size: int, before: str = "", after: str = "") -> Way:
    """Text with `size` hexadecimal digits in it."""
    count = (size + 1) // 2

    def way(value: Any, keyed: Keyed) -> str:
        return f"{before}{keyed.bytes(value, count).hex()[:size]}{after}"

    return way


def spelled(*pieces: str | tuple[str, int]) -> Way:
    """Text of pieces: of those that stand for themselves, and of so many letters of an alphabet."""
    total = 1
    for each in pieces:
        total *= 1 if isinstance(each, str) else len(each[0]) ** each[1]

    def letters(number: int) -> Iterator[str]:
        for each in pieces:
            if isinstance(each, str):
                yield each
                continue
            alphabet, times = each
            for _ in range(times):
                number, at = divmod(number, len(alphabet))
                yield alphabet[at]

    return lambda value, keyed: "".join(letters(keyed.below(value, total)))


def integers(low: int, high: int, step: int = 1) -> Way:
    """Whole numbers from `low` to `high`, in steps."""
    count = (high - low) // step + 1
    return lambda value, keyed: low + step * keyed.below(value, count)


def floats(low: int, high: int, step: int = 1) -> Way:
    """Whole numbers as floating-point ones."""
    whole = integers(low, high, step)
    return lambda value, keyed: float(whole(value, keyed))


def decimals(low: int, high: int, scale: int, step: int = 1) -> Way:
    """Decimals from `low` to `high`, which count units of the last digit, in steps."""
    whole = integers(low, high, step)
    return lambda value, keyed: Decimal(whole(value, keyed)).scaleb(-scale, _EXACT)


def uuids(value: Any, keyed: Keyed) -> UUID:
    """A UUID of version 8, which is for what somebody makes in a way of their own (RFC 9562)."""
    bits = int.from_bytes(keyed.digest(value)[:16])
    bits = bits & ~(0xF << 76) & ~(0x3 << 62) | 0x8 << 76 | 0x2 << 62
    return UUID(int=bits)


def binary(size: int) -> Way:
    """`size` bytes."""
    return lambda value, keyed: keyed.bytes(value, size)


def dates(low: int, high: int) -> Way:
    """Dates between two ordinals (`date.toordinal`)."""
    days = integers(low, high)
    return lambda value, keyed: dt.date.fromordinal(days(value, keyed))


def times(low: int, high: int) -> Way:
    """Times of day between two numbers of microseconds."""
    passed = integers(low, high)

    def way(value: Any, keyed: Keyed) -> dt.time:
        return (dt.datetime.min + dt.timedelta(microseconds=passed(value, keyed))).time()

    return way


def moments(low: int, high: int, zone: dt.tzinfo | None) -> Way:
    """Timestamps between two numbers of microseconds since 1970, on the clock of the zone."""
    passed = integers(low, high)
    start = dt.datetime(1970, 1, 1, tzinfo=zone)
    return lambda value, keyed: start + dt.timedelta(microseconds=passed(value, keyed))


# ---------------------------------------------------------------------- other


def null(value: Any, keyed: Keyed) -> None:
    """Nothing."""


def mask(masked: Any) -> Way:
    """The same value for every one."""
    return lambda value, keyed: masked


def refused(path: str) -> Way:
    """No value at all: the contract asks for one, and none is known that would be valid."""

    def way(value: Any, keyed: Keyed) -> Any:
        raise LookupError(f"nothing is known that may stand for {path}: see `anonymise` there")

    return way


def each(way: Way, distinct: bool = False) -> Way:
    """The elements of a list, its nulls as they are; without those that have become equal."""

    def of_list(value: Any, keyed: Keyed) -> list[Any]:
        found = [None if one is None else way(one, keyed) for one in value]
        return list(_distinct(found)) if distinct else found

    return of_list


def entries(key: Way | None, of_value: Way | None) -> Way:
    """The entries of a map; of those whose keys have become equal, the last."""

    def of_map(value: Any, keyed: Keyed) -> dict[Any, Any]:
        return {
            name if key is None else key(name, keyed): (
                one if one is None or of_value is None else of_value(one, keyed)
            )
            for name, one in value.items()
        }

    return of_map


def _distinct(values: list[Any]) -> Iterator[Any]:
    seen: list[Any] = []
    for one in values:
        if one not in seen:
            seen.append(one)
            yield one
