"""The shortcut must never hide a run that is needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from portwright import cli, installed, pipeline, stamp
from portwright.targets import registry
from support import cases

MINIMAL = (cases.CASES / "minimal" / cases.CONTRACT).read_text()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "portwright.yaml").write_text(
        f"version: 1\ncontracts: [{cases.CONTRACT}]\ntargets: [{{target: avro, out: avro}}]\n"
    )
    (tmp_path / cases.CONTRACT).write_text(MINIMAL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def generate() -> str:
    done = CliRunner().invoke(cli.main, ["generate"])
    assert done.exit_code == 0, done.output
    return done.output


def still_true(project: Path) -> bool:
    return stamp.still_true(project, "portwright.yaml", {}) is not None


def test_a_good_run_leaves_one(project: Path) -> None:
    assert not still_true(project)
    generate()
    assert still_true(project)
    assert generate() == "4 files up to date\n"


def test_a_contract_that_changes_during_the_run_is_seen_by_the_next(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = pipeline.read

    def edited_meanwhile(*arguments: object) -> object:
        result = read(*arguments)  # type: ignore[arg-type]  # as given
        (project / cases.CONTRACT).write_text(MINIMAL.replace("pages", "page_count"))
        return result

    monkeypatch.setattr(pipeline, "read", edited_meanwhile)
    generate()
    monkeypatch.undo()
    monkeypatch.chdir(project)
    assert not still_true(project)
    assert "updated  avro/minimal/v1/visits.avsc" in generate()


@pytest.mark.parametrize(
    "path",
    [
        "avro/minimal/v1/visits.avsc",
        "portwright.lock",
        ".portwright/manifest",
        ".portwright/.gitignore",
    ],
)
def test_a_file_that_is_gone_or_other_is_seen(project: Path, path: str) -> None:
    generate()
    text = (project / path).read_text()
    (project / path).write_text(text + " ")
    assert not still_true(project)
    (project / path).unlink()
    assert not still_true(project)
    (project / path).write_text(text)
    assert still_true(project)


def test_a_run_killed_since_is_seen(project: Path) -> None:
    generate()
    (project / ".portwright/pending").write_text("")
    assert not still_true(project)
    assert "0 files changed" in generate()
    assert not (project / ".portwright/pending").exists()


@pytest.mark.parametrize("key", ["inputs", "digest", "variables", "state", "count", "diagnostics"])
@pytest.mark.parametrize("wrong", [None, 1, [1], {"a": {"b": 1}}])
def test_a_spoilt_stamp_is_no_stamp(project: Path, key: str, wrong: object) -> None:
    generate()
    path = project / ".portwright/stamp"
    document = json.loads(path.read_bytes())
    path.write_text(json.dumps({**document, key: wrong}))
    if (key, wrong) != ("count", 1):
        assert not still_true(project)


def test_what_is_installed_is_known_by_name_and_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["black", "datamodel-code-generator", "pyyaml"]
    for each in (
        "Black-1.2.dist-info",
        "datamodel_code_generator-3.dist-info",
        "PyYAML-6.dist-info",
    ):
        (tmp_path / each).mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    found = installed.versions(names)
    assert [each.rpartition("-")[0] for each in found] == [
        "Black-1.2.dist",
        "datamodel_code_generator-3.dist",
        "PyYAML-6.dist",
    ]
    monkeypatch.setattr("sys.path", [])
    monkeypatch.setattr("importlib.metadata.version", lambda name: f"of {name}")
    assert installed.versions(names) == [f"{each} of {each}" for each in names]


def test_targets_of_no_known_package_get_no_stamp(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "package", lambda name: "")
    generate()
    assert not (project / ".portwright/stamp").exists()
