"""What commands look like in a terminal, and what they do not do in a pipe."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from portwright import progress, terminal
from support import cases
from support import terminal as tty
from support.commands import in_process, portwright

MINIMAL = (cases.CASES / "minimal" / cases.CONTRACT).read_text()
CONFIG = f"version: 1\ncontracts: [{cases.CONTRACT}]\ntargets: [{{target: avro, out: avro}}]\n"
ESCAPE = "\x1b["


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "portwright.yaml").write_text(CONFIG)
    (tmp_path / cases.CONTRACT).write_text(MINIMAL)
    return tmp_path


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_findings_are_coloured_and_fit_the_terminal(project: Path) -> None:
    long = MINIMAL.replace("integer", "integr").replace(
        "- {name: pages", "- {name: pages" + "s" * 90
    )
    (project / cases.CONTRACT).write_text(long)
    code, said = tty.portwright(project, "generate", columns=60)
    assert code == 1 and f"{ESCAPE}31m" in said
    shown = [line for line in plain(said).splitlines() if " | " in line]
    assert len(shown) == 2 and all(len(line) <= 60 for line in shown)
    line, caret = shown
    assert line[caret.index("^") : caret.rindex("^") + 1] == "integr"
    piped = portwright(project, "generate")
    assert ESCAPE not in piped.stdout + piped.stderr
    assert plain(said).splitlines()[0] == piped.stderr.splitlines()[0]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"NO_COLOR": ""}, None),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"CLICOLOR_FORCE": "1", "TERM": "dumb"}, True),
        ({"TERM": "dumb"}, False),
        ({"CLICOLOR": "0"}, False),
    ],
)
def test_variables_say_whether_there_is_colour(
    environ: dict[str, str], expected: bool | None
) -> None:
    assert terminal.colour(environ) is expected


def test_no_colour_in_a_dumb_terminal_and_colour_in_a_pipe_where_it_is_asked_for(
    project: Path,
) -> None:
    (project / cases.CONTRACT).write_text(MINIMAL.replace("integer", "integr"))
    assert ESCAPE not in tty.portwright(project, "lint", TERM="dumb")[1]
    forced = in_process(project, "lint", FORCE_COLOR="1")
    assert ESCAPE in forced.stderr
    as_json = in_process(project, "lint", "--format", "json", FORCE_COLOR="1")
    assert ESCAPE not in as_json.stdout


@pytest.mark.parametrize("columns", [40, 100])
def test_help_is_as_wide_as_the_terminal(project: Path, columns: int) -> None:
    said = in_process(project, "generate", "--help", COLUMNS=str(columns)).stdout
    longest = max(map(len, said.splitlines()))
    assert columns - 15 < longest <= columns


def test_a_diff_is_coloured_and_says_nothing_to_the_terminal_itself(project: Path) -> None:
    (project / cases.CONTRACT).write_text(
        MINIMAL.replace("{name: pages", '{name: pages, description: "a\\e[31mb"')
    )
    code, said = tty.portwright(project, "generate", "--diff")
    assert code == 1 and f"{ESCAPE}32m+" in said
    assert f"a{ESCAPE}31mb" not in said
    assert set(os.listdir(project)) == {"portwright.yaml", cases.CONTRACT}


def test_long_work_is_one_line_that_goes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for seconds, shown in ((60.0, ""), (0.0, "\r\x1b[2Kreading: 1 of\r\x1b[2Kreading: 2 of")):
        monkeypatch.setattr(progress, "_LONG", seconds)
        monkeypatch.setattr(progress, "_PAUSE", 0.0)
        with progress.on_terminal(14):
            for done in (1, 2):
                progress.tell("reading", done, 300)
        assert capsys.readouterr().err == (f"{shown}\r\x1b[2K" if shown else "")
        progress.tell("reading", 3, 300)
        with progress.on_terminal(None):
            progress.tell("reading", 3, 300)
        assert capsys.readouterr().err == ""
