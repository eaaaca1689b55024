"""Strimzi: topics and users as resources of Kubernetes, by `kafka.strimzi.io/v1`, which Strimzi has
since 0.49 and 1.0 has alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Final

from portwright.targets.kafka_access.acls import Acl, Resource
from portwright.targets.kafka_access.topics import Topic

_VERSION: Final = "kafka.strimzi.io/v1"
_CLUSTER: Final = "strimzi.io/cluster"
# RFC 1123's subdomains, which resources are called by.
_LABEL: Final = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_NAME: Final = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})*")
_USER: Final = re.compile(r"User:(?P<certified>CN=)?(?P<name>.+)")
_Document = dict[str, object]


def topic(made: Topic, cluster: str) -> _Document:
    """The resource of a topic."""
    return {
        "apiVersion": _VERSION,
        "kind": "KafkaTopic",
        "metadata": {"name": resource_name(made.name), "labels": {_CLUSTER: cluster}},
        "spec": {
            "topicName": made.name,
            "partitions": made.partitions,
            "replicas": made.replicas,
            "config": {name: _value(value) for name, value in made.config},
        },
    }


def users(found: Iterable[Acl], cluster: str) -> Iterator[_Document]:
    """The resources of all users that rights are for, with all of these. Those of principals that
    no resource can be called after are left out."""
    by_principal: dict[str, dict[Acl, None]] = {}
    for each in found:
        by_principal.setdefault(each.principal, {})[each] = None
    for principal, acls in sorted(by_principal.items()):
        if user_name(principal):
            yield _user(principal, acls, cluster)


def user_name(principal: str) -> str | None:
    """The name of the KafkaUser that is the principal: the user's, or its certificate's; None where
    Kubernetes has no such name."""
    found = _USER.fullmatch(principal)
    return found["name"] if found and _NAME.fullmatch(found["name"]) else None


def resource_name(topic: str) -> str:
    """The name of a topic's resource: its own, or where Kubernetes has no such name, one that no
    other topic has."""
    if _NAME.fullmatch(topic):
        return topic
    digest = hashlib.sha256(topic.encode()).hexdigest()[:8]
    plain = re.sub(r"[^a-z0-9]+", "-", topic.lower())[:240].strip("-")
    return f"{plain}-{digest}" if plain else f"topic-{digest}"


def _user(principal: str, acls: Iterable[Acl], cluster: str) -> _Document:
    found = _USER.fullmatch(principal)
    assert found is not None
    # Without any, the operator makes no password: who has users already keeps them.
    certified = {"authentication": {"type": "tls-external"}} if found["certified"] else {}
    return {
        "apiVersion": _VERSION,
        "kind": "KafkaUser",
        "metadata": {"name": found["name"], "labels": {_CLUSTER: cluster}},
        "spec": {**certified, "authorization": {"type": "simple", "acls": list(_rules(acls))}},
    }


def _rules(acls: Iterable[Acl]) -> Iterator[_Document]:
    operations: dict[tuple[Resource, str, bool], list[str]] = {}
    for each in acls:
        key = (each.resource, each.name, each.is_prefix)
        operations.setdefault(key, []).append(str(each.operation))
    for (resource, name, is_prefix), done in operations.items():
        on: _Document = {"type": str(resource)}
        if resource is not Resource.CLUSTER:
            on |= {"name": name, "patternType": "prefix" if is_prefix else "literal"}
        yield {"resource": on, "operations": done}


def _value(text: str) -> object:
    return int(text) if re.fullmatch(r"-?[0-9]+", text) else text
