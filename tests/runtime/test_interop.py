"""Others on the same topics: Confluent's clients and Java's read what ports write, and consumers
read what they write; all choose one partition for a key."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from portwright.cli import main
from portwright.targets.protobuf import Protobuf
from portwright_runtime.murmur2 import partition_of
from support import jars, kafkajs, packages, processes, protobuf
from support.kafka import Broker
from support.reading import read
from support.registry import Registry

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: {name}
version: 1.0.0
schema:
  - name: orders
    properties:
      - {{name: id, logicalType: string, logicalTypeOptions: {{format: uuid}}, primaryKey: true}}
      - {{name: placed_at, logicalType: timestamp, required: true}}
      - {{name: total, logicalType: number, physicalType: "{total}", required: true}}
      - name: status
        logicalType: string
        required: true
        enum: [{{value: OPEN}}, {{value: DONE}}]
      - name: lines
        logicalType: array
        required: true
        items:
          logicalType: object
          properties:
            - {{name: sku, logicalType: string, required: true}}
            - {{name: quantity, logicalType: integer, required: true}}
      - {{name: note, logicalType: string}}
"""


class Shop:
    """A generated port on a broker, with its schemas registered."""

    def __init__(
        self, folder: Path, kafka: Broker, registry: Registry, wire: str, total: str
    ) -> None:
        name = f"shop-{folder.name.replace('_', '-')[-24:].strip('-').lower()}"
        self.text = CONTRACT.format(name=name, total=total)
        (folder / "contract.odcs.yaml").write_text(self.text)
        target = f"{{target: python, wire: {wire}, out: src}}"
        (folder / "portwright.yaml").write_text(
            f"version: 1\ncontracts: [contract.odcs.yaml]\ntargets: [{target}]\n"
        )
        config = str(folder / "portwright.yaml")
        for words in (["generate"], ["register", "--registry", registry.url]):
            done = CliRunner().invoke(main, [words[0], "--config", config, *words[1:]])
            assert done.exit_code == 0, done.output
        (package,) = (folder / "src").iterdir()
        self.module = packages.load(package)
        (self.port,) = (
            each
            for each in self.module("").__all__
            if each.endswith("Port") and not each.startswith("Async")
        )
        self.topic = self.module("topics").ORDERS_TOPIC
        kafka.topic(self.topic.name, partitions=5)
        self.kafka, self.registry = kafka, SchemaRegistryClient({"url": registry.url})

    def order(self, n: int) -> Any:
        return self.module("").Order(
            id=UUID(int=n),
            placed_at=datetime(2026, 11, 26, 12, 0, 0, n, UTC),
            total=Decimal(n).scaleb(-2) if "DECIMAL" in self.text else n / 4,
            status="OPEN",
            lines=[{"sku": f"s{n}", "quantity": n}],
            note=None if n % 2 else "é",
        )

    def publish(self, count: int) -> None:
        with getattr(self.module(""), self.port).open(self.kafka.url) as port:
            port.orders.publish_all(self.order(n) for n in range(count))

    def raw(self, count: int) -> list[Any]:
        """The messages of the topic, as any client gets them."""
        settings = {"bootstrap.servers": self.kafka.bootstrap, "group.id": "raw"}
        found: list[Any] = []
        with closing(Consumer(settings)) as plain:
            plain.assign([TopicPartition(self.topic.name, n, 0) for n in range(5)])
            while len(found) < count:
                got = plain.poll(processes.PATIENCE)
                assert got is not None and got.error() is None
                found.append(got)
        return found

    def consumed(self) -> list[Any]:
        seen: list[Any] = []

        class Kept(self.module("consumers").OrdersConsumer):  # type: ignore[misc]  # generated
            on_failure = "stop"

            def on_order(self, order: Any, event: Any) -> None:
                seen.append(order)

        with Kept.open(stream=self.kafka.url) as consumer:
            consumer.run(until_idle=True)
        return seen


