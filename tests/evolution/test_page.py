"""The page of the docs: its matrix is that of the code, and its commands do what it says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import pytest

from portwright.evolution import matrix_artefacts
from portwright.evolution.artefacts import Artefact, Reading
from portwright.evolution.effects import Audience, Bump, Level, Row
from portwright.evolution.kinds import Kind
from portwright.evolution.verdicts import MATRIX
from support.commands import in_process as portwright

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "changes.md"
HEADING = "`portwright diff` has a sentence for each of these cells.\n\n"
NAME = "contracts/visits.odcs.yaml"
CONTRACT, CONFIG, _ = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
ARTEFACTS = "`old / new` where they differ; `·` is no change but in words.\n\n"
WORDS = {Level.OK: "·", Level.RISKY: "risky", Level.BREAKING: "**breaking**"}


def matrix() -> str:
    columns = ["change", *(f"`{each}`" for each in Audience), "version", "next step"]
    lines = [_line(columns), "|" + "---|" * len(columns) + "\n"]
    for kind in Kind:
        row = MATRIX[kind]
        cells = (WORDS[row.effects[each].level] for each in Audience)
        lines.append(_line([row.title, *cells, _bump(row), row.next_step]))
    return "".join(lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _bump(row: Row) -> str:
    """That of an object with both ports."""
    consumers = (Audience.STREAM_READERS, Audience.REPLAY, Audience.SQL_READERS)
    broken = any(row.effects[each].level is Level.BREAKING for each in consumers)
    return str(Bump.MAJOR if broken and not row.by_notice else row.least)


def artefacts() -> str:
    columns = ["change", *(f"`{each}`" for each in Artefact)]
    lines = [_line(columns), "|" + "---|" * len(columns) + "\n"]
    for kind in Kind:
        if kind in matrix_artefacts.ROWS:
            cells = (_reading(matrix_artefacts.ROWS[kind].get(each)) for each in Artefact)
            lines.append(_line([MATRIX[kind].title, *cells]))
    return "".join(lines)


def _reading(reading: Reading | None) -> str:
    if reading is None:
        return "·"
    old, new = (
        f"**{each}**" if each.level is Level.BREAKING else each
        for each in (reading.old, reading.new)
    )
    return old if old == new else f"{old} / {new}"


@pytest.mark.parametrize("heading, table", [(HEADING, matrix), (ARTEFACTS, artefacts)])
def test_the_matrices_of_the_docs_are_of_today(
    heading: str, table: Callable[[], str], update: bool
) -> None:
    text, found, rest = PAGE.read_text("utf-8").partition(heading)
    assert found
    after = re.sub(r"\A(\|.*\n)*", "", rest)
    if update:
        PAGE.write_text(text + heading + table() + after, "utf-8")
    assert PAGE.read_text("utf-8") == text + heading + table() + after


PAGES = "".join(line for line in CONTRACT.splitlines(True) if "pages" not in line)
# What the example of two major versions takes for granted.
GIVEN = """
from visits_v2_port import by_hand

by_hand.visit_pages = lambda record: None
visits = lambda: [Visit(visit_id="b")]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with the contract and the config of the README."""
    (tmp_path / "portwright.yaml").write_text(CONFIG)
    for each in (tmp_path / NAME, tmp_path / "released" / "visits.odcs.yaml"):
        each.parent.mkdir()
        each.write_text(CONTRACT)
    who = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=0"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run([*who, *words], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.S)


def test_the_commands_of_the_page_do_what_it_says(project: Path) -> None:
    commands = [shlex.split(line, comments=True)[1:] for line in blocks("sh")[0].splitlines()]
    for command in commands:
        done = portwright(project, *command)
        assert (done.returncode, done.stderr) == (0, ""), command
    (project / NAME).write_text(PAGES)
    assert portwright(project, "diff").stdout == blocks("text")[0]
    for command in commands:
        failed = portwright(project, *command).returncode
        assert failed == (command[0] == "breaking"), command


def test_a_new_major_version_goes_as_the_page_says(project: Path) -> None:
    _, release, bump, major, *_ = blocks("sh")
    assert bump == "portwright bump\n" and "portwright release\n" in release
    for command in ("generate", "release"):
        assert portwright(project, command).returncode == 0
    (project / NAME).write_text(PAGES)
    assert portwright(project, *shlex.split(major)[1:]).returncode == 0
    kept = (project / "contracts/visits.v1.odcs.yaml").read_text()
    assert "pages" in kept and "2027-06-30" in kept
    for command in ("generate", "breaking", "release"):
        assert portwright(project, command).returncode == 0
    code = blocks("python")[0].replace(
        "from visits_v2_port.earlier", f"{GIVEN}\nfrom visits_v2_port.earlier"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        check=True,
        env={**os.environ, "PYTHONPATH": str(project / "src")},
    )
    with duckdb.connect(project / ".portwright/local/warehouse.duckdb") as found:
        assert found.execute("SELECT visit_id FROM visits").fetchall() == [("b",)]
        assert found.execute("SELECT visit_id, pages FROM visits_v1").fetchall() == [("b", None)]
