"""The kinds of values in Protobuf: scalars, and the messages of Google that stand for days, times,
exact numbers and JSON."""

from __future__ import annotations

import datetime
import math
import uuid
from collections.abc import Mapping
from decimal import Decimal
from struct import Struct
from typing import Any, Final, TypeVar

from portwright_runtime.avro_write import EPOCH, OnlyRead
from portwright_runtime.protobuf import Fields, Plain
from portwright_runtime.protobuf_wire import (
    FIXED32,
    FIXED64,
    LENGTH,
    VARINT,
    Kind,
    parts,
    sized,
    varint,
)

E = TypeVar("E")

_DEEPEST: Final = 100


def _integer(value: int) -> bytes:
    if type(value) is not int:
        raise TypeError("expected a whole number")
    return varint(value)


def _signed(n: int) -> int:
    return n if n < 1 << 63 else n - (1 << 64)


def _boolean(value: bool) -> bytes:
    if type(value) is not bool:
        raise TypeError("expected a flag")
    return b"\x01" if value else b"\x00"


def _floating(code: str, wire: int) -> Kind:
    struct = Struct(code)
    return Kind(wire, struct.pack, lambda data: struct.unpack(data)[0])


boolean = Kind(VARINT, _boolean, bool)
signed = Kind(VARINT, _integer, _signed)
unsigned = Kind(VARINT, _integer, int)
single = _floating("<f", FIXED32)
double = _floating("<d", FIXED64)
text = Kind(LENGTH, lambda value: sized(value.encode()), lambda data: str(data, "utf-8"))
binary = Kind(LENGTH, lambda value: sized(bytes(memoryview(value))), bytes)
identifier = Kind(
    LENGTH, lambda value: sized(str(_uuid(value)).encode()), lambda data: uuid.UUID(data.decode())
)


def _uuid(value: uuid.UUID) -> uuid.UUID:
    if type(value) is not uuid.UUID:
        raise TypeError("expected a UUID")
    return value


def enum(numbers: Mapping[E, int], unread: E | None = None, *, is_key: bool = False) -> Kind:
    """An enum by its numbers. A number that is not known is read as `unread`, which is never
    written; as the key of a map it is refused, as two of them would be one."""
    written = {value: varint(number) for value, number in numbers.items()}
    values = {number: value for value, number in numbers.items()}

    def write(value: E) -> bytes:
        data = written.get(value)
        if data is None:
            if value is unread and value is not None:
                raise OnlyRead(
                    f"{value} is what another version has: it is read, and never written"
                )
            raise ValueError("no value of the enum")
        return data

    def read(number: int) -> E | None:
        if is_key:
            return values[number]
        return values.get(number, unread)

    return Kind(VARINT, write, read)


# ------------------------------------------------------------- Google's messages


def _converted(fields: Fields, apart: Any, together: Any) -> Kind:
    """A message that a Python value is taken apart into, and put together of."""
    return Kind(
        LENGTH,
        lambda value: sized(fields.write(apart(value))),
        lambda data: together(fields.read(data)),
        True,
    )


def _numbered(*names: str) -> Fields:
    """Whole numbers, from 1 on."""
    return Fields(*(Plain(number, name, signed) for number, name in enumerate(names, 1)))


def _date_apart(value: datetime.date) -> dict[str, int]:
    if isinstance(value, datetime.datetime):
        raise TypeError("expected a date without a time")
    return {"year": value.year, "month": value.month, "day": value.day}


def _clock_apart(value: datetime.time | datetime.datetime) -> dict[str, int]:
    if value.tzinfo is not None:
        raise TypeError("expected a time without a zone")
    return {
        "hours": value.hour,
        "minutes": value.minute,
        "seconds": value.second,
        "nanos": value.microsecond * 1000,
    }


def _clock(values: dict[str, int]) -> tuple[int, int, int, int]:
    return values["hours"], values["minutes"], values["seconds"], values["nanos"] // 1000


def _instant_apart(value: datetime.datetime) -> dict[str, int]:
    since = value - EPOCH
    return {"seconds": since.days * 86400 + since.seconds, "nanos": since.microseconds * 1000}


_CLOCK: Final = ("hours", "minutes", "seconds", "nanos")

