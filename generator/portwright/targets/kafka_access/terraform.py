"""Terraform: topics and rights as resources of the provider Mongey/kafka, in Terraform's syntax of
JSON (developer.hashicorp.com/terraform/language/syntax/json)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final

from portwright.targets.kafka_access.acls import Acl, Resource
from portwright.targets.kafka_access.topics import Topic

_TYPES: Final = {
    Resource.TOPIC: "Topic",
    Resource.GROUP: "Group",
    Resource.CLUSTER: "Cluster",
}
Resources = dict[str, dict[str, object]]


def topics(made: Iterable[Topic]) -> Resources:
    """The resources of topics, which no plan of Terraform's may destroy."""
    return {
        _label(each.name, each.name): {
            "name": each.name,
            "partitions": each.partitions,
            "replication_factor": each.replicas,
            "config": dict(each.config),
            "lifecycle": {"prevent_destroy": True},
        }
        for each in made
    }


def acls(found: Iterable[Acl]) -> Resources:
    """The resources of rights."""
    return {
        _label(f"{each.principal.partition(':')[2]}-{each.name}-{each.operation}", repr(each)): {
            "acl_principal": _literal(each.principal),
            "acl_host": "*",
            "acl_operation": str(each.operation),
            "acl_permission_type": "Allow",
            "resource_type": _TYPES[each.resource],
            "resource_name": _literal(each.name),
            "resource_pattern_type_filter": "Prefixed" if each.is_prefix else "Literal",
        }
        for each in dict.fromkeys(found)
    }


def document(header: str, resources: dict[str, Resources]) -> dict[str, object]:
    """A file with these resources by their types."""
    return {"//": header, "resource": {name: each for name, each in resources.items() if each}}


def _literal(text: str) -> str:
    """What stands for the text, in which Terraform reads templates."""
    return text.replace("${", "$${").replace("%{", "%%{")


def _label(text: str, whole: str) -> str:
    """What a configuration calls a resource, which no other one is called."""
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    plain = re.sub(r"[^A-Za-z0-9]+", "-", text)[:80].strip("-")
    label = f"{plain}-{digest}".lstrip("-")
    return label if label[0].isalpha() else f"_{label}"
