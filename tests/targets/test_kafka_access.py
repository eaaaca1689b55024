"""The target `kafka-access`: topics and rights by the contract, in every format, and what is said
of what Kafka cannot do."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from portwright.access import Right, sees
from portwright.model import Expression, Field, Model, Object, Role, Server, SlaProperty, String
from portwright.targets import registry
from portwright.targets.kafka_access import FORMATS, KafkaAccess
from portwright.targets.kafka_access.acls import Acl, Operation, Resource, granted, holders
from portwright.targets.kafka_access.topics import Habits, topics
from support import cases, models
from support.indexing import indexed
from support.models import a_model, an_object

CASE = cases.CASES / "topics"
READER = Role("reader", "read")
WRITER = Role("writer", "write")
SECRET = replace(models.field("secret", String()), classification="restricted")
KEYED: dict[str, Any] = {"primary_key": ("id",), "latest_by": "id"}


def shop(*fields: Field, roles: tuple[Role, ...] = (READER, WRITER), **facts: Any) -> Model:
    said = {"topic": "shop.orders.v1", **facts}
    made = an_object("orders", "order", models.field("id", String()), *fields, **said)
    return replace(a_model(made), roles=roles)


def config(model: Model, **habits: Any) -> dict[str, str]:
    return dict(next(topics(model, Habits(**habits))).config)


def rights(model: Model, **habits: Any) -> set[tuple[str, str, str]]:
    found = granted(model, Habits(**habits))
    return {(each.acl.principal, each.acl.name, str(each.acl.operation)) for each in found}


def codes(model: Model, format: str = "commands", **options: Any) -> list[str]:
    return [each.code for each in KafkaAccess(format, **options).check(model)]


def test_events_are_deleted_and_states_compacted() -> None:
    assert config(shop())["cleanup.policy"] == "delete"
    assert config(shop(**KEYED))["cleanup.policy"] == "compact"
    kept = replace(shop(**KEYED), sla=(SlaProperty("re", 1, seconds=models.Number(60)),))
    assert config(kept) == {
        "cleanup.policy": "compact,delete",
        "min.insync.replicas": "2",
        "retention.ms": "60000",
    }


def test_a_state_under_another_key_is_not_compacted() -> None:
    """Compacting would take records for versions of each other that are none."""
    model = shop(SECRET, **KEYED)
    [object_] = model.objects
    other = replace(object_, stream_key=Expression(((SECRET,),)))
    assert config(replace(model, objects=(other,)))["cleanup.policy"] == "delete"


@pytest.mark.parametrize(("replicas", "in_sync"), [(1, "1"), (2, "1"), (3, "2"), (5, "4")])
def test_one_replica_may_be_away(replicas: int, in_sync: str) -> None:
    assert config(shop(), replicas=replicas)["min.insync.replicas"] == in_sync


def test_the_contract_goes_before_the_config() -> None:
    said = (("cleanup.policy", "delete"), ("retention.ms", "-1"))
    model = shop(**KEYED, partitions=12, replicas=1, topic_config=said)
    source, letters = topics(model, Habits(partitions=3, dead_letter_days=2))
    assert (source.partitions, source.replicas) == (12, 1)
    assert dict(source.config)["cleanup.policy"] == "delete"
    assert (letters.partitions, letters.replicas) == (1, 1)
    assert dict(letters.config)["retention.ms"] == str(2 * 86_400_000)


def test_dead_letters_are_kept_no_longer_than_what_they_are_of() -> None:
    model = shop(topic_config=(("retention.ms", "1000"), ("max.message.bytes", "5000")))
    _, letters = topics(model, Habits())
    assert dict(letters.config)["retention.ms"] == "1000"
    assert int(dict(letters.config)["max.message.bytes"]) > 5000


def test_no_setting_breaks_a_promised_retention() -> None:
    model = shop(topic_config=(("retention.ms", "-1"),))
    promise = SlaProperty("retention", 1, seconds=models.Number(60))
    assert config(model)["retention.ms"] == "-1"
    assert config(replace(model, sla=(promise,)))["retention.ms"] == "60000"


def test_dead_letters_are_no_larger_than_brokers_have_a_setting_for() -> None:
    model = shop(topic_config=(("max.message.bytes", str(2**31 - 1)),))
    _, letters = topics(model, Habits())
    assert dict(letters.config)["max.message.bytes"] == str(2**31 - 1)


def test_each_role_has_what_it_needs() -> None:
    topic, letters = "shop.orders.v1", "shop.orders.v1.dlq"
    assert rights(shop()) == {
        ("User:writer", topic, "Write"),
        ("User:writer", topic, "Describe"),
        ("User:reader", topic, "Read"),
        ("User:reader", topic, "Describe"),
        ("User:reader", letters, "Read"),
        ("User:reader", letters, "Write"),
        ("User:reader", letters, "Describe"),
        ("User:reader", "reader", "Read"),
        ("User:reader", "reader-", "Read"),
        ("User:reader", "reader.", "Read"),
        ("User:reader", "portwright-dlq", "Read"),
    }


def test_old_brokers_have_a_right_of_their_own() -> None:
    more = rights(shop(), is_old=True) - rights(shop())
    right = ("kafka-cluster", "IdempotentWrite")
    assert more == {("User:writer", *right), ("User:reader", *right)}


def test_who_does_not_see_all_reads_nothing() -> None:
    model = shop(SECRET)
    assert {who for who, *_ in rights(model)} == {"User:writer"}
    assert codes(model) == ["PW427"]
    assert ("User:reader", "shop.orders.v1", "Read") in rights(model, is_encrypted=True)
    assert codes(model, encrypted_fields=True) == []
    seeing = shop(SECRET, roles=(replace(READER, sees=("restricted",)),))
    assert ("User:reader", "shop.orders.v1", "Read") in rights(seeing) and codes(seeing) == []


@pytest.mark.parametrize("case", cases.good())
def test_dead_letters_are_never_wider_than_their_source(case: str) -> None:
    from portwright import pipeline

    model, found = pipeline.load(cases.CASES / case / cases.CONTRACT, cases.CONTRACT, {})
    assert model is not None, found
    acls = {each.acl for each in granted(model, Habits())}
    for object_ in model.objects:
        letters = {e.principal for e in acls if _reads(e, f"{object_.topic}.dlq")}
        assert letters <= {e.principal for e in acls if _reads(e, object_.topic)}
        for holder in holders(model, object_):
            if Right.WRITE not in holder.rights and not _sees_all(model, object_, holder.roles):
                principal = f"User:{holder.name}"
                assert principal not in letters


def _reads(acl: Acl, topic: str) -> bool:
    return acl.resource is Resource.TOPIC and (acl.name, acl.operation) == (topic, Operation.READ)


def _sees_all(model: Model, object_: Object, roles: tuple[Role, ...]) -> bool:
    return all(any(sees(model, r, each) for r in roles) for each in object_.record.fields)


def test_a_group_is_no_prefix_of_the_groups_of_others() -> None:
    """`app` is a role's, `apple` another's: only after a separator does a name go on."""
    assert prefixes(READER) == {"reader": False, "reader-": True, "reader.": True}
    said = replace(READER, groups=("app", "app-", "app.", "app_"))
    assert prefixes(said) == {"app": False, "app-": True, "app.": True, "app_": True}


def prefixes(role: Role) -> dict[str, bool]:
    """The groups that the role may read by, and whether others begin so."""
    acls = (each.acl for each in granted(shop(roles=(role,)), Habits()))
    found = {e.name: e.is_prefix for e in acls if e.resource is Resource.GROUP}
    assert not found.pop("portwright-dlq")
    return found


def test_principals_and_groups_are_as_the_role_says() -> None:
    said = replace(READER, principals=("User:a", "b", "User:CN=c"), groups=("a-", "b."))
    found = {(each.acl.principal, each.acl.name) for each in granted(shop(roles=(said,)), Habits())}
    assert {who for who, _ in found} == {"User:a", "User:b", "User:CN=c"}
    assert {("User:b", "a-"), ("User:b", "b.")} <= found


@pytest.mark.parametrize("name", ["*", "a\nb", " ", "x" * 300])
def test_names_that_kafka_does_not_have_get_nothing(name: str) -> None:
    model = shop(roles=(replace(READER, role=name),))
    assert rights(model) == set()
    assert set(codes(model)) == {"PW426"}


def test_who_writes_it_means_everybody() -> None:
    model = shop(roles=(replace(READER, principals=("User:*",)),))
    assert ("User:*", "shop.orders.v1", "Read") in rights(model)
    assert codes(model, "strimzi") == ["PW430"]


def test_what_no_topic_can_be_is_said() -> None:
    assert codes(shop(topic="x" * 246)) == ["PW425"]
    assert codes(shop(topic_config=(("cleanup.policy", "compact"),))) == ["PW428"]
    assert set(codes(shop(topic_config=(("min.insync.replicas", "4"),)))) == {"PW429"}


def test_two_principals_of_one_user() -> None:
    model = shop(roles=(replace(READER, principals=("User:CN=a", "User:a")),))
    made = indexed(KafkaAccess("strimzi"), model)
    assert [each.code for each in made.findings] == ["PW431"]


def test_streams_of_other_systems_are_none_of_ours() -> None:
    model = replace(shop(), servers=(Server("s", "kinesis"),))
    assert [*KafkaAccess("commands").emit(model)] == []
    assert [*indexed(KafkaAccess("terraform"), model).files] == []


def test_a_role_of_a_server_is_of_that_server() -> None:
    there = Server("there", "kafka", roles=(Role("mirror", "read"),))
    model = replace(shop(), servers=(Server("here", "kafka"), there))
    assert "mirror" not in _script(KafkaAccess("commands"), model)
    assert "mirror" in _script(KafkaAccess("commands", server="there"), model)
    assert codes(model, server="thre") == ["PW347"]


def _script(target: KafkaAccess, model: Model) -> str:
    [file] = target.emit(model)
    return file.text


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_rights_in_every_format(format: str) -> None:
    """What each format says, read back, is what the contract comes to."""
    model = shop(roles=(replace(READER, principals=("User:a",), groups=("${x}%{y}",)), WRITER))
    target = KafkaAccess(format)
    texts = [each.text for each in [*target.emit(model), *indexed(target, model).files]]
    assert {tuple(each) for text in texts for each in READ[format](text)} == rights(model)


def _of_commands(text: str) -> list[tuple[str, str, str]]:
    found = []
    for line in text.splitlines():
        if line.startswith("run kafka-acls "):
            words = [each.partition("=") for each in shlex.split(line)]
            said = [(key, value) for key, _, value in words]
            [who] = [value for key, value in said if key == "--allow-principal"]
            found += [
                (who, name, done.capitalize())
                for on, name in said
                if on in ("--topic", "--group")
                for key, done in said
                if key == "--operation"
            ]
    return found


def _of_strimzi(text: str) -> list[tuple[str, str, str]]:
    return [
        (f"User:{document['metadata']['name']}", rule["resource"]["name"], done)
        for document in yaml.safe_load_all(text)
        if document and document["kind"] == "KafkaUser"
        for rule in document["spec"]["authorization"]["acls"]
        for done in rule["operations"]
    ]


def _of_terraform(text: str) -> list[tuple[str, str, str]]:
    return [
        (
            each["acl_principal"],
            each["resource_name"].replace("$${", "${").replace("%%{", "%{"),
            each["acl_operation"],
        )
        for each in json.loads(text)["resource"].get("kafka_acl", {}).values()
    ]


READ = {"commands": _of_commands, "strimzi": _of_strimzi, "terraform": _of_terraform}


@pytest.mark.parametrize("option", ["partitions", "replicas", "dead-letter-days"])
def test_options_are_held_to_what_can_be(option: str) -> None:
    with pytest.raises(registry.TargetError, match=option):
        registry.make("kafka-access", {"format": "commands", option: "0"})


def test_a_hostile_name_is_one_word_of_a_shell() -> None:
    text = (CASE / "expected" / "kafka-access" / "topics.kafka.sh").read_text("utf-8")
    said = "--allow-principal=User:$(touch evil)'; rm -rf / #${x} %{y}"
    lines = [shlex.split(line) for line in text.splitlines() if "rm -rf" in line]
    assert lines and all(said in words for words in lines)
    assert Path(CASE / "expected" / "kafka-access" / "kafka-users.yaml").is_file()


@pytest.mark.parametrize("name", ["", "My Cluster!", "a" * 64, "-a", "a\nb"])
def test_a_cluster_has_a_name_of_kubernetes(name: str) -> None:
    with pytest.raises(registry.TargetError, match="name of Kubernetes"):
        registry.make("kafka-access", {"format": "strimzi", "cluster": name})
