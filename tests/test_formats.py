"""Findings for machines: one document on stdout and nothing else, whatever a command meets."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from portwright import documents, reporting
from portwright.diagnostics import Diagnostic, Severity, Span, as_github, error, warning
from portwright.options import format_option
from support import junit
from support.commands import in_process as portwright
from support.repository import AFTER, BEFORE, NAME, begun, commit, git

CONFIG = "portwright.yaml"
READ: dict[str, Callable[[str], object]] = {
    "sarif": lambda text: [each["ruleId"] for each in json.loads(text)["runs"][0]["results"]],
    "gitlab": lambda text: [each["check_name"] for each in json.loads(text)],
    "junit": lambda text: [
        name.partition(":")[0]
        for found in junit.cases(junit.read(text)).values()
        for _, name in found
        if name.startswith("PW")
    ],
    "json": lambda text: [
        each["code"] for line in text.splitlines() if "code" in (each := json.loads(line))
    ],
}
WRONG = BEFORE.replace("logicalType: date", "logicalType: dat")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return begun(tmp_path)


@pytest.mark.parametrize("style", READ)
def test_whatever_a_command_meets_is_one_document(project: Path, style: str) -> None:
    def told(*words: str) -> tuple[int, object]:
        done = portwright(project, *words, "--format", style)
        assert done.stderr == "" or done.stderr.endswith("run `portwright generate`\n")
        return done.returncode, READ[style](done.stdout)

    assert told("lint") == told("breaking") == told("diff") == (0, [])
    assert told("lock", "rebase") == (0, [])
    assert told("generate") == told("generate") == told("generate", "--check") == (0, [])
    (project / NAME).write_text(AFTER)
    assert told("breaking") == (1, ["PW701"])
    assert told("migrate") == (2, ["PW723"])
    code, found = told("generate", "--check")
    assert (code, set(found)) == (1, {"PW612"})  # type: ignore[call-overload]
    code, found = told("release")
    assert (code, set(found)) == (1, {"PW612"})  # type: ignore[call-overload]
    (project / NAME).write_text(WRONG)
    for words in (["generate"], ["lint"], ["lint", NAME], ["breaking"], ["diff"], ["bump"]):
        assert told(*words) == (1, ["PW101"]), words
    (project / CONFIG).unlink()
    assert told("generate") == told("generate", "--check") == told("breaking") == (2, ["PW501"])


@pytest.mark.parametrize("style", documents.FORMS)
def test_wrong_use_and_a_command_that_was_stopped_have_no_document(
    project: Path, style: str
) -> None:
    for words in (["--format", style, "--nonsense"], ["--nonsense", "--format", style]):
        done = portwright(project, "lint", *words)
        assert (done.returncode, done.stdout) == (2, "") and "nonsense" in done.stderr
    done = portwright(project, "migrate", "--out", "-", "--format", style)
    assert (done.returncode, done.stdout) == (2, "") and "--report" in done.stderr

    @click.command()
    @format_option
    def stopped(style: str) -> None:
        reporting.report([error("PW101", "found before", Span("a"))], style, Path())
        raise KeyboardInterrupt

    stop = CliRunner().invoke(stopped, ["--format", style, "--report", f"junit={project / 'x'}"])
    assert (stop.exit_code, stop.stdout) == (1, "") and not (project / "x").exists()


def test_documents_are_written_beside_what_is_printed(project: Path) -> None:
    plain = portwright(project, "lint")
    wanted = [word for form in documents.FORMS for word in ("--report", f"{form}=out.{form}")]
    done = portwright(project, "lint", *wanted)
    assert (done.stdout, done.stderr) == (plain.stdout, plain.stderr)
    (project / NAME).write_text(WRONG)
    done = portwright(project, "lint", *wanted)
    assert done.returncode == 1 and done.stdout == "" and "error[PW101]" in done.stderr
    printed = portwright(project, "lint", "--format", "junit", *wanted)
    for form in documents.FORMS:
        text = (project / f"out.{form}").read_text()
        assert READ[form](text) == ["PW101"], form
    assert printed.stdout == (project / "out.junit").read_text()


@pytest.mark.parametrize("style", ["text", "json", "markdown"])
def test_what_is_shown_in_another_way_is_in_documents_too(project: Path, style: str) -> None:
    (project / NAME).write_text(AFTER)
    plain = portwright(project, "diff", "--format", style)
    done = portwright(project, "diff", "--format", style, "--report", "gitlab=found.json")
    assert (done.returncode, done.stdout) == (0, plain.stdout)
    assert READ["gitlab"]((project / "found.json").read_text()) == ["PW700"]
    done = portwright(project, "generate", "--check", "--report", "gitlab=found.json")
    assert done.returncode == 1 and "+++ b/gen/" in done.stdout
    entries = json.loads((project / "found.json").read_text())
    assert {each["check_name"] for each in entries} == {"PW612"}


def test_a_document_that_cannot_be_written(project: Path) -> None:
    for words in (["--report", "sarif"], ["--report", "pdf=x"], ["--report", "junit="]):
        done = portwright(project, "lint", *words)
        assert done.returncode == 2 and "none of sarif=FILE" in done.stderr, words
    done = portwright(project, "lint", "--report", "junit=no/such.xml", "--report", "sarif=s.json")
    assert done.returncode == 1 and "no/such.xml:1:1: error[PW605]" in done.stderr
    assert READ["sarif"]((project / "s.json").read_text()) == []
    for place, why in ((".", "Is a directory"), ("/dev/full", "No space left on device")):
        done = portwright(project, "lint", "--report", f"junit={place}")
        assert done.returncode == 1 and f"error[PW605]: cannot read or write: {why}" in done.stderr


def test_junit_has_a_suite_a_file_and_a_case_a_finding(project: Path) -> None:
    first = portwright(project, "generate", "--format", "junit").stdout
    ok = [("ok", "no findings")]
    assert junit.cases(junit.read(first)) == {NAME: ok, CONFIG: ok}
    again = portwright(project, "generate", "--format", "junit").stdout  # nothing to do
    assert again == first
    (project / NAME).write_text(WRONG + "      - {name: z, logicalType: dat}\nunknown: 1\n")
    top = junit.read(portwright(project, "lint", "--format", "junit").stdout)
    found = junit.cases(top)
    assert found[CONFIG] == ok
    assert [each for each, _ in found[NAME]] == ["PW101", "PW101", "ok"]
    names = [name for _, name in found[NAME]]
    assert names[0].startswith("PW101: ") and names[1] == f"{names[0]} (2)"
    assert names[2].startswith("PW104: unknown key")
    [output] = top.iter("system-out")
    assert "warning[PW104]" in (output.text or "")
    [failure, _] = top.iter("failure")
    assert (failure.text or "").startswith(f"{NAME}:") and "help: " in (failure.text or "")


def test_places_are_those_of_the_repository(project: Path) -> None:
    (project / NAME).write_text(WRONG)
    words = ("lint", "-c", "../portwright.yaml", "--format")
    inside = project / "contracts"
    [entry] = json.loads(portwright(inside, *words, "gitlab").stdout)
    assert entry["location"] == {"path": NAME, "lines": {"begin": 11}}
    assert entry["severity"] == "major" and len(entry["fingerprint"]) >= 32
    assert set(junit.cases(junit.read(portwright(inside, *words, "junit").stdout))) == {
        NAME,
        CONFIG,
    }


def test_annotations_are_at_files_of_the_repository(project: Path) -> None:
    inner = project / "services" / "a"
    inner.mkdir(parents=True)
    (project / CONFIG).rename(inner / CONFIG)
    (project / "contracts").rename(inner / "contracts")
    (inner / NAME).write_text(WRONG)
    done = portwright(inner, "lint", "--format", "github")
    assert done.returncode == 1 and f"::error file=services/a/{NAME},line=" in done.stdout


def test_a_finding_that_moves_is_the_same_one(project: Path) -> None:
    def prints(text: str) -> list[str]:
        (project / NAME).write_text(text)
        done = portwright(project, "lint", "--format", "gitlab")
        return [each["fingerprint"] for each in json.loads(done.stdout)]

    first = prints(WRONG)
    assert prints("# moved\n" + WRONG) == first
    found = prints(WRONG + "      - {name: z, logicalType: dat}\n")
    assert len(set(found)) == 2 and found[0] == first[0]


def test_hostile_text_is_harmless() -> None:
    name = "<b>&\"'\x00\x1b[31m\u202e\udce9\ud800\ufffe]]>é日" + "x" * 5000
    found = (
        Diagnostic("PW702", Severity.NOTICE, name, Span("a\x01<&\udce9.yaml"), "one\n\x07two"),
        warning("PW702", name, Span("a\x01<&\udce9.yaml"), name),
        error("PW702", name, Span("/elsewhere/x.yaml")),
    )
    for form in documents.FORMS:
        text = documents.text(form, documents.Findings("lint", found, ("ü.yaml",), Path.cwd()))
        assert text.isascii() and not set(text) & set(map(chr, range(10))), form
        assert READ[form](text) == ["PW702"] * 3, form
    [annotation] = as_github(found[0]).splitlines()
    assert "\\x00\\x1b[31m\\u202e" in annotation
    assert "one%0A\\x07two" in as_github(error("PW702", "", found[0].span, found[0].help))


def test_a_finding_in_a_file_that_there_cannot_be_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reporting.report([error("PW702", "breaks", Span("a\0b"))], "text", Path())
    assert capsys.readouterr().err == "a\\x00b:1:1: error[PW702]: breaks\n"


def test_a_document_can_go_where_the_shell_sends_stdout(project: Path) -> None:
    words = [sys.executable, "-m", "portwright", "lint", "--report", "sarif=/dev/stdout"]
    with open(project / "out", "w") as out:
        assert subprocess.run(words, cwd=project, stdout=out, check=False).returncode == 0
    assert '"version": "2.1.0"' in (project / "out").read_text()


@pytest.mark.parametrize("style", ["text", "json", "sarif"])
def test_a_full_disk_behind_stdout_is_told(project: Path, style: str) -> None:
    (project / NAME).write_text(AFTER)
    words = [sys.executable, "-m", "portwright", "diff", "--format", style]
    with open("/dev/full", "w") as full:
        done = subprocess.run(words, cwd=project, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (1, "cannot print: No space left on device\n")


def test_what_is_let_pass_is_no_failure() -> None:
    found = replace(error("PW701", "breaks", Span("a.yaml")), allowed="nobody reads it")
    findings = documents.Findings("lint", (found,), (), Path.cwd())
    assert json.loads(documents.text("gitlab", findings)) == []
    top = junit.read(documents.text("junit", findings))
    assert [each.get("message") for each in top.iter("skipped")] == ["nobody reads it"]
    assert (top.get("failures"), top[0].get("skipped")) == ("0", "1")


def test_a_patch_has_its_findings_in_documents(project: Path) -> None:
    done = portwright(project, "generate", "--diff", "--report", "gitlab=found.json")
    assert done.returncode == 1 and "+++ b/gen/" in done.stdout
    assert set(READ["gitlab"]((project / "found.json").read_text())) == {"PW612"}  # type: ignore[call-overload]


def test_fixed_numbers_are_notes_of_documents(project: Path) -> None:
    """`lock rebase` tells of moves in each form."""
    assert portwright(project, "generate").returncode == 0
    commit(project)
    git(project, "checkout", "-q", "-b", "mine")
    (project / NAME).write_text(BEFORE + "      - {name: mine, logicalType: string}\n")
    assert portwright(project, "generate").returncode == 0
    commit(project)
    git(project, "checkout", "-q", "main")
    (project / NAME).write_text(BEFORE + "      - {name: theirs, logicalType: string}\n")
    assert portwright(project, "generate").returncode == 0
    commit(project)
    git(project, "checkout", "-q", "mine")
    before = (project / "portwright.lock").read_bytes()
    for style in documents.FORMS:
        (project / "portwright.lock").write_bytes(before)
        words = ("lock", "rebase", "--onto", "git:main", "--format", style)
        done = portwright(project, *words)
        assert READ[style](done.stdout) == ["PW615"], style
