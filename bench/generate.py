"""The time of a run over the sample: cold, with nothing to do, and datacontract-cli's for the
same artefacts of the same contract. Whole processes, alternating, medians of several rounds."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SAMPLE = Path(__file__).parents[1] / "samples" / "checkout"
CONTRACT = "contracts/checkout.odcs.yaml"
TOOL = Path(sys.executable).with_name("portwright")
ROUNDS = 5
# What both can write: a schema each for orders and refunds, and one file for both of the rest.
EXPORTS = [
    ["avro", "--schema-name", "orders"],
    ["avro", "--schema-name", "refunds"],
    ["jsonschema", "--schema-name", "orders"],
    ["jsonschema", "--schema-name", "refunds"],
    ["protobuf"],
    ["sql", "--dialect", "postgres"],
    ["pydantic-model"],
]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run(*command: str | Path, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=120)


def cold(scratch: Path) -> float:
    """A first run in a folder with the contract and the config only."""
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(SAMPLE / "contracts", scratch / "contracts")
    shutil.copy(SAMPLE / "portwright.yaml", scratch)
    return seconds(lambda: run(TOOL, "generate", cwd=scratch))


def again(scratch: Path) -> float:
    return seconds(lambda: run(TOOL, "generate", cwd=scratch))


def peer(command: Path, scratch: Path) -> float:
    def export() -> None:
        for arguments in EXPORTS:
            run(command, "export", *arguments, CONTRACT, cwd=scratch)

    return seconds(export)


def main() -> None:
    """Prints medians and ratios."""
    command = Path(sys.argv[1])
    times: dict[str, list[float]] = {"cold": [], "again": [], "peer": []}
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder) / "checkout"
        cold(scratch)  # fills the caches of compiled Python
        for _ in range(ROUNDS):
            times["cold"].append(cold(scratch))
            times["again"].append(again(scratch))
            times["peer"].append(peer(command, scratch))
    medians = {name: statistics.median(values) for name, values in times.items()}
    files = sum(1 for _ in SAMPLE.glob("gen/**/*.*")) + sum(1 for _ in SAMPLE.glob("src/*/*.py"))
    print(f"cold, {files} files             {medians['cold']:6.2f} s")
    print(f"again, nothing to do        {medians['again']:6.2f} s")
    print(f"datacontract-cli, {len(EXPORTS)} files   {medians['peer']:6.2f} s")
    print(f"cold is {medians['peer'] / medians['cold']:.1f} times as fast,", end=" ")
    print(f"nothing to do {medians['peer'] / medians['again']:.0f} times")


main()
