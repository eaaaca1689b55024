"""`generate` as people live with it: diffs, watching, completion, a machine that is in the way."""

from __future__ import annotations

import contextlib
import ctypes
import os
import queue
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from portwright import output
from portwright.codes import EXPLANATIONS
from support import cases
from support.commands import in_process
from support.repository import commit, git

MINIMAL = (cases.CASES / "minimal" / cases.CONTRACT).read_text()
CONFIG = """\
version: 1
contracts: ["*.odcs.yaml"]
targets:
  - {target: avro, out: gen/avro}
  - {target: python, out: src}
"""
MAPPING = "src/minimal_port/mapping.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "größe of it"
    root.mkdir()
    (root / "portwright.yaml").write_text(CONFIG)
    (root / cases.CONTRACT).write_text(MINIMAL)
    return root


def tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_diff_is_a_patch_that_git_applies(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    assert in_process(project, "generate").returncode == 0
    commit(project)
    assert in_process(project, "generate", "--diff").stdout == ""
    other = MINIMAL.replace("pages", "page_count").replace("name: visits", "name: calls")
    (project / cases.CONTRACT).write_text(other)
    before = tree(project)
    done = in_process(project, "generate", "--diff")
    assert (done.returncode, done.stderr, tree(project)) == (1, "", before)
    (project / "it.patch").write_bytes(done.stdout.encode())
    git(project, "apply", "it.patch")
    (project / "it.patch").unlink()
    # Those that were begun are merged as what they are by then.
    assert in_process(project, "generate", "--diff").stdout == ""


@pytest.mark.parametrize(
    "words",
    [
        ("--diff", "--format", "json"),
        ("--watch", "--check"),
        ("--watch", "--diff"),
        ("--watch", "--format", "sarif"),
    ],
)
def test_options_that_ask_for_two_things(project: Path, words: tuple[str, ...]) -> None:
    done = in_process(project, "generate", *words)
    assert done.returncode == 2 and "--" in done.stderr
    assert set(tree(project)) == {"portwright.yaml", cases.CONTRACT}


class Watching:
    """A `generate --watch`, with the lines that it prints."""

    def __init__(self, root: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "portwright", "generate", "--watch"],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Who runs tests in the background has it ignored, and what they start with them.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def until(self, text: str) -> list[str]:
        """What is printed up to a line with the text."""
        found: list[str] = []
        while not found or text not in found[-1]:
            found.append(self._lines.get(timeout=60))
        return found

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def __enter__(self) -> Watching:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(60)
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


def test_watching_sees_what_editors_do(project: Path) -> None:
    (project / "portwright.yaml").write_text(CONFIG.replace("  - {target: python, out: src}\n", ""))
    with Watching(project) as watching:
        assert "wrote    gen/avro/minimal/v1/visits.avsc" in "".join(watching.until("watching"))
        # Another file in its place, as many editors save.
        (project / "new").write_text(MINIMAL.replace("pages", "page_count"))
        os.replace(project / "new", project / cases.CONTRACT)
        said = watching.until("manifest")
        assert any(line[8:].startswith(" updated  gen/avro") for line in said)
        # A contract that the pattern matches.
        (project / "b.odcs.yaml").write_text(MINIMAL.replace("minimal", "other"))
        watching.until("wrote    gen/avro/other/v1/visits.avsc")
        watching.until("manifest")
        # A config that is broken for a while.
        config = (project / "portwright.yaml").read_text()
        (project / "portwright.yaml").write_text("version: [")
        watching.until("not up to date")
        (project / "portwright.yaml").write_text(config)
        watching.until(" up to date")
        (project / "b.odcs.yaml").unlink()
        watching.until("removed  gen/avro/other/v1/visits.avsc")
        # What is in the way, and then is not.
        schema = project / "gen/avro/minimal/v1/visits.avsc"
        schema.write_text("{}")
        (project / cases.CONTRACT).write_text(MINIMAL)
        watching.until("not up to date")
        schema.unlink()
        watching.until("wrote    gen/avro/minimal/v1/visits.avsc")
        watching.until(" up to date")
        assert watching.end() == 0
    assert in_process(project, "generate", "--check").returncode == 0


def completed(root: Path, *words: str) -> list[str]:
    """What bash would offer for the last of the words."""
    installed = Path(sys.executable).with_name("portwright")
    asked = {"COMP_WORDS": " ".join(("portwright", *words)), "COMP_CWORD": str(len(words))}
    done = subprocess.run(
        [installed],
        cwd=root,
        env={**os.environ, **asked, "_PORTWRIGHT_COMPLETE": "bash_complete"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [each.partition(",")[2] for each in done.stdout.splitlines()]


def test_shells_complete_what_is_there(project: Path) -> None:
    (project / "sub").mkdir()
    (project / "sub" / "other.yaml").write_text(CONFIG)
    assert completed(project, "explain", "pw61") == [
        each for each in EXPLANATIONS if each.startswith("PW61")
    ]
    assert completed(project, "targets", "avro", "ar") == ["arrow"]
    assert "bigquery" in completed(project, "targets", "--types", "b")
    assert completed(project, "generate", "-c", "po") == ["portwright.yaml"]
    assert completed(project, "generate", "-c", "sub/") == ["sub/other.yaml"]
    assert completed(project, "doc") == ["doctor"]
    assert completed(project, "new", "port", "x", "--from", "sc") == ["sc"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts_for_shells(project: Path, shell: str) -> None:
    done = in_process(project, "completion", shell)
    assert done.returncode == 0 and f"_PORTWRIGHT_COMPLETE={shell}_complete" in done.stdout
    assert in_process(project, "completion", "tcsh").returncode == 2


def limited(root: Path, limit: Callable[[], object], *words: str) -> tuple[int, str]:
    """The exit code of `portwright` under a limit of the system, and what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "portwright", *words],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=limit,
    )
    return done.returncode, done.stdout + done.stderr


def without_override() -> None:
    """Holds root, too, to the rights of folders (PR_CAPBSET_DROP, CAP_DAC_OVERRIDE)."""
    if os.geteuid() == 0:
        ctypes.CDLL(None, use_errno=True).prctl(24, 1, 0, 0, 0)


@contextlib.contextmanager
def closed(*folders: Path) -> Iterator[None]:
    for folder in folders:
        folder.chmod(0o555)
    try:
        yield
    finally:
        for folder in folders:
            folder.chmod(0o755)


@pytest.mark.parametrize("words", [("generate",), ("clean",)])
def test_a_folder_that_must_not_be_written(project: Path, words: tuple[str, ...]) -> None:
    assert in_process(project, "generate").returncode == 0
    (project / cases.CONTRACT).write_text(MINIMAL.replace("pages", "page_count"))
    before = tree(project)
    with closed(project / "src/minimal_port", project / ".portwright"):
        code, said = limited(project, without_override, *words)
        found, told = limited(project, without_override, "doctor")
    assert code == 1 and "PW605" in said and "Traceback" not in said
    assert tree(project) == before
    assert found == 1 and "cannot be written" in told


def test_a_full_disk_leaves_all_as_it_was(project: Path) -> None:
    assert in_process(project, "generate").returncode == 0
    mine = (project / MAPPING).read_text().replace('row["pages"]', 'int(row["n"])')
    (project / MAPPING).write_text(mine)
    more = "      - {name: more, logicalType: string}\n"
    (project / cases.CONTRACT).write_text(MINIMAL.rstrip("\n") + "\n" + more)
    before = tree(project)
    full = (700, resource.RLIM_INFINITY)
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, full)
    code, said = limited(project, limit, "generate")
    assert code == 1 and "PW605" in said
    assert tree(project) == before
    assert in_process(project, "generate").returncode == 0
    merged = (project / MAPPING).read_text()
    assert 'int(row["n"])' in merged and "more=" in merged


@pytest.mark.parametrize("steps", range(6))
def test_a_merge_that_is_stopped_or_killed_anywhere_is_made_once(
    project: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    assert in_process(project, "generate").returncode == 0
    mine = (project / MAPPING).read_text().replace('row["pages"]', 'int(row["n"])')
    (project / MAPPING).write_text(mine)
    more = "      - {name: more, logicalType: string}\n"
    (project / cases.CONTRACT).write_text(MINIMAL.rstrip("\n") + "\n" + more)
    replace, left = os.replace, iter(range(steps))

    def killed(source: Path, target: Path) -> None:
        if next(left, None) is None:
            monkeypatch.setattr(output, "_undo", lambda *_: None)
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", killed)
    assert in_process(project, "generate").returncode == 1
    monkeypatch.undo()
    assert in_process(project, "generate").returncode == 0
    merged = (project / MAPPING).read_text()
    assert merged.count("more=") == 1 and merged.count('int(row["n"])') == 1
    assert "<<<<<<<" not in merged
    assert in_process(project, "generate", "--check").returncode == 0


def test_stopped_while_it_waits_for_another_run(project: Path) -> None:
    before = tree(project)
    with output.exclusive(project):
        waiting = subprocess.Popen(
            [sys.executable, "-m", "portwright", "generate"],
            cwd=project,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        assert waiting.stderr is not None
        assert waiting.stderr.readline().startswith("waiting for another run")
        waiting.send_signal(signal.SIGINT)
        said = waiting.stderr.read()
        assert waiting.wait(60) == 1
    waiting.stderr.close()
    assert "Aborted!" in said and tree(project) == before


def test_an_edited_and_a_deleted_file_with_windows_line_ends(project: Path) -> None:
    assert in_process(project, "generate").returncode == 0
    for path in project.rglob("*"):
        if path.is_file() and path.suffix in (".py", ".avsc", ".txt", ".yaml"):
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    schema = project / "gen/avro/minimal/v1/visits.avsc"
    (project / "portwright.lock").write_bytes(
        (project / "portwright.lock").read_bytes().replace(b"\n", b"\r\n")
    )
    assert in_process(project, "generate", "--check").returncode == 0
    schema.unlink()
    assert in_process(project, "generate").stdout.startswith("wrote    gen/avro/")
    edited = project / "src/minimal_port/models.py"
    edited.write_bytes(edited.read_bytes() + b"# mine\r\n")
    (project / cases.CONTRACT).write_text(MINIMAL.replace("pages", "page_count"))
    done = in_process(project, "generate")
    assert done.returncode == 1 and "PW601" in done.stderr
