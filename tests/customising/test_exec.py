"""The target `exec`: a program is asked once, in JSON, and whatever it does is a finding."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from portwright.targets.exec import process
from support import plugins, processes
from support.commands import in_process

ECHO = """
import json, sys
asked = json.load(sys.stdin)
told = {"protocol": asked["protocol"], "options": asked["options"], "version": asked["version"],
        "names": [each["name"] for each in asked["models"]]}
text = json.dumps(told) + chr(10)
print(json.dumps({"protocol": 1, "files": [{"path": "told.json", "text": text}]}))
"""


def repository(root: Path, program: str, **facts: object) -> Path:
    """A repository whose only target runs this program."""
    target = {"target": "exec", "command": [sys.executable, "tools/make.py"], **facts}
    made = plugins.repository(root, target)
    (root / "tools").mkdir()
    (root / "tools" / "make.py").write_text(program, "utf-8")
    return made


def answering(root: Path, answer: object, **facts: object) -> Path:
    """A repository whose program answers this."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return repository(root, f"import sys; sys.stdout.write({text!r})", **facts)


def test_a_program_makes_files_of_the_models(tmp_path: Path) -> None:
    options = {"title": "Ours", "ratio": 0.5, "deep": {"list": [1, True, None]}, "most": "1E+999"}
    root = repository(tmp_path, ECHO, options=options)
    config = root / "portwright.yaml"
    config.write_text(config.read_text().replace('"1E+999"', "1e999"))  # a number, and none of JSON
    done = in_process(root, "generate")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads((root / "gen" / "told.json").read_text("utf-8"))
    assert told == {"protocol": 1, "version": 1, "options": options, "names": ["minimal"]}
    assert in_process(root, "generate", "--check").returncode == 0


def test_the_request_is_what_the_command_model_prints(tmp_path: Path) -> None:
    keep = "import pathlib, sys; pathlib.Path('asked').write_bytes(sys.stdin.buffer.read())"
    root = repository(tmp_path, keep + "; print('{\"protocol\": 1}')")
    assert in_process(root, "generate").returncode == 0
    asked = json.loads((root / "asked").read_bytes())
    assert (asked.pop("protocol"), asked.pop("options")) == (1, {})
    assert asked == json.loads(in_process(root, "model", "--json").stdout)


def test_a_program_tells_findings_at_places_of_the_contract(tmp_path: Path) -> None:
    span = {"file": "contract.odcs.yaml", "line": 2, "column": 1, "width": 4}
    found = [
        {"code": "CAT-01", "message": "no owner", "span": span, "help": "name one"},
        {"code": "CAT-02", "severity": "warning", "message": "everywhere"},
    ]
    root = answering(tmp_path, {"protocol": 1, "diagnostics": found})
    done = in_process(root, "generate")
    assert done.returncode == 1 and not (root / "gen").exists()
    assert "contract.odcs.yaml:2:1: error[CAT-01]: no owner\n" in done.stderr
    assert "  help: name one\n" in done.stderr
    assert "portwright.yaml:4:" in done.stderr and "warning[CAT-02]: everywhere" in done.stderr
    sarif = json.loads(in_process(root, "generate", "--format", "sarif").stdout)
    assert [each["ruleId"] for each in sarif["runs"][0]["results"]] == ["CAT-01", "CAT-02"]


def test_files_of_the_user_are_begun_once(tmp_path: Path) -> None:
    file = {"path": "mine.md", "text": "begun\n", "owner": "user"}
    root = answering(tmp_path, {"protocol": 1, "files": [file]})
    assert in_process(root, "generate").returncode == 0
    (root / "gen" / "mine.md").write_text("mine\n")
    assert in_process(root, "generate").returncode == 0
    assert (root / "gen" / "mine.md").read_text() == "mine\n"


def test_what_is_written_to_standard_error_is_passed_on(tmp_path: Path) -> None:
    said = "import sys; print('two contracts\\nread', file=sys.stderr); print('{\"protocol\": 1}')"
    root = repository(tmp_path, said)
    done = in_process(root, "generate")
    assert done.returncode == 0
    assert "notice[PW531]" in done.stderr and "  help: two contracts\n    read\n" in done.stderr


def test_what_is_said_is_shown_where_nothing_is_answered(tmp_path: Path) -> None:
    done = in_process(repository(tmp_path, "import sys; print('why', file=sys.stderr)"), "generate")
    assert done.returncode == 1 and "error[PW528]" in done.stderr
    assert "notice[PW531]" in done.stderr and "  help: why\n" in done.stderr


