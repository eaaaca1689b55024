"""The targets `asyncapi` and `backstage`: documents that the libraries of those who read them take,
and what neither can say of a contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from portwright import lock, pipeline
from portwright.model import (
    Member,
    Model,
    Port,
    Record,
    Server,
    SlaProperty,
    String,
    Support,
    Team,
    Type,
    walk,
)
from portwright.model.seen import as_seen
from portwright.targets.asyncapi import AsyncApi
from portwright.targets.asyncapi import path as document_path
from portwright.targets.backstage import Backstage, words
from support import cases, catalogues, corpus
from support.indexing import indexed
from support.models import MODELS, SPAN, a_model, an_object, field

SAMPLE = Path(__file__).parents[2] / "samples" / "checkout" / "contracts"
ORDERS = an_object("orders", "order", field("id", String()), field("at", String()))
TEAM = Team("Order Desk", None, (Member("mira", None, "Owner"),))
LONG = "a" * 64
# AsyncAPI's parser of Avro takes three times as long for every level of records from the tenth on:
# fastavro and Apache's library read deeper schemas in tests/test_acceptance.py.
DEEPEST = 6
# Those whose records are told by JSON Schema, too: each form of type is in one of them.
JSON = set(MODELS)


def contracts() -> Iterator[tuple[str, Model]]:
    """The models of every case that generates, of the sample, and those made by hand."""
    files = [cases.CASES / name / cases.CONTRACT for name in cases.good()]
    for file in [*files, *SAMPLE.glob("*.yaml")]:
        model, found = pipeline.load(file, file.name, {})
        assert model is not None, found
        yield f"{file.parent.name}-{file.stem}", lock.apply(model, lock.Lock())[0]
    yield from ((name.replace(" ", "-"), make()) for name, make in MODELS.items())


def written(root: Path, model: Model, *wires: str) -> None:
    """Both targets' files of a contract, the documents in a folder for each wire."""
    seen = as_seen(model)
    target = Backstage(asyncapi=f"../{wires[0]}")
    files = {"backstage": [*target.emit(seen), *indexed(target, seen).files]}
    files |= {each: list(AsyncApi(each).emit(seen)) for each in wires}
    for folder, made in files.items():
        for each in made:
            place = root / folder / each.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(each.text, "utf-8")


def forms(name: str, model: Model) -> list[str]:
    """The wires whose documents the parser is given."""
    told = ["protobuf"] if name.partition("-contract")[0].replace("-", " ") in JSON else []
    deepest = max((depth(each.record) for each in model.objects), default=0)
    return ["avro", *told] if deepest <= DEEPEST else ["protobuf"]


def depth(type_: Type) -> int:
    """How many records stand in each other."""
    if isinstance(type_, Record):
        return 1 + max((depth(each.type) for each in type_.fields), default=0)
    return max((depth(each) for each in walk.own_types(type_) if each is not type_), default=0)


def taken(root: Path) -> dict[str, list[str]]:
    """What the libraries find fault with in all that was written."""
    found = {}
    for reader, name in (("asyncapi", "asyncapi.yaml"), ("backstage", "catalog-info.yaml")):
        paths = sorted(root.rglob(name))
        assert paths
        found |= catalogues.faults(reader, paths)
    return found


def test_the_libraries_of_asyncapi_and_backstage_take_what_is_generated(tmp_path: Path) -> None:
    for name, model in contracts():
        written(tmp_path / name, model, *forms(name, model))
    assert taken(tmp_path) == {}


@corpus.needed
def test_the_libraries_take_what_contracts_of_others_become(tmp_path: Path) -> None:
    for name, model in corpus.models():
        if not any(each.is_error for each in [*AsyncApi().check(model), *Backstage().check(model)]):
            written(tmp_path / name, model, *forms(name, model))
    assert taken(tmp_path) == {}


def test_the_libraries_find_faults_where_there_are_some(tmp_path: Path) -> None:
    broken = []
    for place, (name, right, wrong) in enumerate(
        (
            ("asyncapi.yaml", "action: send", "action: shout"),
            ("asyncapi.yaml", "type: string\n", "type: strong\n"),
            ("catalog-info.yaml", "name: ", "name: -"),
        )
    ):
        written(tmp_path / str(place), a_model(ORDERS), "avro")
        path = next((tmp_path / str(place)).rglob(f"v1/{name}"))
        text = path.read_text("utf-8")
        assert right in text
        path.write_text(text.replace(right, wrong, 1), "utf-8")
        broken.append(str(path))
    assert sorted(taken(tmp_path)) == sorted(broken)


def document(model: Model, wire: str = "avro") -> Any:
    """The AsyncAPI document as data."""
    (file,) = AsyncApi(wire).emit(model)
    assert file.path == document_path(model)
    return yaml.safe_load(file.text)


def test_the_service_sends_and_its_messages_are_what_the_runtime_writes() -> None:
    levels = (SlaProperty("errorRate", 1, "%", element="orders"), SlaProperty("retention", 9, "d"))
    read = document(a_model(ORDERS, sla=levels))
    (channel,), (operation,) = read["channels"].values(), read["operations"].values()
    assert operation["action"] == "send"
    assert channel["address"] == channel["bindings"]["kafka"]["topic"] == ORDERS.topic
    (message,) = read["components"]["messages"].values()
    assert message["headers"]["properties"]["ce_type"]["const"] == message["name"]
    assert message["payload"]["schema"]["name"] == "Order"
    assert [each["figure"] for each in channel["x-promises"]] == ["1 %", "9 d"]