# google/type/date.proto, timeofday.proto, datetime.proto and decimal.proto, and
# google/protobuf/timestamp.proto.
day = _converted(_numbered("year", "month", "day"), _date_apart, lambda v: datetime.date(**v))
clock = _converted(_numbered(*_CLOCK), _clock_apart, lambda v: datetime.time(*_clock(v)))
wall_clock = _converted(
    _numbered("year", "month", "day", *_CLOCK),
    lambda value: {**_date_apart(value.date()), **_clock_apart(value)},
    lambda v: datetime.datetime(v["year"], v["month"], v["day"], *_clock(v)),
)
instant = _converted(
    _numbered("seconds", "nanos"),
    _instant_apart,
    lambda v: EPOCH + datetime.timedelta(seconds=v["seconds"], microseconds=v["nanos"] // 1000),
)
exact = _converted(
    Fields(Plain(1, "value", text)),
    lambda value: {"value": format(_decimal(value), "f")},
    lambda v: Decimal(v["value"] or "0"),
)
whole = _converted(
    Fields(Plain(1, "value", text)),
    lambda value: {"value": str(_whole(value))},
    lambda v: int(v["value"] or "0"),
)


def _decimal(value: Decimal) -> Decimal:
    if type(value) is not Decimal or not value.is_finite():
        raise TypeError("expected an exact number")
    return value


def _whole(value: int) -> int:
    if type(value) is not int:
        raise TypeError("expected a whole number")
    return value


# ------------------------------------------------------------- google.protobuf.Value

# Its one-of: null 1, number 2, text 3, flag 4, object 5, list 6 (struct.proto).
_NULL: Final = b"\x08\x00"


def _json_bytes(value: Any, depth: int = 0) -> bytes:
    if depth > _DEEPEST:
        raise ValueError("JSON that is too deep")
    match value:
        case None:
            return _NULL
        case bool():
            return b"\x20" + _boolean(value)
        case int() | float():
            number = float(value)
            if not math.isfinite(number):
                raise ValueError("JSON has finite numbers")
            return b"\x11" + double.write(number)
        case str():
            return b"\x1a" + text.write(value)
        case Mapping():
            entries = (
                b"\x0a" + text.write(key) + b"\x12" + sized(_json_bytes(each, depth + 1))
                for key, each in value.items()
            )
            return b"\x2a" + sized(b"".join(b"\x0a" + sized(each) for each in entries))
        case list() | tuple():
            items = (b"\x0a" + sized(_json_bytes(each, depth + 1)) for each in value)
            return b"\x32" + sized(b"".join(items))
        case _:
            raise TypeError("expected JSON")


def _json(data: bytes, depth: int = 0) -> Any:
    """The JSON in a Value's bytes; of several members of its one-of the last counts."""
    if depth > _DEEPEST:
        raise ValueError("JSON that is too deep")
    name, value = "null", None
    for number, wire, raw in parts(data):
        member = _VALUE.get((number, wire))
        if member is not None:
            name, value = member[0], member[1](raw)
    match name:
        case "object":
            return {key: _json(each, depth + 1) for key, each in map(_entry, _inside(value))}
        case "list":
            return [_json(each, depth + 1) for each in _inside(value)]
        case "number":
            assert isinstance(value, float)
            return int(value) if value.is_integer() and abs(value) < 1 << 53 else value
        case _:
            return value


def _inside(data: Any) -> list[bytes]:
    """What the only field of a Struct or a ListValue holds."""
    return [raw for number, wire, raw in parts(data) if (number, wire) == (1, LENGTH)]


def _entry(data: bytes) -> tuple[str, bytes]:
    """The key and the Value of an entry of a Struct."""
    found = {number: raw for number, wire, raw in parts(data) if wire == LENGTH}
    return str(found.get(1, b""), "utf-8"), found.get(2, b"")


_VALUE: Final[Mapping[tuple[int, int], tuple[str, Any]]] = {
    (1, VARINT): ("null", lambda raw: None),
    (2, FIXED64): ("number", double.read),
    (3, LENGTH): ("text", text.read),
    (4, VARINT): ("flag", bool),
    (5, LENGTH): ("object", bytes),
    (6, LENGTH): ("list", bytes),
}
document = Kind(LENGTH, lambda value: sized(_json_bytes(value)), _json, True)
