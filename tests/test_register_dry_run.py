"""`portwright register --dry-run`: the registry's verdict beside ours, and nothing registered."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portwright.cli import main
from portwright.dry_run import reasons
from portwright.evolution.kinds import Kind
from support.changes import contract, held
from support.registry import Registry

BEFORE = held("string", ', physicalType: "VARCHAR(10)"')
LOOSER = held("string", ', physicalType: "VARCHAR(20)"')
ADDED = f"{BEFORE}\n{{name: more, logicalType: integer}}"
SUBJECT = "sales.shop.orders.v1-value"


@pytest.fixture(params=["avro", "protobuf"])
def root(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A repository whose contract is committed and registered."""
    target = f"{{target: python, wire: {request.param}, out: src}}"
    (tmp_path / "portwright.yaml").write_text(
        f"version: 1\ncontracts: [shop.odcs.yaml]\ntargets: [{target}]\n"
    )
    monkeypatch.chdir(tmp_path)
    generated(BEFORE)
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def generated(properties: str, version: str = "1.0.0") -> None:
    text = contract(properties=properties, top=f"version: {version}\n")
    Path("shop.odcs.yaml").write_text(text)
    done = run("generate")
    assert done.exit_code == 0, done.output


def dry_run(registry: Registry, *more: str) -> Result:
    return run("register", "--registry", registry.url, "--dry-run", *more)


def document(registry: Registry, *more: str) -> dict[str, Any]:
    lines = dry_run(registry, "--format", "json", *more).output.splitlines()
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def test_a_new_subject_is_told_and_nothing_is_registered(root: Path, registry: Registry) -> None:
    done = dry_run(registry)
    assert done.exit_code == 0
    assert f"new          {SUBJECT} at BACKWARD; we say: nothing has changed" in done.output
    assert "the contract wants FULL_TRANSITIVE: `portwright register` sets it" in done.output
    assert (registry.subjects, registry.levels) == ({}, {})
    assert {each.split()[0] for each in registry.requests} == {"GET"}


def test_both_take_what_breaks_nobody(root: Path, registry: Registry) -> None:
    run("register", "--registry", registry.url)
    before = (dict(registry.subjects), dict(registry.levels), len(registry.schemas))
    generated(ADDED)
    done = dry_run(registry)
    assert done.exit_code == 0, done.output
    assert f"taken        {SUBJECT} at FULL_TRANSITIVE; we say: ok" in done.output
    assert (dict(registry.subjects), dict(registry.levels), len(registry.schemas)) == before


def test_what_the_registry_takes_and_we_do_not_has_its_reason(
    root: Path, registry: Registry
) -> None:
    run("register", "--registry", registry.url)
    generated(LOOSER)
    done = dry_run(registry)
    assert done.exit_code == 1
    assert f"taken        {SUBJECT} at FULL_TRANSITIVE; we say: breaking" in done.output
    assert "the registry takes it: no schema tells of it" in done.output
    found = document(registry)
    assert (found["registry"], found["ours"]) == ("taken", "breaking")
    assert [each["kind"] for each in found["differences"]] == ["rule-loosened"]
    done = dry_run(registry, "--format", "github")
    assert done.exit_code == 1 and "::error file=shop.odcs.yaml" in done.output
    assert "title=PW731" in done.output
    # A new major version has another subject, and breaks nobody.
    generated(LOOSER, "2.0.0")
    done = dry_run(registry)
    assert done.exit_code == 0, done.output
    assert "new          sales.shop.orders.v2-value" in done.output


def test_a_refusal_is_told_with_the_words_of_the_registry(root: Path, registry: Registry) -> None:
    run("register", "--registry", registry.url)
    registry.refuses.add(SUBJECT)
    generated(ADDED)
    done = dry_run(registry)
    assert done.exit_code == 1
    assert f"refused      {SUBJECT}" in done.output and "we say: ok" in done.output
    assert "the registry: {errorType: 'TOLD'" in done.output
    is_explained = "protobuf" in (root / "portwright.yaml").read_text()
    assert ("the registry refuses it: seen from the new" in done.output) == is_explained
    registry.levels[SUBJECT] = "BACKWARD"
    done = dry_run(registry, "--format", "github")
    assert [line for line in done.output.splitlines() if "PW730" in line and "TOLD" in line]
    assert [line for line in done.output.splitlines() if "::warning" in line and "PW732" in line]
    entries = json.loads(dry_run(registry, "--format", "gitlab").stdout)
    assert [each["check_name"] for each in entries] == ["PW730", "PW732"]
    assert document(registry)["wantedLevel"] == "FULL_TRANSITIVE"
    assert not document(registry)["differences"]


def test_a_registry_that_cannot_tell_says_so(root: Path, registry: Registry) -> None:
    run("register", "--registry", registry.url)
    registry.cannot_read.add(SUBJECT)
    generated(ADDED)
    done = dry_run(registry)
    assert done.exit_code == 0 and f"unknown      {SUBJECT}" in done.output
    assert "it cannot read the schema for a test: Invalid schema" in done.output
    assert "PW733" in dry_run(registry, "--format", "github").output
    if registry.subjects.pop("google/type/date.proto", None):
        assert "it does not have what the schema imports" in dry_run(registry).output


def test_wrong_use_and_faults_are_told(root: Path, registry: Registry) -> None:
    assert dry_run(registry, "--check").exit_code == 2
    assert dry_run(registry, "--against", "git:nowhere").exit_code == 2
    registry.fails = 500
    done = run("register", "--registry", f"{registry.url}/no", "--dry-run", "--format", "json")
    assert done.exit_code == 1 and "error" in json.loads(done.output.splitlines()[-1])
    registry.fails = None
    registry.user = "me:right"
    done = dry_run(registry)
    assert done.exit_code == 1 and "refuses these credentials" in done.output


def test_reasons_follow_the_level() -> None:
    added = Kind.PROPERTY_ADDED_OPTIONAL
    for level in ("FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"):
        assert reasons.refused("PROTOBUF", level, added)
    assert reasons.refused("PROTOBUF", "BACKWARD", added) is None
    assert reasons.refused("AVRO", "FULL", added) is None
    assert "by numbers" in reasons.taken("PROTOBUF", Kind.PROPERTY_RENAMED)
