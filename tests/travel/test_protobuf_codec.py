"""Values travel through the Protobuf codec of generated packages: Google's reader reads what it
writes, and it reads what Google's writes, however fields are ordered, packed or unknown."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from google.protobuf.internal import encoder
from hypothesis import given
from hypothesis import strategies as st

from portwright.model import Array, Map, Nullable, Record, Type, Vector
from portwright.targets.protobuf import Protobuf
from portwright.targets.python import Python
from portwright_runtime import ContractViolation
from support import drawn_models, packages, protobuf, travel
from support.records import records

UNKNOWN = encoder.TagBytes(15_000, 2) + b"\x03abc" + encoder.TagBytes(15_001, 0) + b"\x96\x01"


def as_kept(type_: Type, value: Any) -> Any:
    """The value, with None for optional lists and maps that are empty: no wire tells them apart."""
    match type_:
        case Record(fields=fields):
            found = {}
            for each in fields:
                kept = (
                    as_kept(each.type, value[each.name]) if value[each.name] is not None else None
                )
                is_list = isinstance(each.type, Array | Map | Vector)
                found[each.name] = None if is_list and not each.required and not kept else kept
            return found
        case Nullable(inner):
            return None if value is None else as_kept(inner, value)
        case Array(element=element):
            return [as_kept(element, each) for each in value]
        case Map(_, inner):
            return {name: as_kept(inner, each) for name, each in value.items()}
        case _:
            return value


@travel.FEW
@given(data=st.data())
def test_any_record_of_any_model(data: st.DataObject) -> None:
    model = travel.numbered(data.draw(drawn_models.models(digits=76)))
    type_ = model.objects[0].record
    with TemporaryDirectory() as folder:
        files = protobuf.protoc(protobuf.write(Protobuf().emit(model), Path(folder)))
        package = packages.load(packages.write(model, Path(folder), Python(wire="protobuf")))
        codec, models = package("codec"), package("models")
    message_class = protobuf.message_type(files, "retail.checkout.v1.Thing")
    for _ in range(travel.RECORDS):
        drawn = data.draw(records(type_))
        record = models.Thing(**drawn)
        written = codec.encode_thing(record)
        theirs = message_class.FromString(written)
        assert protobuf.read(theirs, type_) == protobuf.as_read(type_, drawn)
        kept = models.Thing(**as_kept(type_, drawn))
        message = message_class()
        protobuf.fill(message, type_, drawn)
        for read in (written, message.SerializeToString(), UNKNOWN + written, written + UNKNOWN):
            assert codec.decode_thing(read) == kept
        for end in range(len(written)):
            try:
                codec.decode_thing(written[:end])
            except ContractViolation as error:
                assert error.path or "hold no such record" in error.rule


@pytest.mark.parametrize(
    "data", [b"\xff" * 11, b"\x0a", b"\x0a\xff\xff\xff\xff\x0f", b"\x00\x01", b"\x0b", b"\x0c"]
)
def test_bytes_that_are_no_message_are_refused(data: bytes, tmp_path: Path) -> None:
    from portwright_runtime import protobuf as wire
    from portwright_runtime import protobuf_kinds as kind

    message = wire.message(wire.Plain(1, "a", kind.text))
    with pytest.raises((ValueError, IndexError)):
        message.read(data)
