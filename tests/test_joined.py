"""Generated files and the manifest, after git has merged two branches that both generated."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from portwright.manifest import MANIFEST, read_manifest
from support.commands import in_process as portwright
from support.repository import CONFIG, NAME, commit, git

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: string, primaryKey: true}
"""
LEFT = "      - {name: coupon, logicalType: string}\n"
RIGHT = "      - {name: note, logicalType: integer}\n"
SCHEMA = "gen/shop/v1/orders.avsc"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository on the branch `main`, which has RIGHT; `left` has LEFT."""
    root = tmp_path / "a service"
    (root / "contracts").mkdir(parents=True)
    (root / "portwright.yaml").write_text(CONFIG)
    git(root, "init", "-q", "-b", "main")
    generated(root, "")
    git(root, "branch", "left")
    generated(root, RIGHT)
    git(root, "checkout", "-q", "left")
    generated(root, LEFT)
    git(root, "checkout", "-q", "main")
    return root


def generated(root: Path, properties: str) -> None:
    (root / NAME).write_text(CONTRACT + properties)
    assert portwright(root, "generate").returncode == 0
    commit(root)


def conflicted(root: Path, *words: str) -> None:
    """Git stops at a conflict, and what people write is settled."""
    with pytest.raises(subprocess.CalledProcessError):
        git(root, *words)
    (root / NAME).write_text(CONTRACT + RIGHT + LEFT)
    assert portwright(root, "lock", "rebase").returncode == 0


def settled(root: Path) -> None:
    done = portwright(root, "generate")
    assert (done.returncode, done.stderr) == (0, "")
    schema = (root / SCHEMA).read_text()
    assert schema.count('"note"') == schema.count('"coupon"') == 1 and "<<<" not in schema
    assert "<<<" not in (root / MANIFEST).read_text()
    assert portwright(root, "generate", "--check").returncode == 0


@pytest.mark.parametrize("words", [["merge", "left"], ["rebase", "left"], ["cherry-pick", "left"]])
def test_what_git_merged_is_written_anew(project: Path, words: list[str]) -> None:
    conflicted(project, *words)
    assert "<<<<<<< " in (project / SCHEMA).read_text()
    assert "<<<<<<< " in (project / MANIFEST).read_text()
    told = portwright(project, "doctor").stdout
    assert "has a merge conflict in it, which the next run settles" in told.replace("\n      ", " ")
    assert f"merged by git: {SCHEMA}" in told and "PW601" not in told
    settled(project)


@pytest.mark.parametrize("style", ["diff3", "zdiff3"])
def test_the_style_of_conflicts_is_all_one(project: Path, style: str) -> None:
    git(project, "config", "merge.conflictStyle", style)
    conflicted(project, "merge", "left")
    assert "|||||||" in (project / MANIFEST).read_text()
    settled(project)


@pytest.mark.parametrize("side", ["--ours", "--theirs"])
def test_however_the_manifest_is_settled(project: Path, side: str) -> None:
    conflicted(project, "merge", "left")
    git(project, "checkout", side, str(MANIFEST))
    settled(project)


def test_a_conflict_that_somebody_settled_by_hand(project: Path) -> None:
    conflicted(project, "merge", "left")
    lines = (project / SCHEMA).read_text().splitlines(keepends=True)
    (project / SCHEMA).write_text("".join(each for each in lines if each[0] not in "<=>"))
    settled(project)


def test_a_merge_that_was_committed_as_it_was(project: Path) -> None:
    conflicted(project, "merge", "left")
    commit(project)
    settled(project)


@pytest.mark.parametrize("kept", ["both", "ours", "theirs"])
def test_files_of_ours_that_git_merged(tmp_path: Path, kept: str) -> None:
    """The arguments of both are there, or come, and nothing is told that is not so."""
    root = tmp_path
    (root / "contracts").mkdir()
    (root / "portwright.yaml").write_text(CONFIG.replace("avro, out: gen", "python, out: src"))
    git(root, "init", "-q", "-b", "main")
    generated(root, "")
    mapping = root / "src/shop_port/mapping.py"
    text = mapping.read_text().replace('order_id=row["order_id"],', 'order_id=row["ref"].strip(),')
    mapping.write_text(text)
    commit(root)
    git(root, "branch", "left")
    generated(root, RIGHT)
    git(root, "checkout", "-q", "left")
    generated(root, LEFT)
    git(root, "checkout", "-q", "main")
    conflicted(root, "merge", "left")
    done = portwright(root, "generate")
    assert done.returncode == 1 and "PW616" in done.stderr and "PW610" not in done.stderr
    if kept == "both":
        lines = mapping.read_text().splitlines(keepends=True)
        mapping.write_text("".join(each for each in lines if each[0] not in "<=>"))
    else:
        git(root, "checkout", f"--{kept}", "src/shop_port/mapping.py")
    done = portwright(root, "generate")
    assert done.returncode == 0 and "PW6" not in done.stderr
    assert ("to do:" in done.stderr) is (kept != "both")
    text = mapping.read_text()
    assert text.count("note=row") == text.count("coupon=row") == text.count(".strip()") == 1
    assert portwright(root, "generate", "--check").returncode == 0


def test_an_edit_on_a_branch_is_not_lost(project: Path) -> None:
    git(project, "checkout", "-q", "left")
    edited = (project / SCHEMA).read_text().replace('"type": "record"', '"type":"record"')
    (project / SCHEMA).write_text(edited)
    commit(project)
    git(project, "checkout", "-q", "main")
    conflicted(project, "merge", "left")
    before = (project / SCHEMA).read_bytes()
    done = portwright(project, "generate")
    assert done.returncode == 1 and "PW601" in done.stderr and "merge conflict" in done.stderr
    assert (project / SCHEMA).read_bytes() == before


def test_an_edit_after_the_merge_is_not_lost(project: Path) -> None:
    conflicted(project, "merge", "left")
    settled(project)
    commit(project)
    (project / SCHEMA).write_text((project / SCHEMA).read_text() + " ")
    git(project, "add", "-A")
    (project / NAME).write_text(CONTRACT + RIGHT)
    done = portwright(project, "generate")
    assert done.returncode == 1 and "PW601" in done.stderr


def test_without_git_it_is_told(project: Path) -> None:
    conflicted(project, "merge", "left")
    done = portwright(project, "generate", PATH="")
    assert done.returncode == 1 and "PW604" not in done.stderr
    assert "this generated file has a merge conflict in it" in done.stderr
    (project / SCHEMA).unlink()
    settled(project)


def test_a_conflict_that_is_cut_is_a_broken_manifest(project: Path) -> None:
    conflicted(project, "merge", "left")
    text = (project / MANIFEST).read_text()
    assert read_manifest(project)[1] == []
    (project / MANIFEST).write_text(text.replace("=======\n", "", 1))
    _, found = read_manifest(project)
    assert {each.code for each in found} == {"PW604"}
    assert found[0].span.line == text[: text.index("<<<<<<<")].count("\n") + 1
