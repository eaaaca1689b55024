"""How long a topic of Kafka keeps messages, by its configuration, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portwright_runtime.kafka_config import KafkaConfig

_SECONDS: Final = 10.0
_DAY: Final = 86_400_000  # milliseconds


def kept(config: KafkaConfig, topic: str) -> str:
    """Until when messages of the topic are kept, as a broker says."""
    from confluent_kafka.admin import (  # type: ignore[attr-defined]  # its stubs leave them out
        AdminClient,
        ConfigResource,
        ResourceType,
    )

    resource = ConfigResource(ResourceType.TOPIC, topic)
    try:
        admin = AdminClient({**config.producer()})
        [asked] = admin.describe_configs([resource], request_timeout=_SECONDS).values()
        found = asked.result(_SECONDS)
    except Exception:  # whoever may write a topic need not be one who may see how it is made
        return "as long as the topic keeps them, which may not be asked here"
    return told({name: entry.value for name, entry in found.items() if entry.value is not None})


def told(settings: Mapping[str, str]) -> str:
    """What settings of a topic say (kafka.apache.org/documentation/#topicconfigs)."""
    policy = settings.get("cleanup.policy", "delete")
    deleted = _for(settings.get("retention.ms", "-1"))
    if "compact" not in policy:
        return f"as long as the topic keeps them: {deleted}"
    tombstones = _for(settings.get("delete.retention.ms", "0"))
    gone = f"until the topic is compacted, and tombstones {tombstones}"
    return f"{gone}; what has no key {deleted}" if "delete" in policy else gone


def _for(milliseconds: str) -> str:
    number = int(milliseconds)
    return "for ever" if number < 0 else f"for {number / _DAY:g} days"