def test_protobuf_is_told_by_a_json_schema_within_the_document() -> None:
    read = document(a_model(ORDERS), "protobuf")
    (message,) = read["components"]["messages"].values()
    assert message["contentType"] == "application/protobuf"
    assert message["payload"] == {"$ref": "#/components/schemas/Order"}
    assert set(read["components"]["schemas"]["Order"]["properties"]) == {"id", "at"}


@pytest.mark.parametrize(
    ("host", "hosts"),
    [
        ("broker.example.com:9092", ["broker.example.com:9092"]),
        ("a.example:9092, b.example:9093", ["a.example:9092", "b.example:9093"]),
        ("SASL_SSL://broker.example.com:9092", ["broker.example.com:9092"]),
        ("${KAFKA_HOST}:9092", ["{KAFKA_HOST}:9092"]),
        ("{{ env.kafka-host }}", ["{kafka_host}"]),
        ("see the wiki", []),
        ("", []),
    ],
)
def test_brokers_are_told_by_host_and_what_is_put_in_later_by_variables(
    host: str, hosts: list[str]
) -> None:
    server = Server("Events EU", "kafka", "prod", settings=(("host", host),))
    model = a_model(ORDERS, servers=(server,))
    found = document(model).get("servers", {})
    assert [each["host"] for each in found.values()] == hosts
    assert list(found) == ["events-eu", "events-eu-2"][: len(hosts)]
    assert [each.code for each in AsyncApi().check(model)] == ([] if hosts else ["PW471"])
    declared = [name for each in found.values() for name in each.get("variables", {})]
    assert declared == [each.strip("{}").split("}")[0] for each in hosts if "{" in each]


def test_contacts_are_addresses_and_nothing_else() -> None:
    channels = (
        Support("#orders", "javascript:alert(1)"),
        Support("desk@acme.example"),
        Support("wiki", "https://acme.example/orders"),
    )
    info = document(a_model(ORDERS, team=TEAM, support=channels))["info"]
    assert info["contact"] == {
        "name": "Order Desk",
        "url": "https://acme.example/orders",
        "email": "desk@acme.example",
    }


def test_tables_alone_are_no_document_and_no_api() -> None:
    model = a_model(replace(ORDERS, ports=(Port.TABLE,)), team=TEAM)
    assert not list(AsyncApi().emit(model))
    assert [each["kind"] for each in entities(model)] == ["Component", "Resource"]


def entities(model: Model) -> list[Any]:
    """The entities as data."""
    (file,) = Backstage().emit(model)
    return list(yaml.safe_load_all(file.text))


def test_entities_know_their_owner_and_the_document_beside_them() -> None:
    component, api, table = entities(a_model(ORDERS, team=TEAM))
    assert {each["spec"]["owner"] for each in (component, api, table)} == {
        "group:default/order-desk"
    }
    assert api["spec"]["definition"] == {"$text": "./asyncapi.yaml"}
    assert component["spec"]["providesApis"] == [f"api:default/{api['metadata']['name']}"]
    assert table["spec"]["dependencyOf"] == [f"component:default/{component['metadata']['name']}"]


@pytest.mark.parametrize(
    ("team", "owner"),
    [
        (TEAM, "group:default/order-desk"),
        (replace(TEAM, name=None), "user:default/mira"),
        (Team(None, None, (Member("a.b"), Member("c.d", None, "Data Owner"))), "user:default/c.d"),
        (Team(LONG), None),
        (Team(), None),
        (None, None),
    ],
)
def test_an_owner_is_the_team_else_who_owns(team: Team | None, owner: str | None) -> None:
    model = a_model(ORDERS, team=team)
    assert words.owner(model) == owner
    assert [each.code for each in Backstage().check(model)] == ([] if owner else ["PW473"])


@pytest.mark.parametrize(
    ("status", "word"),
    [("draft", "experimental"), ("Active", "production"), ("retired", "deprecated")],
)
def test_a_status_is_a_lifecycle(status: str, word: str) -> None:
    assert words.lifecycle(a_model(ORDERS, status=status)) == word


def test_tags_are_those_that_backstage_takes() -> None:
    written = ("Finance & Tax", "c++", "größe", "!!", "b" * 64)
    assert [words.tag(each) for each in written] == ["finance-tax", "c++", "grosse", "", ""]


def test_names_that_are_too_long_are_told_and_never_cut() -> None:
    model = a_model(ORDERS, team=TEAM, name=LONG)
    codes = [(each.code, each.is_error) for each in Backstage().check(model)]
    assert codes == [("PW472", True), ("PW472", False)]
    wide = a_model(replace(ORDERS, name=LONG), team=TEAM)
    assert [(e.code, e.is_error) for e in Backstage().check(wide)] == [("PW472", False)]
    assert [each["kind"] for each in entities(wide)] == ["Component", "API"]


def test_what_would_be_one_channel_or_one_entity_is_an_error() -> None:
    other = replace(ORDERS, name="Orders", topic="other", span=SPAN)
    model = a_model(ORDERS, other, team=TEAM)
    assert [each.code for each in AsyncApi().check(model)] == ["PW470"]
    assert [each.code for each in Backstage().check(model)] == ["PW474"]
    first = a_model(ORDERS, team=TEAM)
    made = indexed(Backstage(), first, replace(first, domain="elsewhere"), replace(first, major=2))
    assert [each.code for each in made.findings] == ["PW474"]
