"""The scripts of CI, run in scratch repositories as GitHub and GitLab run them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from portwright.comparing.commands import diff
from support import junit
from support.repository import AFTER, BEFORE, NAME, begun, commit, git

ROOT = Path(__file__).parents[1]
CI = ROOT / "ci"
TOKEN = "secret-7f3a"
ZEROS = "0" * 40


def run(root: Path, script: str, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """What a script did in the folder; only what is given is in its environment."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {key: os.environ[key] for key in ("HOME", "TMPDIR", "LANG") if key in os.environ}
    command = [sys.executable] if script.endswith(".py") else ["bash"]
    done = subprocess.run(
        [*command, str(CI / script), *words],
        cwd=root,
        env={**kept, "PATH": path, **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert TOKEN not in done.stdout + done.stderr
    return done


def head(root: Path, revision: str = "HEAD") -> str:
    words = ["git", "rev-parse", revision]
    return subprocess.run(
        words, cwd=root, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with what is generated of it, all committed."""
    root = tmp_path / "work"
    root.mkdir()
    begun(root)
    subprocess.run([sys.executable, "-m", "portwright", "generate"], cwd=root, check=True)
    commit(root)
    return root


@dataclass
class Api:
    """The comments of one pull or merge request, behind the API of both systems."""

    url: str = ""
    me: dict[str, str] | None = None
    refuses: int | None = None
    comments: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        self.asked.append((method, path.partition("?")[0]))
        if path == "/user":
            return (403, {}) if self.me is None else (200, self.me)
        if method == "GET":
            page = int(path.rpartition("page=")[2])
            return 200, self.comments[(page - 1) * 100 : page * 100]
        if self.refuses is not None:
            return self.refuses, {"message": "Resource not accessible by integration"}
        if method == "POST":
            author = self.me or {"login": "github-actions[bot]", "type": "Bot"}
            self.comments.append({"id": len(self.comments), "user": author, **body})
            return 201, self.comments[-1]
        assert method in ("PATCH", "PUT")
        self.comments[int(path.rpartition("/")[2])].update(body)
        return 200, {}


@pytest.fixture
def api() -> Iterator[Api]:
    found = Api()

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            found.tokens.add(self.headers["Authorization"] or self.headers["PRIVATE-TOKEN"])
            status, answer = found.answer(self.command, self.path, body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_PUT = handle_one

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield found
        server.shutdown()
        thread.join()


def github(root: Path, event: Mapping[str, Any], api: Api | None = None) -> dict[str, str]:
    """The environment of a step of GitHub's."""
    files = root.parent / "runner"
    files.mkdir(exist_ok=True)
    (files / "event.json").write_text(json.dumps(event))
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_PATH": str(files / "event.json"),
        "GITHUB_STEP_SUMMARY": str(files / "summary.md"),
        "GITHUB_OUTPUT": str(files / "output"),
        "GITHUB_REPOSITORY": "acme/shop",
        # A branch may be called anything that git takes.
        "GITHUB_HEAD_REF": "x;touch${IFS}pwned;$(touch pwned)",
        "GITHUB_BASE_REF": "main",
        "RUNNER_TEMP": str(files),
        "PORTWRIGHT_COMMENT": "true",
        **({"GITHUB_API_URL": api.url, "PORTWRIGHT_TOKEN": TOKEN} if api else {}),
    }


def request(base: str) -> dict[str, Any]:
    title = "$(touch pwned) `touch pwned` \"; touch pwned; '"
    return {"pull_request": {"number": 7, "title": title, "base": {"sha": base, "ref": "main"}}}


def test_a_pull_request_that_breaks_somebody(project: Path, api: Api) -> None:
    base = head(project)
    (project / NAME).write_text(AFTER)
    environ = github(project, request(base), api)
    done = run(project, "github.sh", **environ)
    assert done.returncode == 1, done.stderr
    annotations = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert [line for line in annotations if f"file={NAME}" in line and "title=PW701::" in line]
    assert [line for line in annotations if "title=PW612::" in line]
    assert len(annotations) == len(set(annotations))
    files = project.parent / "runner"
    reports = files / "portwright-reports"
    assert (files / "output").read_text() == f"reports={reports}\nresult=1\n"
    assert "an optional property is gone" in (files / "summary.md").read_text()
    log = json.loads((reports / "portwright.sarif").read_text())
    [merged] = log["runs"]
    found = {each["ruleId"] for each in merged["results"]}
    assert found == {"PW612", "PW701"}
    for each in merged["results"]:
        assert merged["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"]
    for name in ("lint", "generate", "breaking"):
        junit.read((reports / f"{name}.xml").read_text())
    [comment] = api.comments
    assert comment["body"].startswith("<!-- portwright portwright.yaml -->\n## Changes")
    assert api.tokens == {f"Bearer {TOKEN}"}
    # The next push brings it up to date.
    (project / NAME).write_text(BEFORE)
    done = run(project, "github.sh", **environ)
    assert done.returncode == 0, done.stdout + done.stderr
    [comment] = api.comments
    assert "Nothing has changed." in comment["body"]
    assert f"reports={reports}-2\nresult=0\n" in (files / "output").read_text()
    assert (reports / "portwright.sarif").exists()
    assert ("PATCH", "/repos/acme/shop/issues/comments/0") in api.asked
    assert not list(project.rglob("pwned"))


def test_a_pull_request_of_a_fork_is_checked_without_a_comment(project: Path, api: Api) -> None:
    base = head(project)
    (project / NAME).write_text(BEFORE + "      - {name: more, logicalType: string}\n")
    subprocess.run([sys.executable, "-m", "portwright", "generate"], cwd=project, check=True)
    api.refuses = 403
    done = run(project, "github.sh", **github(project, request(base), api))
    # A minor version is needed, and that is all.
    assert done.returncode == 1 and "PW702" in done.stdout and "PW612" not in done.stdout
    assert "the token may not comment, as it is with forks" in done.stdout
    assert api.comments == []


def test_a_contract_with_errors_is_told_once(project: Path) -> None:
    (project / NAME).write_text(BEFORE.replace("logicalType: date", "logicalType: dat"))
    done = run(project, "github.sh", **github(project, {"before": ZEROS}))
    assert done.returncode == 1 and done.stdout.count("title=PW101::") == 1
    reports = project.parent / "runner" / "portwright-reports"
    assert not (reports / "changes.md").exists() and not (reports / "generate.xml").exists()
    [entry] = json.loads((reports / "gl-code-quality-report.json").read_text())
    assert entry["check_name"] == "PW101"


def shallow(project: Path) -> Path:
    """A clone with the last commit only, as CI has it."""
    (project / NAME).write_text(BEFORE + "# a comment\n")
    commit(project)
    git(project, "config", "uploadpack.allowAnySHA1InWant", "true")
    clone = project.parent / "clone"
    git(project.parent, "clone", "-q", "--depth=1", f"file://{project}", str(clone))
    return clone


def test_the_base_of_a_shallow_clone_is_fetched(project: Path) -> None:
    base = head(project)
    clone = shallow(project)
    environ = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_COMMIT_BEFORE_SHA": ZEROS}
    done = run(clone, "gitlab.sh", **environ)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"1 contract(s) compared with git:{base}, nothing breaks" in done.stdout
    assert (clone / "portwright-reports" / "changes.md").exists()


def test_a_base_that_is_nowhere_is_told(project: Path) -> None:
    clone = shallow(project)
    done = run(clone, "gitlab.sh", CI_MERGE_REQUEST_DIFF_BASE_SHA="1" * 40)
    assert done.returncode == 2 and "clone with its history" in done.stderr
    assert (clone / "portwright-reports" / "portwright.sarif").exists()
    done = run(clone, "gitlab.sh", CI_COMMIT_BEFORE_SHA="1" * 40)
    assert done.returncode == 0 and "is gone: nothing is compared" in done.stderr
    done = run(clone, "check.sh", PORTWRIGHT_BASE="--upload-pack=touch pwned")
    assert done.returncode == 2 and "the base is no commit" in done.stderr
    assert not list(clone.rglob("pwned"))


def test_no_report_of_an_earlier_run_stays(tmp_path: Path) -> None:
    reports = tmp_path / "portwright-reports"
    reports.mkdir()
    for name in ("portwright.sarif", "gl-code-quality-report.json", "lint.xml"):
        (reports / name).write_text("of before")
    # Without a config that can be one there is no report of this run.
    done = run(tmp_path, "gitlab.sh", PORTWRIGHT_CONFIG=".")
    assert done.returncode == 2 and not list(reports.iterdir())


def test_a_merge_request_of_gitlab(project: Path, api: Api) -> None:
    base = head(project)
    (project / NAME).write_text(AFTER)
    api.me = {"username": "bot"}
    environ = {
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        "CI_MERGE_REQUEST_IID": "3",
        "CI_MERGE_REQUEST_TITLE": "$(touch pwned)",
        "CI_PROJECT_ID": "12",
        "CI_API_V4_URL": api.url,
        "PORTWRIGHT_TOKEN": TOKEN,
    }
    done = run(project, "gitlab.sh", **environ)
    assert done.returncode == 1 and "error[PW701]" in done.stderr
    found = json.loads((project / "portwright-reports/gl-code-quality-report.json").read_text())
    assert {each["check_name"] for each in found} == {"PW612", "PW701"}
    assert ("POST", "/projects/12/merge_requests/3/notes") in api.asked
    assert api.tokens == {TOKEN} and len(api.comments) == 1


# ------------------------------------------------------------- the comment alone


def commented(root: Path, api: Api, text: str, **more: str) -> str:
    (root / "changes.md").write_text(text)
    environ = {**github(root, request(ZEROS), api), **more}
    done = run(root, "comment.py", "github", "changes.md", **environ)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "work"
    root.mkdir()
    return root


def test_one_comment_a_config_is_kept_up_to_date(folder: Path, api: Api) -> None:
    assert commented(folder, api, "\nNothing has changed.\n") == "nothing has changed: no comment"
    assert commented(folder, api, "one") == "commented"
    assert commented(folder, api, "one") == "the comment is up to date"
    assert commented(folder, api, "two") == "brought the comment up to date"
    assert commented(folder, api, "other", PORTWRIGHT_CONFIG="b/x y.yaml") == "commented"
    assert [each["body"].splitlines() for each in api.comments] == [
        ["<!-- portwright portwright.yaml -->", "two"],
        ["<!-- portwright b/x%20y.yaml -->", "other"],
    ]


def test_configs_of_two_folders_have_a_comment_each(folder: Path, api: Api) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "changes.md").write_text(name)
        environ = {**github(folder, request(ZEROS), api), "GITHUB_WORKSPACE": str(folder)}
        run(folder / name, "comment.py", "github", "changes.md", **environ)
    assert [each["body"].splitlines() for each in api.comments] == [
        ["<!-- portwright a/portwright.yaml -->", "a"],
        ["<!-- portwright b/portwright.yaml -->", "b"],
    ]
    assert commented(folder, api, "top", GITHUB_WORKSPACE=str(folder)) == "commented"
    assert api.comments[2]["body"].startswith("<!-- portwright portwright.yaml -->")


def test_a_comment_of_somebody_else_is_left_alone(folder: Path, api: Api) -> None:
    theirs = {
        "user": {"login": "eve", "type": "User"},
        "body": "<!-- portwright portwright.yaml -->",
    }
    api.comments = [{"id": number, **theirs} for number in range(150)]
    assert commented(folder, api, "one") == "commented"
    assert commented(folder, api, "two") == "brought the comment up to date"
    assert len(api.comments) == 151 and api.comments[0]["body"] == theirs["body"]


def test_a_long_comment_is_cut(folder: Path, api: Api) -> None:
    assert commented(folder, api, "x" * 100_000) == "commented"
    assert 60_000 < len(api.comments[0]["body"]) < 65_536


@pytest.mark.parametrize("status", [401, 403, 404, 500, 302])
def test_a_comment_that_cannot_be_made_is_no_failure(folder: Path, api: Api, status: int) -> None:
    api.refuses = status
    assert commented(folder, api, "one").startswith(f"no comment: the server answers {status}")


@pytest.mark.parametrize("answer", [b"", b"garbage\r\n", b'HTTP/1.1 200 OK\r\n\r\n{"a": 1}'])
def test_an_answer_that_is_none_is_no_failure(folder: Path, api: Api, answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    with server.accept()[0] as asking:
                        asking.recv(65536)
                        asking.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        api.url = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert commented(folder, api, "one").startswith("no comment (")
        server.shutdown(socket.SHUT_RDWR)


def test_without_a_request_or_a_server_there_is_no_comment(folder: Path, api: Api) -> None:
    environ = github(folder, {"before": ZEROS}, api)
    (folder / "changes.md").write_text("one")
    done = run(folder, "comment.py", "github", "changes.md", **environ)
    assert done.stdout == "no comment: this is no pull request\n" and api.asked == []
    api.url = "http://127.0.0.1:9"
    assert commented(folder, api, "one") == "no comment (URLError)"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (request("a" * 40), "a" * 40),
        ({"before": "b" * 40}, "b" * 40),
        ({"merge_group": {"base_sha": "c" * 40}}, "c" * 40),
        ({"before": ZEROS}, ""),
        ({}, ""),
        (request("main; touch pwned"), ""),
        ([], ""),
    ],
)
def test_the_base_of_an_event(folder: Path, event: Any, expected: str) -> None:
    (folder / "event.json").write_text(json.dumps(event))
    done = run(folder, "base.py", "event.json")
    assert (done.returncode, done.stdout) == (0, f"{expected}\n")


