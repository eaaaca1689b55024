"""Rights in Kafka: which principal may do what with which topics and groups of consumers.

A stream cannot mask a value: who does not see all of an object reads none of it. Dead letters are
read by those who read what they are of, and by nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portwright.access import Right
from portwright.diagnostics import Span
from portwright.model import Model, Object
from portwright.targets.access.sight import Holder, holders_at
from portwright.targets.kafka_access.topics import DEAD_LETTERS, Habits, server_of, streams

# The group by which `portwright-runtime dlq` reads.
_LOOKS_AT_LETTERS: Final = "portwright-dlq"
# The only name that the resource of a cluster has.
_CLUSTER: Final = "kafka-cluster"
# A kind of principal and its name, which a wildcard is not.
_PRINCIPAL: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,30}:\S(.{0,253}\S)?")
_GROUP: Final = re.compile(r"[^\s*](.{0,253}\S)?")
# With one of these at its end, the name of a group is what those of several begin with: what
# begins with `app` alone would be `apple`, too.
_SEPARATORS: Final = ("-", ".", "_")


class Resource(StrEnum):
    """What a right is on, as `kafka-acls` calls it."""

    TOPIC = "topic"
    GROUP = "group"
    CLUSTER = "cluster"


class Operation(StrEnum):
    """What may be done (kafka.apache.org/documentation/#operations_resources_and_protocols)."""

    READ = "Read"
    WRITE = "Write"
    DESCRIBE = "Describe"
    IDEMPOTENT_WRITE = "IdempotentWrite"


@dataclass(frozen=True, slots=True, order=True)
class Acl:
    """A right of a principal on a resource, or on all whose names begin so."""

    principal: str
    resource: Resource
    name: str
    operation: Operation
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Granted:
    """A right, and for whom of the contract it is."""

    acl: Acl
    holder: Holder


@dataclass(frozen=True, slots=True)
class Placed:
    """A right with the place in a contract that it comes from."""

    acl: Acl
    span: Span


def placed(model: Model, habits: Habits) -> Iterator[Placed]:
    """All rights with their places."""
    for each in granted(model, habits):
        yield Placed(each.acl, each.holder.roles[0].span or model.span)


def granted(model: Model, habits: Habits) -> Iterator[Granted]:
    """All rights on what the contract has in Kafka, those of a role together."""
    by_name: dict[str, list[Granted]] = {}
    for object_ in streams(model):
        for holder in holders(model, object_):
            for principal in principals(holder):
                found = by_name.setdefault(holder.name, [])
                found += (
                    Granted(Acl(principal, *each), holder)
                    for each in _of(model, object_, holder, habits)
                )
    for several in by_name.values():
        yield from {each.acl: each for each in several}.values()


def holders(model: Model, object_: Object) -> tuple[Holder, ...]:
    """Who has rights on the object's topic by the contract, by name, in its order."""
    return holders_at(model, object_, server_of(model))


def principals(holder: Holder) -> tuple[str, ...]:
    """Who the roles are in Kafka: as they say, else users of their names; without those that no
    broker knows as one."""
    return tuple(each for each in said_principals(holder) if _PRINCIPAL.fullmatch(each))


def said_principals(holder: Holder) -> tuple[str, ...]:
    """As of `principals`, whatever Kafka makes of them."""
    said = dict.fromkeys(each for role in holder.roles for each in role.principals)
    named = tuple(each if ":" in each else f"User:{each}" for each in said)
    # Only who writes it means everybody.
    return named or ((f"User:{holder.name}",) if holder.name != "*" else ("*",))


def groups(holder: Holder) -> tuple[str, ...]:
    """The names of its groups of consumers; one that ends in a separator stands for all that begin
    so. As it says, else its own name, alone and with more after a separator."""
    good = tuple(each for each in said_groups(holder) if _GROUP.fullmatch(each))
    if any(role.groups for role in holder.roles):
        return good
    return tuple(f"{each}{end}" for each in good for end in ("", "-", "."))


def said_groups(holder: Holder) -> tuple[str, ...]:
    """As of `groups`, whatever Kafka makes of them."""
    said = dict.fromkeys(each for role in holder.roles for each in role.groups)
    return tuple(said) or (holder.name,)


def may_read(model: Model, object_: Object, holder: Holder, habits: Habits) -> bool:
    """Whether it is to read the topic: it may, and sees all that is in it."""
    if Right.READ not in holder.rights:
        return False
    return habits.is_encrypted or not holder.hidden(model, object_)


def _of(
    model: Model, object_: Object, holder: Holder, habits: Habits
) -> Iterator[tuple[Resource, str, Operation] | tuple[Resource, str, Operation, bool]]:
    topic, letters = object_.topic, f"{object_.topic}{DEAD_LETTERS}"
    writes = Right.WRITE in holder.rights
    reads = may_read(model, object_, holder, habits)
    if writes:
        yield Resource.TOPIC, topic, Operation.WRITE
    if reads:
        yield Resource.TOPIC, topic, Operation.READ
    if writes or reads:
        yield Resource.TOPIC, topic, Operation.DESCRIBE
        if habits.is_old:
            yield Resource.CLUSTER, _CLUSTER, Operation.IDEMPOTENT_WRITE
    if reads:
        # A consumer puts aside what it cannot handle.
        for operation in (Operation.WRITE, Operation.READ, Operation.DESCRIBE):
            yield Resource.TOPIC, letters, operation
        for each in groups(holder):
            yield Resource.GROUP, each, Operation.READ, each.endswith(_SEPARATORS)
        yield Resource.GROUP, _LOOKS_AT_LETTERS, Operation.READ
