"""What `docs/everyday.md` shows is what happens."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from textwrap import dedent

import pytest

from support.commands import in_process

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/everyday.md").read_text("utf-8")
CONTRACT, CONFIG = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)[
    :2
]
(FILLED,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
NEW, CONFLICT = re.findall(r"```text\n(.*?)```", PAGE, re.S)
(MARKERS,) = map(dedent, re.findall(r"(?m)^    <{7} (?s:.*?)\n    >{7} .*\n", PAGE))
COMMANDS, COMPLETION = re.findall(r"```sh\n(.*?)```", PAGE, re.S)
PAGES = "      - {name: pages, logicalType: integer}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose owner has filled in the mapping, as the page has it."""
    (tmp_path / "portwright.yaml").write_text(CONFIG)
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "visits.odcs.yaml").write_text(CONTRACT)
    assert in_process(tmp_path, "generate").returncode == 0
    mapping = tmp_path / "src/visits_port/mapping.py"
    text = mapping.read_text()
    typing = "from typing import Any"
    head = text[: text.index("def visit")]
    head = head.replace(typing, f"from datetime import UTC, datetime\n{typing}")
    mapping.write_text(head + FILLED)
    return tmp_path


def test_a_property_that_comes_is_told_as_shown(project: Path) -> None:
    contract = project / "contracts" / "visits.odcs.yaml"
    contract.write_text(
        CONTRACT.replace(PAGES, f"      - {{name: country, logicalType: string}}\n{PAGES}")
    )
    done = in_process(project, "generate")
    assert (done.returncode, done.stderr) == (0, NEW)
    text = (project / "src/visits_port/mapping.py").read_text()
    assert text.endswith(
        FILLED.replace(
            "        pages=", '        country=click["country"],  # str, or None\n        pages='
        )
    )


def test_a_conflict_is_as_shown(project: Path) -> None:
    contract = project / "contracts" / "visits.odcs.yaml"
    contract.write_text(CONTRACT.replace(PAGES, "").replace("1.0.0", "1.1.0"))
    done = in_process(project, "generate")
    assert (done.returncode, done.stderr) == (1, CONFLICT)
    text = (project / "src/visits_port/mapping.py").read_text()
    assert text.endswith(FILLED.replace('        pages=len(click["urls"]),\n', MARKERS))


def test_commands_of_the_page_run(project: Path) -> None:
    for line in dedent(COMMANDS).splitlines():
        program, *words = shlex.split(line, comments=True)
        if "--watch" not in words:  # it stays; tests/test_everyday.py has it
            done = in_process(project, *words)
            assert (program, done.returncode) == ("portwright", 0), done.stderr
    for shell in ("bash", "zsh", "fish"):
        assert shell in COMPLETION
        assert in_process(project, "completion", shell).returncode == 0
