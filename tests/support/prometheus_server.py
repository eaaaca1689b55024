"""A Prometheus that looks every second: what it scrapes, what it knows, what it alerts about."""

from __future__ import annotations

import json
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from support import prometheus
from support.processes import until
from support.servers import free_ports


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    url: str

    def value(self, query: str) -> float | None:
        """The only value of a query, None where there is none."""
        found = self._asked(f"query?{urllib.parse.urlencode({'query': query})}")["result"]
        return float(found[0]["value"][1]) if len(found) == 1 else None

    def firing(self) -> set[str]:
        """The names of the alerts that fire."""
        found = self._asked("alerts")["alerts"]
        return {each["labels"]["alertname"] for each in found if each["state"] == "firing"}

    def names(self) -> set[str]:
        """The names of all metrics that were scraped."""
        return {*self._asked("label/__name__/values")}

    def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _asked(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}", timeout=10) as answer:
            return json.load(answer)["data"]


@contextmanager
def running(folder: Path, rules: Path, targets: Mapping[str, int]) -> Iterator[Server]:
    """A server that scrapes the targets, by job and port, and evaluates a file of rules."""
    (port,) = free_ports(1)
    config = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(rules)],
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{number}"]}]}
            for job, number in targets.items()
        ],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    words = [
        *(prometheus.server(), f"--config.file={folder}/prometheus.yml"),
        *(f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"),
    ]
    with open(folder / "prometheus.log", "wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log)
        try:
            server = Server(f"http://127.0.0.1:{port}")
            until(server.is_ready)
            yield server
        finally:
            process.kill()
            process.wait()
