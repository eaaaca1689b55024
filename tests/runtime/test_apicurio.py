"""A real registry with Confluent's API: what its client asks, `portwright register`, and ports that
write and read with it."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pytest
from click.testing import CliRunner, Result
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

from portwright.cli import main
from portwright_runtime import StreamError
from portwright_runtime.errors import UnknownSchema
from support import packages, processes
from support.apicurio import Apicurio
from support.kafka import Broker

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: {name}
version: 1.0.0
schema:
  - name: orders
    properties:
      - {{name: id, logicalType: integer, primaryKey: true}}
      - {{name: day, logicalType: date, required: true}}
"""
RECORD = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "string"}]}
IMPORTED = 'syntax = "proto3";\npackage x;\nmessage Day { int32 n = 1; }\n'
IMPORTING = 'syntax = "proto3";\npackage x;\nimport "NAME";\nmessage Order { Day day = 1; }\n'


@pytest.fixture
def client(apicurio: Apicurio) -> Iterator[SchemaRegistryClient]:
    with closing(SchemaRegistryClient({"url": apicurio.url})) as found:
        yield found


class Project:
    """A repository with a contract of its own, and its commands at the registry."""

    def __init__(self, folder: Path, wire: str, url: str) -> None:
        self.folder, self.url = folder, url
        # Letters alone: digits would be words of their own.
        self.name = "shop-" + "".join(random.choices(ascii_lowercase, k=10))
        self.subject = f"{self.name}.orders.v1-value"
        target = f"{{target: python, wire: {wire}, out: src}}"
        (folder / "portwright.yaml").write_text(
            f"version: 1\ncontracts: [contract.odcs.yaml]\ntargets: [{target}]\n"
        )
        (folder / "contract.odcs.yaml").write_text(CONTRACT.format(name=self.name))
        done = self.run("generate")
        assert done.exit_code == 0, done.output

    def run(self, *words: str) -> Result:
        config = str(self.folder / "portwright.yaml")
        return CliRunner().invoke(main, [words[0], "--config", config, *words[1:]])

    def register(self, *more: str) -> list[dict[str, Any]]:
        """What is said of each subject."""
        done = self.run("register", "--registry", self.url, "--format", "json", *more)
        lines = [line for line in done.output.splitlines() if line.startswith("{")]
        return [json.loads(line) for line in lines]

    def module(self) -> Callable[[str], Any]:
        """The generated package."""
        (package,) = (self.folder / "src").iterdir()
        return packages.load(package)


@pytest.fixture(params=["avro", "protobuf"])
def project(request: pytest.FixtureRequest, tmp_path: Path, apicurio: Apicurio) -> Project:
    return Project(tmp_path, request.param, apicurio.url)


def a_subject() -> str:
    return f"s-{uuid.uuid4().hex[:12]}"


def test_avro_is_registered_and_found(client: SchemaRegistryClient) -> None:
    subject, schema = a_subject(), Schema(json.dumps(RECORD), "AVRO")
    id_ = client.register_schema(subject, schema)
    found = client.lookup_schema(subject, schema)
    assert (found.schema_id, found.version, found.guid) == (id_, 1, None)
    client.clear_caches()
    assert json.loads(client.get_schema(id_).schema_str or "") == RECORD
    other = Schema(json.dumps({**RECORD, "name": "Other"}), "AVRO")
    for where, code in ((subject, 40403), (a_subject(), 40401)):
        with pytest.raises(SchemaRegistryError) as caught:
            client.lookup_schema(where, other)
        assert (caught.value.http_status_code, caught.value.error_code) == (404, code)


def test_protobuf_is_registered_with_what_it_imports(client: SchemaRegistryClient) -> None:
    name, subject = f"{a_subject()}/day.proto", a_subject()
    client.register_schema(name, Schema(IMPORTED, "PROTOBUF"))
    references = [SchemaReference(name, name, 1)]
    schema = Schema(IMPORTING.replace("NAME", name), "PROTOBUF", references)
    id_ = client.register_schema(subject, schema)
    assert client.lookup_schema(subject, schema).schema_id == id_
    client.clear_caches()
    found = client.get_schema(id_)
    assert (found.schema_type, found.schema_str) == ("PROTOBUF", schema.schema_str)
    assert found.references == references


