"""Rights on a real Kafka that allows nobody anything by itself: producer, consumer and stranger
each may do exactly what the contract says, by the script and by the plan."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # its stubs leave them out
    AclBinding,
    AclOperation,
    AclPermissionType,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    ResourcePatternType,
    ResourceType,
)

from portwright.cli import main
from portwright_runtime.errors import PortwrightError
from portwright_runtime.generated import Event, Outlets, Route, StreamDataset, routed
from support import kafka, tools
from support.kafka import PASSWORD, Broker
from support.shoes_port import SHOES_TOPIC, CobblerPort, Shelf, Shoe

TOPIC = "sales.shoes"
LETTERS = f"{TOPIC}.dlq"
CONTRACT = f"""
apiVersion: v3.1.0
kind: DataContract
id: shoes
name: shoes
version: 1.0.0
status: active
schema:
  - name: shoes
    physicalType: topic
    physicalName: {TOPIC}
    customProperties: [{{property: partitions, value: 2}}]
    properties:
      - {{name: sku, logicalType: string, primaryKey: true}}
      - {{name: owner, logicalType: string, classification: restricted}}
slaProperties: [{{property: retention, value: 2, unit: d}}]
roles:
  - {{role: cobbler, access: write}}
  - role: packer
    access: read
    customProperties: [{{property: sees, value: restricted}}]
  - {{role: blind, access: read}}
"""
CONFIG = """
version: 1
contracts: [shoes.odcs.yaml]
targets: [{target: kafka-access, format: commands, replicas: 1, out: gen}]
"""
USERS = ("cobbler", "packer", "blind", "stranger")


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A Kafka where only who comes without a name may do what no ACL says."""
    if not kafka.is_there():
        tools.missing("there is no Java to run Kafka with")
    with kafka.strict(tmp_path_factory.mktemp("strict"), *USERS) as found:
        yield found


