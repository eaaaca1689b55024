"""Any record of any model is made anonymous, and is a valid record of it still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portwright.model import Anonymise, Array, Field, Map, Model, Nullable, Record, Type, walk
from portwright.privacy import guessable
from portwright.targets.python import anonymising
from support import drawn_models, travel
from support.records import records

KEY = b"a key for tests alone"


@travel.FEW
@given(data=st.data())
def test_any_record_of_any_model(data: st.DataObject) -> None:
    model = classified(data, data.draw(drawn_models.models(digits=38)))
    [object_] = model.objects
    assert not [each for each in anonymising.check(model) if each.code == "PW443"]
    with travel.package(model) as module:
        thing, privacy = module("models").Thing, module("privacy")
        for _ in range(travel.RECORDS):
            record = thing(**data.draw(records(object_.record)))
            made = privacy.anonymise(record, key=KEY)
            assert thing.model_validate(made.model_dump()) == made
            assert privacy.anonymise(record, key=KEY) == made
            assert module("codec").decode_thing(module("codec").encode_thing(made)) == made
            for field in object_.record.fields:
                before, after = getattr(record, field.name), getattr(made, field.name)
                if before is None or field.anonymise is Anonymise.NULL:
                    assert after is None
                elif is_kept(field):
                    assert after == before


def classified(data: st.DataObject, model: Model) -> Model:
    """The model with a strategy for some of its fields, or a classification alone."""

    def fields(record: Record) -> Iterator[Field]:
        for each in record.fields:
            way = data.draw(st.sampled_from((None, *Anonymise)))
            if way is Anonymise.NULL and each.required:
                way = None
            if way is Anonymise.HASH and any(map(guessable, walk.own_types(each.type))):
                way = None
            word = data.draw(st.sampled_from((None, "restricted")))
            yield replace(each, type=within(each.type), anonymise=way, classification=word)

    def within(type_: Type) -> Type:
        match type_:
            case Record():
                return replace(type_, fields=tuple(fields(type_)))
            case Array(element=element):
                return replace(type_, element=within(element))
            case Map(key, value):
                return Map(key, within(value))
            case Nullable(inner):
                return Nullable(within(inner))
            case _:
                return type_

    [object_] = model.objects
    apart = tuple(
        replace(each, subject=data.draw(st.booleans())) for each in fields(object_.record)
    )
    return replace(model, objects=(replace(object_, record=replace(object_.record, fields=apart)),))


def is_kept(field: Any) -> bool:
    """Whether nothing stands for any value in the field."""
    if field.subject or not field.public or field.anonymise not in (None, Anonymise.KEEP):
        return False
    return not any(isinstance(each, Record) for each in walk.types(field.type))
