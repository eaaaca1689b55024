"""From a config with several contracts to files: what they share, and what they may not."""

from __future__ import annotations

from pathlib import Path

from portwright import config, pipeline
from portwright.paths import CONFIG as CONFIG_FILE
from support import cases

MINIMAL = (cases.CASES / "minimal" / cases.CONTRACT).read_text()


def build(root: Path, targets: str, more: str = "", **contracts: str) -> pipeline.Build:
    for name, text in contracts.items():
        (root / f"{name}.odcs.yaml").write_text(text)
    (root / CONFIG_FILE).write_text(
        f"version: 1\ncontracts: ['*.odcs.yaml']\ntargets: [{targets}]\n{more}"
    )
    settings, found = config.load(root, CONFIG_FILE, {})
    assert settings is not None, found
    return pipeline.build(settings, root, {})


def codes(outcome: pipeline.Build) -> list[str]:
    return [each.code for each in outcome.diagnostics]


def test_two_contracts_share_a_folder_and_what_is_the_same_for_both(tmp_path: Path) -> None:
    other = MINIMAL.replace("id: minimal", "id: other").replace("visits", "calls")
    outcome = build(tmp_path, "{target: protobuf, out: gen}", a=MINIMAL, b=other)
    assert codes(outcome) == []
    assert [str(each.path) for each in outcome.files] == [
        "gen/minimal/v1/visits.proto",
        "gen/buf.yaml",
        "gen/other/v1/calls.proto",
    ]


def test_one_contract_twice_is_an_error(tmp_path: Path) -> None:
    outcome = build(tmp_path, "{target: avro, out: gen}", a=MINIMAL, b=MINIMAL)
    assert codes(outcome) == ["PW511"]
    assert outcome.files == ()


def test_two_majors_of_one_contract_are_two_contracts(tmp_path: Path) -> None:
    newer = MINIMAL.replace("version: 1.0.0", "version: 2.0.0")
    outcome = build(tmp_path, "{target: protobuf, out: gen}", a=MINIMAL, b=newer)
    assert codes(outcome) == []
    assert {str(each.path) for each in outcome.files} >= {
        "gen/minimal/v1/visits.proto",
        "gen/minimal/v2/visits.proto",
    }


def test_two_files_of_one_path_are_an_error(tmp_path: Path) -> None:
    other = MINIMAL.replace("id: minimal", "id: other\nname: minimal")
    other = other.replace("pages", "page_count")
    outcome = build(tmp_path, "{target: avro, out: gen}", a=MINIMAL, b=other)
    assert codes(outcome) == ["PW512"]
    assert outcome.diagnostics[0].span.column > 1
    assert outcome.files == ()


def test_contracts_and_majors_share_a_folder_and_no_file(tmp_path: Path) -> None:
    other = MINIMAL.replace("id: minimal", "id: other")
    newer = MINIMAL.replace("version: 1.0.0", "version: 2.0.0")
    targets = ", ".join(
        f"{{target: {each}, out: {each}}}" for each in ("avro", "json-schema", "protobuf", "arrow")
    )
    outcome = build(tmp_path, targets, a=MINIMAL, b=other, c=newer)
    assert codes(outcome) == []
    named = [str(each.path.parent) for each in outcome.files if each.path.name.startswith("visits")]
    assert len(named) == len(set(named)) == 12


def test_an_error_in_one_contract_leaves_no_file_of_another(tmp_path: Path) -> None:
    broken = MINIMAL.replace("id: minimal", "id: other").replace("integer", "integr")
    outcome = build(tmp_path, "{target: avro, out: gen}", a=MINIMAL, b=broken)
    assert codes(outcome) == ["PW101"]
    assert (outcome.files, outcome.state) == ((), ())


def test_a_broken_lock_is_an_error_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "portwright.lock").write_text("portwright-lock 1\nnonsense\n")
    outcome = build(tmp_path, "{target: avro, out: gen}", a=MINIMAL)
    assert [(each.code, each.span.line) for each in outcome.diagnostics] == [("PW607", 2)]


def test_the_findings_of_targets_point_into_the_contract(tmp_path: Path) -> None:
    free = MINIMAL.replace("logicalType: integer", "logicalType: object")
    outcome = build(tmp_path, "{target: avro, out: gen}", a=free)
    [finding] = outcome.diagnostics
    assert (finding.code, finding.span.file, finding.span.line) == ("PW313", "a.odcs.yaml", 10)
    assert not outcome.failed


def test_the_namespace_of_the_config_is_in_every_target(tmp_path: Path) -> None:
    targets = ", ".join(
        f"{{target: {each}, out: {each}}}" for each in ("avro", "json-schema", "protobuf", "python")
    )
    outcome = build(tmp_path, targets, "namespace: com.acme\n", a=MINIMAL)
    assert codes(outcome) == []
    text = {str(each.path): each.text for each in outcome.files}
    assert '"namespace": "com.acme.minimal.v1"' in text["avro/com/acme/minimal/v1/visits.avsc"]
    assert '"namespace": "com.acme.minimal.v1"' in text["python/minimal_port/codec.py"]
    assert '"com.acme.minimal.v1.Visit"' in text["python/minimal_port/topics.py"]
    assert (
        "urn:portwright:com.acme.minimal.v1:Visit"
        in text["json-schema/com/acme/minimal/v1/visits.schema.json"]
    )
    assert "package com.acme.minimal.v1;" in text["protobuf/com/acme/minimal/v1/visits.proto"]
