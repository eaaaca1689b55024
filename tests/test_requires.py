"""A config says which Portwright it is for, and any other refuses it with a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from portwright import __version__, config
from portwright.config import keys, versions
from portwright.diagnostics import Diagnostic
from support.commands import in_process as portwright
from support.repository import begun

GOOD = "version: 1\ncontracts: [a.odcs.yaml]\ntargets: [{target: avro, out: g}]\n"


def load(root: Path, text: str) -> tuple[config.Config | None, list[Diagnostic]]:
    (root / "portwright.yaml").write_text(text)
    (root / "a.odcs.yaml").write_text("kind: DataContract\n")
    return config.load(root, "portwright.yaml", {})


def told(root: Path, text: str) -> list[tuple[str, int, int]]:
    settings, found = load(root, text)
    assert settings is None
    return [(each.code, each.span.line, each.span.column) for each in found]


@pytest.mark.parametrize("wanted", [f"=={__version__}", ">=0.0.1,<99", "~=0.1", ">=0.0.1.dev1"])
def test_a_version_that_is_admitted(tmp_path: Path, wanted: str) -> None:
    settings, found = load(tmp_path, GOOD + f'requires: "{wanted}"\n')
    assert settings is not None and found == []


def test_another_version_is_all_that_is_told(tmp_path: Path) -> None:
    text = GOOD.replace("avro", "avor") + 'unknown: 1\nrequires: ">=99, <100"\n'
    assert told(tmp_path, text) == [("PW570", 5, 11)]
    _, [found] = load(tmp_path, text)
    assert found.message.startswith("this repository requires Portwright ")
    assert found.message.endswith(f", and this is {__version__}")
    assert "`pip install 'portwright" in (found.help or "") and "<100" in (found.help or "")


def test_a_newer_config_is_all_that_is_told(tmp_path: Path) -> None:
    newer = GOOD.replace("version: 1", "version: 2") + "unknown: 1\n"
    assert told(tmp_path, newer) == [("PW508", 1, 10)]
    _, [found] = load(tmp_path, newer)
    assert versions.LATEST in (found.help or "")
    assert told(tmp_path, newer + "requires: ==2\n") == [("PW570", 5, 11)]
    assert told(tmp_path, GOOD.replace("version: 1", "version: true")) == [("PW508", 1, 10)]


@pytest.mark.parametrize(
    ("written", "code"),
    [("0.9", "PW571"), ("'newest'", "PW571"), ("[]", "PW502"), ("''", "PW502")],
)
def test_what_is_no_specifier(tmp_path: Path, written: str, code: str) -> None:
    assert told(tmp_path, GOOD + f"requires: {written}\n") == [(code, 4, 11)]


def test_a_hostile_version_is_quoted_for_the_shell(tmp_path: Path) -> None:
    _, [found] = load(tmp_path, GOOD + 'requires: "===1\'$(x)`y`"\n')
    assert found.code == "PW571" or "'portwright===1'\"'\"'$" in (found.help or "")


def test_a_pinned_repository_stops_commands(tmp_path: Path) -> None:
    project = begun(tmp_path)
    path = project / "portwright.yaml"
    path.write_text(path.read_text() + 'requires: "==99"\n')
    for words in (["generate"], ["lint"], ["breaking"], ["diff"], ["bump"]):
        done = portwright(project, *words)
        assert (done.returncode, done.stdout) == (1, ""), words
        assert "PW570" in done.stderr and "pip install portwright==99" in done.stderr
    assert not (project / "portwright.lock").exists()


def test_the_story_of_unknown_keys_names_all() -> None:
    from portwright.codes import EXPLANATIONS

    assert all(f"`{name}`" in EXPLANATIONS["PW503"] for name in keys.names(keys.CONFIG))
