"""Values travel in Avro: the generated codec writes fastavro's bytes, and all read them alike."""

from __future__ import annotations

import fastavro
from hypothesis import given
from hypothesis import strategies as st

from portwright.targets import avro
from support import drawn_models, travel
from support.avro import assert_both_read_alike, for_fastavro, written_by_fastavro
from support.records import records


@travel.FEW
@given(data=st.data())
def test_any_record_of_any_model(data: st.DataObject) -> None:
    model = data.draw(drawn_models.models(digits=76))
    [object_] = model.objects
    schema = avro.schema(model, object_)
    document = fastavro.parse_schema(schema)
    with travel.package(model) as module:
        for _ in range(travel.RECORDS):
            drawn = data.draw(records(object_.record))
            record = module("models").Thing(**drawn)
            written = module("codec").encode_thing(record)
            assert written == written_by_fastavro(document, for_fastavro(object_.record, drawn))
            assert module("codec").decode_thing(written) == record
            assert_both_read_alike(schema, written)
