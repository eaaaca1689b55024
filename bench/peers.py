"""`docs/peers.md`: what real tools accept of what Portwright and datacontract-cli write.

    python -m bench peers

Both write every target for 16 contracts that others wrote (PORTWRIGHT_CORPUS has them); a contract
passes where an engine accepts all of its files.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.engines import ENGINES, Accepts, Engine
from portwright import __version__
from support import cases, corpus

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "peers.md"
OURS, PEER = "Portwright", "datacontract-cli"

# Of the standard's own repository: the examples of whole schemas; those of `quality/` and of other
# sections have one column at most. Of datacontract-cli's: the nine with the most properties that
# the standard's JSON Schema takes. Folders are divided by `~` in the corpus.
CONTRACTS = {
    "bitol-io/open-data-contract-standard": (
        "docs/examples/all/full-example.odcs.yaml",
        "docs/examples/all/postgresql-adventureworks-contract.odcs.yaml",
        "docs/examples/fundamentals/table-column-description.odcs.yaml",
        "docs/examples/schema/all-schema-types.odcs.yaml",
        "docs/examples/schema/kafka-schema.odcs.yaml",
        "docs/examples/schema/table-column.odcs.yaml",
        "docs/examples/schema/table-columns-with-partition.odcs.yaml",
    ),
    "datacontract/datacontract-cli": (
        "tests/fixtures/api/weather-service.odcs.yaml",
        "tests/fixtures/bigquery/import/datacontract.yaml",
        "tests/fixtures/dbml/datacontract.odcs.yaml",
        "tests/fixtures/dbt/import/expected/manifest_jaffle_bigquery.odcs.yaml",
        "tests/fixtures/dqx/datacontract_missing_quality.odcs.yaml",
        "tests/fixtures/export/datacontract.large.odcs.yaml",
        "tests/fixtures/import/json/product_detail.datacontract.yaml",
        "tests/fixtures/import/orders_union-types_datacontract.yaml",
        "tests/fixtures/pydantic-model/expected/models.odcs.yaml",
    ),
}

INTRODUCTION = """\
# What real tools accept, beside datacontract-cli

{contracts} contracts that others wrote, every target, and for each what has to read it. A number
says how many contracts pass whole: each of their files is accepted. What a tool cannot export
does not pass. `python -m bench peers` runs both tools and every engine, and writes this page.
"""


@dataclass(frozen=True)
class Verdict:
    """Why an engine does not take what a tool made of a contract; None if it does."""

    tool: str
    contract: str
    engine: Engine
    reason: str | None


def find() -> dict[str, Path]:
    """The contracts in the corpus, by the path in the repository that they are from."""
    known = {path.name: path for path in corpus.FILES}
    return {
        f"{repository}: {path}": known[f"{repository.replace('/', '+')}__{path.replace('/', '~')}"]
        for repository, paths in CONTRACTS.items()
        for path in paths
    }


def portwright(contract: Path, folder: Path) -> None:
    """Writes every target; a stream's objects get tables too, as the peer knows no difference."""
    folder.mkdir(parents=True)
    document = yaml.safe_load(contract.read_text("utf-8"))
    objects = {each["name"]: ["stream", "table"] for each in document["schema"]}
    ports = json.dumps({"ports": {document["id"]: objects}})
    (folder / cases.CONTRACT).write_bytes(contract.read_bytes())
    (folder / "portwright.yaml").write_text(cases.CONFIG + ports[1:-1] + "\n", "utf-8")
    tool = Path(sys.executable).with_name("portwright")
    done = subprocess.run([tool, "generate"], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if " error[" in line]
        (folder / "failed").write_text("\n".join(errors), "utf-8")


def verdicts(
    engines: Iterable[Engine], tool: str, root: Path, names: Iterable[str]
) -> Iterator[Verdict]:
    """What every engine says of the folders `0`, `1` … below `root`, one a contract."""
    for engine in engines:
        with engine.open() as accepts:
            for number, name in enumerate(names):
                reason = _reason(accepts, engine, root / str(number))
                yield Verdict(tool, name, engine, reason)


