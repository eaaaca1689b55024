"""`portwright upgrade`, and what refuses to be read by an older Portwright."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from textwrap import dedent

import pytest

from portwright import __version__
from portwright.config import versions
from portwright.manifest import MANIFEST
from portwright.upgrading import steps
from portwright.upgrading.requirement import raised
from support.commands import in_process as portwright
from support.repository import AFTER, NAME, begun
from support.repository import CONFIG as REPOSITORY

CONFIG = "portwright.yaml"
LOCK = "portwright.lock"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = begun(tmp_path)
    assert portwright(root, "generate").returncode == 0
    return root


def tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".git/" not in path.as_posix()
    }


def upgraded(root: Path, *told: str) -> None:
    """`--check` sees it and writes nothing, the command does it, and then there is nothing left."""
    before = tree(root)
    checked = portwright(root, "upgrade", "--check")
    assert checked.returncode == 1 and tree(root) == before
    assert [line.split()[2] for line in checked.stdout.splitlines()] == list(told)
    done = portwright(root, "upgrade")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[1].rstrip(":") for line in done.stdout.splitlines()[:-1]] == list(told)
    assert done.stdout.splitlines()[-1].startswith("run `portwright generate`")
    changed = {path for path, data in tree(root).items() if before.get(path) != data}
    assert changed == set(told)
    for words in (["upgrade"], ["upgrade", "--check"]):
        again = portwright(root, *words)
        assert (again.returncode, again.stdout, again.stderr) == (0, "up to date\n", "")


def test_what_is_of_today_is_left_alone(project: Path) -> None:
    assert portwright(project, "schema", "--write").returncode == 0
    before = tree(project)
    done = portwright(project, "upgrade")
    assert (done.returncode, done.stdout) == (0, "up to date\n") and tree(project) == before
    crlf = (project / LOCK).read_bytes().replace(b"\n", b"\r\n")
    (project / LOCK).write_bytes(crlf)  # as git checks it out on Windows
    assert portwright(project, "upgrade").stdout == "up to date\n"
    assert (project / LOCK).read_bytes() == crlf


def test_requires_is_raised_and_comments_stay(project: Path) -> None:
    text = (project / CONFIG).read_text()
    old = f"# ours\nrequires:   '>=0.0.1, <0.0.5'  # pinned\r\n{text}# end\n"
    (project / CONFIG).write_bytes(old.encode())
    assert "PW570" in portwright(project, "generate").stderr
    upgraded(project, CONFIG)
    new = (project / CONFIG).read_bytes().decode()
    assert new == old.replace(">=0.0.1, <0.0.5", f">={__version__},<0.1.1")
    assert portwright(project, "generate").returncode == 0


@pytest.mark.parametrize(
    ("written", "to", "expected"),
    [
        (">=0.9", "1.2.0", ">=0.9"),
        (">=0.9,<1", "1.2.0", ">=1.2.0,<2"),
        (">=0.9, <1.1", "1.2.0", ">=1.2.0,<1.3"),
        ("==0.9.1", "1.2.0", "==1.2.0"),
        ("==0.9.*", "1.2.0", "==1.2.*"),
        ("~=0.9", "1.2.0", "~=1.2"),
        ("~=0.9.4", "1.2.0", "~=1.2.0"),
        ("<=1.0.0", "1.2.0", "<1.2.1"),
        ("==0.9.1", "1.3.0rc1", "==1.3.0rc1"),
        (">=2", "1.2.0", None),
        ("==2.0", "1.2.0", None),
        ("~=2.1", "1.2.0", None),
        ("!=1.2.0", "1.2.0", None),
        (">=0.9,!=1.2.0", "1.2.0", None),
        ("newest", "1.2.0", None),
    ],
)
def test_how_requires_is_raised(written: str, to: str, expected: str | None) -> None:
    assert raised(written, to) == expected


def test_a_config_of_a_newer_version_is_refused(project: Path) -> None:
    text = (project / CONFIG).read_text()
    before = tree(project)
    for new, code in (
        (text + "requires: '>=99'\n", "PW570"),
        (text.replace("version: 1", "version: 2"), "PW508"),
        (text + "requires: newest\n", "PW571"),
        (text.replace("[", "{", 1), "PW001"),
    ):
        (project / CONFIG).write_text(new)
        done = portwright(project, "upgrade")
        assert done.returncode == 1 and done.stdout == "" and code in done.stderr
    (project / CONFIG).unlink()
    assert portwright(project, "upgrade").returncode == 2
    assert {**tree(project), CONFIG: text.encode()} == before


def test_what_cannot_be_edited_is_said(project: Path) -> None:
    text = (project / CONFIG).read_text()
    (project / CONFIG).write_text(text + 'requires: "=\\x3d0.0.1"\n')
    done = portwright(project, "upgrade")
    line = text.count("\n") + 1
    assert done.returncode == 1 and f"{CONFIG}:{line}:11: error[PW576]" in done.stderr
    assert f"help: write `=={__version__}` in the place of" in done.stderr


def test_a_manifest_of_hashes_becomes_one_of_fingerprints(project: Path) -> None:
    """As it was written at first, by which files that end with a newline look edited."""
    text = (project / CONFIG).read_text()
    tables = text.replace("out: gen}]", "out: gen}, {target: ddl, dialect: duckdb, out: sql}]")
    (project / CONFIG).write_text(tables)
    assert portwright(project, "generate").returncode == 0
    today = (project / MANIFEST).read_text()
    old = []
    for line in reversed(today.splitlines()):
        owner, _, path = line.split(" ", 2)
        old.append(f"{owner} {hashlib.sha256((project / path).read_bytes()).hexdigest()} {path}\n")
    (project / MANIFEST).write_text("".join(old))
    (project / NAME).write_text(AFTER)
    assert "PW601" in portwright(project, "generate").stderr
    upgraded(project, str(MANIFEST))
    assert (project / MANIFEST).read_text() == today
    assert portwright(project, "generate").returncode == 0


def test_an_edited_file_stays_one(project: Path) -> None:
    [victim] = (project / "gen").rglob("*.avsc")
    victim.write_text("{}\n")
    assert portwright(project, "upgrade").stdout == "up to date\n"
    (project / NAME).write_text(AFTER)
    assert "PW601" in portwright(project, "generate").stderr


def test_a_lock_is_written_as_today(project: Path) -> None:
    text = (project / LOCK).read_text()
    head, *lines = text.splitlines()
    (project / LOCK).write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    upgraded(project, LOCK)
    assert (project / LOCK).read_text() == text and head.startswith("#")


def test_a_schema_of_an_older_version_is_made_anew(project: Path) -> None:
    assert portwright(project, "schema", "--write").returncode == 0
    path = ".portwright/schemas/contract.schema.json"
    today = (project / path).read_bytes()
    (project / path).write_text("{}\n")
    upgraded(project, path)
    assert (project / path).read_bytes() == today


@pytest.mark.parametrize("path", [LOCK, str(MANIFEST)])
def test_what_cannot_be_read_is_told_at_its_place(project: Path, path: str) -> None:
    (project / path).write_bytes(b"\xff\xfe")
    told = [portwright(project, "upgrade")]
    (project / path).unlink()
    (project / path).mkdir()
    told += [portwright(project, "upgrade"), portwright(project, "generate")]
    for done in told:
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"{path}:1:1: error[PW") and "help: " in done.stderr


def test_forms_of_a_newer_version_are_refused(project: Path) -> None:
    def refused(*words: str, code: str) -> None:
        before = tree(project)
        done = portwright(project, *words)
        assert done.returncode in (1, 2) and code in done.stderr, (words, done.stderr)
        assert "`pip install --upgrade portwright`" in done.stderr and tree(project) == before

    (project / NAME).write_text(AFTER)
    manifest, lock = (project / MANIFEST).read_text(), (project / LOCK).read_text()
    (project / MANIFEST).write_text("portwright-manifest 2\n" + manifest)
    for words in (["generate"], ["generate", "--check"], ["upgrade"]):
        refused(*words, code="PW574")
    (project / MANIFEST).write_text(manifest)
    (project / LOCK).write_text(lock.replace("portwright-lock 1", "portwright-lock 2"))
    for words in (["generate"], ["upgrade"], ["breaking", "--against", "lock"], ["release"]):
        refused(*words, code="PW606")


def test_numbers_that_a_newer_version_released_are_refused(project: Path) -> None:
    assert portwright(project, "release").returncode == 0
    [kept] = (project / ".portwright/released").glob("*.lock")
    kept.write_text(kept.read_text().replace("portwright-lock 1", "portwright-lock 2"))
    done = portwright(project, "breaking")
    assert done.returncode == 2 and "PW606" in done.stderr and ".portwright/released" in done.stderr


def test_for_machines(project: Path) -> None:
    (project / LOCK).write_text((project / LOCK).read_text().partition("\n")[2])
    done = portwright(project, "upgrade", "--check", "--format", "gitlab")
    [entry] = json.loads(done.stdout)
    assert (done.returncode, entry["check_name"]) == (1, "PW575")
    assert entry["location"]["path"] == LOCK
    done = portwright(project, "upgrade", "--format", "json")
    assert (done.returncode, done.stdout) == (0, "")


def test_each_step_says_what_it_does() -> None:
    assert all(step.says and step.rewrite.__doc__ for step in steps.STEPS)


def test_the_page_says_what_happens(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[1] / "docs/upgrading.md").read_text("utf-8")
    [pin] = re.findall(r"```yaml\n(.*?)```", page, re.S)
    [shown] = re.findall(r"(?m)^    portwright.yaml.*\n(?:      .*\n)+", page)
    [before, after] = re.findall(r"`(>=[^`]*)` to `(>=[^`]*)`", page)[0]
    assert raised(before, "0.3.0") == after and before in pin
    (project / CONFIG).write_text("version: 1\n" + pin)
    monkeypatch.setattr(versions, "__version__", "0.3.0")
    done = portwright(project, "generate")
    assert (done.returncode, done.stderr) == (1, dedent(shown))
    [commands] = re.findall(r"```sh\n(.*?)```", page, re.S)
    monkeypatch.undo()
    (project / CONFIG).write_text(REPOSITORY + pin)
    pip, *rest = commands.splitlines()
    assert f"`{pip}`" == versions.LATEST
    for line in rest:
        done = portwright(project, *line.split()[1:])
        assert done.returncode == 0, done.stderr
