"""The settings of Kafka's client: ours, then a file's, then the environment's.

Names are librdkafka's (its CONFIGURATION.md). `PORTWRIGHT_KAFKA_SASL_PASSWORD` is
`sasl.password`; `PORTWRIGHT_KAFKA_CONFIG` is the path of a file with lines `sasl.password=…`.
A value may be a secret: no message and no repr here holds one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from portwright_runtime.errors import ConfigurationError

PREFIX: Final = "PORTWRIGHT_KAFKA_"
CONFIG_VARIABLE: Final = "PORTWRIGHT_KAFKA_CONFIG"

# What librdkafka's list marks with P and with C; the rest is for both.
_PRODUCER: Final = frozenset(
    "acks batch.num.messages batch.size compression.codec compression.level compression.type"
    " delivery.report.only.error delivery.timeout.ms enable.gapless.guarantee enable.idempotence"
    " linger.ms message.send.max.retries message.timeout.ms partitioner"
    " queue.buffering.backpressure.threshold queue.buffering.max.kbytes"
    " queue.buffering.max.messages queue.buffering.max.ms queuing.strategy"
    " request.required.acks request.timeout.ms retries sticky.partitioning.linger.ms"
    " transaction.timeout.ms transactional.id".split()
)
_CONSUMER: Final = frozenset(
    "auto.commit.interval.ms auto.offset.reset check.crcs client.rack"
    " coordinator.query.interval.ms enable.auto.commit enable.auto.offset.store"
    " enable.partition.eof fetch.error.backoff.ms fetch.max.bytes fetch.message.max.bytes"
    " fetch.min.bytes fetch.queue.backoff.ms fetch.wait.max.ms group.id group.instance.id"
    " group.protocol group.protocol.type group.remote.assignor heartbeat.interval.ms"
    " isolation.level max.partition.fetch.bytes max.poll.interval.ms"
    " partition.assignment.strategy queued.max.messages.kbytes queued.min.messages"
    " session.timeout.ms".split()
)
# What the promises of a port stand on: not to be set from outside.
_OURS: Final = frozenset(
    "acks bootstrap.servers delivery.report.only.error enable.auto.commit enable.auto.offset.store"
    " enable.idempotence enable.partition.eof group.id metadata.broker.list partitioner"
    " request.required.acks transactional.id".split()
)

_PRODUCER_DEFAULTS: Final = {
    # Every replica in sync has it, once and in order (KIP-98).
    "enable.idempotence": "true",
    "acks": "all",
    # The partition that Java's clients choose; librdkafka's own default is another hash.
    "partitioner": "murmur2_random",
    "compression.type": "lz4",
    "delivery.timeout.ms": "120000",
    # The default of 1 GiB is no back-pressure.
    "queue.buffering.max.kbytes": "65536",
}
_CONSUMER_DEFAULTS: Final = {
    # An offset is stored when its event is handled, and stored ones are committed now and then.
    "enable.auto.offset.store": "false",
    "enable.auto.commit": "true",
    "auto.commit.interval.ms": "1000",
    "auto.offset.reset": "earliest",
    "enable.partition.eof": "true",
    "isolation.level": "read_committed",
}


@dataclass(frozen=True, slots=True)
class KafkaConfig:
    """Where the brokers are (`host:port,…`), and the options that somebody set."""

    servers: str
    options: Mapping[str, str] = field(default_factory=dict, repr=False)

    def producer(self) -> dict[str, str]:
        """The settings of a producer."""
        return self._client(_PRODUCER_DEFAULTS, _CONSUMER)

    def consumer(self, group: str) -> dict[str, str]:
        """The settings of a member of a consumer group."""
        settings = self._client(_CONSUMER_DEFAULTS, _PRODUCER)
        # Of Kafka 4's new protocol, brokers choose how partitions are shared (KIP-848).
        if settings.get("group.protocol") != "consumer":
            settings.setdefault("partition.assignment.strategy", "cooperative-sticky")
        return {**settings, "group.id": group}

    @property
    def delivery_timeout(self) -> float:
        """Seconds after which a message that nobody acknowledged has failed; infinite if 0."""
        settings = self.producer()
        name = "message.timeout.ms" if "message.timeout.ms" in settings else "delivery.timeout.ms"
        try:
            milliseconds = int(settings[name])
        except ValueError:
            raise ConfigurationError(f"the Kafka option {name} is not a whole number") from None
        return milliseconds / 1000 or float("inf")

    def _client(self, defaults: Mapping[str, str], others: frozenset[str]) -> dict[str, str]:
        options = {name: value for name, value in self.options.items() if name not in others}
        # One option under its other name is set twice otherwise, and the last one wins.
        aliases = {
            "message.timeout.ms": "delivery.timeout.ms",
            "compression.codec": "compression.type",
        }
        hidden = {aliases[name] for name in options if name in aliases}
        kept = {name: value for name, value in defaults.items() if name not in hidden}
        return {**kept, **options, "bootstrap.servers": self.servers}


def read_config(
    servers: str, environ: Mapping[str, str], given: Mapping[str, str] | None = None
) -> KafkaConfig:
    """The settings for the brokers: those of the file, the environment, and `given` over them."""
    path = environ.get(CONFIG_VARIABLE)
    found = dict(_file(path)) if path else {}
    for name, value in environ.items():
        if name.startswith(PREFIX) and name != CONFIG_VARIABLE:
            found[name.removeprefix(PREFIX).lower().replace("_", ".")] = value
    found.update(given or {})
    for name in sorted(found.keys() & _OURS):
        raise ConfigurationError(f"the Kafka option {name} is the port's own and cannot be set")
    return KafkaConfig(servers, found)


def _file(path: str) -> Mapping[str, str]:
    """The options of a properties file: `name=value` a line, `#` before a remark."""
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ConfigurationError(f"{CONFIG_VARIABLE}: {path} cannot be read: {reason}") from None
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith(("#", "!")):
            continue
        name, equals, value = stripped.partition("=")
        if not equals:
            raise ConfigurationError(f"{path}, line {number}: there is no `=` in it")
        found[name.strip()] = value.strip()
    return found
