"""`portwright clean`: what was generated goes, and nothing of anybody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import cases
from support.commands import in_process

MINIMAL = (cases.CASES / "minimal" / cases.CONTRACT).read_text()
CONFIG = (
    f"version: 1\ncontracts: [{cases.CONTRACT}]\n"
    "targets: [{target: avro, out: gen/avro}, {target: python, out: src}]\n"
)
SCHEMA = "gen/avro/minimal/v1/visits.avsc"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "portwright.yaml").write_text(CONFIG)
    (tmp_path / cases.CONTRACT).write_text(MINIMAL)
    assert in_process(tmp_path, "generate").returncode == 0
    return tmp_path


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_what_was_generated_goes_and_comes_back(project: Path) -> None:
    local = project / ".portwright/local"
    local.mkdir()
    (local / "stream.db").write_text("records")
    before = files(project)
    dry = in_process(project, "clean", "--dry-run")
    assert dry.returncode == 0 and f"would remove {SCHEMA}\n" in dry.stdout
    assert files(project) == before
    done = in_process(project, "clean")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"removed  {SCHEMA}\n" in done.stdout
    mine = {f"src/minimal_port/{name}.py" for name in ("mapping", "handlers")}
    begun = {f".portwright/begun/{each}.txt" for each in mine}
    kept = {"portwright.yaml", cases.CONTRACT, "portwright.lock", ".portwright/manifest"}
    own = {".portwright/.gitignore", ".portwright/local/stream.db"}
    assert files(project) == {*mine, *begun, *kept, *own}
    assert not (project / "gen").exists()
    assert in_process(project, "clean").stdout == "nothing to remove\n"
    assert in_process(project, "generate").returncode == 0
    assert files(project) == before


def test_the_cache_goes_where_it_is_kept_with_the_project(tmp_path: Path) -> None:
    (tmp_path / "portwright.yaml").write_text(CONFIG.replace(", {target: python, out: src}", ""))
    (tmp_path / cases.CONTRACT).write_text(MINIMAL)
    cache = tmp_path / ".portwright/cache"
    where = {"PORTWRIGHT_CACHE": str(cache)}
    assert in_process(tmp_path, "generate", **where).returncode == 0
    assert list(cache.rglob("*.entry"))
    assert "would remove .portwright/cache\n" in in_process(tmp_path, "clean", "--dry-run").stdout
    assert list(cache.rglob("*.entry"))
    done = in_process(tmp_path, "clean", **where)
    assert (done.returncode, done.stderr) == (0, "")
    assert "removed  .portwright/cache\n" in done.stdout
    assert not (tmp_path / ".portwright").exists()


def test_without_files_of_the_user_nothing_is_left_but_the_lock(project: Path) -> None:
    (project / "portwright.yaml").write_text(CONFIG.replace(", {target: python, out: src}", ""))
    assert in_process(project, "generate").returncode == 0
    assert in_process(project, "clean").returncode == 0
    assert files(project) == {"portwright.yaml", cases.CONTRACT, "portwright.lock"}
    assert not (project / ".portwright").exists()


def test_an_edited_file_stays_and_is_told(project: Path) -> None:
    (project / SCHEMA).write_text("{}")
    (project / "src/minimal_port/notes.txt").write_text("mine")
    done = in_process(project, "clean")
    assert done.returncode == 0 and "PW619" in done.stderr and SCHEMA in done.stderr
    assert (project / SCHEMA).read_text() == "{}"
    assert (project / "src/minimal_port/notes.txt").exists()
    assert not (project / "src/minimal_port/models.py").exists()
    again = in_process(project, "generate")
    assert again.returncode == 1 and "PW601" in again.stderr, "it is still known what it was"
    (project / SCHEMA).unlink()
    assert in_process(project, "generate").returncode == 0


def test_a_broken_config_and_a_broken_manifest(project: Path, tmp_path: Path) -> None:
    (project / "portwright.yaml").write_text("version: [")
    manifest = project / ".portwright/manifest"
    text = manifest.read_text()
    manifest.write_text(f"<<<<<<< HEAD\n{text}")
    before = files(project)
    done = in_process(project, "clean")
    assert done.returncode == 1 and "PW604" in done.stderr
    assert files(project) == before
    manifest.write_text(text)
    assert in_process(project, "clean").returncode == 0
    assert not (project / "gen").exists()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    lost = in_process(elsewhere, "clean")
    assert lost.returncode == 2 and "PW501" in lost.stderr
