"""Laws of comparisons, over models and edits drawn by hypothesis, and by what Avro really reads."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evolution.test_matrix import PROPERTIES, ids
from portwright import lock, pipeline
from portwright.evolution.compare import changes
from portwright.evolution.comparison import Comparison
from portwright.evolution.effects import Audience, Level
from portwright.evolution.verdicts import bump, verdicts
from portwright.model import Array, Map, Model, Nullable, Record, Type
from portwright.targets import avro, avro_types
from support import corpus, drawn_models
from support.avro import for_fastavro, written_by_fastavro
from support.changes import contract, model
from support.edited_models import edited
from support.models import MODELS
from support.records import records

MANY = settings(max_examples=150)


@given(drawn=drawn_models.models())
def test_no_change_has_no_verdict(drawn: Model) -> None:
    again = replace(drawn, version="1.2.1", source="elsewhere.yaml")
    assert changes(drawn, again) == ()


@pytest.mark.parametrize("name", MODELS)
def test_no_change_of_a_large_model_has_no_verdict(name: str) -> None:
    assert changes(MODELS[name](), MODELS[name]()) == ()


@MANY
@given(data=st.data())
def test_chains_of_edits_are_always_judged(data: st.DataObject) -> None:
    chain = [data.draw(drawn_models.models())]
    for _ in range(3):
        chain.append(data.draw(edited(chain[-1])))
    for old, new in [*itertools.pairwise(chain), (chain[0], chain[-1])]:
        found = changes(old, new)
        assert all(list(verdicts(each)) == list(Audience) for each in found)
        assert bool(found) == (plain(old) != plain(new))
        assert Comparison(old, new).needed == max(map(bump, found), default=None)


def plain(drawn: Model) -> Record:
    """What of a drawn model is compared: names of before are a way to match, and no change."""

    def bare(record: Record) -> Record:
        fields = (replace(each, aliases=(), type=inside(each.type)) for each in record.fields)
        return replace(record, fields=tuple(fields))

    def inside(type_: Type) -> Type:
        match type_:
            case Record():
                return bare(type_)
            case Nullable(inner):
                return Nullable(inside(inner))
            case Array(element=element):
                return replace(type_, element=inside(element))
            case Map(key, value):
                return Map(inside(key), inside(value))
            case _:
                return type_

    return bare(drawn.objects[0].record)


def worst(found: Iterable[Any], audience: Audience) -> Level:
    return max((verdicts(each)[audience].level for each in found), default=Level.OK)


@MANY
@given(data=st.data())
def test_what_is_fine_for_readers_is_read_by_avro(data: st.DataObject) -> None:
    before = data.draw(drawn_models.models())
    after = data.draw(edited(before, most=2))
    found = changes(before, after)
    old, held = lock.apply(before, lock.Lock())
    new, _ = lock.apply(after, held)
    if worst(found, Audience.STREAM_READERS) is Level.OK:
        check_reading(data, writer=new, reader=old)
    if worst(found, Audience.REPLAY) is Level.OK:
        check_reading(data, writer=old, reader=new)


@settings(max_examples=8)
@given(data=st.data())
@pytest.mark.parametrize("case", [case for case in PROPERTIES if "." in case[4][1:3]], ids=ids)
def test_what_the_matrix_calls_fine_is_read_by_avro(
    case: tuple[Any, ...], data: st.DataObject
) -> None:
    _, _, *properties, expected, _ = case
    before, after = (model(contract(properties=each)) for each in properties)
    old, held = lock.apply(before, lock.Lock())
    new, _ = lock.apply(after, held)
    if expected[1] == ".":
        check_reading(data, writer=new, reader=old)
    if expected[2] == ".":
        check_reading(data, writer=old, reader=new)


def check_reading(data: st.DataObject, writer: Model, reader: Model) -> None:
    """A record of the writer comes to the reader whole, but for what only one of them knows."""
    written, read = (avro.schema(each, each.objects[0]) for each in (writer, reader))
    record = writer.objects[0].record
    value = for_fastavro(record, data.draw(records(record)))
    document = fastavro.parse_schema(written)
    encoded = written_by_fastavro(document, value)
    plain = fastavro.schemaless_reader(io.BytesIO(encoded), document, None)
    got = fastavro.schemaless_reader(io.BytesIO(encoded), document, fastavro.parse_schema(read))
    assert got == seen(reader.objects[0].record, plain)


def seen(type_: Type, value: Any) -> Any:
    """The value as readers of the type are to see it: what is not there is null."""
    match type_:
        case _ if value is None:
            return None
        case Nullable(inner):
            return seen(inner, value)
        case Array(element=element):
            return [seen(element, each) for each in value]
        case Map(value=inner) if avro_types.is_map(type_):
            return {key: seen(inner, each) for key, each in value.items()}
        case Map(key, inner):
            return [
                {"key": seen(key, each["key"]), "value": seen(inner, each["value"])}
                for each in value
            ]
        case Record(fields=fields):
            names = {avro_types.field_name(each): each.type for each in fields}
            return {name: seen(inner, value.get(name)) for name, inner in names.items()}
        case _:
            return value


@corpus.needed
def test_contracts_of_others_are_what_they_are() -> None:
    paths = {each.name: each for each in corpus.FILES}
    for name, read in corpus.models():
        again, _ = pipeline.load(paths[name], name, {})
        assert again is not None and changes(read, again) == (), name


@corpus.needed
def test_contracts_of_others_are_compared_with_each_other() -> None:
    """Revisions and copies of one contract are neighbours in the folder."""
    models = [each for _, each in corpus.models()]
    for old, new in itertools.pairwise(models):
        assert Comparison(old, new).needed == max(map(bump, changes(old, new)), default=None)
