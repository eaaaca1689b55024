"""The time and memory of a run: 1, 10, 100 and 1,000 contracts, cold and with nothing to do, beside
datacontract-cli for 1 and 10. Processes in turn, medians.

The contracts are those of PORTWRIGHT_CORPUS that generate, from small to large, multiplied; where
there is no such folder, the sample's. datacontract-cli works in one process by its Python API,
which is its fastest way: it checks a contract for every file, by the command line it also starts.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench import contracts
from bench.processes import Command, peak, seconds
from portwright import config, pipeline
from portwright.targets import registry
from portwright.targets.ddl import DIALECTS

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "samples" / "checkout" / "contracts" / "checkout.odcs.yaml"
TOOL = Path(sys.executable).with_name("portwright")
CONFIG = "portwright.yaml"
ROUNDS = {1: 5, 10: 3, 100: 3, 1000: 1}
PEER_UP_TO = 10
SCHEMAS = ["avro", "json-schema", "protobuf", "python"]
# Eight artefacts, which both tools can write.
EIGHT = [*SCHEMAS, *(f"ddl {each}" for each in ("postgres", "duckdb", "snowflake", "bigquery"))]
ALL = [
    *(each for each in registry.BUILT_IN if each != "ddl"),
    *(f"ddl {each}" for each in DIALECTS),
]


def settings(targets: Iterable[str]) -> str:
    """A config for `targets`: a name, for ddl with its dialect behind it."""
    text = "version: 1\ncontracts: [contracts/*.odcs.yaml]\ntargets:\n"
    for each in targets:
        name, _, dialect = each.partition(" ")
        option = f", dialect: {dialect}" if dialect else ""
        text += f"  - {{target: {name}{option}, out: {name}}}\n"
    return text


def sources(scratch: Path) -> list[Path]:
    """The contracts to multiply: those that generate for every target, small ones first."""
    folder = os.environ.get("PORTWRIGHT_CORPUS")
    if folder is None:
        return [SAMPLE]
    (scratch / "contracts").mkdir()
    (scratch / CONFIG).write_text(settings(ALL))
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
            eight = [each for each in EIGHT if each in ALL]
            for targets in (eight, ALL):
                (root / CONFIG).write_text(settings(targets))
                name = f"{count:,} contracts, {len(targets)} targets"
                times[len(targets)] = measure(root, rounds, name, run)
            if count <= PEER_UP_TO:
                beside(peer, root, rounds, eight, times[len(eight)])


def beside(peer: Path, root: Path, rounds: int, targets: list[str], ours: float) -> None:
    """Prints what datacontract-cli takes for the same contracts and targets."""
    dialects = ",".join(each.split()[1] for each in targets if " " in each)
    command: Command = [peer, ROOT / "bench" / "exports.py", dialects]
    for number, path in enumerate(sorted(root.glob("contracts/*"))):
        command += [path, root / "peer" / str(number)]
    times = []
    for _ in range(rounds):
        clean(root)
        times.append(seconds(command, root))
    theirs = statistics.median(times)
    memory = peak(command, root)
    name = f"  datacontract-cli, {len(targets)} targets"
    print(f"{name:36} {theirs:8.2f} s {'':10} {memory:8.0f} MiB   x {theirs / ours:.1f}")


if __name__ == "__main__":
    main()