# ------------------------------------------------------------- what the systems read


def check_jsonschema(*words: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_of_the_systems_keep_to_their_schemas() -> None:
    check_jsonschema("--builtin-schema", "vendor.github-actions", str(ROOT / "action.yml"))
    words = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    check_jsonschema(*words, str(CI / "gitlab.yml"))


def test_the_action_takes_nothing_into_a_shell() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        if "uses" in step:
            # Of two uploads of one category only the last stays.
            assert {"folder", "config"} <= set(
                re.findall(r"inputs.(\w+)", step["with"]["category"])
            )
            owner, _, pin = step["uses"].partition("@")
            assert owner == "github/codeql-action/upload-sarif" and len(pin) == 40
    for path in CI.glob("*.sh"):
        text = path.read_text()
        assert "set -euo pipefail" in text and "eval" not in text
        assert os.access(path, os.X_OK), path
        for name in ("HEAD_REF", "BASE_REF", "TITLE", "REF_NAME", "BRANCH"):
            assert name not in text, path


def test_scripts_are_clean() -> None:
    shellcheck = shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    assert shellcheck is not None
    words = [shellcheck, *map(str, sorted(CI.glob("*.sh")))]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_install_refuses_what_is_no_version(tmp_path: Path) -> None:
    environ = {"PORTWRIGHT_VERSION": "1; touch pwned", "RUNNER_TEMP": str(tmp_path)}
    done = run(tmp_path, "install.sh", **environ)
    assert done.returncode == 2 and list(tmp_path.iterdir()) == []


def hooks() -> dict[str, dict[str, Any]]:
    found = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    return {each["id"]: each for each in found}


def test_hooks_of_pre_commit(project: Path) -> None:
    """As pre-commit runs them: the entry's words, and the files that were changed behind them."""
    lint, check = (hooks()[f"portwright-{each}"] for each in ("lint", "check"))
    assert all(each["language"] == "python" for each in hooks().values())

    def hook(entry: str, *files: str) -> subprocess.CompletedProcess[str]:
        words = [str(Path(sys.executable).parent / entry.split()[0]), *entry.split()[1:], *files]
        return subprocess.run(words, cwd=project, capture_output=True, text=True, check=False)

    assert hook(lint["entry"], NAME).returncode == 0
    assert hook(check["entry"]).returncode == 0 and check["pass_filenames"] is False
    (project / NAME).write_text(BEFORE.replace("logicalType: date", "logicalType: dat"))
    done = hook(lint["entry"], NAME)
    assert done.returncode == 1 and f"{NAME}:11:34: error[PW101]" in done.stderr
    (project / NAME).write_text(AFTER)
    assert hook(check["entry"]).returncode == 1
    (project / "portwright.yaml").write_text("version: 1\n")
    assert hook(lint["entry"], NAME).returncode == 1


PAGE = (ROOT / "docs/ci.md").read_text("utf-8")


def test_commands_of_the_page_run(project: Path) -> None:
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.S):
        environ = {"PORTWRIGHT_SOURCE": str(ROOT), "PATH": os.environ["PATH"]}
        environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
        for line in block.splitlines():
            words = ["bash", "-c", line]
            done = subprocess.run(words, cwd=project, env=environ, capture_output=True, text=True)
            assert done.returncode == 0, (line, done.stderr)
    junit.read((project / "lint.xml").read_text())


def test_files_of_the_page_are_right(tmp_path: Path) -> None:
    local, workflow, pipeline = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    [used] = yaml.safe_load(local)["repos"]
    assert [each["id"] for each in used["hooks"]] == list(hooks())
    (tmp_path / "w.yml").write_text(workflow)
    check_jsonschema("--builtin-schema", "vendor.github-workflows", str(tmp_path / "w.yml"))
    inputs = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    [table] = re.findall(r"\| input \|.*\n\|.*\n((?:\|.*\n)+)", PAGE)
    assert set(re.findall(r"`([a-z]+)`(?=,| \|)", table)) == set(inputs)
    template = yaml.safe_load((CI / "gitlab.yml").read_text())
    assert set(yaml.safe_load(pipeline)["variables"]) <= set(template["variables"])


def test_formats_of_the_page_are_those_of_the_commands() -> None:
    [table] = re.findall(r"\| format \|.*\n\|.*\n((?:\|.*\n)+)", PAGE)
    option = next(each for each in diff.params if each.name == "style")
    assert re.findall(r"(?m)^\| `([a-z]+)`", table) == [*option.type.choices][:-1]  # type: ignore[attr-defined]
