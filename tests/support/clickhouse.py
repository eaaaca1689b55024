"""ClickHouse inside the process of the tests: there is one, with what no test made of its own."""

from __future__ import annotations

import json
from typing import Any

from chdb.session import Session

_OWN = "('INFORMATION_SCHEMA', 'default', 'information_schema', 'system')"


class Server:
    """ClickHouse with nothing in it but an empty database `default`."""

    def __init__(self) -> None:
        self._session = Session()

    def execute(self, statements: str) -> list[tuple[Any, ...]]:
        """The rows of the last of the statements; a RuntimeError where one is refused."""
        answer = self._session.query(statements, "JSONCompactEachRow").bytes()
        return [tuple(json.loads(line)) for line in answer.splitlines()]

    def empty(self) -> None:
        """Drops what there is."""
        for (name,) in self.execute(f"SELECT name FROM system.databases WHERE name NOT IN {_OWN}"):
            self.execute(f"DROP DATABASE {_quoted(name)}")
        for (name,) in self.execute("SELECT name FROM system.tables WHERE database = 'default'"):
            self.execute(f"DROP TABLE default.{_quoted(name)}")

    def close(self) -> None:
        self._session.close()


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"
