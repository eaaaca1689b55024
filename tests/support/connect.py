"""Kafka Connect's own classes and those of connectors, in a Java that Python calls."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from py4j.java_gateway import (
    CallbackServerParameters,
    GatewayParameters,
    JavaGateway,
    launch_gateway,
)


class Context:
    """What a worker is to a task: one that takes no bad records aside."""

    class Java:
        implements = ("org.apache.kafka.connect.sink.SinkTaskContext",)

    def errantRecordReporter(self) -> None: ...


@dataclass(frozen=True)
class Connect:
    """The classes, by their full names."""

    java: Any

    def new(self, name: str, *arguments: Any) -> Any:
        """An object of the class."""
        made = self.java
        for part in name.split("."):
            made = getattr(made, part)
        return made(*arguments)

    def errors(self, config: dict[str, str]) -> dict[str, list[str]]:
        """What a connector says is wrong with its configuration, by property."""
        found = self.new(config["connector.class"]).config().validate(config)
        return {each.name(): list(each.errorMessages()) for each in found if each.errorMessages()}

    def known(self, config: dict[str, str]) -> set[str]:
        """The properties that a connector and every sink's worker know."""
        # A class that is named is there for `jvm` to find.
        runtime = "org.apache.kafka.connect.runtime.SinkConnectorConfig"
        self.java.java.lang.Class.forName(runtime)
        everybody = self.java.org.apache.kafka.connect.runtime.SinkConnectorConfig.configDef()
        own = self.new(config["connector.class"]).config()
        return {str(name) for each in (everybody, own) for name in each.configKeys().keySet()}

    def task(self, config: dict[str, str]) -> Any:
        """The task of a connector, which has begun."""
        connector = self.new(config["connector.class"])
        made = connector.taskClass().newInstance()
        made.initialize(Context())
        made.start(config)
        return made

    def record(self, key: str, schema: Any, value: Any, offset: int) -> Any:
        """A record with a text for its key, as converters make it; a tombstone without a value."""
        text = self.java.org.apache.kafka.connect.data.Schema.STRING_SCHEMA
        name = "org.apache.kafka.connect.sink.SinkRecord"
        return self.new(name, "t", 0, text, key, value and schema, value, offset)

    def transformed(self, config: dict[str, str], record: Any) -> Any:
        """The record after all transforms whose predicates it meets."""
        for name in config["transforms"].split(","):
            guarded = f"transforms.{name}.predicate" in config
            if record.value() is not None or not guarded:
                record = self.step(config, name).apply(record)
        return record

    def step(self, config: dict[str, str], name: str) -> Any:
        """One of the transforms that a configuration names, set up."""
        start = f"transforms.{name}."
        told = {key.removeprefix(start): v for key, v in config.items() if key.startswith(start)}
        made = self.java.java.lang.Class.forName(told["type"]).newInstance()
        made.configure(told)
        return made


@contextmanager
def running(jars: list[Path]) -> Iterator[Connect]:
    """The classes of the jars, in a Java that ends afterwards."""
    spark = find_spec("pyspark")
    assert spark is not None and spark.submodule_search_locations is not None
    (own,) = Path(spark.submodule_search_locations[0]).glob("jars/py4j-*.jar")
    port, process = launch_gateway(
        jarpath=str(own),
        classpath=os.pathsep.join(map(str, jars)),
        die_on_exit=True,
        return_proc=True,
    )
    gateway = JavaGateway(
        gateway_parameters=GatewayParameters(port=port, auto_convert=True),
        callback_server_parameters=CallbackServerParameters(port=0),
    )
    own_port = gateway.get_callback_server().get_listening_port()
    server = gateway.java_gateway_server
    server.resetCallbackClient(server.getCallbackClient().getAddress(), own_port)
    try:
        yield Connect(gateway.jvm)
    finally:
        gateway.shutdown_callback_server()
        gateway.shutdown()
        process.communicate(timeout=30)
