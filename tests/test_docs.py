"""The documents tell the truth: what they show is what happens."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from portwright.targets import registry
from portwright.targets.ddl import DIALECTS
from portwright_runtime import spark_job
from portwright_runtime.spark_writing import Target
from support.commands import portwright

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "samples" / "checkout"
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *SAMPLE.glob("*.md")]
)
README = (ROOT / "README.md").read_text("utf-8")
CONTRACT, CONFIG, PORTS = re.findall(r"```yaml\n(.*?)```", README, re.S)
MAPPING, USE = re.findall(r"```python\n(.*?)```", README, re.S)

# One order of the sample, before the lines of the README that use it.
BEFORE = """
from checkout import database
from checkout_port import CheckoutPort, Event, Order, OrdersConsumer, mapping

service = database.connect(":memory:")
database.fill(service, 1)
orders = [mapping.order(*basket) for basket in database.paid_baskets(service)]
[order] = orders

"""
AFTER = """
with Fulfilment.open() as consumer:
    consumer.packed = []
    consumer.run(until_idle=True)
assert consumer.packed == orders
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the contract and the config of the README."""
    (tmp_path / "portwright.yaml").write_text(CONFIG)
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "visits.odcs.yaml").write_text(CONTRACT)
    return tmp_path


def test_the_contract_of_the_readme_is_a_whole_port(project: Path) -> None:
    assert "\nschema" in CONTRACT and CONTRACT.count("\n") == 10 and "Ten lines" in README
    done = portwright(project, "generate")
    assert (done.returncode, done.stderr) == (0, "")
    made = {path.name for path in project.rglob("*") if path.is_file()}
    assert made >= {"visits.avsc", "visits.postgres.sql", "port.py", "mapping.py", "handlers.py"}
    [shown] = re.findall(r"```sql\n(.*?)```", README, re.S)
    assert shown.strip() in (project / "gen/sql/visits.postgres.sql").read_text("utf-8")
    assert {"portwright.lock", "manifest"} <= made


def test_the_finding_of_the_readme_is_what_is_printed(project: Path) -> None:
    shown = re.search(r"(?m)^    contracts/visits.*\n(?:      .*\n)+", README)
    assert shown is not None
    contract = project / "contracts" / "visits.odcs.yaml"
    contract.write_text(CONTRACT.replace("logicalType: integer", "logicalType: integr"))
    done = portwright(project, "generate")
    assert (done.returncode, done.stderr) == (1, dedent(shown[0]))
    code = re.findall(r"PW\d+", shown[0])[0]
    assert f"`portwright explain {code}`" in README
    assert portwright(project, "explain", code).stdout.startswith(code)


def test_the_contract_of_the_guide_has_no_findings(project: Path) -> None:
    [guide] = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/contract.md").read_text("utf-8"), re.S)
    (project / "contracts" / "visits.odcs.yaml").write_text(guide)
    done = portwright(project, "generate")
    assert (done.returncode, done.stderr) == (0, "")
    models = (project / "src" / "delivery_port" / "models.py").read_text("utf-8")
    for name in re.findall(r"\b(Shipment\w*)\b", guide):
        assert f"class {name}(" in models


def test_every_target_is_in_the_readme() -> None:
    assert re.findall(r"(?m)^\| `([a-z-]+)` \|", README) == [*registry.BUILT_IN]
    assert all(each.title in README for each in DIALECTS.values())


def test_ports_can_be_said_as_in_the_readme(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE / "contracts", tmp_path / "contracts")
    (tmp_path / "portwright.yaml").write_text(CONFIG + PORTS)
    done = portwright(tmp_path, "generate")
    assert (done.returncode, done.stderr) == (0, "")
    consumers = (tmp_path / "src" / "checkout_port" / "consumers.py").read_text("utf-8")
    assert "OrdersConsumer" in consumers and "RefundsConsumer" not in consumers


def test_the_code_of_the_readme_is_that_of_the_sample() -> None:
    package = SAMPLE / "src" / "checkout_port"
    mapping = (package / "mapping.py").read_text("utf-8")
    assert all(line in mapping for line in MAPPING.splitlines() if line.strip() != "…")
    consumer = USE[USE.index("class ") :].splitlines()
    handlers = (package / "handlers.py").read_text("utf-8")
    assert all(line in handlers for line in consumer)


def test_the_code_of_the_readme_runs(tmp_path: Path) -> None:
    paths = os.pathsep.join([str(SAMPLE / "src"), str(SAMPLE)])
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PORTWRIGHT")}
    done = subprocess.run(
        [sys.executable, "-c", BEFORE + USE + AFTER],
        cwd=tmp_path,
        env={**environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / ".portwright" / "local").glob("*b*")) == [
        "stream.db",
        "warehouse.duckdb",
    ]


def test_the_load_of_the_guide_runs(tmp_path: Path) -> None:
    text = (ROOT / "docs/tables.md").read_text("utf-8")
    code, *_ = re.findall(r"```python\n(.*?)```", text, re.S)
    (tmp_path / "loads.py").write_text(code)
    paths = os.pathsep.join([str(SAMPLE / "src"), str(SAMPLE)])
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PORTWRIGHT")}
    fill = (
        "from checkout import database as d; c = d.connect('checkout.db'); d.fill(c, 3); c.commit()"
    )
    load = ["-m", "portwright_runtime", "load", "loads:orders", "--load-id", "1"]
    said = []
    for words in (["-c", f"{fill}; c.commit()"], load, load):
        done = subprocess.run(
            [sys.executable, *words],
            cwd=tmp_path,
            env={**environ, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said.append(done.stderr)
    assert said == ["", "orders 1: published, 3 rows\n", "orders 1: unchanged, 3 rows\n"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_and_links_of_documents_are_there(name: str) -> None:
    document = ROOT / name
    text = document.read_text("utf-8")
    for command, option in set(re.findall(r"`portwright ([a-z]+)(?: (--[a-z]+))?", text)):
        done = portwright(ROOT, command, "--help")
        assert done.returncode == 0 and option in done.stdout, (command, option)
    makefile = next(
        folder / "Makefile" for folder in document.parents if (folder / "Makefile").exists()
    )
    goals = {"generate", *re.findall(r"(?m)^([a-z]+):", makefile.read_text("utf-8"))}  # `init`'s
    assert set(re.findall(r"(?m)(?:`|^    )make ([a-z]+)", text)) <= goals
    prose = re.sub(r"`[^`\n]*`", "", text)
    for link in re.findall(r"\]\(([^)#:]+)\)", prose):
        assert (document.parent / link).exists(), link


def test_paths_of_recipes_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    paths = re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.(?:py|md))`", text)
    assert len(paths) > 20
    for path in paths:
        places = (ROOT, ROOT / "generator/portwright", ROOT / "generator/portwright/targets/python")
        places = (*places, ROOT / "runtime/portwright_runtime")
        assert any((place / path).exists() for place in places), path


def test_decisions_are_numbered_and_short() -> None:
    files = sorted((ROOT / "docs" / "adr").glob("*.md"))
    for number, path in enumerate(files, 1):
        text = path.read_text("utf-8")
        assert path.name.startswith(f"{number:04}-") and text.startswith(f"# {number}. "), path
        assert text.count("\n") <= 80, path


def test_the_outbox_of_the_guide_is_at_work(tmp_path: Path) -> None:
    (outbox,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs/streams.md").read_text("utf-8"), re.S
    )
    config = "version: 1\ncontracts: [contracts/*.odcs.yaml]\ntargets:\n"
    config += "  - {target: outbox, dialect: sqlite, out: gen/sql}\n"
    shutil.copytree(SAMPLE / "contracts", tmp_path / "contracts")
    (tmp_path / "portwright.yaml").write_text(config)
    assert portwright(tmp_path, "generate").returncode == 0
    done = subprocess.run(
        [sys.executable, "-c", BEFORE + outbox],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{SAMPLE}{os.pathsep}{SAMPLE / 'src'}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "1 sent, 0 refused" in done.stderr and done.stdout.startswith("pack ")


def test_the_job_of_the_guide_is_run_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = (ROOT / "docs/tables-from-streams.md").read_text("utf-8")
    (config,) = re.findall(r"```yaml\n(.*?)```", guide, re.S)
    (commands,) = re.findall(r"```sh\n(.*?)```", guide, re.S)
    shutil.copytree(SAMPLE / "contracts", tmp_path / "contracts")
    (tmp_path / "portwright.yaml").write_text(config)
    assert portwright(tmp_path, "generate").returncode == 0
    assert (tmp_path / "gen/connect/sales/checkout/v1/orders.jdbc-sink.json").exists()
    packages, job, *words = shlex.split(commands.partition("--packages")[2].replace("\\\n", ""))
    monkeypatch.setenv("PORTWRIGHT_REGISTRY", "https://registry.example.org")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kafka.properties").write_text("# a comment\nmaxOffsetsPerTrigger = 10\n")
    table = runpy.run_path(job)["TABLE"]
    made = spark_job.job_of(table, spark_job.parser(table).parse_args(words))
    assert made.target == Target("lake.sales.orders", "iceberg")
    assert (made.bootstrap, made.once) == ("broker1:9092,broker2:9092", False)
    assert made.kafka == {"maxOffsetsPerTrigger": "10"}
    jars = (ROOT / "tests/support/ivy.xml").read_text("utf-8")
    for organisation, name, version in (each.split(":") for each in packages.split(",")):
        assert f'org="{organisation}" name="{name}" rev="{version}"' in jars
