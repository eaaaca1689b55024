"""The page of the docs: its matrix is that of the code, and its commands do what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterable
from pathlib import Path

from portwright.evolution.effects import Audience, Bump, Level, Row
from portwright.evolution.kinds import Kind
from portwright.evolution.verdicts import MATRIX
from support.commands import portwright

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "changes.md"
HEADING = "`portwright diff` has a sentence for each of these cells.\n\n"
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


def test_the_matrix_of_the_docs_is_of_today(update: bool) -> None:
    text, heading, _ = PAGE.read_text("utf-8").partition(HEADING)
    assert heading
    if update:
        PAGE.write_text(text + heading + matrix(), "utf-8")
    assert PAGE.read_text("utf-8") == text + heading + matrix()


def test_the_commands_of_the_page_do_what_it_says(tmp_path: Path) -> None:
    contract, config, _ = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    (tmp_path / "portwright.yaml").write_text(config)
    path = tmp_path / "contracts" / "visits.odcs.yaml"
    for each in (path, tmp_path / "released" / "visits.odcs.yaml"):
        each.parent.mkdir()
        each.write_text(contract)
    who = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=0"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run([*who, *words], cwd=tmp_path, check=True, capture_output=True)
    page = PAGE.read_text("utf-8")
    [commands] = re.findall(r"```sh\n(.*?)```", page, re.S)
    for line in commands.splitlines():
        done = portwright(tmp_path, *shlex.split(line, comments=True)[1:])
        assert (done.returncode, done.stderr) == (0, ""), line
    path.write_text("".join(line for line in contract.splitlines(True) if "pages" not in line))
    [shown] = re.findall(r"```text\n(.*?)```", page, re.S)
    assert portwright(tmp_path, "diff").stdout == shown
    for line in commands.splitlines():
        command = shlex.split(line, comments=True)[1:]
        failed = portwright(tmp_path, *command).returncode
        assert failed == (command[0] == "breaking"), line
