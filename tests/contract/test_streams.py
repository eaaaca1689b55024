"""What contracts say of streams: keys, headers, subjects; and what keys give away."""

from __future__ import annotations

import pytest

from support.reading import read

HEAD = (
    "apiVersion: v3.1.0\nkind: DataContract\nid: shop\nversion: 1.0.0\nschema:\n  - name: orders\n"
)
FIELDS = """    properties:
      - {name: id, logicalType: integer, primaryKey: true}
      - {name: region, logicalType: string, required: true}
      - {name: tenant, logicalType: string}
      - {name: ship.to, logicalType: string, required: true}
      - {name: mail, logicalType: string, required: true, classification: restricted}
      - name: customer
        logicalType: object
        required: true
        properties: [{name: ref, logicalType: string, required: true}]
      - name: gift
        logicalType: object
        properties: [{name: ref, logicalType: string, required: true}]
"""


def contract(name: str, value: str) -> str:
    return f"{HEAD}    customProperties:\n      - {{property: {name}, value: {value}}}\n{FIELDS}"


@pytest.mark.parametrize(
    ("value", "paths", "template"),
    [
        ("customer.ref", ("customer.ref",), None),
        ("[region, customer.ref]", ("region", "customer.ref"), None),
        ('"{region}/{customer.ref}"', ("region", "customer.ref"), "{}/{}"),
        ("ship.to", ("ship.to",), None),
    ],
)
def test_keys(value: str, paths: tuple[str, ...], template: str | None) -> None:
    model, found = read(contract("streamKey", value))
    assert model is not None and not found
    key = model.objects[0].key
    assert key is not None
    assert (key.paths, key.template) == (paths, template)


def test_without_a_word_the_primary_key_keys() -> None:
    model, _ = read(HEAD + FIELDS)
    assert model is not None
    key = model.objects[0].key
    assert key is not None and key.paths == ("id",)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("streamKey", "regoin", "there is no property `regoin`"),
        ("streamKey", "tenant", "`tenant` is in `streamKey` and may be null"),
        ("streamKey", "customer", "`customer` is no single value"),
        ("streamKey", "gift.ref", "leads through `gift`, which may be null"),
        ("streamKey", '"{region"', "braces in `streamKey` do not match"),
        ("streamKey", "[]", "names no properties"),
        ("streamHeaders", "x", "must be a map"),
        ("streamHeaders", '{"ce_id": x}', "cannot be called `ce_id`"),
        ("streamHeaders", '{"a b": x}', "cannot be called `a b`"),
        ("streamHeaders", '{"a": "{mail}"}', "would show a classified property"),
        ("streamHeaders", '{"a": [x]}', "must be a text"),
        ("schemaSubject", "[mine]", "is no name of a subject"),
        ("schemaSubject", '"a\\nb"', "is no name of a subject"),
        ("schemaCompatibility", "SOMETIMES", "is no level"),
    ],
)
def test_faults_are_told_at_their_place(name: str, value: str, says: str) -> None:
    _, found = read(contract(name, value))
    (fault,) = [each for each in found if each.code == "PW128"]
    assert says in fault.message
    assert fault.is_error and fault.span.line == 8


def test_headers_subject_and_level() -> None:
    model, found = read(contract("streamHeaders", '{"x-tenant": "{tenant}", "x-app": shop}'))
    assert model is not None and not found
    headers = model.objects[0].stream_headers
    assert [(name, each.template, each.paths) for name, each in headers] == [
        ("x-tenant", "{}", ("tenant",)),
        ("x-app", "shop", ()),
    ]
    model, _ = read(contract("schemaSubject", "mine"))
    assert model is not None and model.objects[0].subject == "mine"
    model, _ = read(contract("schemaCompatibility", "backward"))
    assert model is not None and model.objects[0].compatibility == "BACKWARD"


def test_a_classified_key_is_a_warning() -> None:
    _, found = read(contract("streamKey", "mail"))
    (warning,) = found
    assert (warning.code, warning.is_error) == ("PW214", False)
    assert "`mail` is classified, and keys the messages of `orders`" in warning.message


def test_a_level_of_the_contract_is_that_of_its_objects() -> None:
    level = "customProperties: [{property: schemaCompatibility, value: NONE}]\nschema:"
    model, found = read((HEAD + FIELDS).replace("schema:", level))
    assert model is not None and not found
    assert model.objects[0].compatibility == "NONE"
    model, _ = read(contract("schemaCompatibility", "FULL").replace("schema:", level, 1))
    assert model is not None and model.objects[0].compatibility == "FULL"
    _, found = read((HEAD + FIELDS).replace("schema:", level.replace("NONE", "SOME")))
    assert [(each.code, each.span.line) for each in found] == [("PW128", 5)]


def test_two_objects_have_two_subjects() -> None:
    own = "    customProperties: [{property: schemaSubject, value: shop.orders.v1-value}]\n"
    other = f"  - name: refunds\n{own}" + FIELDS
    _, found = read(HEAD + FIELDS + other)
    (fault,) = found
    assert (fault.code, fault.is_error) == ("PW215", True)
    assert "`shop.orders.v1-value` is also that of `orders`" in fault.message
    only_tables = "servers: [{server: s, type: duckdb, database: shop.db}]\nschema:"
    assert read(HEAD.replace("schema:", only_tables) + FIELDS + other)[1] == []


def test_how_a_topic_is_made() -> None:
    said = "{max.message.bytes: 2097152, compression.type: zstd}"
    model, found = read(contract("topicConfig", said))
    assert model is not None and not found
    assert model.objects[0].topic_config == (
        ("compression.type", "zstd"),
        ("max.message.bytes", "2097152"),
    )
    model, found = read(contract("partitions", "12"))
    assert model is not None and not found and model.objects[0].partitions == 12
    model, found = read(contract("replicas", "5"))
    assert model is not None and not found and model.objects[0].replicas == 5


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("partitions", "0", "`partitions` is no number of partitions"),
        ("partitions", "many", "`partitions` is no number of partitions"),
        ("replicas", "[3]", "`replicas` is no number of replicas"),
        ("topicConfig", "compact", "`topicConfig` must be a map"),
        ("topicConfig", "{retention: 1}", "`retention` is no setting of a topic"),
        ("topicConfig", "{retention.ms: 7d}", "`retention.ms` has no value that Kafka takes"),
        ("topicConfig", "{cleanup.policy: [compact]}", "`cleanup.policy` has no value"),
        ("topicConfig", "{min.insync.replicas: 0}", "`min.insync.replicas` has no value"),
        ("topicConfig", '{compression.type: "a b"}', "`compression.type` has no value"),
    ],
)
def test_topics_that_no_broker_makes(name: str, value: str, says: str) -> None:
    _, found = read(contract(name, value))
    assert [each.code for each in found] == ["PW134"]
    assert says in found[0].message
