"""The document of one connector, as Connect's REST interface takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portwright import names
from portwright.model import Model, Object
from portwright.targets.kafka_connect.sinks import Config, Destination, Sink, env
from portwright.targets.kafka_connect.transforms import key_type, transforms

CONVERTERS: Final[Mapping[str, str]] = {
    "avro": "io.confluent.connect.avro.AvroConverter",
    "protobuf": "io.confluent.connect.protobuf.ProtobufConverter",
}
_DEAD_LETTERS: Final = ".dlq"  # as of the runtime's consumers


def connector(model: Model, object_: Object, sink: Sink, wire: str) -> dict[str, object]:
    """Its name and its configuration."""
    name = "-".join((names.kebab(names.namespace(model)), names.kebab(object_.name), sink.name))
    return {"name": name, "config": _config(model, object_, sink, wire)}


def is_upserted(object_: Object, sink: Sink) -> bool:
    """Whether the connector finds an object's rows again: by the only column of their key, in a
    type that the text of a message's key can be made."""
    key = object_.key
    return (
        sink.upserts is not None
        and key is not None
        and key.template is None
        and len(object_.primary_key) == 1
        and key.paths == object_.primary_key
        and key_type(object_.fields(object_.primary_key)[0].type) is not None
    )


def _config(model: Model, object_: Object, sink: Sink, wire: str) -> Config:
    table = Destination(model, object_)
    upserts = is_upserted(object_, sink)
    return {
        "connector.class": sink.connector,
        "tasks.max": "1",
        "topics": object_.topic,
        "key.converter": "org.apache.kafka.connect.storage.StringConverter",
        "value.converter": CONVERTERS[wire],
        "value.converter.schema.registry.url": env("SCHEMA_REGISTRY_URL"),
        "value.converter.basic.auth.credentials.source": "USER_INFO",
        "value.converter.basic.auth.user.info": env("SCHEMA_REGISTRY_USER_INFO"),
        "consumer.override.isolation.level": "read_committed",
        "consumer.override.auto.offset.reset": "earliest",
        **sink.settings(table),
        **(sink.upserts(table) if sink.upserts and upserts else {}),
        **transforms(object_, sink, wire, upserts),
        "errors.tolerance": "all",
        "errors.log.enable": "true",
        # A message in a log is seen by more than may see it.
        "errors.log.include.messages": "false",
        "errors.deadletterqueue.topic.name": f"{object_.topic}{_DEAD_LETTERS}",
        "errors.deadletterqueue.context.headers.enable": "true",
        "errors.deadletterqueue.topic.replication.factor": "3",
    }
