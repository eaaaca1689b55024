"""Words: ACLs as the client has them, as a plan calls them, and as the tools of Kafka do."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from portwright.granting.plan import Grant, SystemError
from portwright.targets.kafka_access.acls import Acl, Operation, Resource
from portwright.targets.kafka_access.commands import Revoked

_EVERYWHERE: Final = "*"
_OPERATIONS: Final = {
    Operation.READ: "READ",
    Operation.WRITE: "WRITE",
    Operation.DESCRIBE: "DESCRIBE",
    Operation.IDEMPOTENT_WRITE: "IDEMPOTENT_WRITE",
}
# The client's word for the cluster is that of its brokers.
_RESOURCES: Final = {
    Resource.TOPIC: "TOPIC",
    Resource.GROUP: "GROUP",
    Resource.CLUSTER: "BROKER",
}
_CALLED: Final = {name: str(each) for each, name in _RESOURCES.items()}


def client() -> Any:
    """The client's module for administration, most of which its stubs leave out."""
    return import_module("confluent_kafka.admin")


def resource_type(resource: Resource) -> Any:
    """What the client calls it."""
    return client().ResourceType[_RESOURCES[resource]]


def binding(acl: Acl) -> Any:
    """The right as the client has it."""
    admin = client()
    return admin.AclBinding(
        resource_type(acl.resource),
        acl.name,
        admin.ResourcePatternType.PREFIXED if acl.is_prefix else admin.ResourcePatternType.LITERAL,
        acl.principal,
        _EVERYWHERE,
        admin.AclOperation[_OPERATIONS[acl.operation]],
        admin.AclPermissionType.ALLOW,
    )


def grant_of(found: Any) -> Grant:
    """The right as a plan has it: `READ` on `topic sales.orders.v1`. Of one that denies, or is for
    one host only, the words say so."""
    on = f"{_CALLED.get(found.restype.name, found.restype.name.lower())} {found.name}"
    if found.resource_pattern_type.name == "PREFIXED":
        on += "… (prefix)"
    right = found.operation.name
    if found.permission_type.name == "DENY":
        right = f"DENY {right}"
    if found.host != _EVERYWHERE:
        right += f" from {found.host}"
    return Grant(on, found.principal, right)


def revoked(found: Any) -> Revoked:
    """The right as the tools take it away."""
    return Revoked(
        found.principal,
        found.permission_type.name == "DENY",
        found.host,
        found.operation.name,
        Resource(_CALLED[found.restype.name]),
        found.name,
        found.resource_pattern_type.name == "PREFIXED",
    )


def result(asked: dict[Any, Any], seconds: float) -> Any:
    """What comes of the only thing that was asked; SystemError says why nothing does."""
    [future] = asked.values()
    try:
        return future.result(seconds)
    except Exception as fault:
        raise told(fault) from None


def told(fault: Exception) -> SystemError:
    """What the client says."""
    error = fault.args[0] if fault.args else fault
    said = error.str() if hasattr(error, "str") else str(fault)
    return SystemError(" ".join(said.split())[:300] or type(fault).__name__)
