"""Findings about topics and rights in Kafka: names it cannot have, what it would lose, and who
reads nothing because a stream hides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from portwright.access import Right
from portwright.diagnostics import Diagnostic, Span, error, printable, warning
from portwright.model import Model, Object
from portwright.targets.access.findings import of_roles
from portwright.targets.access.sight import Holder
from portwright.targets.kafka_access import acls
from portwright.targets.kafka_access.strimzi import user_name
from portwright.targets.kafka_access.topics import (
    DEAD_LETTERS,
    IN_SYNC,
    POLICY,
    Habits,
    Topic,
    is_keyed,
    streams,
    topics,
)

# Kafka's own limit, in characters.
_LONGEST = 249
_FEW = 3


def find(model: Model, habits: Habits) -> Iterator[Diagnostic]:
    """What every format has to say."""
    yield from of_roles(model)
    for topic in topics(model, habits):
        yield from _of_topic(topic)
    told: set[str] = set()
    for object_ in streams(model):
        for holder in acls.holders(model, object_):
            if holder.name not in told:
                told.add(holder.name)
                yield from _of_names(model, holder)
            yield from _of_sight(model, object_, holder, habits)


def of_users(model: Model) -> Iterator[Diagnostic]:
    """What Strimzi has no users for."""
    told: set[str] = set()
    for object_ in streams(model):
        for holder in acls.holders(model, object_):
            for each in acls.principals(holder):
                if each not in told and user_name(each) is None:
                    told.add(each)
                    message = f"no KafkaUser can be `{printable(each)}`: it gets no rights there"
                    help = "write `User:` and a name of Kubernetes (small letters, digits, `-`)"
                    yield warning("PW430", message, _span(model, holder), help)


def of_meetings(rights: Iterable[acls.Placed]) -> Iterator[Diagnostic]:
    """Principals that one and the same KafkaUser would have to be."""
    known: dict[str, str] = {}
    told: set[str] = set()
    for each in rights:
        principal = each.acl.principal
        name = user_name(principal)
        first = known.setdefault(name, principal) if name else principal
        if first != principal and principal not in told:
            told.add(principal)
            message = f"`{first}` and `{principal}` would both be the KafkaUser `{name}`"
            help = "let the roles name one of the two as their principal"
            yield error("PW431", message, each.span, help)


def _of_topic(topic: Topic) -> Iterator[Diagnostic]:
    name, span = topic.name, topic.object_.span
    if len(name) > _LONGEST and name.endswith(DEAD_LETTERS):
        message = f"`{name}`, for dead letters, is longer than the name of a topic can be"
        yield error("PW425", message, span, f"leave {len(DEAD_LETTERS)} of the {_LONGEST} for it")
    said = dict(topic.config)
    if "compact" in said[POLICY] and not is_keyed(topic.object_):
        message = f"compacting `{name}` would lose records: its messages are not keyed by them"
        help = "have the primary key as the key, or leave `compact` out of `topicConfig`"
        yield error("PW428", message, span, help)
    if int(said[IN_SYNC]) > topic.replicas:
        message = f"nobody could write to `{name}`: it waits for {said[IN_SYNC]} replicas, and has"
        help = f"write `replicas`, or a smaller `{IN_SYNC}`"
        yield error("PW429", f"{message} {topic.replicas}", span, help)


def _of_names(model: Model, holder: Holder) -> Iterator[Diagnostic]:
    good = {*acls.principals(holder), *acls.groups(holder)}
    for each in acls.said_principals(holder):
        if each not in good:
            message = f"`{printable(each)}` is no principal of Kafka: it gets no rights there"
            help = "write `principals` at the role, such as User:fulfilment"
            yield warning("PW426", message, _span(model, holder), help)
    for each in acls.said_groups(holder) if Right.READ in holder.rights else ():
        if each not in good:
            message = f"no group of consumers can begin with `{printable(each)}`"
            help = "write `consumerGroups` at the role, such as fulfilment"
            yield warning("PW426", message, _span(model, holder), help)


def _of_sight(
    model: Model, object_: Object, holder: Holder, habits: Habits
) -> Iterator[Diagnostic]:
    hidden = holder.hidden(model, object_)
    if Right.READ not in holder.rights or not hidden or habits.is_encrypted:
        return
    paths = [f"`{'.'.join(field.name for field in path)}`" for path in hidden[:_FEW]]
    more = len(hidden) - len(paths)
    listed = ", ".join(map(printable, paths)) + (f" and {more} more" if more else "")
    message = (
        f"`{printable(holder.name)}` does not see {listed}, and a stream hides nothing:"
        f" it may not read the topic of `{printable(object_.name)}`"
    )
    help = "give it `sees`, another object without them, or encrypt them (`encrypted-fields`)"
    yield warning("PW427", message, _span(model, holder), help)


def _span(model: Model, holder: Holder) -> Span:
    return holder.roles[0].span or model.span
