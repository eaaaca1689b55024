"""Many configs, and many contracts, in one repository: each by itself, and one answer for all."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

from portwright import monorepo, parallel
from support.commands import committed, in_process, portwright

NAMES = [f"service {letter}é" for letter in "abcdefghij"]
BROKEN = NAMES[3]


def contract(name: str, type_: str = "string") -> str:
    return (
        f"apiVersion: v3.1.0\nkind: DataContract\nid: {name}\nversion: 1.0.0\n"
        f"schema:\n  - name: orders\n    properties:\n"
        f"      - {{name: order_id, logicalType: {type_}}}\n"
    )


def service(folder: Path, *contracts: str) -> None:
    """A folder with a config and contracts of these texts."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "portwright.yaml").write_text(
        "version: 1\ncontracts: ['*.odcs.yaml']\ntargets: [{target: avro, out: avro}]\n"
    )
    for number, text in enumerate(contracts):
        (folder / f"c{number:03}.odcs.yaml").write_text(text)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name in NAMES:
        service(tmp_path / name, contract("shop", "integr" if name == BROKEN else "string"))
    return tmp_path


def made(root: Path) -> list[str]:
    return sorted({path.relative_to(root).parts[0] for path in root.rglob("*.avsc")})


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_one_that_is_broken_stops_no_other(repository: Path, jobs: str) -> None:
    done = portwright(repository, "generate", "--all", "--jobs", jobs)
    assert done.returncode == 1
    assert made(repository) == [each for each in NAMES if each != BROKEN]
    assert not (repository / BROKEN / "portwright.lock").exists()
    place = f"{BROKEN}/c000.odcs.yaml:8:39: error[PW101]: unknown logical type `integr`"
    assert place in done.stderr
    assert done.stderr.endswith(f"1 config of 10 failed: {BROKEN}/portwright.yaml\n")
    heads = [line[:-1] for line in done.stdout.splitlines() if line.endswith(":")]
    assert heads == [each for each in NAMES if each != BROKEN]
    (repository / BROKEN / "c000.odcs.yaml").write_text(contract("shop"))
    again = portwright(repository, "generate", "--all")
    assert again.returncode == 0, again.stderr
    lines = again.stdout.splitlines()
    assert lines[:2] == [f"{BROKEN}:", "wrote    avro/shop/v1/orders.avsc"]
    assert lines[-1] == "10 configs, nothing failed"


def test_the_worst_exit_code_is_told(repository: Path) -> None:
    (repository / NAMES[0] / "portwright.yaml").write_text("version: 9\n")
    assert in_process(repository, "lint", "--all").returncode == 1
    done = in_process(repository, "lint", "--all", NAMES[1])
    assert (done.returncode, done.stdout) == (0, "1 config, nothing failed\n")


def test_drift_is_told_of_each(repository: Path) -> None:
    service(repository / BROKEN, contract("shop"))
    assert in_process(repository, "generate", "--all").returncode == 0
    (repository / NAMES[5] / "c000.odcs.yaml").write_text(contract("shop", "integer"))
    done = in_process(repository, "generate", "--check", "--all")
    assert done.returncode == 1
    assert f"{NAMES[5]}:\n--- a/avro/shop/v1/orders.avsc\n" in done.stdout
    assert done.stderr.endswith(f"1 config of 10 failed: {NAMES[5]}/portwright.yaml\n")
    found = in_process(repository, "generate", "--check", "--all", "--format", "json")
    files = [json.loads(line)["file"] for line in found.stdout.splitlines()]
    assert f"{NAMES[5]}/avro/shop/v1/orders.avsc" in files
    assert all(each.startswith(f"{NAMES[5]}/") for each in files)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_sarif_is_one_document(repository: Path, jobs: str) -> None:
    service(repository / NAMES[8], contract("shop", "integr"))
    done = portwright(repository, "lint", "--all", "--format", "sarif", "--jobs", jobs)
    [run] = json.loads(done.stdout)["runs"]
    places = [
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for each in run["results"]
    ]
    assert [each.split("/")[-1] for each in places] == ["c000.odcs.yaml"] * 2
    assert places[0] != places[1]


def test_reports_name_what_was_looked_at_in_each(repository: Path) -> None:
    words = ["--format", "junit", "--report", "gitlab=quality.json"]
    done = portwright(repository, "lint", "--all", "--jobs", "2", *words)
    assert done.returncode == 1
    suites = [each.get("name") for each in ElementTree.fromstring(done.stdout)]
    files = {f"{each}/{file}" for each in NAMES for file in ("portwright.yaml", "c000.odcs.yaml")}
    assert set(suites) == files
    [found] = json.loads((repository / "quality.json").read_text())
    assert found["location"]["path"] == f"{BROKEN}/c000.odcs.yaml"