@pytest.fixture
def shop_of(
    tmp_path: Path, kafka: Broker, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", registry.url)
    shops: list[Shop] = []

    def made(wire: str, total: str = "DECIMAL(12,2)") -> Shop:
        shops.append(Shop(tmp_path, kafka, registry, wire, total))
        return shops[-1]

    yield made
    for each in shops:
        each.registry.close()


def context(message: Any) -> SerializationContext:
    return SerializationContext(message.topic(), MessageField.VALUE, message.headers())


@pytest.mark.parametrize("form", ["prefix", "header"])
def test_confluents_avro_reads_what_a_port_writes(
    shop_of: Any, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTWRIGHT_WIRE", form)
    shop = shop_of("avro")
    shop.publish(20)
    read = AvroDeserializer(shop.registry)
    found = [read(each.value(), context(each)) for each in shop.raw(20)]
    by_id = {each["id"]: each for each in found}
    assert len(by_id) == 20
    first = by_id[str(UUID(int=7))] if str(UUID(int=7)) in by_id else by_id[UUID(int=7)]
    assert first["total"] == Decimal("0.07")
    assert first["placed_at"] == datetime(2026, 11, 26, 12, 0, 0, 7, UTC)
    assert first["lines"] == [{"sku": "s7", "quantity": 7}]


NO_DECIMALS = "the Python client of 2.16 takes google/type/ for its own, and lacks decimal.proto"


@pytest.mark.parametrize("form", ["prefix", "header"])
@pytest.mark.parametrize(
    "total",
    [
        "DOUBLE",
        pytest.param(
            "DECIMAL(12,2)", marks=pytest.mark.xfail(reason=NO_DECIMALS, raises=TypeError)
        ),
    ],
)
def test_confluents_protobuf_reads_what_a_port_writes(
    shop_of: Any, form: str, total: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTWRIGHT_WIRE", form)
    shop = shop_of("protobuf", total)
    shop.publish(20)
    from support import travel

    model, _ = read(shop.text)
    assert model is not None
    model = travel.numbered(model)
    files = protobuf.protoc(protobuf.write(Protobuf().emit(model), tmp_path / "proto"))
    (name,) = (
        f"{each.package}.{each.message_type[0].name}"
        for each in files.file
        if each.name.endswith("orders.proto")
    )
    message_class = protobuf.message_type(files, name)
    decode = ProtobufDeserializer(message_class, {"use.deprecated.format": False}, shop.registry)
    found = {each.id: each for each in (decode(m.value(), context(m)) for m in shop.raw(20))}
    first = found[str(UUID(int=7))]
    assert (first.total, first.lines[0].sku, first.lines[0].quantity) == (1.75, "s7", 7)
    assert not first.HasField("note") and found[str(UUID(int=8))].note == "é"
    assert sorted(each.id.int for each in shop.consumed()) == list(range(20))


def test_a_consumer_reads_what_confluents_avro_writes(shop_of: Any) -> None:
    shop = shop_of("avro")
    write = AvroSerializer(
        shop.registry, shop.topic.schema.text, conf={"auto.register.schemas": False}
    )
    producer = Producer({"bootstrap.servers": shop.kafka.bootstrap})
    for n in range(10):
        order = shop.order(n)
        value = {
            "id": str(order.id),
            "placed_at": order.placed_at,
            "total": order.total,
            "status": "DONE",
            "lines": [{"sku": "x", "quantity": 1}],
            "note": None,
        }
        where = SerializationContext(shop.topic.name, MessageField.VALUE)
        producer.produce(shop.topic.name, write(value, where), str(order.id))
    assert producer.flush(30) == 0
    found = shop.consumed()
    assert sorted(each.id.int for each in found) == list(range(10))
    assert {each.status.value for each in found} == {"DONE"}


def test_kafkajs_reads_what_a_port_writes_and_is_read(
    shop_of: Any, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The one compression that it brings.
    monkeypatch.setenv("PORTWRIGHT_KAFKA_COMPRESSION_TYPE", "gzip")
    shop = shop_of("avro", "DOUBLE")
    shop.publish(10)
    where = (shop.kafka.bootstrap, registry.url, shop.topic.name)
    found = kafkajs.run("read", *where, 10)
    assert {each["type"] for each in found} == {shop.topic.event_type}
    assert {each["key"]: each["partition"] for each in found} == {
        str(UUID(int=n)): partition_of(str(UUID(int=n)).encode(), 5) for n in range(10)
    }
    (seventh,) = (each["value"] for each in found if each["key"] == str(UUID(int=7)))
    assert seventh == {
        "id": str(UUID(int=7)),
        # Its Avro library has no logical types here: microseconds.
        "placed_at": 1_795_694_400_000_007,
        "total": 1.75,
        "status": "OPEN",
        "lines": [{"sku": "s7", "quantity": 7}],
        "note": None,
    }
    number = shop.registry.get_latest_version(shop.topic.subject).schema_id
    written = {**seventh, "status": "DONE", "id": str(UUID(int=99))}
    kafkajs.run("write", *where, number, written["id"], json.dumps(written))
    assert len(shop.consumed()) == 11
    (own,) = (each for each in shop.raw(11) if each.key() == written["id"].encode())
    assert own.partition() == partition_of(own.key(), 5)


@pytest.fixture(scope="module")
def java() -> Iterator[Any]:
    """A Java with Kafka's own client in it."""
    import os
    import sys

    from py4j.java_gateway import GatewayParameters, JavaGateway, launch_gateway

    found = jars.fetch("kafka")
    assert found is not None
    bridge = next(Path(sys.prefix).glob("share/py4j/py4j*.jar"))
    port, token = launch_gateway(
        jarpath=str(bridge),
        classpath=os.pathsep.join(map(str, found)),
        java_path=shutil.which("java"),
        die_on_exit=True,
        enable_auth=True,
    )
    gateway = JavaGateway(gateway_parameters=GatewayParameters(port=port, auth_token=token))
    yield gateway
    gateway.shutdown()


def test_javas_client_chooses_the_same_partitions(kafka: Broker, java: Any) -> None:
    utils = java.jvm.org.apache.kafka.common.utils.Utils
    chance = random.Random(5)
    for n in range(2000):
        key = bytes(chance.randrange(256) for _ in range(chance.randrange(40))) if n else b""
        theirs = utils.toPositive(utils.murmur2(bytearray(key))) % 13
        assert partition_of(key, 13) == theirs


def test_java_reads_what_a_port_writes(shop_of: Any, java: Any) -> None:
    shop = shop_of("avro")
    shop.publish(10)
    settings = java.jvm.java.util.Properties()
    bytes_ = "org.apache.kafka.common.serialization.ByteArrayDeserializer"
    for name, value in {
        "bootstrap.servers": shop.kafka.bootstrap,
        "group.id": "java",
        "auto.offset.reset": "earliest",
        "key.deserializer": bytes_,
        "value.deserializer": bytes_,
    }.items():
        settings.setProperty(name, value)
    consumer = java.jvm.org.apache.kafka.clients.consumer.KafkaConsumer(settings)
    topics = java.jvm.java.util.ArrayList()
    topics.add(shop.topic.name)
    consumer.subscribe(topics)
    keys: dict[str, int] = {}
    while len(keys) < 10:
        found = consumer.poll(java.jvm.java.time.Duration.ofSeconds(5)).iterator()
        while found.hasNext():
            each = found.next()
            keys[bytes(each.key()).decode()] = each.partition()
            assert bytes(each.value())[:1] == b"\x00"
            kind = each.headers().lastHeader("ce_type").value()
            assert bytes(kind).decode() == shop.topic.event_type
    consumer.close()
    assert keys == {key: partition_of(key.encode(), 5) for key in keys}
    assert sorted(UUID(key).int for key in keys) == list(range(10))
