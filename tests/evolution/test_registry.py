"""What a real registry says of every change that we call compatible. Where it refuses one although
nobody breaks, a table tells why, and is asserted to be exactly that."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count, pairwise

import pytest
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from evolution.test_matrix import OBJECTS, PROPERTIES
from portwright import lock
from portwright.dry_run import reasons
from portwright.evolution.comparison import Comparison
from portwright.evolution.effects import Bump
from portwright.evolution.kinds import Kind
from portwright.lock import Lock
from portwright.model import Model
from portwright.targets import registry as targets
from portwright.targets.python.wire import wire_schema
from support.apicurio import Apicurio
from support.changes import contract, model
from support.protobuf import TAGS

FORMATS = ("AVRO", "PROTOBUF", "JSON")
DIRECTIONS = ("BACKWARD", "FORWARD")
NAMES = count()
# Apicurio looks at no imports when it tests a schema, and does not know those of these by itself.
UNREAD = {Kind.ZONE_CHANGED, Kind.TYPE_CHANGED}


@dataclass
class Asked:
    """The registry, and the imports that it has."""

    client: SchemaRegistryClient
    imported: dict[str, SchemaReference] = field(default_factory=dict)

    def subject(self, schema: Schema, level: str = "NONE") -> str:
        """A new subject that has the schema, and the level."""
        name = f"proof-{next(NAMES)}-{random.randrange(1 << 40)}"
        self.client.register_schema(name, schema)
        self.client.set_compatibility(name, level)
        return name

    def refusals(self, old: Schema, new: Schema) -> list[str]:
        """The directions in which the registry refuses the new schema after the old one."""
        if old.schema_str == new.schema_str:
            return []
        name = self.subject(old)
        found = []
        for each in DIRECTIONS:
            self.client.set_compatibility(name, f"{each}_TRANSITIVE")
            if not self.client.test_compatibility_all_versions(name, new):
                found.append(each)
        return found

    def schema(self, model: Model, format: str) -> Schema:
        """The schema of the only object, as the registry is given it."""
        [object_] = model.objects
        if format == "JSON":
            files = targets.make("json-schema", {}).emit(model)
            [text] = (each.text for each in files if each.path.suffix == ".json")
            # It knows no later draft, and no `$id`; the words that it compares are the same.
            document = {**json.loads(text), "$schema": "http://json-schema.org/draft-07/schema#"}
            document.pop("$id")
            return Schema(json.dumps(document).replace("$defs", "definitions"), "JSON")
        found = wire_schema(model, object_, format.lower())
        for name, text in found.references:
            if name not in self.imported:
                known = list(self.imported.values()) if "import" in text else []
                self.client.register_schema(name, Schema(text, "PROTOBUF", known))
                version = self.client.get_latest_version(name).version
                self.imported[name] = SchemaReference(name, name, version)
        references = [
            self.imported[name] for name, _ in found.references if not name.startswith("confluent/")
        ]
        # Apicurio registers a schema with tags, and cannot compare it: there it follows no import.
        return Schema(TAGS.sub("", found.text), found.kind, references)


@pytest.fixture(scope="module")
def asked(apicurio: Apicurio) -> Iterator[Asked]:
    with closing(SchemaRegistryClient({"url": apicurio.url, "max.retries": 0})) as client:
        yield Asked(client)


def numbered(*texts: str) -> list[Model]:
    """The models of these versions of a contract, by one lock."""
    held, found = Lock(), []
    for text in texts:
        each, held = lock.apply(model(text), held)
        found.append(each)
    return found


def cases() -> Iterator[tuple[Kind, Model, Model]]:
    """Every change of a property or an object that stands alone."""
    for kind, _, before, after, *_ in PROPERTIES:
        yield kind, *numbered(contract(properties=before), contract(properties=after))
    for kind, _, before, after, *_ in OBJECTS:
        yield kind, *numbered(contract(of_object=before), contract(of_object=after))


def test_what_we_call_compatible_is_taken_or_the_refusal_is_explained(asked: Asked) -> None:
    refused, looked_at = set(), set()
    for kind, old, new in cases():
        if Comparison(old, new).needed is not Bump.MAJOR:
            looked_at.add(kind)
            for format in FORMATS:
                found = asked.refusals(asked.schema(old, format), asked.schema(new, format))
                refused |= {(format, each, kind) for each in found}
    assert refused == set(reasons.REFUSED)
    assert len(looked_at) >= 15
    assert not [each for each in refused if each[0] == "AVRO"]


def test_what_breaks_and_is_taken_has_its_reason(asked: Asked) -> None:
    taken, unread = set(), set()
    for kind, old, new in cases():
        if Comparison(old, new).needed is Bump.MAJOR:
            for format in ("AVRO", "PROTOBUF"):
                try:
                    schemas = [asked.schema(each, format) for each in (old, new)]
                    if not asked.refusals(*schemas):
                        is_same = schemas[0].schema_str == schemas[1].schema_str
                        taken.add((format, kind, is_same))
                except SchemaRegistryError as error:
                    assert error.error_code == 42201
                    unread.add(kind)
    assert unread == UNREAD
    seen = {(format, kind) for format, kind, is_same in taken if not is_same}
    unexplained = {each for each in seen if "no schema tells" in reasons.taken(*each)}
    assert unexplained == set()
    assert ("AVRO", Kind.SCALE_CHANGED) in seen and ("AVRO", Kind.PROPERTY_RENAMED) in seen


# Steps of a chain: what the properties of a contract become.
STEPS = (
    lambda lines, n: [*lines, f"{{name: n{n}, logicalType: integer}}"],
    lambda lines, n: [f"{{name: n{n}, logicalType: date}}", *lines],
    lambda lines, n: [
        *lines,
        f"{{name: n{n}, logicalType: array, items: {{logicalType: object, properties: "
        "[{name: sku, logicalType: string}, {name: at, logicalType: timestamp}]}}",
    ],
    lambda lines, n: [*lines, f"{{name: n{n}, logicalType: string, enum: [{{value: A}}]}}"],
    lambda lines, n: [*lines, f"{{name: n{n}, logicalType: number}}"],
    lambda lines, n: [each.replace("[{value: A}", "[{value: A}, {value: B}") for each in lines],
    lambda lines, n: [each.replace("at, ", f"at{n}, logicalType: date}}, {{name: at, ")
                      for each in lines],
    lambda lines, n: [*reversed(lines)],
    lambda lines, n: [each.removesuffix("}") + f", description: D{n}.}}" if "desc" not in each
                      else each for each in lines],
)  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_chains_of_compatible_changes_are_taken_by_all_versions(asked: Asked, seed: int) -> None:
    """At FULL_TRANSITIVE for Avro. For the others in the direction that refuses nothing."""
    drawn = random.Random(seed)
    lines: list[str] = []
    texts = [contract()]
    for number in range(6):
        lines = drawn.choice(STEPS)(lines, number)
        texts.append(contract(properties="\n".join(lines)))
    models = numbered(*texts)
    for old, new in pairwise(models):
        assert Comparison(old, new).needed is not Bump.MAJOR
    for format, level in (("AVRO", "FULL"), ("PROTOBUF", "BACKWARD")):
        first, *rest = (asked.schema(each, format) for each in models)
        name = asked.subject(first, f"{level}_TRANSITIVE")
        for each in rest:
            assert asked.client.test_compatibility_all_versions(name, each), each.schema_str
            asked.client.register_schema(name, each)
        assert len(asked.client.get_versions(name)) > 1
