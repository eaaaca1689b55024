"""How values name their schemas: both forms of Confluent's wire format, held to its own client."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from uuid import UUID

import pytest
from confluent_kafka.schema_registry.serde import SchemaId as Theirs

from portwright_runtime import StreamError
from portwright_runtime.memory_stream import PlainRegistry
from portwright_runtime.schema import Schema, SchemaId, SchemaKind
from portwright_runtime.wire import (
    SCHEMA_HEADER,
    Framed,
    Wire,
    WireForm,
    message_path,
    read_message_path,
)
from support.messages import message

GUID = bytes(range(16))


class Known:
    """A registry that knows every schema by the same names."""

    numbered = True

    def __init__(self, number: int | None = 7, guid: bytes | None = GUID) -> None:
        self.names = SchemaId(number, guid)

    def find(self, subject: str, schema: Schema) -> SchemaId:
        return self.names

    def by_number(self, number: int) -> Schema | None:
        return Schema(f"number {number}")

    def by_guid(self, guid: bytes) -> Schema | None:
        return Schema(f"guid {guid.hex()}")

    def close(self) -> None: ...


@pytest.mark.parametrize("indexes", [(0,), (1,), (0, 1), (2, 0, 300), (5, 70000)])
@pytest.mark.parametrize("kind", ["AVRO", "PROTOBUF"])
def test_both_forms_are_those_of_confluents_client(
    kind: SchemaKind, indexes: tuple[int, ...]
) -> None:
    schema = Schema("{}", kind, indexes=indexes)
    theirs = Theirs(kind, 7, str(UUID(bytes=GUID)), [*indexes] if kind == "PROTOBUF" else None)
    prefix = Wire(Known(), "prefix").framing("t-value", schema)
    assert (prefix.prefix, prefix.headers) == (theirs.id_to_bytes(), ())
    header = Wire(Known(), "header").framing("t-value", schema)
    assert (header.prefix, header.headers) == (b"", ((SCHEMA_HEADER, theirs.guid_to_bytes()),))
    assert Theirs(kind).from_bytes(BytesIO(prefix.prefix + b"rest")).read() == b"rest"


@pytest.mark.parametrize("indexes", [(0,), (1,), (0, 1), (2, 0, 300)])
def test_the_path_of_a_message_is_read_back(indexes: tuple[int, ...]) -> None:
    written = message_path(indexes)
    assert read_message_path(b"xx" + written + b"rest", 2) == (indexes, 2 + len(written))


@pytest.mark.parametrize("data", [b"", b"\x80", b"\x02", b"\xff" * 20, b"\x01"])
def test_no_path_of_a_message_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="no path"):
        read_message_path(data, 0)


@pytest.mark.parametrize("form", ["prefix", "header"])
def test_a_header_counts_in_both_forms(form: WireForm) -> None:
    wire = Wire(Known(), form)
    named = replace(message("k"), headers=((SCHEMA_HEADER, b"\x01" + GUID + b"\x00"),))
    framed = wire.read(named, b"\x00plain")
    assert framed == Framed(b"\x01" + GUID, 0)
    assert wire.writer(framed.name) == Schema(f"guid {GUID.hex()}")


def test_a_prefix_names_the_schema_by_number() -> None:
    wire = Wire(Known(), "prefix")
    framed = wire.read(message("k"), b"\x00\x00\x00\x01\x00value")
    assert framed == Framed(b"\x00\x00\x00\x01\x00", 5)
    assert wire.writer(framed.name) == Schema("number 256")


def test_a_value_that_names_nothing_is_plain() -> None:
    assert Wire(Known(), "prefix").read(message("k"), b"plain") == Framed(b"", 0)
    without_numbers = Wire(PlainRegistry(), "header")
    assert without_numbers.read(message("k"), b"\x00plain") == Framed(b"", 0)


def test_headers_and_prefixes_are_read_whatever_is_written() -> None:
    for form in ("prefix", "header"):
        wire = Wire(Known(), form)
        assert wire.read(message("k"), b"\x00\x00\x00\x00\x07v") == Framed(
            b"\x00\x00\x00\x00\x07", 5
        )
        named = replace(message("k"), headers=((SCHEMA_HEADER, b"\x01" + GUID),))
        assert wire.read(named, b"\x00v") == Framed(b"\x01" + GUID, 0)


def test_a_name_that_is_cut_off_is_an_error() -> None:
    with pytest.raises(ValueError, match="cut off"):
        Wire(Known(), "prefix").read(message("k"), b"\x00\x00\x00")
    for content in (b"", b"\x01short", b"\x02" + GUID):
        named = replace(message("k"), headers=((SCHEMA_HEADER, content),))
        with pytest.raises(ValueError, match="names no schema"):
            Wire(Known(), "header").read(named, b"value")


def test_a_registry_without_such_names_says_which_form_to_choose() -> None:
    with pytest.raises(StreamError, match="PORTWRIGHT_WIRE=header"):
        Wire(Known(number=None), "prefix").framing("s", Schema("{}"))
    with pytest.raises(StreamError, match="PORTWRIGHT_WIRE=prefix"):
        Wire(Known(guid=None), "header").framing("s", Schema("{}"))
