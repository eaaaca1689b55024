"""What users install: a wheel and an sdist that work away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONTRACT = (ROOT / "tests/cases/minimal/contract.odcs.yaml").read_text()
CONFIG = """\
version: 1
contracts: [contract.odcs.yaml]
targets:
  - {target: avro, out: gen}
  - {target: json-schema, out: gen}
  - {target: protobuf, out: gen}
  - {target: ddl, dialect: postgres, out: gen}
  - {target: python, out: src}
"""


def run(*command: str | Path, cwd: Path) -> str:
    # Nothing of this checkout may help the installed package.
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        command, cwd=cwd, env=clean, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel (by way of the sdist) and the runtime's wheel."""
    folder = tmp_path_factory.mktemp("dist")
    for project in (ROOT, ROOT / "runtime"):
        run(sys.executable, "-m", "build", "--outdir", folder, project, cwd=folder)
    return folder


def environment(folder: Path, *packages: Path) -> Path:
    """The bin folder of a new virtual environment with the packages installed."""
    venv.create(folder)
    pip(folder, "install", "--quiet", "--no-compile", *packages)
    return folder / "bin"


def pip(folder: Path, *words: str | Path) -> str:
    """What our pip prints of the environment, which needs none of its own."""
    return run(sys.executable, "-m", "pip", "--python", folder, *words, cwd=folder)


def test_the_wheel_holds_the_package_and_its_templates(wheels: Path) -> None:
    [wheel] = wheels.glob("portwright-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "portwright/cli.py" in names
    assert "portwright/py.typed" in names
    assert any(name.startswith("portwright/templates/python/") for name in names)
    assert not [name for name in names if name.startswith(("tests", "generator", "templates"))]


def test_install_generate_elsewhere_and_use_without_the_generator(
    wheels: Path, tmp_path: Path
) -> None:
    [tool] = wheels.glob("portwright-*.whl")
    [runtime] = wheels.glob("portwright_runtime-*.whl")
    service = tmp_path / "service"
    service.mkdir()
    (service / "contract.odcs.yaml").write_text(CONTRACT)
    (service / "portwright.yaml").write_text(CONFIG)
    generator = environment(tmp_path / "generator", tool)
    said = run(generator / "portwright", "generate", cwd=service)
    assert "src/minimal_port/models.py" in said
    assert "up to date" in run(generator / "portwright", "generate", "--check", cwd=service)

    production = environment(tmp_path / "production", runtime)
    listed = pip(production.parent, "list")
    assert "jinja2" not in listed.lower() and "black" not in listed.lower()
    (service / "use.py").write_text(
        "import sys; sys.path.insert(0, 'src')\n"
        "from minimal_port import MinimalPort, Visit\n"
        "with MinimalPort.open() as port:\n"
        "    port.visits.publish(Visit(visit_id='a', pages=3))\n"
        "    print(port.visits.load([Visit(visit_id='a')], load_id='1').status)\n"
    )
    assert "published" in run(production / "python", "use.py", cwd=service)
