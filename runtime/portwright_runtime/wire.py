"""How a value names the schema that wrote it: Confluent's wire format, both of its forms.

`prefix` puts a zero byte and the registry's number (32 bits, big-endian) before the value,
and for Protobuf the path of the message in its file; `header` leaves the value plain and puts
a one byte and the schema's GUID into the header `__value_schema_id`. Readers take both.
Source: Confluent's "Wire format", docs.confluent.io/platform/current/schema-registry/fundamentals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from portwright_runtime.errors import StreamError
from portwright_runtime.schema import Registry, Schema, SchemaId
from portwright_runtime.stream import Headers, Message

WireForm: TypeAlias = Literal["prefix", "header"]

SCHEMA_HEADER: Final = "__value_schema_id"
_NUMBERED: Final = b"\x00"
_NAMED: Final = b"\x01"
_GUID: Final = 16


@dataclass(frozen=True, slots=True)
class Framing:
    """What goes before every value of one schema, and beside it."""

    prefix: bytes
    headers: Headers


# One for every value: see `Message`.
@dataclass(slots=True)
class Framed:
    """A value read: what names its schema (b"" where nothing does), and where the value begins."""

    name: bytes
    start: int


class Wire:
    """The form in which a stream's producers write, and the registry behind it."""

    def __init__(self, registry: Registry, form: WireForm) -> None:
        self.registry = registry
        self.form = form

    def framing(self, subject: str, schema: Schema) -> Framing:
        """The framing of a writer's schema; UnknownSchema where the registry does not know it.

        Asked once, at the start: no value afterwards needs the registry.
        """
        found = self.registry.find(subject, schema)
        path = message_path(schema.indexes) if schema.kind == "PROTOBUF" else b""
        if self.form == "header":
            if found.guid is None:
                way_out = "write their numbers (PORTWRIGHT_WIRE=prefix)"
                raise StreamError(f"the registry has no GUIDs for schemas: {way_out}")
            return Framing(b"", ((SCHEMA_HEADER, _NAMED + found.guid + path),))
        return Framing(_prefix(found) + path, ())

    def read(self, message: Message, value: bytes) -> Framed:
        """What names the schema of a message's value. ValueError where that is cut off."""
        for name, content in message.headers:
            if name == SCHEMA_HEADER:
                return Framed(_header_name(content), 0)
        if value[:1] != _NUMBERED or not self.registry.numbered:
            return Framed(b"", 0)
        if len(value) < 5:
            raise ValueError("the prefix that names its schema is cut off")
        return Framed(value[:5], 5)

    def writer(self, name: bytes) -> Schema | None:
        """The schema that `read` found the name of; None where the registry does not know it."""
        if name[:1] == _NUMBERED:
            return self.registry.by_number(int.from_bytes(name[1:], "big"))
        return self.registry.by_guid(name[1:])


def message_path(indexes: tuple[int, ...]) -> bytes:
    """The path of a message in its .proto file: a zero for the first one, else the count and
    the indexes as zigzag varints."""
    if indexes == (0,):
        return b"\x00"
    return b"".join(map(_zigzag, (len(indexes), *indexes)))


def read_message_path(data: bytes, at: int) -> tuple[tuple[int, ...], int]:
    """The path at `at`, and where it ends. ValueError where there is none."""
    count, at = _read_zigzag(data, at)
    if count == 0:
        return (0,), at
    if not 0 < count <= 100:
        raise ValueError("no path of a message")
    found: list[int] = []
    for _ in range(count):
        index, at = _read_zigzag(data, at)
        found.append(index)
    return tuple(found), at


def _prefix(found: SchemaId) -> bytes:
    if found.number is None:
        raise StreamError(
            "the registry has no numbers for schemas: write their GUIDs (PORTWRIGHT_WIRE=header)"
        )
    return _NUMBERED + found.number.to_bytes(4, "big")


def _header_name(content: bytes) -> bytes:
    """The magic byte with a number or a GUID, without the path of a message behind."""
    length = {_NUMBERED: 5, _NAMED: 1 + _GUID}.get(content[:1])
    if length is None or len(content) < length:
        raise ValueError(f"the header {SCHEMA_HEADER} names no schema")
    return content[:length]


def _zigzag(n: int) -> bytes:
    n = (n << 1) ^ (n >> 63)
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes((*out, n))


def _read_zigzag(data: bytes, at: int) -> tuple[int, int]:
    n = shift = 0
    while True:
        if at >= len(data) or shift > 35:
            raise ValueError("no path of a message")
        byte = data[at]
        at += 1
        n |= (byte & 127) << shift
        if byte < 128:
            return (n >> 1) ^ -(n & 1), at
        shift += 7