def test_a_dry_run_tells_what_the_registry_would_say(
    project: Project, client: SchemaRegistryClient, tmp_path: Path
) -> None:
    path = tmp_path / "contract.odcs.yaml"
    (old := tmp_path / "old.odcs.yaml").write_text(path.read_text())
    (first,) = project.register("--dry-run", "--against", str(old))
    assert (first["registry"], first["ours"]) == ("new", "ok")
    project.register()
    path.write_text(path.read_text() + "      - {name: more, logicalType: string}\n")
    assert project.run("generate").exit_code == 0
    (found,) = project.register("--dry-run", "--against", str(old))
    assert (found["level"], found["ours"]) == ("FULL_TRANSITIVE", "ok")
    if "protobuf" in (tmp_path / "portwright.yaml").read_text():
        [difference] = found["differences"]
        assert found["registry"] == "refused" and "does not reserve it" in difference["why"]
    else:
        assert (found["registry"], found["differences"]) == ("taken", [])
    assert client.get_versions(project.subject) == [1]


def test_a_port_registers_once_and_a_check_says_so(
    project: Project, client: SchemaRegistryClient
) -> None:
    assert [each["known"] for each in project.register("--check")] == [False]
    (first,) = project.register()
    assert (first["subject"], first["version"], first["is_new"]) == (project.subject, 1, True)
    assert client.get_compatibility(project.subject) == first["level"] == "FULL_TRANSITIVE"
    assert project.register() == [{**first, "is_new": False}]
    assert [each["known"] for each in project.register("--check")] == [True]
    assert client.get_versions(project.subject) == [1]


def test_what_is_not_compatible_is_refused(project: Project, client: SchemaRegistryClient) -> None:
    project.register()
    schema = client.get_latest_version(project.subject).schema
    assert schema is not None and schema.schema_str is not None
    broken = schema.schema_str.replace("int64 id", "string id").replace('"long"', '"string"')
    assert broken != schema.schema_str
    with pytest.raises(SchemaRegistryError) as caught:
        client.register_schema(
            project.subject, Schema(broken, schema.schema_type, schema.references)
        )
    assert caught.value.http_status_code == 409


def test_ports_write_and_read_with_it(
    project: Project,
    kafka: Broker,
    client: SchemaRegistryClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", project.url)
    module = project.module()
    package = module("")
    topic = module("topics").ORDERS_TOPIC
    kafka.topic(topic.name, partitions=1)
    port = port_of(package)
    with pytest.raises(UnknownSchema, match="run `portwright register`"):
        port.open(kafka.url)
    (said,) = project.register()
    sent = [package.Order(id=n, day=date(2026, 1, 1 + n)) for n in range(9)]
    with port.open(kafka.url) as opened:
        opened.orders.publish_all(sent)
    seen: list[Any] = []

    class Kept(module("consumers").OrdersConsumer):  # type: ignore[misc]  # generated
        on_failure = "stop"

        def on_order(self, order: Any, event: Any) -> None:
            seen.append(order)

    with Kept.open(stream=kafka.url) as consumer:
        consumer.run(until_idle=True)
    assert seen == sent
    value = value_of(kafka, topic.name)
    assert value[:5] == b"\x00" + said["id"].to_bytes(4, "big")
    if topic.schema.kind == "AVRO":
        where = SerializationContext(topic.name, MessageField.VALUE)
        assert AvroDeserializer(client)(value, where) == {"id": 0, "day": date(2026, 1, 1)}


def test_headers_are_refused_where_there_are_no_guids(
    project: Project, kafka: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.register()
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", project.url)
    monkeypatch.setenv("PORTWRIGHT_WIRE", "header")
    with pytest.raises(StreamError, match="PORTWRIGHT_WIRE=prefix"):
        port_of(project.module()("")).open(kafka.url)


def port_of(package: Any) -> Any:
    """The port's class."""
    (found,) = (
        each for each in package.__all__ if each.endswith("Port") and not each.startswith("Async")
    )
    return getattr(package, found)


def value_of(kafka: Broker, topic: str) -> bytes:
    """The first message's value, as any client gets it."""
    with closing(Consumer({"bootstrap.servers": kafka.bootstrap, "group.id": "raw"})) as plain:
        plain.assign([TopicPartition(topic, 0, 0)])
        got = plain.poll(processes.PATIENCE)
        assert got is not None and got.error() is None
        return bytes(got.value() or b"")
