"""Publishing to Kafka: a real broker, and a mock one that fails as it is told."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, TopicPartition
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from portwright_runtime import (
    ClosedError,
    ConfigurationError,
    DeliveryError,
    StreamError,
    open_stream,
)
from portwright_runtime.errors import RefusedMessage, UnknownSchema
from portwright_runtime.generated import AsyncPort, AsyncStreamDataset, Outlets
from portwright_runtime.kafka_stream import KafkaStream
from portwright_runtime.murmur2 import partition_of
from portwright_runtime.stream import Received, Stream
from portwright_runtime.topic import Topic
from support import mock_kafka as mock
from support import processes
from support.kafka import PASSWORD, Broker
from support.messages import message
from support.mock_kafka import MockKafka
from support.registry import Registry
from support.shoes_port import SHOES_TOPIC, CobblerPort, Shoe

CANARY = "canary-7f3a"


@pytest.fixture(autouse=True)
def without_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", "none")
    monkeypatch.setenv("PORTWRIGHT_KAFKA_SESSION_TIMEOUT_MS", "6000")


def opened(url: str) -> Iterator[KafkaStream]:
    stream = open_stream(url)
    assert isinstance(stream, KafkaStream)
    with closing(stream):
        yield stream


@pytest.fixture
def stream(kafka: Broker) -> Iterator[KafkaStream]:
    yield from opened(kafka.url)


@pytest.fixture
def mocked(mock_kafka: MockKafka) -> Iterator[KafkaStream]:
    yield from opened(f"{mock_kafka.url}?delivery.timeout.ms=4000")


def read(stream: Stream, topic: str, group: str = "reader") -> list[Received]:
    """All that is in the topic."""
    found: list[Received] = []
    deadline = time.monotonic() + processes.PATIENCE
    with closing(stream.subscribe([topic], group)) as subscription:
        while not subscription.caught_up():
            assert time.monotonic() < deadline
            for each in subscription.poll(100, 0.5):
                found.append(each)
                subscription.commit(each)
    return found


def count(cluster: MockKafka, topic: str) -> int:
    """How many messages the topic holds."""
    settings = {"bootstrap.servers": cluster.bootstrap, "group.id": "counter"}
    with closing(Consumer(settings)) as consumer:
        partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        ends = [consumer.get_watermark_offsets(TopicPartition(topic, n)) for n in partitions]
    return sum(high - low for low, high in ends)


# ------------------------------------------------------------- a real broker


def test_what_is_sent_comes_back_as_it_was(kafka: Broker, stream: KafkaStream) -> None:
    topic = kafka.topic()
    sent = [
        replace(message("k", b"\x00value", topic), headers=(("a", b"\xff"), ("a", b""))),
        message("k", None, topic),
        message(None, b"", topic),
    ]
    handles = list(stream.send_all(sent))
    stream.flush()
    assert [each.result(timeout=0).topic for each in handles] == [topic] * 3
    found = {each.position: each.message for each in read(stream, topic)}
    assert [found[each.result()] for each in handles] == sent


def test_a_key_goes_where_javas_clients_send_it(kafka: Broker, stream: KafkaStream) -> None:
    topic = kafka.topic(partitions=7)
    keys = [*map(str, range(500)), "é", "", "ключ", "x" * 300]
    handles = list(stream.send_all([message(key, b"", topic) for key in keys]))
    stream.flush()
    assert [each.result().partition for each in handles] == [
        partition_of(key.encode(), 7) for key in keys
    ]


def test_a_group_goes_on_where_it_was(kafka: Broker, stream: KafkaStream) -> None:
    topic = kafka.topic(partitions=1)
    list(stream.send_all([message("k", str(n).encode(), topic) for n in range(10)]))
    stream.flush()
    with closing(stream.subscribe([topic], "g")) as first:
        got: list[Received] = []
        while len(got) < 4:
            got += first.poll(4 - len(got), 1)
        first.commit(got[2])
    assert [each.message.value for each in read(stream, topic, "g")] == [
        str(n).encode() for n in range(3, 10)
    ]
    assert read(stream, topic, "g") == []
    assert len(read(stream, topic, "other")) == 10


def test_publishing_awaits_acknowledgement_in_asyncio(kafka: Broker) -> None:
    topic = replace(SHOES_TOPIC, name=kafka.topic())

    class Port(AsyncPort):
        def __init__(self, outlets: Outlets) -> None:
            super().__init__(outlets)
            self.shoes = AsyncStreamDataset(outlets, topic)

    async def main() -> list[Any]:
        async with Port.open(kafka.url) as port:
            return await asyncio.gather(
                *(port.shoes.publish(Shoe(sku=str(n), size=1)) for n in range(50))
            )

    assert {each.topic for each in asyncio.run(main())} == {topic.name}


def test_the_broker_hangs_and_nothing_is_lost(private_kafka: Broker) -> None:
    topic = private_kafka.topic()
    with closing(open_stream(private_kafka.url)) as stream:
        first = stream.send(message("k", b"1", topic))
        first.result(timeout=processes.PATIENCE)
        private_kafka.kill()
        handles = list(stream.send_all([message(str(n), b"", topic) for n in range(200)]))
        private_kafka.start()
        stream.flush()
        assert all(each.exception(timeout=0) is None for each in handles)
        print(f"acknowledged after the kill: {len(handles)} of {len(handles)}")
        found = read(stream, topic)
    assert len(found) == 201


AUTHENTICATIONS = {
    "plain": {"SASL_MECHANISM": "PLAIN", "SASL_USERNAME": "alice", "SASL_PASSWORD": PASSWORD},
    "scram": {
        "SASL_MECHANISM": "SCRAM-SHA-512",
        "SASL_USERNAME": "alice",
        "SASL_PASSWORD": PASSWORD,
    },
    "token": {
        "SASL_MECHANISM": "OAUTHBEARER",
        "ENABLE_SASL_OAUTHBEARER_UNSECURE_JWT": "true",
        "SASL_OAUTHBEARER_CONFIG": "principal=alice",
    },
}


@pytest.mark.parametrize("kind", [*AUTHENTICATIONS, "tls"])
def test_clients_authenticate_by_the_environment(
    kafka: Broker, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    if kafka.folder is None:
        pytest.skip("the broker named by PORTWRIGHT_TEST_KAFKA has listeners of its own")
    topic = kafka.topic()
    listener = "SSL" if kind == "tls" else "SASL_PLAINTEXT"
    options = {"SECURITY_PROTOCOL": listener.lower(), **AUTHENTICATIONS.get(kind, {})}
    if kind == "tls":
        options["SSL_CA_LOCATION"] = str(kafka.folder / "authority.pem")
    for name, value in options.items():
        monkeypatch.setenv(f"PORTWRIGHT_KAFKA_{name}", value)
    with closing(open_stream(f"kafka://{kafka.addresses[listener]}")) as stream:
        stream.send(message("k", b"1", topic)).result(timeout=processes.PATIENCE)
        assert len(read(stream, topic, f"as-{kind}")) == 1


def test_a_wrong_password_is_said_without_it(
    kafka: Broker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if kafka.folder is None:
        pytest.skip("the broker named by PORTWRIGHT_TEST_KAFKA has listeners of its own")
    options = {**AUTHENTICATIONS["plain"], "SASL_PASSWORD": CANARY}
    for name, value in {"SECURITY_PROTOCOL": "sasl_plaintext", **options}.items():
        monkeypatch.setenv(f"PORTWRIGHT_KAFKA_{name}", value)
    url = f"kafka://{kafka.addresses['SASL_PLAINTEXT']}?delivery.timeout.ms=2000"
    with caplog.at_level("DEBUG"), closing(open_stream(url)) as stream:
        with pytest.raises(StreamError) as caught:
            stream.send(message("k", b"1")).result(timeout=processes.PATIENCE)
        processes.until(lambda: "see its user and password" in caplog.text)
    assert CANARY not in caplog.text + str(caught.value)


def test_who_may_not_write_is_told_which_rights_are_missing(
    kafka: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kafka.folder is None:
        pytest.skip("the broker named by PORTWRIGHT_TEST_KAFKA has rights of its own")
    topic = kafka.topic()
    for operation, permission in ((AclOperation.WRITE, AclPermissionType.DENY),):
        rule = AclBinding(
            ResourceType.TOPIC,
            topic,
            ResourcePatternType.LITERAL,
            "User:bob",
            "*",
            operation,
            permission,
        )
        admin = kafka.admin()
        admin.create_acls([rule])[rule].result(30)
    options = {**AUTHENTICATIONS["plain"], "SASL_USERNAME": "bob"}
    for name, value in {"SECURITY_PROTOCOL": "sasl_plaintext", **options}.items():
        monkeypatch.setenv(f"PORTWRIGHT_KAFKA_{name}", value)
    with closing(open_stream(f"kafka://{kafka.addresses['SASL_PLAINTEXT']}")) as stream:
        with pytest.raises(StreamError, match="ACLs WRITE and DESCRIBE") as caught:
            stream.send(message("k", b"1", topic)).result(timeout=processes.PATIENCE)
        assert not isinstance(caught.value, RefusedMessage)


def test_a_topic_that_is_not_there_is_said_so(kafka: Broker) -> None:
    with (
        closing(open_stream(f"{kafka.url}?delivery.timeout.ms=3000")) as stream,
        pytest.raises(StreamError) as caught,
    ):
        stream.send(message("k", b"1", "not-there")).result(timeout=processes.PATIENCE)
    assert "not-there" in str(caught.value)


def test_a_process_that_ends_without_close_still_sends(kafka: Broker, stream: KafkaStream) -> None:
    topic = kafka.topic()
    program = """
        import sys
        from portwright_runtime import open_stream
        from support.messages import message
        stream = open_stream(sys.argv[1])
        for n in range(1000):
            stream.send(message(str(n), b"", sys.argv[2]))
    """
    processes.run(program, kafka.url, topic)
    assert len(read(stream, topic)) == 1000


# ------------------------------------------------------------- injected errors

RETRIED = [
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.NOT_ENOUGH_REPLICAS,
    KafkaError.REQUEST_TIMED_OUT,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
]


@pytest.mark.parametrize("code", RETRIED[:4])
def test_what_passes_is_retried_and_nobody_notices(
    mock_kafka: MockKafka, mocked: KafkaStream, code: int
) -> None:
    mock_kafka.fail(mock.PRODUCE, code, code)
    handles = list(mocked.send_all([message(str(n), b"") for n in range(20)]))
    mocked.flush()
    assert all(each.exception(timeout=0) is None for each in handles)
    assert count(mock_kafka, "t") == 20


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        (KafkaError.MSG_SIZE_TOO_LARGE, RefusedMessage, "make records smaller"),
        (KafkaError.INVALID_RECORD, RefusedMessage, "INVALID_RECORD"),
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, StreamError, "ACLs WRITE and DESCRIBE"),
        (KafkaError.CLUSTER_AUTHORIZATION_FAILED, StreamError, "IDEMPOTENT_WRITE"),
    ],
)
def test_what_does_not_pass_fails_the_handle_and_says_what_to_do(
    mock_kafka: MockKafka, mocked: KafkaStream, code: int, kind: type[StreamError], says: str
) -> None:
    mocked.send(message("k", b"")).result(timeout=processes.PATIENCE)
    mock_kafka.fail(mock.PRODUCE, code)
    error = mocked.send(message("k", b"")).exception(timeout=processes.PATIENCE)
    assert type(error) is kind
    assert says in str(error)


def test_a_message_that_no_client_takes_fails_its_handle_alone(mocked: KafkaStream) -> None:
    large, small = mocked.send_all([message("k", b"x" * 2_000_000), message("k", b"x")])
    mocked.flush()
    assert isinstance(large.exception(timeout=0), RefusedMessage)
    assert small.result(timeout=0).topic == "t"


def test_brokers_that_stay_away_end_in_an_error_that_names_the_events(
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = "kafka://127.0.0.1:1?delivery.timeout.ms=1000"
    port = CobblerPort.open(url)
    port.shoes.publish(Shoe(sku=CANARY, size=1, owner=CANARY), event_id="e1")
    with pytest.raises(DeliveryError, match=r"delivery\.timeout\.ms") as caught:
        port.close()
    assert caught.value.event_ids == ("e1",)
    assert "event e1 was not delivered" in caplog.text
    assert CANARY not in caplog.text + str(caught.value)


def test_a_full_queue_is_waited_for(mock_kafka: MockKafka) -> None:
    url = f"{mock_kafka.url}?queue.buffering.max.messages=10&linger.ms=0"
    with closing(open_stream(url)) as stream:
        handles = [stream.send(message(str(n), b"")) for n in range(500)]
        stream.flush()
    assert all(each.exception(timeout=0) is None for each in handles)


def test_after_close_and_after_a_fork_it_says_so(mock_kafka: MockKafka) -> None:
    stream = open_stream(mock_kafka.url)
    stream.send(message("k", b"")).result(timeout=processes.PATIENCE)
    stream.close()
    stream.close()
    with pytest.raises(ClosedError):
        stream.send(message("k", b""))
    other = open_stream(mock_kafka.url)
    vars(other)["_process"] = -1
    with pytest.raises(StreamError, match="open one after the fork"):
        other.send(message("k", b""))


def test_a_callback_may_publish_again(mocked: KafkaStream) -> None:
    again: list[Any] = []
    first = mocked.send(message("k", b"1"))
    first.add_done_callback(lambda _: again.append(mocked.send(message("k", b"2"))))
    mocked.flush()
    processes.until(lambda: bool(again))
    assert again[0].result(timeout=processes.PATIENCE).topic == "t"


# ------------------------------------------------------------- the registry


def shoes(registry: Registry, kind: str = "prefix", **facts: Any) -> Topic[Shoe]:
    topic = replace(SHOES_TOPIC, name="shoes", subject="", **facts)
    registry.register("shoes-value", {"schema": topic.schema.text})
    return topic


def port_of(topic: Topic[Shoe]) -> type[CobblerPort]:
    class Cobbler(CobblerPort):
        def __init__(self, outlets: Outlets) -> None:
            from portwright_runtime.generated import StreamDataset

            super(CobblerPort, self).__init__(outlets)
            self.shoes = StreamDataset(outlets, topic)

    return Cobbler


@pytest.mark.parametrize("form", ["prefix", "header"])
def test_the_registry_is_asked_at_the_start_and_never_again(
    mock_kafka: MockKafka, registry: Registry, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    topic = shoes(registry)
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", registry.url)
    monkeypatch.setenv("PORTWRIGHT_WIRE", form)
    with port_of(topic).open(mock_kafka.url) as port:
        asked = len(registry.requests)
        assert asked >= 1
        for n in range(100):
            port.shoes.publish(Shoe(sku=str(n), size=1))
    assert len(registry.requests) == asked
    assert not any("versions" in each for each in registry.requests)
    with closing(
        Consumer({"bootstrap.servers": mock_kafka.bootstrap, "group.id": "plain"})
    ) as plain:
        plain.assign([TopicPartition("shoes", partition, 0) for partition in range(4)])
        got = plain.poll(processes.PATIENCE)
        assert got is not None
        value = bytes(got.value() or b"")
    assert value.startswith(b"\x00\x00\x00\x00\x01{" if form == "prefix" else b"{")


def test_a_schema_that_the_registry_does_not_know_ends_the_start(
    mock_kafka: MockKafka, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", registry.url)
    with pytest.raises(UnknownSchema, match="run `portwright register`"):
        CobblerPort.open(mock_kafka.url)


def test_a_registry_that_refuses_or_fails_says_so_without_the_password(
    mock_kafka: MockKafka, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = shoes(registry)
    registry.user = "me:right"
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", registry.url.replace("//", f"//me:{CANARY}@"))
    with pytest.raises(StreamError, match="refuses these credentials") as caught:
        port_of(topic).open(mock_kafka.url)
    assert CANARY not in str(caught.value)
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", registry.url)
    monkeypatch.setenv("PORTWRIGHT_REGISTRY_BASIC_AUTH_USER_INFO", "me:right")
    port_of(topic).open(mock_kafka.url).close()
    registry.fails = 500
    monkeypatch.setenv("PORTWRIGHT_REGISTRY_MAX_RETRIES", "0")
    with pytest.raises(StreamError, match="it answers 500"):
        port_of(topic).open(mock_kafka.url)


def test_a_registry_without_guids_takes_no_headers(
    mock_kafka: MockKafka, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = shoes(registry)
    registry.has_guids = False
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", registry.url)
    monkeypatch.setenv("PORTWRIGHT_WIRE", "header")
    with pytest.raises(StreamError, match="PORTWRIGHT_WIRE=prefix"):
        port_of(topic).open(mock_kafka.url)


def test_a_consumer_in_plain_kafka_sees_the_headers(kafka: Broker) -> None:
    topic = replace(SHOES_TOPIC, name=kafka.topic(partitions=1))
    with port_of(topic).open(kafka.url) as port:
        port.shoes.publish(Shoe(sku="A", size=1), event_id="e1")
    with closing(Consumer({"bootstrap.servers": kafka.bootstrap, "group.id": "plain"})) as plain:
        plain.assign([TopicPartition(topic.name, 0, 0)])
        got = plain.poll(processes.PATIENCE)
        assert got is not None and got.error() is None
        headers = dict(got.headers() or ())
    assert (headers["ce_id"], headers["ce_type"]) == (b"e1", b"craft.cobbler.v1.Shoe")
    assert got.key() == b"A"


def test_logs_of_the_client_go_to_pythons_logging(caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.DEBUG),
        closing(open_stream("kafka://127.0.0.1:1?delivery.timeout.ms=500")) as stream,
        pytest.raises(StreamError),
    ):
        stream.send(message("k")).result(timeout=processes.PATIENCE)
    assert {each.name for each in caplog.records} >= {"portwright_runtime.kafka_stream"}


def test_a_setting_that_is_none_is_said_at_the_first_use() -> None:
    with (
        closing(open_stream("kafka://127.0.0.1:1?batch.size=soon")) as stream,
        pytest.raises(ConfigurationError, match=r"batch\.size"),
    ):
        stream.send(message("k"))
