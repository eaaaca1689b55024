"""dbt in an environment of its own, and projects of generated files that it runs over DuckDB."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

from portwright.model import Model
from portwright.targets.dbt import Dbt
from portwright.targets.ddl import Ddl

# Made by `make test`.
PROGRAM = Path(sys.prefix) / "dbt" / "bin" / "dbt"

_PROJECT = "name: port\nversion: 1.0.0\nprofile: port\n"
_PROFILE = """\
port:
  target: test
  outputs:
    test: {type: duckdb, path: warehouse.duckdb, schema: main, threads: 2}
"""


class Project:
    """A dbt project over a DuckDB file. Tables that name no schema are in one of their contract."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._schemas = (f"s{number}" for number in count())
        self.warehouse = root / "warehouse.duckdb"
        (root / "dbt_project.yml").write_text(_PROJECT)
        (root / "profiles.yml").write_text(_PROFILE)

    def write(self, model: Model, schema: str = "main") -> None:
        """The generated files of a contract."""
        assert not refused(model)
        for file in Dbt("duckdb").emit(model):
            path = self.root / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text.replace("'{{ target.schema }}'", schema), "utf-8")

    def add(self, model: Model, *rows: str) -> None:
        """The generated files of a contract, its tables, and rows as statements."""
        schema = next(self._schemas)
        self.write(model, schema)
        with duckdb.connect(self.warehouse) as connection:
            connection.execute(f"CREATE SCHEMA {schema}; SET schema = '{schema}'")
            for file in Ddl("duckdb").emit(model):
                connection.execute(file.text)
            for statement in rows:
                connection.execute(statement)

    def run(self, *arguments: str, **environ: str) -> str:
        """What dbt printed; a warning is an error, a failing test is not."""
        done = subprocess.run(
            [str(PROGRAM), "--warn-error", "--no-use-colors", "--no-version-check", *arguments],
            cwd=self.root,
            env={**os.environ, "DO_NOT_TRACK": "1", "DBT_PROFILES_DIR": ".", **environ},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        failed = re.search(
            r"(?i)compilation error|parsing error|runtime error|deprecat", done.stdout
        )
        assert done.returncode in (0, 1) and not failed, done.stdout + done.stderr
        return done.stdout

    def results(self, name: str = "run_results") -> dict[str, dict[str, Any]]:
        """What became of each node in the last run, by its id."""
        found = self._read(name)["results"]
        return {each["unique_id"].removeprefix("test.port."): each for each in found}

    def manifest(self) -> dict[str, Any]:
        """The project as dbt understood it."""
        return self._read("manifest")

    def _read(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.root / "target" / f"{name}.json").read_text())
        return found


def refused(model: Model) -> bool:
    """Whether the target finds an error in the model."""
    return any(each.is_error for each in Dbt("duckdb").check(model))


def statuses(results: Iterable[dict[str, Any]]) -> set[str]:
    """How they ended."""
    return {each["status"] for each in results}
