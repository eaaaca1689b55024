"""Topics of Kafka: how many partitions and replicas each has, and the settings that it is made
with, by what the contract says and else by the config."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from portwright.model import Model, Object, Port, Server
from portwright.model.levels import Kind, kind_of
from portwright.promises import is_of

_OTHERS: Final = frozenset({"kinesis", "pubsub"})
# As of the runtime's consumers.
DEAD_LETTERS: Final = ".dlq"
POLICY: Final = "cleanup.policy"
RETENTION: Final = "retention.ms"
IN_SYNC: Final = "min.insync.replicas"
SIZE: Final = "max.message.bytes"
# What a broker takes where nothing is set (kafka.apache.org/documentation/#topicconfigs), and what
# the headers of a dead letter may add to its event, in bytes.
_SIZE: Final = 1_048_588
_HEADERS: Final = 16_384
# Brokers have no setting of a size that is larger.
_LARGEST: Final = (1 << 31) - 1
_DAY: Final = 86_400_000  # milliseconds
_FOREVER: Final = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Habits:
    """What the config says of all topics. `dead_letter_days` is how long letters are kept;
    `is_encrypted`, that classified values are no more than ciphers in messages; `is_old`, that
    brokers are older than 3.0 and have a right of their own for producers that are idempotent."""

    partitions: int = 6
    replicas: int = 3
    dead_letter_days: int = 7
    is_encrypted: bool = False
    is_old: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that is to be, of an object's events or of its dead letters. `config` has Kafka's
    names and values, by name."""

    name: str
    object_: Object
    partitions: int
    replicas: int
    config: tuple[tuple[str, str], ...]


def streams(model: Model) -> Iterator[Object]:
    """The objects that have a topic; none where the contract's streams are another system's."""
    if server_of(model) or not any(each.type in _OTHERS for each in model.servers):
        yield from (each for each in model.objects if Port.STREAM in each.ports)


def server_of(model: Model) -> Server | None:
    """The first of the contract's servers that is Kafka."""
    return next((each for each in model.servers if each.type == "kafka"), None)


def topics(model: Model, habits: Habits) -> Iterator[Topic]:
    """The topics of the contract, each with that of its dead letters behind it."""
    for each in streams(model):
        yield (topic := _topic(model, each, habits))
        yield _dead_letters(topic, habits)


def is_state(object_: Object) -> bool:
    """Whether a message is the newest state of what its key names, so that older ones of the key
    can go: the contract says which of two records is later, and the primary key is the key."""
    return object_.latest_by is not None and is_keyed(object_)


def is_keyed(object_: Object) -> bool:
    """Whether messages of one key are about one and the same record."""
    key = object_.key
    return key is not None and key.template is None and key.paths == object_.primary_key


def _topic(model: Model, object_: Object, habits: Habits) -> Topic:
    replicas = object_.replicas or habits.replicas
    kept = _retention(model, object_)
    made = {IN_SYNC: str(max(1, replicas - 1))}
    if is_state(object_):
        made[POLICY] = "compact" if kept is None else "compact,delete"
    else:
        made[POLICY] = "delete"
    # A service level is a promise to others, which no setting is to break.
    promised = {} if kept is None else {RETENTION: str(kept)}
    config = tuple(sorted((made | dict(object_.topic_config) | promised).items()))
    return Topic(object_.topic, object_, object_.partitions or habits.partitions, replicas, config)


def _dead_letters(source: Topic, habits: Habits) -> Topic:
    """No longer kept than what they are of, and with room for what their headers add."""
    said = dict(source.config)
    kept, most = int(said.get(RETENTION, "-1")), habits.dead_letter_days * _DAY
    config = {
        POLICY: "delete",
        SIZE: str(min(int(said.get(SIZE, _SIZE)) + _HEADERS, _LARGEST)),
        IN_SYNC: said[IN_SYNC],
        RETENTION: str(most if kept < 0 else min(kept, most)),
    }
    name = f"{source.name}{DEAD_LETTERS}"
    return Topic(name, source.object_, 1, source.replicas, tuple(sorted(config.items())))


def _retention(model: Model, object_: Object) -> int | None:
    """For how many milliseconds the contract keeps records, by the longest that it says."""
    found = [
        min(int(each.seconds * 1000), _FOREVER)
        for each in model.sla
        if kind_of(each.property) is Kind.RETENTION
        and each.seconds is not None
        and is_of(each, object_)
    ]
    return max(found, default=None)