def test_breaking_changes_are_told_of_each(repository: Path) -> None:
    service(repository / BROKEN, contract("shop"))
    committed(repository)
    (repository / NAMES[2] / "c000.odcs.yaml").write_text(contract("shop", "integer"))
    done = in_process(repository, "breaking", "--all", "--against", "git:HEAD")
    assert done.returncode == 1
    assert f"{NAMES[2]}/c000.odcs.yaml:8:" in done.stderr
    assert done.stderr.endswith(f"1 config of 10 failed: {NAMES[2]}/portwright.yaml\n")


@pytest.mark.parametrize("is_repository", [True, False])
def test_what_is_installed_or_ignored_is_left_out(tmp_path: Path, is_repository: bool) -> None:
    for name in ("a", "b/c", ".hidden", "ignored/d", "node_modules/x", "b/.venv/lib/x"):
        service(tmp_path / name)
    (tmp_path / ".gitignore").write_text("ignored/\n")
    if is_repository:
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    found = [each.parent.relative_to(tmp_path).as_posix() for each in monorepo.find(tmp_path)]
    assert found == [".hidden", "a", "b/c", *([] if is_repository else ["ignored/d"])]
    below = [each.relative_to(tmp_path).as_posix() for each in monorepo.find(tmp_path / "b")]
    assert below == ["b/c/portwright.yaml"]


def test_a_config_that_git_has_and_the_disk_has_not_is_left_out(tmp_path: Path) -> None:
    service(tmp_path / "a")
    committed(tmp_path)
    (tmp_path / "a/portwright.yaml").unlink()
    assert monorepo.find(tmp_path) == []


@pytest.mark.parametrize("command", ["generate", "lint", "breaking"])
def test_where_there_is_no_config_it_says_so(tmp_path: Path, command: str) -> None:
    done = in_process(tmp_path, command, "--all")
    assert done.returncode == 2
    assert "portwright.yaml:1:1: error[PW590]: there is no portwright.yaml" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["generate", "--all", "-c", "portwright.yaml"],
        ["lint", "a.yaml", "--all"],
        ["breaking", "a.yaml", "--all"],
        ["generate", "--all", "nowhere"],
        ["generate", "--all", "--diff"],
        ["generate", "--all", "--watch"],
        ["generate", "--jobs", "0"],
    ],
)
def test_wrong_use(tmp_path: Path, words: Sequence[str]) -> None:
    service(tmp_path, contract("shop"))
    done = in_process(tmp_path, *words)
    assert done.returncode == 2 and "Error: " in done.stderr
    assert not (tmp_path / "avro").exists()


def test_of_300_contracts_one_that_changed_has_its_files_written(tmp_path: Path) -> None:
    service(tmp_path, *(contract(f"shop{number:03}") for number in range(300)))
    cache = str(tmp_path / "cache")
    first = in_process(tmp_path, "generate", PORTWRIGHT_CACHE=cache)
    assert first.returncode == 0 and first.stdout.endswith("303 files changed, 0 up to date\n")
    before = {path: path.stat() for path in (tmp_path / "avro").rglob("*.avsc")}
    assert len(before) == 300
    (tmp_path / "c123.odcs.yaml").write_text(contract("shop123", "integer"))
    second = in_process(tmp_path, "generate", PORTWRIGHT_CACHE=cache)
    assert second.stdout.splitlines()[0] == "updated  avro/shop_123/v1/orders.avsc"
    touched = [
        path.relative_to(tmp_path).as_posix()
        for path, state in before.items()
        if (path.stat().st_mtime_ns, path.stat().st_ino) != (state.st_mtime_ns, state.st_ino)
    ]
    assert touched == ["avro/shop_123/v1/orders.avsc"]
    third = in_process(tmp_path, "generate", PORTWRIGHT_CACHE=cache)
    assert third.stdout == "303 files up to date\n"


def test_so_many_jobs_as_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parallel._processes(5, 4) == 1
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("threading.active_count", lambda: 1)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    assert [parallel._processes(100, jobs) for jobs in (None, 1, 5)] == [3, 1, 5]
    assert parallel._processes(9, 64) == 9


def test_the_page_shows_what_is_printed(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs/monorepos.md").read_text("utf-8")
    shells = [block.splitlines() for block in re.findall(r"```sh\n(.*?)```", page, re.S)]
    [shown] = re.findall(r"```\n(services/.*?)```", page, re.S)
    for name in ("billing", "orders"):
        service(tmp_path / "services" / name, contract(name))
    assert in_process(tmp_path, "generate", "--all", "services/billing").returncode == 0
    committed(tmp_path)
    outputs = []
    for command in (each for block in shells for each in block):
        tool, *words = shlex.split(command)
        done = in_process(tmp_path, *words, PORTWRIGHT_CACHE=str(tmp_path / "cache"))
        assert (tool, done.returncode) == ("portwright", 0), done.stderr
        outputs.append(done.stdout)
    assert outputs[0] == shown
    assert "512 MiB" in page and "of 512 MiB" in outputs[-2]
    assert outputs[-1].startswith("removed ")
