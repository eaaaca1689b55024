"""The guide: its example is run, and its list of blocks is that of the code."""

from __future__ import annotations

import json
import re
import runpy
import sys
import tomllib
from pathlib import Path

import pytest

from portwright.overrides.builtin import TEMPLATES
from support import plugins
from support.commands import in_process

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "customising.md"
BEGIN, END = "<!-- blocks: written by `make golden` -->\n", "<!-- end of blocks -->"


def blocks() -> str:
    """The table of blocks."""
    rows = [
        f"| `{template.name}` | `{block.name}` | {block.does} |"
        for template in TEMPLATES.values()
        for block in template.blocks
    ]
    return "\n".join(("| template | block | what it is for |", "|---|---|---|", *rows, ""))


def test_the_list_of_blocks_is_current(update: bool) -> None:
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    found, _, after = rest.partition(END)
    if update:
        PAGE.write_text(before + BEGIN + "\n" + blocks() + "\n" + END + after, "utf-8")
    else:
        assert found.strip() == blocks().strip()


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the guide in a repository with the contract of the README."""
    text = PAGE.read_text("utf-8")
    for name, code in re.findall(r"`([\w./]+)`[^`]*?:\n\n```\w+\n(.*?)```", text, re.S):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, "utf-8")
    contract = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)[0]
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "visits.odcs.yaml").write_text(contract)
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text())["project"]
    points = project["entry-points"]["portwright.targets"]
    plugins.install(tmp_path / "site", project["name"], project["version"], **points)
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_example_of_the_guide_runs(example: Path) -> None:
    done = in_process(example, "generate")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("warning[COL-01]") == 3 and "error" not in done.stderr
    sql = (example / "gen/sql/visits.postgres.sql").read_text()
    assert "\nGRANT SELECT (pages) ON visits_v1 TO reporting;\n" in sql
    assert sql.splitlines()[1] == "-- SPDX-License-Identifier: Apache-2.0"
    assert (example / "docs/columns.csv").read_text().splitlines()[0] == "visits_v1;visit_id;string"
    assert (example / "docs/dictionary/visits-2evisits.v1.txt").exists()
    assert in_process(example, "generate", "--check").returncode == 0


def test_the_tests_of_the_guide_pass(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "acme_dictionary", raising=False)
    found = runpy.run_path("test_dictionary.py")
    tests = [each for name, each in found.items() if name.startswith("test_")]
    assert len(tests) == 3
    for each in tests:
        each()


def test_the_commands_of_the_guide_run(example: Path) -> None:
    text = PAGE.read_text("utf-8")
    [commands] = re.findall(r"```sh\n(.*?)```", text, re.S)
    for line in commands.splitlines():
        words = line.partition("#")[0].partition(">")[0].split()
        done = in_process(example, *words[1:])
        assert done.returncode == 0 and done.stdout.startswith("{"), line


def test_a_property_is_told_as_in_the_guide(example: Path) -> None:
    [shown] = map(json.loads, re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.S))
    [model] = json.loads(in_process(example, "model", "--json").stdout)["models"]
    told = model["objects"][0]["record"]["fields"][2]
    told["type"] = {key: told["type"][key] for key in shown["type"]}
    assert {key: told[key] for key in shown} == shown
