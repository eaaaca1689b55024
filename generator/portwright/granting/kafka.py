"""Kafka: its topics, their settings and its ACLs, beside the contracts.

A setting that the topic has none of its own for may be added; whatever takes records away, or is
set by somebody else, is told and left. Topics of others are not looked at.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from portwright.granting import kafka_settings
from portwright.granting.asked import Asked
from portwright.granting.kafka_words import (
    binding,
    client,
    grant_of,
    resource_type,
    result,
    revoked,
    told,
)
from portwright.granting.plan import Grant, Kind, Step, System, SystemError, Wanted
from portwright.model import Model
from portwright.model.seen import as_seen
from portwright.run import Run
from portwright.targets.access.permissions import described
from portwright.targets.ddl.places import chosen_server
from portwright.targets.kafka_access import KafkaAccess, commands
from portwright.targets.kafka_access.acls import Acl, Resource, granted
from portwright.targets.kafka_access.topics import IN_SYNC, RETENTION, SIZE, Topic, topics

_SECONDS: Final = 20.0
# With these, more is never less: a smaller number takes messages away, or refuses some.
_GROWING: Final = frozenset(
    {RETENTION, "retention.bytes", SIZE}
    | {"message.timestamp.before.max.ms", "message.timestamp.after.max.ms"}
)
_LOSING: Final = frozenset({"cleanup.policy", "unclean.leader.election.enable"})


def opened(asked: Asked, run: Run) -> System:
    """Kafka at the url."""
    try:
        client()
    except ImportError:
        raise SystemError("it needs a package more: pip install 'portwright[register]'") from None
    known = [each.target for each in run.outputs if isinstance(each.target, KafkaAccess)]
    fitting = [
        each for each in known if asked.server is None or each.server in (None, asked.server)
    ]
    target = fitting[0] if fitting else KafkaAccess("commands")
    target = replace(target, server=asked.server or target.server)
    chosen = (chosen_server(each, target.server) for each in run.build.models)
    models = [as_seen(each) for each in chosen if each is not None]
    servers = asked.url.partition("://")[2].strip("/")
    return Kafka({**kafka_settings.read(os.environ), "bootstrap.servers": servers}, models, target)


class Kafka:
    """A cluster, beside what the contracts say of it by the target's options."""

    title = "Kafka"
    remark = "# "

    def __init__(
        self, settings: Mapping[str, str], models: Collection[Model], target: KafkaAccess
    ) -> None:
        from confluent_kafka import KafkaException

        self._models = models
        self._habits = target.habits()
        self._actions: dict[str, Callable[[], object]] = {}
        self._bindings: dict[Grant, Any] = {}
        try:
            self._admin = client().AdminClient({**settings, "log_level": "0"})
        except (KafkaException, TypeError, ValueError) as fault:
            raise told(fault) from None

    def close(self) -> None:
        """Lets go of nothing: a client ends with what refers to it."""

    def run(self, statement: str) -> None:
        self._actions[statement]()

    def wanted(self) -> Mapping[Grant, Wanted]:
        found: dict[Grant, Wanted] = {}
        for model in self._models:
            for each in granted(model, self._habits):
                [line] = commands.granting([each.acl])
                statement = commands.alone(line)
                self._actions[statement] = partial(self._grant, each.acl)
                wanted = Wanted(statement, described(each.holder), model.id)
                found.setdefault(grant_of(binding(each.acl)), wanted)
        return found

    def read(self) -> Collection[Grant]:
        self._may_ask()
        wanted = {each.acl for model in self._models for each in granted(model, self._habits)}
        found: set[Grant] = set()
        for _, topic in self._topics():
            for each in self._matching(Resource.TOPIC, topic.name):
                self._bindings[grant_of(each)] = each
                found.add(grant_of(each))
        # What others may do with groups and the cluster is not for these contracts to say.
        places = {
            (each.resource, each.name) for each in wanted if each.resource is not Resource.TOPIC
        }
        said = {grant_of(binding(each)) for each in wanted}
        for place in sorted(places):
            found |= {grant_of(each) for each in self._matching(*place)} & said
        return found

    def changes(self) -> Iterator[Step]:
        known = self._partitions()
        for model, topic in self._topics():
            if topic.name in known:
                yield from self._grown(model, topic, known[topic.name])
                yield from self._configured(model, topic, min(known[topic.name], default=0))
            else:
                lines = (commands.creating(topic), *commands.configuring(topic.name, topic.config))
                statement = "\n".join(map(commands.alone, lines))
                self._actions[statement] = partial(self._create, topic)
                why = f"the topic {topic.name} is not there"
                yield Step(Kind.ADD, statement, why, model.id)

    def revoking(self, grant: Grant) -> str:
        return commands.alone(commands.revoking(revoked(self._bindings[grant])))

    def _topics(self) -> Iterable[tuple[Model, Topic]]:
        return ((model, each) for model in self._models for each in topics(model, self._habits))

    def _grown(self, model: Model, topic: Topic, there: list[int]) -> Iterator[Step]:
        """Of a topic with too few partitions or replicas. More of either is no harm."""
        if len(there) < topic.partitions:
            why = (
                f"the topic {topic.name} has {len(there)} of {topic.partitions} partitions; with"
                " more of them, later messages of a key may overtake earlier ones"
            )
            yield Step(Kind.CHANGE, commands.alone(commands.growing(topic)), why, model.id)
        fewest = min(there, default=topic.replicas)
        if fewest < topic.replicas:
            why = f"the topic {topic.name} has {fewest} of {topic.replicas} replicas"
            tool = "kafka-reassign-partitions.sh --execute --reassignment-json-file=…"
            yield Step(Kind.CHANGE, f"# {tool}", why, model.id)

    def _configured(self, model: Model, topic: Topic, replicas: int) -> Iterator[Step]:
        """Of the settings of a topic that is there, with so many replicas."""
        there = self._settings(topic.name)
        for name, value in topic.config:
            held, is_own = there.get(name, ("", False))
            if _same(held, value):
                continue
            [line] = commands.configuring(topic.name, [(name, value)])
            statement = commands.alone(line)
            stops = name == IN_SYNC and int(value) > replicas
            is_left = is_own or stops or _loses(name, held, value)
            kind = Kind.CHANGE if is_left else Kind.ADD
            self._actions[statement] = partial(self._set, topic.name, name, value)
            why = f"the topic {topic.name} has {name} {held or 'nowhere'}, not {value}"
            if stops:
                why += f"; with its {replicas} replicas, nobody could write to it any more"
            yield Step(kind, statement, why, model.id)
        said = dict(topic.config)
        for name, (held, is_own) in sorted(there.items()):
            if is_own and name not in said:
                statement = commands.alone(commands.unsetting(topic.name, name))
                why = f"the topic {topic.name} has {name} {held}, and no contract says so"
                yield Step(Kind.EXTRA, statement, why)

    # ------------------------------------------------------ what is asked of the cluster

    def _may_ask(self) -> None:
        """Refuses who may not see ACLs, for whom the client has none, and no error."""
        asked = self._admin.describe_cluster(
            include_authorized_operations=True, request_timeout=_SECONDS
        )
        allowed = result({"": asked}, _SECONDS).authorized_operations or ()
        if client().AclOperation.DESCRIBE not in allowed:
            raise SystemError("the user may not see ACLs: it needs Describe on the cluster")

    def _partitions(self) -> dict[str, list[int]]:
        """How many replicas each partition of a topic has, by the topics that are there."""
        from confluent_kafka import KafkaException

        try:
            known = self._admin.list_topics(timeout=_SECONDS).topics
        except KafkaException as fault:
            raise told(fault) from None
        return {
            name: [len(partition.replicas) for partition in each.partitions.values()]
            for name, each in known.items()
            if each.error is None
        }

    def _settings(self, topic: str) -> dict[str, tuple[str, bool]]:
        """The topic's settings as they hold, and whether they are its own."""
        admin = client()
        asked = self._admin.describe_configs(
            [admin.ConfigResource(admin.ResourceType.TOPIC, topic)]
        )
        own = admin.ConfigSource.DYNAMIC_TOPIC_CONFIG.value
        return {
            name: (str(each.value), each.source == own)
            for name, each in result(asked, _SECONDS).items()
            if each.value is not None
        }

    def _matching(self, resource: Resource, name: str) -> list[Any]:
        """What is granted on a name, by itself, by what it begins with, and with all others."""
        admin = client()
        asked = admin.AclBindingFilter(
            resource_type(resource),
            name,
            admin.ResourcePatternType.MATCH,
            None,
            None,
            admin.AclOperation.ANY,
            admin.AclPermissionType.ANY,
        )
        try:
            found = self._admin.describe_acls(asked, request_timeout=_SECONDS)
            return list(found.result(_SECONDS))
        except Exception as fault:
            raise told(fault) from None

    def _grant(self, acl: Acl) -> None:
        result(self._admin.create_acls([binding(acl)], request_timeout=_SECONDS), _SECONDS)

    def _create(self, topic: Topic) -> None:
        admin = client()
        made = admin.NewTopic(
            topic.name, topic.partitions, topic.replicas, config=dict(topic.config)
        )
        result(self._admin.create_topics([made], operation_timeout=_SECONDS), _SECONDS)

    def _set(self, topic: str, name: str, value: str) -> None:
        admin = client()
        entry = admin.ConfigEntry(name, value, incremental_operation=admin.AlterConfigOpType.SET)
        resource = admin.ConfigResource(
            admin.ResourceType.TOPIC, topic, incremental_configs=[entry]
        )
        result(
            self._admin.incremental_alter_configs([resource], request_timeout=_SECONDS), _SECONDS
        )


def _same(held: str, wanted: str) -> bool:
    """Whether two values are one: the order of a list says nothing."""
    return set(held.split(",")) == set(wanted.split(","))


def _loses(name: str, held: str, wanted: str) -> bool:
    """Whether the cluster would take records away, or refuse some, that it did not before."""
    if name in _LOSING:
        return True
    if name not in _GROWING or wanted == "-1":
        return False
    return held == "-1" or not held or int(wanted) < int(held)
