"""Targets of other packages: found by entry point, and held to what a target is."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from portwright import installed
from portwright.targets import registry
from support import plugins
from support.commands import in_process, portwright

HEAD = """
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from portwright.diagnostics import Diagnostic, Severity, Span, error, warning
from portwright.targets import File, Made

@dataclass(frozen=True)
class Mine:
    name = "mine"
    summary = "one line a contract"
"""
CHECK = "    def check(self, model): return []\n"
EMIT = "    def emit(self, model): yield File(PurePosixPath('a.txt'), model.name + chr(10))\n"
INIT = "    def __post_init__(self): {}\n" + CHECK + EMIT


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that packages are installed to; what is imported from it is forgotten again."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    return folder


def installs(site: Path, body: str, version: str = "1.0") -> None:
    """Installs the target `mine` with this body of its class."""
    plugins.install(site, "acme-mine", version, mine="mine:Mine")
    (site / "mine.py").write_text(HEAD + body, "utf-8")


def repository(tmp_path: Path, **options: object) -> Path:
    return plugins.repository(tmp_path / "r", {"target": "mine", **options})


def test_a_target_of_a_package_is_asked_like_ours(site: Path, tmp_path: Path) -> None:
    options = """
    title: str = "Ours"
    style: str = field(default="long", metadata={"choices": ("long", "short")})
    index: bool = False
    depth: int = 3
    tags: tuple[str, ...] = ()
    def emit(self, model):
        told = (self.title, self.style, self.index, self.depth, self.tags)
        yield File(PurePosixPath("a.txt"), repr(told))
"""
    installs(site, options + CHECK)
    root = repository(tmp_path, title="T", style="short", index=True, depth=5, tags=["a", "b"])
    done = in_process(root, "generate")
    assert (done.returncode, done.stderr) == (0, "")
    assert (root / "gen" / "a.txt").read_text() == "('T', 'short', True, 5, ('a', 'b'))"
    listed = in_process(root, "targets", "mine").stdout
    assert listed.splitlines()[0].split(None, 1) == ["mine", "one line a contract"]
    assert "style (optional, long by default): long, short" in listed
    assert "index (optional, false by default)" in listed
    for wrong, told in (
        ({"depth": "x"}, "a whole number"),
        ({"style": "lomg"}, "did you mean `long`?"),
    ):
        again = in_process(plugins.repository(root, {"target": "mine", **wrong}), "generate")
        assert again.returncode == 1 and "PW509" in again.stderr and told in again.stderr


def test_a_target_can_have_all_models_at_once(site: Path, tmp_path: Path) -> None:
    installs(
        site,
        """
    def make(self, models):
        text = "".join(each.name + chr(10) for each in models)
        found = [warning("MINE-1", "it is small", models[0].span)]
        return Made((File(PurePosixPath("index.txt"), text),), found)
