"""The time and memory of a run: 1, 10, 100 and 1,000 contracts, cold and with nothing to do, beside
datacontract-cli for 1 and 10. Processes in turn, medians.

The contracts are those of PORTWRIGHT_CORPUS that generate, from small to large, multiplied; where
there is no such folder, the sample's. datacontract-cli works in one process by its Python API,
which is its fastest way: it checks a contract for every file, by the command line it also starts.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from bench import contracts
from bench.processes import Command, peak, seconds
from portwright import config, pipeline
from support import cases

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "samples" / "checkout" / "contracts" / "checkout.odcs.yaml"
TOOL = Path(sys.executable).with_name("portwright")
CONFIG = "portwright.yaml"
ROUNDS = {1: 5, 10: 3, 100: 3, 1000: 1}
PEER_UP_TO = 10
# Eight artefacts that both tools can write.
DIALECTS = ("postgres", "duckdb", "snowflake", "bigquery")
EIGHT = [
    each
    for each in cases.TARGETS
    if each["target"] in ("avro", "json-schema", "protobuf", "python")
    or (each["target"] == "ddl" and each["dialect"] in DIALECTS)
]


def settings(targets: Iterable[Mapping[str, str]]) -> str:
    """A config for `targets` with their options."""
    lines = (f"  - {json.dumps({**each, 'out': each['target']})}\n" for each in targets)
    return f"version: 1\ncontracts: [contracts/*.odcs.yaml]\ntargets:\n{''.join(lines)}"


def sources(scratch: Path) -> list[Path]:
    """The contracts to multiply: those that generate for every target, small ones first."""
    folder = os.environ.get("PORTWRIGHT_CORPUS")
    if folder is None:
        return [SAMPLE]
    (scratch / "contracts").mkdir()
    (scratch / CONFIG).write_text(settings(cases.TARGETS))
    found = []
    for path in sorted(Path(folder).glob("*.y*ml"), key=lambda each: each.stat().st_size):
        shutil.copy(path, scratch / "contracts" / "one.odcs.yaml")
        known, _ = config.load(scratch, CONFIG, {})
        if known is not None and not pipeline.build(known, scratch, {}).failed:
            found.append(path)
    return found


def clean(root: Path) -> None:
    """Leaves the contracts and the config."""
    for each in root.iterdir():
        if each.is_dir() and each.name != "contracts":
            shutil.rmtree(each)
        elif each.name not in (CONFIG, "contracts"):
            each.unlink()


def measure(root: Path, rounds: int, name: str, command: Command) -> float:
    """Prints what a cold run and one with nothing to do take; the median of the cold ones."""
    cold, again, memory = [], [], 0.0
    for _ in range(rounds):
        clean(root)
        cold.append(seconds(command, root))
        again.append(seconds(command, root))
    clean(root)
    memory = peak(command, root)
    median = statistics.median(cold)
    print(f"{name:36} {median:8.2f} s {statistics.median(again):8.2f} s {memory:8.0f} MiB")
    return median


def main() -> None:
    """Prints a line for every measure, and the ratios."""
    peer = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        (scratch / "one").mkdir()
        files = sources(scratch / "one")
        print(f"{'':36} {'cold':>10} {'again':>10} {'memory':>12}")
        for count, rounds in ROUNDS.items():
            root = scratch / str(count)
            contracts.write(files, count, root)
            run: Command = [TOOL, "generate"]
            times = {}
            for targets in (EIGHT, cases.TARGETS):
                (root / CONFIG).write_text(settings(targets))
                name = f"{count:,} contract{'s' * (count > 1)}, {len(targets)} targets"
                times[len(targets)] = measure(root, rounds, name, run)
            if count <= PEER_UP_TO:
                beside(peer, root, rounds, times[len(EIGHT)])


def beside(peer: Path, root: Path, rounds: int, ours: float) -> None:
    """Prints what datacontract-cli takes for the same contracts and artefacts."""
    command: Command = [peer, ROOT / "bench" / "exports.py", ",".join(DIALECTS)]
    for number, path in enumerate(sorted(root.glob("contracts/*"))):
        command += [path, root / "peer" / str(number)]
    times = []
    for _ in range(rounds):
        clean(root)
        times.append(seconds(command, root))
    theirs = statistics.median(times)
    memory = peak(command, root)
    name = f"  datacontract-cli, {len(EIGHT)} targets"
    print(f"{name:36} {theirs:8.2f} s {'':10} {memory:8.0f} MiB   x {theirs / ours:.1f}")


if __name__ == "__main__":
    main()