@pytest.fixture
def shop(tmp_path: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A repository whose topics are not there yet."""
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", "none")
    (tmp_path / "portwright.yaml").write_text(CONFIG)
    (tmp_path / "shoes.odcs.yaml").write_text(CONTRACT)
    done = CliRunner().invoke(main, ["generate", "-c", str(tmp_path / "portwright.yaml")])
    assert done.exit_code == 0, done.output
    yield tmp_path
    admin = broker.admin()
    known = [each for each in admin.list_topics(timeout=20).topics if not each.startswith("_")]
    for each in admin.delete_topics(known).values() if known else ():
        each.result(20)
    everything = kafka_filter(ResourceType.ANY, None)
    for each in admin.delete_acls([everything]).values():
        each.result(20)


def kafka_filter(kind: Any, name: str | None) -> Any:
    from confluent_kafka.admin import AclBindingFilter

    anything = (ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY)
    return AclBindingFilter(kind, name, *anything)


def access(shop: Path, broker: Broker, *words: str) -> Result:
    command = ["access", "-c", str(shop / "portwright.yaml"), "--url", broker.url, *words]
    return CliRunner().invoke(main, command)


def steps(shop: Path, broker: Broker) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(access(shop, broker, "--format", "json").stdout)
    return found


def apply(shop: Path, broker: Broker) -> None:
    done = access(shop, broker, "--apply")
    assert (done.exit_code, done.stdout) == (0, "Kafka is as the contracts say\n"), done.output


def become(monkeypatch: pytest.MonkeyPatch, user: str) -> None:
    monkeypatch.setenv("PORTWRIGHT_KAFKA_SECURITY_PROTOCOL", "sasl_plaintext")
    monkeypatch.setenv("PORTWRIGHT_KAFKA_SASL_MECHANISM", "PLAIN")
    monkeypatch.setenv("PORTWRIGHT_KAFKA_SASL_USERNAME", user)
    monkeypatch.setenv("PORTWRIGHT_KAFKA_SASL_PASSWORD", PASSWORD)
    monkeypatch.setenv("PORTWRIGHT_KAFKA_DELIVERY_TIMEOUT_MS", "4000")


def publish(broker: Broker, topic: str, *skus: str) -> None:
    class Port(CobblerPort):
        def __init__(self, outlets: Outlets) -> None:
            super(CobblerPort, self).__init__(outlets)
            self.shoes = StreamDataset(outlets, replace(SHOES_TOPIC, name=topic))

    with Port.open(f"kafka://{broker.addresses['SASL_PLAINTEXT']}") as port:
        port.shoes.publish_all(Shoe(sku=sku, size=1) for sku in skus)


def consume(broker: Broker, group: str, topic: str = TOPIC) -> list[str]:
    """What is read; `bad` cannot be handled, and is put aside."""
    seen: list[str] = []

    class Packing(Shelf):
        routes = routed(Route(replace(SHOES_TOPIC, name=topic), "on_shoe", "on_shoe_deleted"))
        on_failure = "dead-letter"
        retry = replace(Shelf.retry, attempts=1)

        def on_shoe(self, shoe: Shoe, event: Event) -> None:
            seen.append(shoe.sku)
            if shoe.sku == "bad":
                raise ValueError("no such shoe")

    Packing(group, f"kafka://{broker.addresses['SASL_PLAINTEXT']}").run(until_idle=True)
    return seen


def letters(broker: Broker) -> int:
    """How many dead letters there are, as who may do everything sees it."""
    from confluent_kafka import Consumer, TopicPartition

    reader = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": "nobody"})
    low, high = reader.get_watermark_offsets(TopicPartition(LETTERS, 0), timeout=20)
    reader.close()
    return int(high) - int(low)


def test_by_the_script_each_may_do_what_the_contract_says(
    shop: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert broker.folder is not None
    folder = kafka.tools(broker.folder)
    environ = {
        **os.environ,
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "BOOTSTRAP": broker.bootstrap,
    }
    script = shop / "gen" / "shoes.kafka.sh"
    done = subprocess.run(
        ["bash", str(script)], env=environ, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert steps(shop, broker) == []

    become(monkeypatch, "cobbler")
    publish(broker, TOPIC, "a", "bad", "b")
    refused(consume, broker, "cobbler")
    become(monkeypatch, "packer")
    assert sorted(consume(broker, "packer-1")) == ["a", "b", "bad"]
    assert letters(broker) == 1
    refused(publish, broker, TOPIC, "c")
    refused(consume, broker, "packers")  # whose name only begins as the role's does
    for user in ("stranger", "blind"):
        become(monkeypatch, user)
        refused(publish, broker, TOPIC, "c")
        refused(publish, broker, LETTERS, "c")
        refused(consume, broker, user)
        refused(consume, broker, user, LETTERS)
    assert letters(broker) == 1


def refused(act: Callable[..., object], *words: Any) -> None:
    """Kafka does not let the user do it."""
    with pytest.raises(PortwrightError, match=r"(?i)auth"):
        act(*words)


def test_a_plan_that_is_done_is_empty_and_adds_only(shop: Path, broker: Broker) -> None:
    first = steps(shop, broker)
    assert {each["kind"] for each in first} == {"add"}
    assert first[0]["statement"].startswith("kafka-topics.sh ")
    apply(shop, broker)
    assert steps(shop, broker) == []
    assert len(broker.admin().list_topics(timeout=20).topics[TOPIC].partitions) == 2


def test_what_somebody_else_granted_is_told_and_stays(shop: Path, broker: Broker) -> None:
    apply(shop, broker)
    foreign = [
        acl(LETTERS, "User:intern"),
        acl("sales", "User:mirror", ResourcePatternType.PREFIXED),
        acl(TOPIC, "User:packer", kind=AclPermissionType.DENY, operation=AclOperation.WRITE),
    ]
    admin = broker.admin()
    for each in admin.create_acls(foreign).values():
        each.result(20)
    told = access(shop, broker, "--apply")
    assert told.exit_code == 1
    found = [each["why"] for each in steps(shop, broker)]
    assert found == [
        f"`User:packer` has DENY WRITE on topic {TOPIC}, and no contract says so",
        f"`User:intern` has READ on topic {LETTERS}, and no contract says so",
        "`User:mirror` has READ on topic sales… (prefix), and no contract says so",
    ]
    script = access(shop, broker, "--revoke").stdout
    assert "--remove --force --allow-principal=User:mirror" in script
    assert "--deny-principal=User:packer" in script
    assert "# `User:intern` has READ" in script
    there = admin.describe_acls(kafka_filter(ResourceType.TOPIC, None)).result(20)
    assert {each.principal for each in there} >= {"User:intern", "User:mirror"}


def acl(
    name: str,
    who: str,
    pattern: Any = ResourcePatternType.LITERAL,
    operation: Any = AclOperation.READ,
    kind: Any = AclPermissionType.ALLOW,
) -> Any:
    return AclBinding(ResourceType.TOPIC, name, pattern, who, "*", operation, kind)


def configure(broker: Broker, topic: str, **settings: str) -> None:
    entries = [
        ConfigEntry(name.replace("_", "."), value, incremental_operation=AlterConfigOpType.SET)
        for name, value in settings.items()
    ]
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)
    admin = broker.admin()
    for each in admin.incremental_alter_configs([resource]).values():
        each.result(20)


def test_topics_that_are_otherwise_are_told(shop: Path, broker: Broker) -> None:
    broker.topic(TOPIC, partitions=1, segment_bytes=2_000_000, retention_ms=1000)
    done = access(shop, broker, "--apply")
    assert done.exit_code == 1
    found = {(each["kind"], each["why"].partition(";")[0]) for each in steps(shop, broker)}
    assert found == {
        ("change", f"the topic {TOPIC} has 1 of 2 partitions"),
        ("change", f"the topic {TOPIC} has retention.ms 1000, not 172800000"),
        ("extra", f"the topic {TOPIC} has segment.bytes 2000000, and no contract says so"),
    }


def test_records_are_never_taken_away_by_applying(shop: Path, broker: Broker) -> None:
    """The topic keeps for the broker's seven days, and the contract says two."""
    broker.topic(TOPIC, partitions=2)
    access(shop, broker, "--apply")
    [step] = steps(shop, broker)
    assert step["kind"] == "change" and "--add-config=retention.ms=172800000" in step["statement"]


def test_applying_never_stops_who_writes(shop: Path, broker: Broker) -> None:
    """The topic was made with one replica, and by the contract producers wait for two."""
    (shop / "portwright.yaml").write_text(CONFIG.replace("replicas: 1", "replicas: 3"))
    broker.topic(TOPIC, partitions=2, retention_ms=172_800_000)
    broker.topic(LETTERS, retention_ms=172_800_000)
    access(shop, broker, "--apply")
    found = [each for each in steps(shop, broker) if "insync" in each["why"]]
    assert [each["kind"] for each in found] == ["change", "change"]
    assert all("nobody could write" in each["why"] for each in found)


def test_more_partitions_are_no_difference(shop: Path, broker: Broker) -> None:
    apply(shop, broker)
    admin = broker.admin()
    for each in admin.create_partitions([NewPartitions(TOPIC, 4)]).values():
        each.result(20)
    configure(broker, TOPIC, min_insync_replicas="1")
    assert steps(shop, broker) == []


def test_who_may_not_ask_is_told(
    shop: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    become(monkeypatch, "stranger")
    url = f"kafka://{broker.addresses['SASL_PLAINTEXT']}"
    done = CliRunner().invoke(main, ["access", "-c", str(shop / "portwright.yaml"), "--url", url])
    assert done.exit_code == 1 and "PW420" in done.stderr, done.output
    assert PASSWORD not in done.output
    monkeypatch.setenv("PORTWRIGHT_KAFKA_CONFIG", str(shop / "nowhere"))
    done = access(shop, broker)
    assert done.exit_code == 1 and "nowhere cannot be read" in done.stderr
