"""Rules of Confluent's kind find the fields that the contract guards: in their own serialisers, by
the tags of our schemas. The rule here stands for one that encrypts with a key of a KMS."""

from __future__ import annotations

import base64
import copy
from typing import Any

import pytest
from confluent_kafka.schema_registry import (
    Rule,
    RuleKind,
    RuleMode,
    RuleSet,
    Schema,
    SchemaRegistryClient,
)
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.rule_registry import RuleRegistry
from confluent_kafka.schema_registry.serde import (
    FieldContext,
    FieldRuleExecutor,
    FieldTransform,
    FieldType,
    RuleContext,
)
from confluent_kafka.serialization import MessageField, SerializationContext

from portwright.model.seen import as_seen
from portwright.render import dump_json
from portwright.targets import avro
from support.reading import contract_of, read

CANARY = "c4n4ry"
PROPERTIES = """
    - {name: number, logicalType: string, required: true}
    - name: email
      logicalType: string
      classification: restricted
      customProperties: [{property: anonymise, value: hash}]
    - {name: note, logicalType: string, classification: internal}
    - {name: age, logicalType: integer, classification: restricted}
    - name: friends
      logicalType: array
      required: true
      classification: restricted
      items: {logicalType: object, properties: [{name: name, logicalType: string}]}
    - {name: words, logicalType: array, classification: restricted, items: {logicalType: string}}
    - name: person
      logicalType: string
      customProperties: [{property: dataSubject, value: true}]
"""
RECORD = {
    "number": "plain",
    "email": CANARY,
    "note": "a note",
    "age": 36,
    "friends": [{"name": CANARY}],
    "words": [CANARY],
    "person": CANARY,
}


class Shrouding(FieldRuleExecutor):
    """Makes text unreadable, and readable again."""

    def type(self) -> str:
        return "SHROUD"

    def configure(self, client_conf: dict[str, Any], rule_conf: dict[str, Any]) -> None:
        pass

    def new_transform(self, ctx: RuleContext) -> FieldTransform:
        def transform(_: RuleContext, field: FieldContext, value: Any) -> Any:
            if field.field_type is not FieldType.STRING:
                return value
            if ctx.rule_mode is RuleMode.WRITE:
                return base64.b64encode(value.encode()).decode()
            return base64.b64decode(value).decode()

        return transform


@pytest.mark.parametrize(
    ("tags", "shrouded"),
    [
        ({"RESTRICTED", "PII"}, {"email", "friends", "words", "person"}),
        ({"RESTRICTED"}, {"email", "friends", "words"}),
        ({"PII"}, {"email", "person"}),
        ({"INTERNAL"}, {"note"}),
        ({"SECRET"}, set()),
    ],
)
def test_a_rule_by_tags_changes_all_that_is_tagged(tags: set[str], shrouded: set[str]) -> None:
    model, _ = read(contract_of(PROPERTIES))
    assert model is not None
    mode = RuleMode.WRITEREAD
    words = ("shroud", "", RuleKind.TRANSFORM, mode, "SHROUD", sorted(tags))
    rule = Rule(*words, params=None, expr=None, on_success=None, on_failure=None, disabled=False)
    model = as_seen(model)
    text = dump_json(avro.schema(model, model.objects[0]))
    client = SchemaRegistryClient.new_client({"url": "mock://"})
    client.register_schema("orders-value", Schema(text, "AVRO", [], None, RuleSet([], [rule])))
    rules = RuleRegistry()
    rules.register_executor(Shrouding())
    settings = {"auto.register.schemas": False, "use.latest.version": True}
    serialize = AvroSerializer(client, conf=settings, rule_registry=rules)
    context = SerializationContext("orders", MessageField.VALUE)
    written = serialize(copy.deepcopy(RECORD), context)  # it changes what it is given
    assert AvroDeserializer(client, rule_registry=rules)(written, context) == RECORD
    blind = RuleRegistry()
    blind.register_executor(Idle())
    found = AvroDeserializer(client, rule_registry=blind)(written, context)
    assert {name for name, value in found.items() if value != RECORD[name]} == shrouded
    assert (CANARY.encode() in written) == (not {"RESTRICTED", "PII"} <= tags)


class Idle(Shrouding):
    """A reader without the key."""

    def new_transform(self, ctx: RuleContext) -> FieldTransform:
        return lambda _, field, value: value
