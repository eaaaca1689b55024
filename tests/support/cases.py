"""The cases: one folder a hazard, with a contract, what it must become and what must be said.

`tests/cases/<hazard>/contract.odcs.yaml` is generated for every target. `expected/` holds
the files, `diagnostics.txt` the findings as a user reads them; a case with an error has no
`expected/`. Where there is a folder `before`, its contract is generated first: what
follows is what a contract bump does.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from portwright import config, output, pipeline
from portwright.diagnostics import as_text
from portwright.manifest import read_manifest
from portwright.paths import CONFIG as CONFIG_FILE
from portwright.plan import compare
from portwright.targets.ddl import DIALECTS
from portwright.targets.kafka_access import FORMATS as KAFKA
from portwright.targets.kafka_connect.sinks import SINKS
from portwright.targets.slo import FORMATS

CASES = Path(__file__).parents[1] / "cases"
CONTRACT = "contract.odcs.yaml"
_ACCESS: dict[str, dict[str, str]] = {
    "bigquery": {"region": "eu"},
    **{each: {"key-table": "sales.portwright_key"} for each in ("postgres", "mysql", "snowflake")},
}
# Every target there is, with its options; for each there is a folder of what comes of a case.
TARGETS: tuple[dict[str, str], ...] = (
    {"target": "avro"},
    {"target": "json-schema"},
    {"target": "protobuf"},
    *({"target": "ddl", "dialect": each} for each in DIALECTS),
    {"target": "arrow"},
    {"target": "python"},
    *({"target": "access", "dialect": each, **_ACCESS.get(each, {})} for each in DIALECTS),
    {"target": "dbt", "dialect": "duckdb"},
    {"target": "outbox", "dialect": "postgres"},
    *({"target": "kafka-connect", "sink": each} for each in SINKS),
    *({"target": "kafka-access", "format": each} for each in KAFKA),
    {"target": "spark"},
    *({"target": "slo", "format": each} for each in FORMATS),
    {"target": "docs"},
    {"target": "asyncapi"},
    {"target": "backstage", "asyncapi": "../asyncapi"},
    {"target": "eventcatalog"},
    {"target": "markdown"},
    {"target": "mermaid"},
)
# Bulky output, and the few cases that it is kept of; the empty word is for none of them.
_READ = {"", "hostile-strings", "several-objects"}
ONLY = {
    **{each: _READ for each in ("docs", "asyncapi", "backstage")},
    **{each: _READ for each in ("eventcatalog", "markdown", "mermaid")},
    "slo": {"", "promises"},
    "kafka-access": {*_READ, "topics"},
}
# Contracts with names, and the engines that have no such names: nothing is generated for them.
WITHOUT = {
    "hostile-strings": {"bigquery", "databricks", "oracle", "spark"},
    "unicode-docs": {"bigquery"},
    # An example of the standard's own has a map in a primary key, which Spark does not compare.
    "bitol-io+open-data-contract-standard__docs~examples~all"
    "~postgresql-adventureworks-contract.odcs.yaml": {"spark"},
}


# Cases that are of one target only.
OWN = {"promises": "slo", "topics": "kafka-access"}


def configuration(case: str = "") -> str:
    """The text of `portwright.yaml` with every target that the case is for."""
    without = WITHOUT.get(case, set())
    return "version: 1\ncontracts: [contract.odcs.yaml]\ntargets:\n" + "".join(
        f"  - {json.dumps({**each, 'out': each['target'].replace('ddl', 'sql')})}\n"
        for each in TARGETS
        if each["target"] not in without
        and (not case or OWN.get(case, each["target"]) == each["target"])
        and (each["target"] not in ("ddl", "access") or each["dialect"] not in without)
        and case in ONLY.get(each["target"], {case})
    )


CONFIG = configuration()


@dataclass(frozen=True)
class Outcome:
    """What a run left: text by path, and the findings as printed."""

    files: dict[str, str]
    diagnostics: str


def names() -> list[str]:
    return sorted(path.parent.name for path in CASES.glob(f"*/{CONTRACT}"))


def good() -> list[str]:
    """The cases that generate."""
    return [name for name in names() if (CASES / name / "expected").is_dir()]


def run(folder: Path, root: Path) -> Outcome:
    """Generates the case in `folder` in the empty folder `root`."""
    (root / CONFIG_FILE).write_text(configuration(folder.name))
    steps = [folder / "before" / CONTRACT] if (folder / "before").is_dir() else []
    found: list[str] = []
    for contract in [*steps, folder / CONTRACT]:
        shutil.copy(contract, root / CONTRACT)
        found = generate(root)
    files = {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name not in (CONFIG_FILE, CONTRACT)
    }
    return Outcome(files, "\n".join(found))


def generate(root: Path) -> list[str]:
    """What `portwright generate` does in `root`; the findings, a text each."""
    read, found = config.load(root, CONFIG_FILE, {})
    assert read is not None, found
    build = pipeline.build(read, root, {})
    found += build.diagnostics
    if not build.failed:
        manifest, wrong = read_manifest(root)
        plan = compare(root, build.files, manifest, build.state)
        found += [*wrong, *plan.diagnostics]
        assert not any(each.is_error for each in found), found
        found += output.apply(plan)
    return [as_text(each, _text(root / each.span.file)) for each in found]


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""
