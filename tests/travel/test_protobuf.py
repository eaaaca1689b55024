"""Values travel in Protobuf: messages of the generated files hold them, in bytes and in JSON."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st

from portwright.targets.protobuf import Protobuf
from support import drawn_models, protobuf, travel
from support.records import records


@travel.FEW
@given(data=st.data())
def test_any_record_of_any_model(data: st.DataObject) -> None:
    model = travel.numbered(data.draw(drawn_models.models(digits=76)))
    type_ = model.objects[0].record
    with TemporaryDirectory() as folder:
        files = protobuf.protoc(protobuf.write(Protobuf().emit(model), Path(folder)))
    message_class = protobuf.message_type(files, "retail.checkout.v1.Thing")
    for _ in range(travel.RECORDS):
        drawn = data.draw(records(type_))
        message = message_class()
        protobuf.fill(message, type_, drawn)
        expected = protobuf.as_read(type_, drawn)
        back = message_class.FromString(message.SerializeToString())
        assert protobuf.read(back, type_) == expected
        text = json_format.MessageToJson(message)
        # Google's Python parser refuses the largest 32-bit floats that its own printer writes.
        if "e+38" not in text:
            assert protobuf.read(json_format.Parse(text, message_class()), type_) == expected
