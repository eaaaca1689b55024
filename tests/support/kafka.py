"""Apache Kafka for a test run: one broker in a Java of its own, with a listener for each way to
authenticate. A broker of somebody else's is taken instead where PORTWRIGHT_TEST_KAFKA names one.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic

from support import certificates, jars, servers

VARIABLE = "PORTWRIGHT_TEST_KAFKA"
PASSWORD = "open sesame"
LISTENERS = ("PLAINTEXT", "SASL_PLAINTEXT", "SSL")
_PATIENCE = 90.0
_JAVA = ("-Xmx640m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
_PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
_TOOLS = {
    "kafka-topics.sh": "org.apache.kafka.tools.TopicCommand",
    "kafka-configs.sh": "kafka.admin.ConfigCommand",
    "kafka-acls.sh": "org.apache.kafka.tools.AclCommand",
}
_LOGGING = """<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="ERROR"><Appenders><Console name="out">
<PatternLayout pattern="%d %p %c %m%n"/></Console></Appenders>
<Loggers><Root level="WARN"><AppenderRef ref="out"/></Root></Loggers>
</Configuration>
"""


@dataclass
class Broker:
    """A broker, by its addresses (`host:port`) for each kind of listener."""

    addresses: dict[str, str]
    folder: Path | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def bootstrap(self) -> str:
        """Where clients without authentication go."""
        return self.addresses["PLAINTEXT"]

    @property
    def url(self) -> str:
        """The address as a port's stream is named by."""
        return f"kafka://{self.bootstrap}"

    def admin(self) -> AdminClient:
        """A client that may do everything."""
        return AdminClient({"bootstrap.servers": self.bootstrap})

    def topic(self, name: str = "", partitions: int = 4, **config: Any) -> str:
        """The name of a topic that was made now; of its own where none is given."""
        name = name or f"t-{uuid.uuid4().hex[:12]}"
        settings = {key.replace("_", "."): str(value) for key, value in config.items()}
        admin = self.admin()
        admin.create_topics([NewTopic(name, partitions, 1, config=settings)])[name].result(30)
        return name

    # ------------------------------------------------------ of a private broker

    def start(self) -> None:
        """Starts it on the data that it has, and returns when it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Starts it, and returns before it answers."""
        assert self.folder is not None
        with open(self.folder / "broker.log", "ab") as log:
            self.process = subprocess.Popen(
                [*_command(self.folder), "kafka.Kafka", str(self.folder / "server.properties")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def wait(self) -> None:
        """Returns when it answers."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            # Only once it listens: the client logs every connection that is refused.
            with suppress(KafkaException, OSError):
                host, port = self.bootstrap.split(":")
                socket.create_connection((host, int(port)), timeout=2).close()
                self.admin().list_topics(timeout=5)
                return
            ended = self.process is not None and self.process.poll() is not None
            if ended or time.monotonic() > deadline:
                log = (self.folder / "broker.log").read_text() if self.folder else ""
                raise RuntimeError(f"the broker does not answer:\n{log[-3000:]}")
            time.sleep(0.1)

    def kill(self) -> None:
        """Ends it at once, as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(_PATIENCE)

    def stop(self) -> None:
        """Ends it in an orderly way."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(_PATIENCE)

    def pause(self) -> None:
        """Lets it hang, with its connections open."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


def is_there() -> bool:
    """Whether a broker can be had."""
    return VARIABLE in os.environ or jars.fetch("kafka") is not None


@contextmanager
def private(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[Broker]:
    """A broker of a test's own, with its data in `folder`, to be killed and started again."""
    broker = _laid_out(folder, settings)
    broker.start()
    try:
        yield broker
    finally:
        if broker.process is not None and broker.process.poll() is None:
            broker.kill()


@contextmanager
def shared(folder: Path) -> Iterator[Broker]:
    """The broker of a whole test run, which keeps what it has below `folder`."""
    if address := os.environ.get(VARIABLE):
        yield Broker({"PLAINTEXT": address})
        return
    with servers.shared(folder, _started) as found:
        yield Broker(found.addresses, found.folder)


def _started(folder: Path) -> servers.Started:
    broker = _laid_out(folder)
    broker.launch()
    assert broker.process is not None
    return servers.Started(broker.process, broker.addresses, broker.wait)


@contextmanager
def strict(folder: Path, *users: str) -> Iterator[Broker]:
    """A broker where nobody may do anything that no ACL says, but who comes without a name. The
    users have the one password."""
    known = "".join(f' user_{each}="{PASSWORD}"' for each in users)
    settings = {
        "allow.everyone.if.no.acl.found": "false",
        "listener.name.sasl_plaintext.plain.sasl.jaas.config": f"{_PLAIN} required{known};",
    }
    with private(folder, settings) as broker:
        yield broker


def tools(folder: Path) -> Path:
    """A folder with the tools that come with Kafka, as far as they make topics and give rights."""
    made = folder / "tools"
    made.mkdir()
    for name, main in _TOOLS.items():
        command = shlex.join([*_command(folder), main])
        (made / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        (made / name).chmod(0o755)
    return made


def _laid_out(folder: Path, more: Mapping[str, str] | None = None) -> Broker:
    """A broker with its configuration and an empty log."""
    folder.mkdir(parents=True, exist_ok=True)
    controller, *ports = servers.free_ports(1 + len(LISTENERS))
    addresses = {name: f"127.0.0.1:{port}" for name, port in zip(LISTENERS, ports, strict=True)}
    authority = certificates.authority(folder)
    settings = {
        "node.id": "1",
        "process.roles": "broker,controller",
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,"
        + ",".join(f"{name}:{name}" for name in LISTENERS),
        "listeners": f"CONTROLLER://127.0.0.1:{controller},"
        + ",".join(f"{name}://{address}" for name, address in addresses.items()),
        "log.dirs": str(folder / "data"),
        "num.partitions": "4",
        "offsets.topic.num.partitions": "4",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        "group.consumer.min.session.timeout.ms": "1000",
        "auto.create.topics.enable": "false",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "true",
        "super.users": "User:ANONYMOUS",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512,OAUTHBEARER",
        **_mechanisms(),
        **authority.of_broker(),
        **(more or {}),
    }
    text = "".join(f"{name}={value}\n" for name, value in settings.items())
    (folder / "server.properties").write_text(text)
    (folder / "log4j2.xml").write_text(_LOGGING)
    _format(folder)
    return Broker(addresses, folder)


def _mechanisms() -> dict[str, str]:
    """What the listener with users wants of them: `alice`, and `bob`, whom tests forbid things."""
    prefix = "listener.name.sasl_plaintext"
    common = "org.apache.kafka.common.security"
    return {
        f"{prefix}.plain.sasl.jaas.config": f"{common}.plain.PlainLoginModule required"
        f' user_alice="{PASSWORD}" user_bob="{PASSWORD}";',
        f"{prefix}.scram-sha-512.sasl.jaas.config": f"{common}.scram.ScramLoginModule required;",
        f"{prefix}.oauthbearer.sasl.jaas.config": f"{common}.oauthbearer.OAuthBearerLoginModule"
        ' required unsecuredLoginStringClaim_sub="broker";',
    }


def _format(folder: Path) -> None:
    done = subprocess.run(
        [
            *(*_command(folder), "kafka.tools.StorageTool", "format"),
            *("--cluster-id", "portwright-test-cluster"[:22], "--ignore-formatted"),
            *("--config", str(folder / "server.properties")),
            *("--add-scram", f"SCRAM-SHA-512=[name=alice,password={PASSWORD}]"),
        ],
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
    )
    if done.returncode:
        raise RuntimeError(f"the broker's log cannot be made:\n{done.stdout}{done.stderr}")


def _command(folder: Path) -> list[str]:
    """What starts Java with Kafka's classes."""
    found = jars.fetch("kafka")
    java = shutil.which("java")
    assert found is not None and java is not None
    logging = f"-Dlog4j2.configurationFile={folder / 'log4j2.xml'}"
    return [java, *_JAVA, logging, "-cp", os.pathsep.join(map(str, found))]