""",
    )
    root = repository(tmp_path)
    (root / "contracts").mkdir()
    other = plugins.MINIMAL.replace("id: ", "id: other-").replace("name: minimal", "name: second")
    (root / "contracts" / "b.odcs.yaml").write_text(other)
    config = (root / "portwright.yaml").read_text()
    text = config.replace("[contract.odcs.yaml]", "['**/*.odcs.yaml']")
    (root / "portwright.yaml").write_text(text)
    done = in_process(root, "generate")
    assert done.returncode == 0 and "warning[MINE-1]: it is small" in done.stderr
    assert len((root / "gen" / "index.txt").read_text().splitlines()) == 2


WRONG = [
    (CHECK + "    def emit(self, model): 1 / 0\n", "PW521", "raised ZeroDivisionError"),
    (CHECK + "    def emit(self, model): 1 / 0\n", "PW521", " of mine.py"),
    (CHECK + "    def emit(self, model): raise SystemExit(3)\n", "PW521", "SystemExit: 3"),
    ("    def check(self, model): raise KeyError('x')\n" + EMIT, "PW521", "KeyError: 'x'"),
    (CHECK + "    def emit(self, model): return None\n", "PW521", "TypeError"),
    (CHECK + "    def emit(self, model): return ['a']\n", "PW522", "`str` where a file"),
    ("    def check(self, model): return ['a']\n" + EMIT, "PW522", "`str` where a finding"),
    (CHECK + "    def emit(self, model): yield File(3, 'a')\n", "PW522", "path is `int`"),
    (CHECK + "    def emit(self, model): yield File('a', b'a')\n", "PW522", "no Unicode text"),
    (CHECK + "    def emit(self, model): yield File('a', 'a', 'me')\n", "PW522", "for `me`"),
    (CHECK + "    def emit(self, model): yield File('../a', '')\n", "PW523", "not in its folder"),
    (CHECK + "    def emit(self, model): yield File('a\\\\b', '')\n", "PW523", "not in its folder"),
    (
        CHECK + "    def emit(self, model): yield from [File('a', ''), File('A', '')]\n",
        "PW512",
        "one path",
    ),
    ("    def check(self, model): yield error('x', '', model.span)\n" + EMIT, "PW524", "`x`"),
    ("    def check(self, model): yield error('M1', 3, model.span)\n" + EMIT, "PW522", "no text"),
    ("    def check(self, model): yield error('M1', '', 3)\n" + EMIT, "PW522", "place"),
    ("    def make(self, models): return [1]\n", "PW522", "`list` where Made is to be"),
    ("    def make(self, models): return Made(1)\n", "PW521", "TypeError"),
    ("    def make(self, models): raise OSError('full')\n", "PW521", "OSError: full"),
    ("    def emit(self, model): return []\n", "PW520", "has no `check`"),
    ("    def check(self, model): return []\n", "PW520", "neither `check` and `emit` nor `make`"),
    ("    summary = 3\n" + CHECK + EMIT, "PW520", "has no text `summary`"),
    (
        "    def __post_init__(self): raise ValueError('no such size')\n" + CHECK + EMIT,
        "PW509",
        "no such size",
    ),
    ("    def __post_init__(self): 1 / 0\n" + CHECK + EMIT, "PW521", "cannot be made: ZeroDiv"),
    ("    def __post_init__(self): raise SystemExit(0)\n" + CHECK + EMIT, "PW521", "SystemExit"),
    ("1 / 0\n", "PW520", "cannot be imported: ZeroDivisionError"),
    (
        "    class Odd(Exception):\n        def __str__(self): return 1 / 0\n"
        "    def check(self, model): raise self.Odd()\n" + EMIT,
        "PW521",
        "raised Odd",
    ),
    ("    def check(self, m): yield error('M1', '\\ud800', m.span)\n" + EMIT, "PW522", "no text"),
    ("    def check(self, m): yield error('M1', '', Span('\\0'))\n" + EMIT, "PW522", "place"),
]


@pytest.mark.parametrize(("body", "code", "told"), WRONG)
def test_what_a_target_does_wrong_is_a_finding(
    site: Path, tmp_path: Path, body: str, code: str, told: str
) -> None:
    installs(site, body)
    root = repository(tmp_path)
    done = in_process(root, "generate")
    assert done.returncode == 1, done.stdout
    assert f"error[{code}]: " in done.stderr and "mine" in done.stderr and told in done.stderr
    assert "Traceback" not in done.stderr and not (root / "gen").exists()


def test_a_broken_target_hides_no_others(site: Path, tmp_path: Path) -> None:
    installs(site, "1 / 0\n")
    listed = in_process(tmp_path, "targets")
    assert listed.returncode == 0
    assert "avro" in listed.stdout and "the target `mine` cannot be imported" in listed.stdout
    documents = json.loads(in_process(tmp_path, "targets", "--format", "json").stdout)
    found = {each.pop("target"): each for each in documents}
    assert found["mine"]["options"] == [] and "ZeroDivisionError" in found["mine"]["fault"]
    assert found["ddl"]["fault"] is None and "oracle" in found["ddl"]["options"][0]["choices"]
    assert in_process(tmp_path, "targets", "mine").returncode == 2
    assert in_process(tmp_path, "targets", "--types", "avro").returncode == 0


def test_two_packages_with_one_target_are_an_error(site: Path, tmp_path: Path) -> None:
    installs(site, CHECK + EMIT)
    plugins.install(site, "zulu-mine", mine="other:Mine")
    done = in_process(repository(tmp_path), "generate")
    assert done.returncode == 1 and "PW520" in done.stderr and "acme-mine, zulu-mine" in done.stderr


def test_what_a_target_prints_is_no_output_of_the_command(site: Path, tmp_path: Path) -> None:
    installs(
        site,
        "    print('imported')\n"
        "    def __post_init__(self): print('made')\n"
        + CHECK
        + "    def emit(self, model):\n        print('hello')\n        return []\n",
    )
    done = in_process(repository(tmp_path), "generate", "--format", "json")
    assert (done.returncode, done.stdout) == (0, "")
    assert all(each in done.stderr for each in ("imported", "made", "hello"))


def test_the_stamp_notices_another_version_and_other_modules(site: Path, tmp_path: Path) -> None:
    installs(site, CHECK + EMIT)
    root = repository(tmp_path)

    def again() -> str:
        return portwright(root, "generate", PYTHONPATH=str(site)).stdout.splitlines()[-1]

    assert "files changed" in again()
    assert again() == "4 files up to date"
    (site / "mine.py").write_text(HEAD + CHECK + EMIT.replace("chr(10)", "'!' + chr(10)"))
    assert again() == "2 files changed, 2 up to date"
    assert again() == "4 files up to date"
    (site / "acme_mine-1.0.dist-info" / "METADATA").write_text("Name: acme-mine\nVersion: 2.0\n")
    assert again() == "0 files changed, 4 up to date"


def test_a_package_is_known_without_being_imported(site: Path) -> None:
    installs(site, "1 / 0\n")
    first = installed.package("acme-mine")
    assert first.startswith("1.0\n") and "mine.py" in first
    assert installed.package("no-such-package") == ""
    assert registry.package("avro") is None and registry.package("mine") == "acme-mine"


@pytest.mark.parametrize(
    ("body", "told"),
    [("return 'thing'", "thing"), ("1 / 0", "? raised ZeroDiv"), ("return 3", "?")],
)
def test_a_target_may_tell_its_types(site: Path, tmp_path: Path, body: str, told: str) -> None:
    installs(site, CHECK + EMIT + f"    def type_of(self, model): {body}\n")
    listed = in_process(tmp_path, "targets", "--types", "mine")
    assert listed.returncode == 0 and f"  mine  {told}" in listed.stdout
