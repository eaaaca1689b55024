"""Values travel in JSON: the schema takes what a record prints, and the record reads it back."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from portwright.targets.json_schema import schema
from support import drawn_models, travel
from support.records import records


@travel.FEW
@given(data=st.data())
def test_any_record_of_any_model(data: st.DataObject) -> None:
    model = data.draw(drawn_models.models(digits=76))
    [object_] = model.objects
    validator = Draft202012Validator(
        schema(model, object_), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    with travel.package(model) as module:
        for _ in range(travel.RECORDS):
            record = module("models").Thing(**data.draw(records(object_.record)))
            text = record.model_dump_json()
            validator.validate(json.loads(text))
            assert module("models").Thing.model_validate_json(text) == record
