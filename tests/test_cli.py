"""The command line as a user meets it: a process, its exit code and what it prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from portwright.cli import COMMANDS, command, main
from support import cases
from support.commands import in_process, portwright

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
    victim = next((project / "avro").rglob("*.avsc"))
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
    lines = config.read_text().splitlines(keepends=True)
    config.write_text("".join(line for line in lines if "avro" not in line))
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
    assert "avro/minimal/v1/visits.avsc" in portwright(project, "generate").stdout
    assert "avro/minimal/v1/calls.avsc" in portwright(project, "generate", NAME="calls").stdout


def test_formats_for_machines(project: Path) -> None:
    (project / cases.CONTRACT).write_text(MINIMAL.replace("integer", "integr"))
    as_json = portwright(project, "lint", "--format", "json")
    assert as_json.returncode == 1
    [finding] = map(json.loads, as_json.stdout.splitlines())
    assert finding["severity"] == "error" and finding["line"] == 10
    github = portwright(project, "lint", "--format", "github")
    assert github.stdout.startswith(f"::error file={cases.CONTRACT},line=10,col=")


def test_drift_for_machines_is_a_finding_a_file(project: Path) -> None:
    assert portwright(project, "generate").returncode == 0
    (project / cases.CONTRACT).write_text(MINIMAL.replace("pages", "page_count"))
    done = portwright(project, "generate", "--check", "--format", "json")
    assert done.returncode == 1
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    # An engine keeps less of a timestamp, a connector less of a row; nobody owns the contract.
    lossy = {"PW342", "PW395", "PW397", "PW473"}
    assert {each["code"] for each in findings} - lossy == {"PW612"}
    assert "avro/minimal/v1/visits.avsc" in {each["file"] for each in findings}


def test_a_lost_lock_is_not_made_up(project: Path) -> None:
    assert portwright(project, "generate").returncode == 0
    (project / "portwright.lock").unlink()
    before = tree(project)
    done = portwright(project, "generate")
    assert done.returncode == 1 and "PW611" in done.stderr
    assert tree(project) == before


def test_several_findings_are_counted(project: Path) -> None:
    (project / cases.CONTRACT).write_text(
        MINIMAL.replace("integer", "integr").replace("timestamp", "timestmp") + "unkown: 1\n"
    )
    done = portwright(project, "lint")
    assert done.stderr.splitlines()[-1] == "2 errors, 1 warning"


def test_lint_of_named_files_needs_no_config(tmp_path: Path) -> None:
    (tmp_path / "some.yaml").write_text(MINIMAL)
    good = portwright(tmp_path, "lint", "some.yaml")
    assert good.returncode == 0 and "1 contract" in good.stdout
    assert "no target was asked" in good.stdout
    gone = portwright(tmp_path, "lint", "gone.yaml")
    assert gone.returncode == 1 and "PW510" in gone.stderr


def test_lint_of_named_files_asks_the_targets_of_the_config(project: Path) -> None:
    other = MINIMAL.replace(
        "logicalType: integer", "logicalType: array, items: {logicalType: object}"
    )
    (project / "other.yaml").write_text(other)
    done = portwright(project, "lint", "other.yaml")
    assert done.returncode == 0 and "asked" not in done.stdout
    assert "other.yaml:" in done.stderr and "PW313" in done.stderr


def test_wrong_use(tmp_path: Path) -> None:
    nothing = portwright(tmp_path, "generate")
    assert nothing.returncode == 2
    assert all(each in nothing.stderr for each in ("PW501", "portwright init", "version: 1"))
    assert portwright(tmp_path, "generat").returncode == 2
    unknown = portwright(tmp_path, "explain", "PW000")
    assert unknown.returncode == 2 and len(unknown.stderr) < 300 and "PW101" in unknown.stderr


def test_explain_and_targets(tmp_path: Path) -> None:
    story = portwright(tmp_path, "explain", "pw601")
    assert story.returncode == 0 and story.stdout.startswith("PW601: A generated file")
    listed = portwright(tmp_path, "targets")
    assert listed.returncode == 0
    for name in ("avro", "json-schema", "protobuf", "ddl", "python"):
        assert f"\n{name} " in f"\n{listed.stdout}"
    assert "dialect (required): " in listed.stdout
    one = portwright(tmp_path, "targets", "avro")
    assert one.returncode == 0 and one.stdout.startswith("avro ") and "ddl" not in one.stdout
    wrong = portwright(tmp_path, "targets", "avor")
    assert wrong.returncode == 2 and "did you mean `avro`?" in wrong.stderr


def test_a_folder_that_cannot_be_written(project: Path) -> None:
    (project / "avro").write_text("a file where a folder belongs")
    before = tree(project)
    done = portwright(project, "generate")
    assert done.returncode == 1 and "PW605" in done.stderr
    assert tree(project) == before


def test_check_shows_what_a_hand_changed_and_every_kind_of_drift(project: Path) -> None:
    portwright(project, "generate")
    good = {path: data for path, (data, _) in tree(project).items()}

    def drift() -> str:
        done = portwright(project, "generate", "--check")
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stdout

    victim = next((project / "avro").rglob("*.avsc")).relative_to(project).as_posix()
    (project / victim).write_text("{}")
    assert f"--- a/{victim}\n+++ b/{victim}\n" in drift()
    (project / victim).write_bytes(good[victim])
    for path in (victim, "python/minimal_port/py.typed", ".portwright/manifest"):
        (project / path).unlink()
        assert f"--- /dev/null\n+++ b/{path}\n" in drift()
        (project / path).write_bytes(good[path])
    stale = good[".portwright/manifest"] + b"tool " + b"0" * 64 + b" gone.txt\n"
    (project / ".portwright/manifest").write_bytes(stale)
    assert f"-tool {'0' * 64} gone.txt\n" in drift()
    (project / ".portwright/manifest").write_bytes(good[".portwright/manifest"])
    assert portwright(project, "generate", "--check").returncode == 0


def test_a_variable_in_escapes_is_seen_too(project: Path) -> None:
    hidden = MINIMAL.replace("name: visits", 'name: "\\x24{NAME:-visits}"')
    (project / cases.CONTRACT).write_text(hidden)
    assert "avro/minimal/v1/visits.avsc" in portwright(project, "generate").stdout
    assert "avro/minimal/v1/calls.avsc" in portwright(project, "generate", NAME="calls").stdout


def test_a_warning_of_the_config_is_told_each_time(project: Path) -> None:
    (project / "portwright.yaml").write_text(cases.CONFIG.replace("version: 1", "version: !x 1"))
    for _ in range(2):
        done = portwright(project, "generate")
        assert done.returncode == 0 and "PW009" in done.stderr


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_any_encoding_of_the_terminal_will_do(project: Path, encoding: str) -> None:
    (project / cases.CONTRACT).write_text(MINIMAL + "    description: größe → 日本\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "portwright", "generate", "--check"],
        cwd=project,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1 and b"files would change" in done.stderr
    assert "größe → 日本".encode(encoding, "backslashreplace") in done.stdout


def test_a_contract_may_have_a_name_that_is_no_text(project: Path) -> None:
    odd = os.fsdecode(b"v\xe9.odcs.yaml")
    try:
        (project / cases.CONTRACT).rename(project / odd)
    except OSError:
        pytest.xfail("this file system takes text only")
    config = cases.CONFIG.replace(cases.CONTRACT, '"*.odcs.yaml"')
    (project / "portwright.yaml").write_text(config)
    assert portwright(project, "generate").returncode == 0
    assert portwright(project, "generate").stdout.strip().endswith("up to date")
    (project / odd).write_text(MINIMAL.replace("integer", "integr"))
    for style in ("text", "json", "github"):
        done = portwright(project, "lint", "--format", style)
        assert "\\udce9.odcs.yaml" in done.stdout + done.stderr, style


def test_runs_at_the_same_time_do_not_disturb_each_other(project: Path) -> None:
    command = [sys.executable, "-m", "portwright", "generate"]
    runs = [
        subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = sorted(run.communicate(timeout=120)[0].splitlines()[-1] for run in runs)
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert said[0].endswith("changed, 0 up to date")
    assert said[1] == said[2] and said[1].endswith("files up to date")


def test_the_table_of_commands_says_what_they_say() -> None:
    for lines in COMMANDS.values():
        for name, (_, line) in lines.items():
            found = command(name)
            assert found.name == name
            assert found.get_short_help_str(limit=1000) == line
            assert not found.hidden
    assert sorted(main.commands) == sorted(name for lines in COMMANDS.values() for name in lines)


def test_help_has_a_line_for_each_command_on_a_narrow_terminal(tmp_path: Path) -> None:
    shown = in_process(tmp_path, "--help").stdout.splitlines()
    for section, lines in COMMANDS.items():
        assert f"{section}:" in shown
        for name, (_, line) in lines.items():
            assert any(each.split(maxsplit=1) == [name, line] for each in shown), name


def test_a_word_that_is_no_command_is_told(tmp_path: Path) -> None:
    done = in_process(tmp_path, "generat")
    assert done.returncode == 2
    assert "No such command 'generat'" in done.stderr


def test_a_shell_completes_commands_and_their_options() -> None:
    def completed(*words: str) -> list[str]:
        asked = {"_PORTWRIGHT_COMPLETE": "bash_complete", "COMP_CWORD": str(len(words))}
        environ = {**os.environ, **asked, "COMP_WORDS": " ".join(["portwright", *words])}
        tool = Path(sys.executable).with_name("portwright")
        done = subprocess.run([tool], env=environ, capture_output=True, text=True, timeout=60)
        return [line.partition(",")[2] for line in done.stdout.splitlines()]

    assert completed("ex") == ["explain"]
    assert "--check" in completed("generate", "--c")