def _reason(accepts: Accepts, engine: Engine, folder: Path) -> str | None:
    failed = [*folder.glob(f"{engine.files}.failed"), *folder.glob("failed")]
    if failed:
        return f"the tool fails: {_line(failed[0].read_text('utf-8'), folder)}"
    files = sorted(folder.glob(engine.files))
    if not files:
        return "the tool writes nothing"
    try:
        accepts(files)
    except Exception as fault:  # engines have errors of their own
        return _line(str(fault) or type(fault).__name__, folder)
    return None


def _line(text: str, folder: Path) -> str:
    """The first line that says something, without what differs from run to run."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    line = line.replace(f"{folder}/", "").replace("`", "'").replace("|", "¦")
    return line if len(line) <= 120 else f"{line[:119]}…"


def page(found: Iterable[Verdict], versions: Mapping[str, str]) -> str:
    """The document."""
    found = list(found)
    contracts = list(dict.fromkeys(each.contract for each in found))
    engines = list(dict.fromkeys(each.engine for each in found))
    passed = {(each.tool, each.engine, each.contract) for each in found if each.reason is None}
    heads = [f"{tool} {version}" for tool, version in versions.items()]

    def counts(places: Iterable[tuple[Engine, str]]) -> list[int]:
        return [sum((tool, *place) in passed for place in places) for tool in versions]

    by_engine = [
        [each.target, each.name, *counts([(each, name) for name in contracts])] for each in engines
    ]
    by_contract = [
        [number, name, *counts([(each, name) for each in engines])]
        for number, name in enumerate(contracts, 1)
    ]
    whole = [sum(row[2 + index] == len(engines) for row in by_contract) for index in (0, 1)]
    parts = [
        INTRODUCTION.format(contracts=len(contracts)),
        *_table(["target", "accepted", *heads], [*by_engine, ["all of them", "", *whole]]),
        f"\n## The contracts\n\nHow many of the {len(engines)} lines above each contract passes.\n",
        *_table(["", "contract", *heads], by_contract),
    ]
    for tool in versions:
        faults = _faults([each for each in found if each.tool == tool], contracts)
        parts.append(f"\n## What {tool} does not pass\n")
        parts += _table(["target", "accepted", "contracts", "the first says"], faults)
    return "\n".join(parts) + "\n"


def _table(head: list[str], rows: list[list[object]]) -> list[str]:
    """The lines of a Markdown table; a sentence where it has no rows."""
    if not rows:
        return ["Nothing."]
    lines = [f"| {' | '.join(map(str, row))} |" for row in (head, *rows)]
    return [lines[0], f"|{'---|' * len(head)}", *lines[1:]]


def _faults(found: Iterable[Verdict], contracts: list[str]) -> list[list[object]]:
    """A row for every engine that does not accept something, with the first of its reasons."""
    rows: dict[Engine, tuple[list[str], str]] = {}
    for each in found:
        if each.reason is not None:
            numbers, _ = rows.setdefault(each.engine, ([], each.reason))
            numbers.append(str(contracts.index(each.contract) + 1))
    return [
        [engine.target, engine.name, ", ".join(numbers), f"`{reason}`"]
        for engine, (numbers, reason) in rows.items()
    ]


def main() -> None:
    """Runs both tools and every engine, and writes the page."""
    python = Path(sys.argv[1])
    logging.disable()  # sqlglot tells what it falls back to
    contracts = find()
    with tempfile.TemporaryDirectory() as scratch:
        ours, its = Path(scratch, "ours"), Path(scratch, "its")
        dialects = [each.target.split()[1] for each in ENGINES if " " in each.target]
        exports: list[str | Path] = [",".join(dict.fromkeys(dialects))]
        for number, path in enumerate(contracts.values()):
            portwright(path, ours / str(number))
            exports += [path, its / str(number)]
        script = ROOT / "bench" / "exports.py"
        done = subprocess.run(
            [python, script, *exports], check=True, capture_output=True, text=True
        )
        found = [
            *verdicts(ENGINES, OURS, ours, contracts),
            *verdicts(ENGINES, PEER, its, contracts),
        ]
        versions = {OURS: __version__, PEER: done.stdout.split()[-1]}
    text = page(found, versions)
    PAGE.write_text(text, "utf-8")
    print(text.partition("\n## ")[0])


if __name__ == "__main__":
    main()
