"""`portwright doctor`: what is found of a project, and the way out of each."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from portwright.doctor import machine
from support import cases
from support.commands import in_process
from support.repository import git

MINIMAL = (cases.CASES / "minimal" / cases.CONTRACT).read_text()
CONFIG = (
    f"version: 1\ncontracts: [{cases.CONTRACT}]\n"
    "targets: [{target: protobuf, out: gen/proto}, {target: python, out: src}]\n"
)
INIT = "src/minimal_port/__init__.py"
MAPPING = "src/minimal_port/mapping.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "portwright.yaml").write_text(CONFIG)
    (tmp_path / cases.CONTRACT).write_text(MINIMAL)
    assert in_process(tmp_path, "generate").returncode == 0
    git(tmp_path, "init", "-q", "-b", "main")
    return tmp_path


def found(root: Path, *words: str, **environ: str) -> tuple[int, list[dict[str, str]]]:
    done = in_process(root, "doctor", "--format", "json", *words, **environ)
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def test_a_project_that_is_well(project: Path) -> None:
    code, facts = found(project)
    assert code == 0 and {each["verdict"] for each in facts} <= {"ok", "warn"}
    named = {each["about"] for each in facts if each["verdict"] == "ok"}
    assert named >= {"portwright", "python", "black", "config", "portwright-runtime", "contracts"}
    assert named >= {"lock", "generated", "folders", "repository"}
    assert in_process(project, "doctor").stdout.splitlines()[-1].endswith(" warn") or all(
        each["verdict"] == "ok" for each in facts
    )


def test_nothing_is_written_or_asked_of_a_network(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.socket.connect", None)
    before = {path: path.stat().st_mtime_ns for path in project.rglob("*")}
    assert found(project)[0] == 0
    assert {path: path.stat().st_mtime_ns for path in project.rglob("*")} == before


def edit(path: str, change: Callable[[str], str | None]) -> Callable[[Path], None]:
    def done(root: Path) -> None:
        text = change((root / path).read_text() if (root / path).exists() else "")
        if text is None:
            (root / path).unlink()
        else:
            (root / path).write_text(text)

    return done


@pytest.mark.parametrize(
    ("harm", "about", "verdict", "said"),
    [
        (edit("portwright.yaml", lambda _: "version: ["), "config", "bad", "PW001"),
        (edit("portwright.yaml", lambda _: None), "config", "bad", "no portwright.yaml"),
        (edit("portwright.yml", lambda _: ""), "config", "warn", "is not read"),
        (edit("sub.yaml", lambda _: ""), "config", "ok", "1 contract(s), 2 target(s)"),
        (
            edit(cases.CONTRACT, lambda text: text.replace("integer", "integr")),
            "contracts",
            "bad",
            "PW101",
        ),
        (
            edit("portwright.lock", lambda text: f"<<<<<<< HEAD\n{text}=======\n>>>>>>> x\n"),
            "lock",
            "bad",
            "portwright.lock:1",
        ),
        (edit("portwright.lock", lambda _: None), "lock", "bad", "missing"),
        (
            edit(cases.CONTRACT, lambda text: text.replace("pages", "page_count")),
            "lock",
            "warn",
            "behind",
        ),
        (edit(".portwright/manifest", lambda text: f"x\n{text}"), "manifest", "bad", "manifest:1"),
        (edit(".portwright/manifest", lambda _: None), "manifest", "warn", "no .portwright"),
        (edit(".portwright/pending", lambda _: ""), "last run", "warn", "killed"),
        (edit("src/minimal_port/models.py", lambda _: None), "generated", "warn", "models.py"),
        (edit("src/minimal_port/models.py", lambda _: "x"), "generated", "bad", "models.py"),
        (edit(INIT, lambda text: text.replace("res(", "res(9")), "generated", "bad", "level 93"),
        (
            edit(MAPPING, lambda text: f"<<<<<<< yours\n{text}=======\n>>>>>>> contract\n"),
            "your files",
            "bad",
            MAPPING,
        ),
        (edit(".gitignore", lambda _: ".portwright\n"), "repository", "bad", ".gitignore:1"),
        (edit(".gitignore", lambda _: "*.lock\n"), "repository", "bad", "wire numbers"),
        (edit(".gitignore", lambda _: "/gen/\n"), "repository", "warn", "gen/proto"),
    ],
)
def test_what_is_wrong_is_told(
    project: Path, harm: Callable[[Path], None], about: str, verdict: str, said: str
) -> None:
    harm(project)
    code, facts = found(project)
    told = [each for each in facts if (each["about"], each["verdict"]) == (about, verdict)]
    assert any(said in each["said"] for each in told), facts
    assert verdict == "ok" or all(each["help"] for each in told)
    assert code == int(any(each["verdict"] == "bad" for each in facts))


def test_a_lock_that_is_hidden_is_shown_by_a_rule_that_works(project: Path) -> None:
    (project / ".gitignore").write_text("*.lock\n")
    told = [each["help"] for each in found(project)[1] if "wire numbers" in each["said"]]
    assert told == ["take the rule away, or write `!portwright.lock` behind it"]
    (project / ".gitignore").write_text("*.lock\n!portwright.lock\n")
    assert not [each for each in found(project)[1] if "wire numbers" in each["said"]]


def test_other_configs_are_named(project: Path) -> None:
    (project / "services/b").mkdir(parents=True)
    (project / "services/b/portwright.yaml").write_text(CONFIG)
    (project / "node_modules/c").mkdir(parents=True)
    (project / "node_modules/c/portwright.yaml").write_text(CONFIG)
    [other] = [each for each in found(project)[1] if each["about"] == "other configs"]
    assert "services/b/portwright.yaml" in other["said"] and "node" not in other["said"]


def test_tools_that_are_missing_and_a_runtime_of_another_level(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, facts = found(project, PATH=str(project))
    warned = {each["about"] for each in facts if each["verdict"] == "warn"}
    assert warned >= {"git", "target protobuf"}
    for level, verdict, help in (
        (None, "warn", "pip install portwright-runtime"),
        (2, "bad", "upgrade portwright-runtime"),
        (9, "bad", "upgrade portwright,"),
    ):
        monkeypatch.setattr(machine, "level", lambda level=level: level)
        [runtime] = [e for e in found(project)[1] if e["about"] == "portwright-runtime"]
        assert runtime["verdict"] == verdict and help in runtime["help"]


def test_a_terminal_of_another_encoding(project: Path) -> None:
    from support.commands import portwright

    done = portwright(project, "doctor", PYTHONIOENCODING="latin-1")
    assert done.returncode == 0 and "warn  encoding" in done.stdout


def test_where_nothing_can_be_printed(project: Path) -> None:
    words = [sys.executable, "-m", "portwright", "doctor"]
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *words], cwd=project, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