ANSWERS: list[tuple[object, str, str]] = [
    ("", "PW528", "no JSON"),
    ("hello {", "PW528", "hello {"),
    ("[" * 100_000, "PW528", "nested too deep"),
    ('{"protocol": ' + "1" * 5000 + "}", "PW528", "cannot be read: Exceeds the limit"),
    ([], "PW528", "the answer must be an object"),
    ({"protocol": 2}, "PW529", "answered by protocol 2; this Portwright speaks 1"),
    ({}, "PW529", "answered by protocol null"),
    ({"protocol": 1, "file": []}, "PW528", "did you mean `files`?"),
    ({"protocol": 1, "files": {}}, "PW528", "`files` must be an array"),
    ({"protocol": 1, "files": [3]}, "PW528", "files[0] must be an object"),
    ({"protocol": 1, "files": [{"path": "a"}]}, "PW528", "files[0].text must be text"),
    ({"protocol": 1, "files": [{"path": "../a", "text": ""}]}, "PW523", "not in its folder"),
    ({"protocol": 1, "files": [{"path": "/a", "text": ""}]}, "PW523", "not in its folder"),
    ({"protocol": 1, "files": [{"path": "", "text": ""}]}, "PW523", "not in its folder"),
    ({"protocol": 1, "files": [{"path": "a", "text": "\ud800"}]}, "PW522", "no Unicode text"),
    (
        {"protocol": 1, "files": [{"path": "a", "text": "", "owner": "me"}]},
        "PW528",
        "files[0].owner must be one of tool, user",
    ),
    (
        {"protocol": 1, "files": [{"path": "a", "text": "1"}, {"path": "A", "text": "2"}]},
        "PW512",
        "`a` and `A`, which have one path",
    ),
    (
        {"protocol": 1, "files": [{"path": "a", "text": ""}, {"path": "a/b", "text": ""}]},
        "PW512",
        "of which one is a folder",
    ),
    ({"protocol": 1, "diagnostics": [{"code": "PW101", "message": ""}]}, "PW524", "`PW101`"),
    ({"protocol": 1, "files": [{"path": "a\ud800", "text": ""}]}, "PW523", "`a\\ud800`"),
    ({"protocol": 1, "diagnostics": [{"code": "A-1", "message": 3}]}, "PW528", "must be text"),
    ({"protocol": 1, "diagnostics": [{"code": "A-1", "message": "\udbff"}]}, "PW522", "no text"),
    (
        {"protocol": 1, "diagnostics": [{"code": "A-1", "message": "", "span": {"file": "a\0"}}]},
        "PW522",
        "another severity or place",
    ),
    (
        {"protocol": 1, "diagnostics": [{"code": "A-1", "message": "", "severity": "bad"}]},
        "PW528",
        "severity must be one of error, warning, notice",
    ),
    (
        {"protocol": 1, "diagnostics": [{"code": "A-1", "message": "", "span": {"line": "1"}}]},
        "PW528",
        "span must be a place",
    ),
]


@pytest.mark.parametrize(("answer", "code", "told"), ANSWERS)
def test_another_answer_is_a_finding(tmp_path: Path, answer: object, code: str, told: str) -> None:
    root = answering(tmp_path, answer)
    done = in_process(root, "generate")
    assert done.returncode == 1 and f"error[{code}]" in done.stderr and told in done.stderr
    assert not (root / "gen").exists() and not (root / "portwright.lock").exists()


@pytest.mark.parametrize("path", [".portwright/manifest", "portwright.lock", ".git/hooks/x"])
def test_the_state_of_the_tool_is_nobodys_to_write(tmp_path: Path, path: str) -> None:
    root = answering(tmp_path, {"protocol": 1, "files": [{"path": path, "text": ""}]}, out=".")
    done = in_process(root, "generate")
    assert done.returncode == 1 and "PW523" in done.stderr and "no target's to write" in done.stderr


@pytest.mark.parametrize(
    ("program", "code", "told"),
    [
        ("import sys; print('why', file=sys.stderr); sys.exit(3)", "PW526", "exit code 3"),
        ("import sys; print('why', file=sys.stderr); sys.exit(3)", "PW526", "it said:\n    why"),
        ("import os; os.kill(os.getpid(), 9)", "PW526", "was ended by SIGKILL"),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", "PW528", "no UTF-8"),
        ("import time; time.sleep(60)", "PW527", "did not end within 1 seconds"),
    ],
)
def test_a_program_that_fails_is_a_finding(
    tmp_path: Path, program: str, code: str, told: str
) -> None:
    root = repository(tmp_path, program, timeout=1)
    done = in_process(root, "generate")
    assert done.returncode == 1 and f"error[{code}]" in done.stderr and told in done.stderr


def test_what_a_program_started_is_ended_with_it(tmp_path: Path) -> None:
    program = """
import subprocess, sys, pathlib
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path("child").write_text(str(child.pid))
child.wait()
"""
    root = repository(tmp_path, program, timeout=1)
    assert "PW527" in in_process(root, "generate").stderr
    state = Path(f"/proc/{(root / 'child').read_text()}/stat")
    processes.until(lambda: not state.exists() or ") Z " in state.read_text())


