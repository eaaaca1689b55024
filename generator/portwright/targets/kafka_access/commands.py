"""Commands: what a shell runs to make topics and give rights, with the tools that come with Kafka.
Each may be run again, and none takes anything away."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portwright.model import Model
from portwright.render import comment, header, render
from portwright.targets.access.permissions import described
from portwright.targets.kafka_access.acls import Acl, Granted, Operation, Resource, granted
from portwright.targets.kafka_access.topics import Habits, Topic, topics

# What the tools call an operation.
_CALLED = {
    Operation.READ: "READ",
    Operation.WRITE: "WRITE",
    Operation.DESCRIBE: "DESCRIBE",
    Operation.IDEMPOTENT_WRITE: "IDEMPOTENT_WRITE",
}


def text(model: Model, habits: Habits) -> str:
    """The script; empty where the contract has no streams."""
    made = list(topics(model, habits))
    if not made:
        return ""
    return render(
        "kafka_access/topics.sh.j2",
        header=header(model, "# "),
        topics=[(creating(each), *configuring(each.name, each.config)) for each in made],
        roles=list(_roles(granted(model, habits))),
    )


def creating(topic: Topic) -> str:
    """What makes the topic, where it is not there."""
    return _line(
        "kafka-topics",
        "--create",
        "--if-not-exists",
        f"--topic={topic.name}",
        f"--partitions={topic.partitions}",
        f"--replication-factor={topic.replicas}",
    )


def configuring(topic: str, config: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What sets these settings of a topic; nothing where there are none."""
    # A list stands in brackets, as commas are between settings.
    said = ",".join(f"{name}={f'[{value}]' if ',' in value else value}" for name, value in config)
    if said:
        about = ("--entity-type=topics", f"--entity-name={topic}")
        yield _line("kafka-configs", "--alter", *about, f"--add-config={said}")


def growing(topic: Topic) -> str:
    """What gives the topic its partitions, where it has fewer."""
    about = (f"--topic={topic.name}", f"--partitions={topic.partitions}")
    return _line("kafka-topics", "--alter", *about)


def granting(acls: Iterable[Acl]) -> Iterator[str]:
    """What gives the rights, as few lines as there can be."""
    operations: dict[tuple[str, Resource, bool, str], list[str]] = {}
    for each in acls:
        key = (each.principal, each.resource, each.is_prefix, each.name)
        operations.setdefault(key, []).append(_CALLED[each.operation])
    names: dict[tuple[str, Resource, bool, tuple[str, ...]], list[str]] = {}
    for (principal, resource, is_prefix, name), found in operations.items():
        names.setdefault((principal, resource, is_prefix, tuple(found)), []).append(name)
    for (principal, resource, is_prefix, done), on in names.items():
        yield _line(
            "kafka-acls",
            "--add",
            f"--allow-principal={principal}",
            *(f"--operation={each}" for each in done),
            *_places(resource, on, is_prefix),
        )


@dataclass(frozen=True, slots=True)
class Revoked:
    """A right that somebody has, to be taken away."""

    principal: str
    is_denied: bool
    host: str
    operation: str
    resource: Resource
    name: str
    is_prefix: bool


def revoking(right: Revoked) -> str:
    """What takes the right away."""
    kind = "deny" if right.is_denied else "allow"
    return _line(
        "kafka-acls",
        "--remove",
        "--force",
        f"--{kind}-principal={right.principal}",
        f"--{kind}-host={right.host}",
        f"--operation={right.operation}",
        *_places(right.resource, [right.name], right.is_prefix),
    )


def unsetting(topic: str, name: str) -> str:
    """What has a topic go by its broker's setting again."""
    about = ("--entity-type=topics", f"--entity-name={topic}")
    return _line("kafka-configs", "--alter", *about, f"--delete-config={name}")


def alone(line: str) -> str:
    """The line for a shell that has no `run`."""
    tool, _, words = line.removeprefix("run ").partition(" ")
    return f'{tool}.sh --bootstrap-server "$BOOTSTRAP" {words}'


def _places(resource: Resource, names: Iterable[str], is_prefix: bool) -> Iterator[str]:
    if resource is Resource.CLUSTER:
        yield "--cluster"
    else:
        yield from (f"--{resource}={each}" for each in names)
    if is_prefix:
        yield "--resource-pattern-type=prefixed"


def _roles(found: Iterable[Granted]) -> Iterator[tuple[str, list[str]]]:
    """For each role who it is, as a comment, and its lines."""
    by_name: dict[str, list[Granted]] = {}
    for each in found:
        by_name.setdefault(each.holder.name, []).append(each)
    for several in by_name.values():
        about = comment(described(several[0].holder), "# ")
        yield about, list(granting(each.acl for each in several))


def _line(tool: str, *words: str) -> str:
    """A line for a shell in which `run` calls a tool of Kafka."""
    return " ".join(("run", tool, *map(shlex.quote, words)))
