"""The command line as a user meets it: a process, its exit code and what it prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support import cases
from support.commands import portwright

MINIMAL = (cases.CASES / "minimal" / cases.CONTRACT).read_text()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "portwright.yaml").write_text(cases.CONFIG)
    (tmp_path / cases.CONTRACT).write_text(MINIMAL)
    return tmp_path


def tree(root: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_generate_then_nothing_to_do(project: Path) -> None:
    first = portwright(project, "generate")
    assert first.returncode == 0, first.stderr
    assert "wrote    avro/" in first.stdout
    before = tree(project)
    second = portwright(project, "generate")
    assert second.returncode == 0
    assert second.stdout.strip().endswith("up to date")
    assert tree(project) == before
    (project / ".portwright/stamp").unlink()
    third = portwright(project, "generate")
    assert third.returncode == 0 and "wrote" not in third.stdout
    after = tree(project)
    assert {p: s for p, s in after.items() if "stamp" not in p} == {
        p: s for p, s in before.items() if "stamp" not in p
    }


def test_check_prints_a_diff_and_writes_nothing(project: Path) -> None:
    missing = portwright(project, "generate", "--check")
    assert missing.returncode == 1
    assert "+++ b/avro/" in missing.stdout
    assert set(tree(project)) == {"portwright.yaml", cases.CONTRACT}
    assert portwright(project, "generate").returncode == 0
    assert portwright(project, "generate", "--check").returncode == 0
    (project / cases.CONTRACT).write_text(MINIMAL.replace("pages", "page_count"))
    before = tree(project)
    drift = portwright(project, "generate", "--check")
    assert drift.returncode == 1
    assert '-      "name": "pages",' in drift.stdout
    assert '+      "name": "page_count",' in drift.stdout
    assert tree(project) == before


def test_an_edited_generated_file_is_reported_and_kept(project: Path) -> None:
    portwright(project, "generate")
    victim = next((project / "avro").glob("*.avsc"))
    victim.write_text("{}")
    (project / cases.CONTRACT).write_text(MINIMAL.replace("pages", "page_count"))
    before = tree(project)
    done = portwright(project, "generate")
    assert done.returncode == 1
    assert "PW601" in done.stderr and victim.name in done.stderr
    assert tree(project) == before


def test_a_removed_target_takes_its_files_along(project: Path) -> None:
    portwright(project, "generate")
    config = project / "portwright.yaml"
    config.write_text(config.read_text().replace("  - {target: avro, out: avro}\n", ""))
    done = portwright(project, "generate")
    assert done.returncode == 0 and "removed  avro/" in done.stdout
    assert not (project / "avro").exists()


def test_a_fault_is_told_with_its_place_and_nothing_is_written(project: Path) -> None:
    portwright(project, "generate")
    (project / cases.CONTRACT).write_text(MINIMAL.replace("integer", "integr"))
    before = tree(project)
    done = portwright(project, "generate")
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"{cases.CONTRACT}:10:" in done.stderr
    assert "help: did you mean `integer`?" in done.stderr
    assert "^^^^^^" in done.stderr
    assert tree(project) == before


def test_variables_are_part_of_what_a_run_depends_on(project: Path) -> None:
    (project / cases.CONTRACT).write_text(MINIMAL.replace("name: visits", "name: ${NAME:-visits}"))
    assert "avro/visits.avsc" in portwright(project, "generate").stdout
    assert "avro/calls.avsc" in portwright(project, "generate", NAME="calls").stdout


def test_formats_for_machines(project: Path) -> None:
    (project / cases.CONTRACT).write_text(MINIMAL.replace("integer", "integr"))
    as_json = portwright(project, "lint", "--format", "json")
    assert as_json.returncode == 1
    [finding] = map(json.loads, as_json.stdout.splitlines())
    assert finding["severity"] == "error" and finding["line"] == 10
    github = portwright(project, "lint", "--format", "github")
    assert github.stdout.startswith(f"::error file={cases.CONTRACT},line=10,col=")


def test_lint_of_named_files_needs_no_config(tmp_path: Path) -> None:
    (tmp_path / "some.yaml").write_text(MINIMAL)
    good = portwright(tmp_path, "lint", "some.yaml")
    assert good.returncode == 0 and "1 contract" in good.stdout
    gone = portwright(tmp_path, "lint", "gone.yaml")
    assert gone.returncode == 1 and "PW510" in gone.stderr


def test_wrong_use(tmp_path: Path) -> None:
    nothing = portwright(tmp_path, "generate")
    assert nothing.returncode == 2
    assert "PW501" in nothing.stderr and "version: 1" in nothing.stderr
    assert portwright(tmp_path, "generat").returncode == 2
    assert portwright(tmp_path, "explain", "PW000").returncode == 2


def test_explain_and_targets(tmp_path: Path) -> None:
    story = portwright(tmp_path, "explain", "pw601")
    assert story.returncode == 0 and story.stdout.startswith("PW601: A generated file")
    listed = portwright(tmp_path, "targets")
    assert listed.returncode == 0
    for name in ("avro", "json-schema", "protobuf", "ddl", "python"):
        assert f"\n{name} " in f"\n{listed.stdout}"
    assert "dialect (required): " in listed.stdout


def test_a_folder_that_cannot_be_written(project: Path) -> None:
    (project / "avro").write_text("a file where a folder belongs")
    before = tree(project)
    done = portwright(project, "generate")
    assert done.returncode == 1 and "PW605" in done.stderr
    assert tree(project) == before