def test_endless_output_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MOST_OUTPUT", 1 << 20)
    root = repository(tmp_path, "while True: print('x' * 10_000)")
    done = in_process(root, "generate")
    assert done.returncode == 1 and "printed more than 1 MiB" in done.stderr


def test_a_program_need_not_read_its_request(tmp_path: Path) -> None:
    root = answering(tmp_path, {"protocol": 1, "files": [{"path": "a.txt", "text": "a\n"}]})
    assert in_process(root, "generate").returncode == 0


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["no-such-program"], "no such program"),
        (["./tools/gone"], "paths are relative to the folder of portwright.yaml"),
        ("portwright.yaml", "`./portwright.yaml`"),
        (["./portwright.yaml"], "chmod +x ./portwright.yaml"),
        ("python3 tools/make.py", "write [python3, tools/make.py]"),
    ],
)
def test_a_program_that_cannot_be_started_is_a_finding(
    tmp_path: Path, command: object, told: str
) -> None:
    root = repository(tmp_path, "", command=command)
    done = in_process(root, "generate")
    assert done.returncode == 1 and "error[PW525]" in done.stderr and told in done.stderr


def test_a_program_runs_in_the_folder_of_the_config_without_a_shell(tmp_path: Path) -> None:
    root = repository(tmp_path / "a b", "", command=["./tools/run.sh", "$(touch x)", "; touch y"])
    script = root / "tools" / "run.sh"
    script.write_text(
        "#!/bin/sh\n[ \"$1\" = '$(touch x)' ] || exit 9\n[ -f portwright.yaml ] || exit 8\n"
        'echo \'{"protocol": 1, "files": [{"path": "a", "text": "a"}]}\'\n'
    )
    script.chmod(0o755)
    done = in_process(tmp_path, "generate", "-c", "a b/portwright.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert (root / "gen" / "a").read_text() == "a"
    assert not (root / "x").exists() and not (root / "y").exists()


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"timeout": "soon"}, "the option `timeout` of target `exec` has to be a whole number"),
        ({"timeout": 0}, "`timeout` is a number of seconds from 1 to"),
        ({"options": "x"}, "the option `options` of target `exec` has to be a map"),
        ({"inputs": {"a": 1}}, "the option `inputs` of target `exec` has to be a list of texts"),
        ({"comand": "x"}, "did you mean `command`?"),
        ({"shell": "x"}, "help: it has command, inputs, options, timeout"),
    ],
)
def test_wrong_options_are_findings(tmp_path: Path, facts: dict[str, object], told: str) -> None:
    done = in_process(repository(tmp_path, ECHO, **facts), "generate")
    assert done.returncode == 1 and "error[PW509]" in done.stderr and told in done.stderr


@pytest.mark.parametrize("pattern", ["gone.txt", "../x", "/etc/passwd"])
def test_inputs_have_to_be_there(tmp_path: Path, pattern: str) -> None:
    done = in_process(repository(tmp_path, ECHO, inputs=[pattern]), "generate")
    assert done.returncode == 1 and "error[PW530]" in done.stderr and pattern in done.stderr


def up_to_date(root: Path) -> bool:
    """Whether a run found that there is nothing to do before it began."""
    done = in_process(root, "generate")
    assert done.returncode == 0, done.stderr
    return "changed" not in done.stdout


def test_the_stamp_notices_another_program_and_other_inputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repository(tmp_path / "r", ECHO)
    assert not up_to_date(root) and up_to_date(root)
    (root / "tools" / "make.py").write_text(ECHO + "# another\n")
    assert not up_to_date(root) and up_to_date(root)

    root = repository(tmp_path / "s", ECHO, inputs=["tools/**"])
    assert not up_to_date(root) and up_to_date(root)
    (root / "tools" / "more.txt").write_text("new")
    assert not up_to_date(root) and up_to_date(root)

    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "make-it"
    program.write_text("#!/bin/sh\necho '{\"protocol\": 1}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    root = repository(tmp_path / "t", "", command=["make-it"])
    assert not up_to_date(root) and up_to_date(root)
    program.write_text("#!/bin/sh\n:\necho '{\"protocol\": 1}'\n")
    assert not up_to_date(root)


def test_contracts_alone_run_nothing(tmp_path: Path) -> None:
    root = repository(tmp_path, "import pathlib; pathlib.Path('ran').touch(); print('{}')")
    for words in (["lint", "contract.odcs.yaml"], ["model"], ["targets"]):
        assert in_process(root, *words).returncode == 0
        assert not (root / "ran").exists()
    assert in_process(root, "lint").returncode == 1
    assert (root / "ran").exists()


def test_a_broken_contract_is_not_handed_over(tmp_path: Path) -> None:
    root = repository(tmp_path, "import pathlib; pathlib.Path('ran').touch()")
    text = plugins.MINIMAL.replace("logicalType: string", "logicalType: strin")
    (root / "contract.odcs.yaml").write_text(text)
    assert "PW101" in in_process(root, "generate").stderr
    assert not (root / "ran").exists()
