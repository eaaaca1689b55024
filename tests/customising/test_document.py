"""The model as a document: whole, read back equal, and as its schema says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal as Number
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portwright import exchange, lock, pipeline
from portwright.exchange.shape import KINDS, members
from portwright.model import (
    Bounds,
    Expression,
    Integer,
    Member,
    Model,
    QualityRule,
    Role,
    Server,
    SlaProperty,
    String,
    Support,
    Team,
    Timestamp,
)
from support import cases, drawn_models
from support.commands import in_process
from support.models import MODELS, SPAN, a_model, an_object, field

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "docs" / "model.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(exchange.schema())


def through_json(*models: Model) -> tuple[Model, ...]:
    """The models after a journey as text, which the schema allows."""
    document = json.loads(json.dumps(exchange.as_document(models), allow_nan=False))
    VALIDATOR.validate(document)
    return exchange.read_document(document)


@settings(max_examples=40)
@given(drawn_models.models())
def test_any_model_comes_back_equal(model: Model) -> None:
    assert through_json(model) == (model,)


@pytest.mark.parametrize("name", MODELS)
def test_the_models_of_targets_come_back_equal(name: str) -> None:
    model = MODELS[name]()
    assert through_json(model) == (model,)


@pytest.mark.parametrize("case", cases.good())
def test_contracts_come_back_equal_with_the_numbers_of_the_lock(case: str) -> None:
    model, found = pipeline.load(cases.CASES / case / cases.CONTRACT, cases.CONTRACT, {})
    assert model is not None, found
    numbered, _ = lock.apply(model, lock.Lock())
    assert through_json(numbered) == (numbered,)


KEYS = st.text() | st.sampled_from(["$decimal", "$$", "$list", "$integer"])
UNTYPED = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.decimals(allow_nan=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text() | st.sampled_from(["$decimal", "$$", "$list"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(UNTYPED)
def test_what_a_contract_gives_as_it_likes_comes_back(value: object) -> None:
    [object_] = through_json(a_model(an_object("a", "a", field("b", String(), examples=(value,)))))
    [example] = object_.objects[0].record.fields[0].examples
    assert (example, type(example)) == (value, type(value))


def test_every_part_of_a_model_comes_back() -> None:
    moment = Bounds(minimum="2020-01-01T00:00:00Z", allowed=("2020-01-01T00:00:00Z",))
    whole = Bounds(maximum=Number("1e3"), multiple_of=Number("0.5"), allowed=(Number(1),))
    key = field("k", Integer(128, False, whole), number=7, aliases=("old",))
    at = field("at", Timestamp(bounds=moment), classification="restricted", tags=("x",))
    rule = QualityRule("library", "nullValues", "mustBe", (1, Number("0.25")), (("a", {"b": 1}),))
    made = an_object(
        "a",
        "a",
        key,
        at,
        stream_key=Expression(((key,), (at,)), "{}-{}"),
        stream_headers=(("h", Expression(((key,),))),),
        quality=(rule,),
        volume_change=Number("12.5"),
    )
    before = a_model(made)
    model = replace(
        before,
        major=2,
        earlier=before,
        servers=(Server("s", "kafka", settings=(("port", 2**60), ("ratio", Number("0.10")))),),
        sla=(SlaProperty("es", "2027-01-31", day=date(2027, 1, 31), seconds=Number(3)),),
        roles=(Role("r"),),
        team=Team("t", members=(Member("u"),)),
        support=(Support("c"),),
    )
    assert through_json(model) == (model,)


def test_the_document_has_what_targets_see() -> None:
    model = a_model(an_object("a", "a", field("k", Integer(64), number=3), primary_key=("k",)))
    [told] = json.loads(json.dumps(exchange.as_document([model])))["models"]
    [object_] = told["objects"]
    [first] = object_["record"]["fields"]
    assert first["type"]["kind"] == "integer" and first["type"]["highest"] == str(2**63 - 1)
    assert (first["number"], first["column"], first["public"]) == (3, "k", True)
    assert object_["key"]["paths"] == ["k"] and object_["schema_subject"] == "a-value"
    assert first["span"] == {"file": SPAN.file, "line": 1, "column": 1, "width": 1}


def test_the_committed_schema_is_current(update: bool) -> None:
    made = json.dumps(exchange.schema(), indent=2) + "\n"
    if update:
        SCHEMA.write_text(made, "utf-8")
    assert SCHEMA.read_text("utf-8") == made
    jsonschema.Draft202012Validator.check_schema(exchange.schema())


def test_the_schema_knows_every_type() -> None:
    known: Any = exchange.schema()["$defs"]
    for cls, kind in KINDS.items():
        assert known[cls.__name__]["properties"]["kind"] == {"const": kind}
        assert known[cls.__name__]["required"] == ["kind", *(each.name for each in members(cls))]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"version": 2}, "version: this reads version 1, not 2"),
        ({"version": True}, "version: this reads version 1, not True"),
        ({"models": {}}, "models: must be an array"),
        ({"models": [3]}, "models[0]: must be an object"),
        ({"models": [{}]}, "models[0]: needs `id`"),
    ],
)
def test_another_document_is_refused(change: dict[str, object], place: str) -> None:
    with pytest.raises(exchange.DocumentError) as caught:
        exchange.read_document({**exchange.as_document([]), **change})
    assert str(caught.value) == place


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("major",), "x", "models[0].major: must be int"),
        (("major",), True, "models[0].major: must be int"),
        (("tags",), {}, "models[0].tags: must be an array"),
        (("objects", 0, "ports"), ["sea"], "models[0].objects[0].ports[0]: must be Port"),
        (("objects", 0, "record", "kind"), "x", "models[0].objects[0].record.kind: must be one of"),
        (("objects", 0, "stream_headers"), [["a"]], "models[0].objects[0].stream_headers[0]: must"),
        (("servers",), [{"name": "a"}], "models[0].servers[0]: needs `type`"),
    ],
)
def test_what_is_wrong_in_a_document_is_told(path: Any, value: object, place: str) -> None:
    document: Any = json.loads(json.dumps(exchange.as_document([MODELS["nested"]()])))
    inner = document["models"][0]
    for each in path[:-1]:
        inner = inner[each]
    inner[path[-1]] = value
    with pytest.raises(exchange.DocumentError) as caught:
        exchange.read_document(document)
    assert str(caught.value).startswith(place)


def test_the_command_prints_the_models_of_the_config_or_of_files(tmp_path: Path) -> None:
    sample = ROOT / "samples" / "checkout"
    whole = in_process(sample, "model", "--json")
    assert (whole.returncode, whole.stderr) == (0, "")
    [model] = exchange.read_document(json.loads(whole.stdout))
    assert model.objects[0].record.fields[0].number == 1
    one = in_process(sample, "model", "--json", "contracts/checkout.odcs.yaml")
    assert one.stdout == whole.stdout
    told = in_process(sample, "model")
    assert "  orders (stream, table)\n    1 order_id: uuid, key\n" in told.stdout
    contract = sample / "contracts" / "checkout.odcs.yaml"
    alone = in_process(tmp_path, "model", "--json", str(contract))
    twice = in_process(tmp_path, "model", "--json", str(contract), str(contract))
    assert twice.stdout == alone.stdout
    [again] = exchange.read_document(json.loads(alone.stdout))
    assert (again.id, again.source) == (model.id, str(contract))
    schema = in_process(tmp_path, "model", "--schema")
    assert json.loads(schema.stdout) == exchange.schema()


def test_the_command_tells_what_is_wrong(tmp_path: Path) -> None:
    missing = in_process(tmp_path, "model", "--json")
    assert missing.returncode == 2 and "PW501" in missing.stderr and not missing.stdout
    (tmp_path / "bad.yaml").write_text("kind: DataContract\n")
    wrong = in_process(tmp_path, "model", "bad.yaml")
    assert wrong.returncode == 1 and "error[PW" in wrong.stderr and not wrong.stdout
    gone = in_process(tmp_path, "model", "gone.yaml")
    assert gone.returncode == 1 and "PW510" in gone.stderr
