"""A repository of 300 contracts: generated from nothing, with one changed, with none changed,
beside what other tools do for it.

    python -m bench monorepo

Each state is one that a team meets: a first run, a fresh checkout where a cache is shared, an edit,
and a build in which nothing has changed. datacontract-cli exports Avro alone, in one process by its
Python API, which is its fastest way; buf lints and generates Python of the same 300 contracts as we
wrote them for Protobuf. Neither knows what has changed, so that an edit costs them all of it, or
one start and one contract, if somebody says which.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import contracts
from bench.generate import CONFIG, EIGHT, SAMPLE, clean, settings
from bench.processes import Command, Measured, in_turn, table

COUNT = int(os.environ.get("PORTWRIGHT_BENCH_CONTRACTS", "300"))
ROUNDS = 3
TOOL = Path(sys.executable).with_name("portwright")
BUF = Path(sys.executable).with_name("buf")
SCHEMAS = [each for each in EIGHT if each["target"] != "python"]
AVRO = """
import sys, logging
from pathlib import Path
from datacontract.data_contract import DataContract
logging.disable()
for name in sys.argv[1:]:
    found = DataContract(data_contract_file=name, inline_references=False)
    for each in ("orders", "refunds"):
        Path(name).with_suffix(f".{each}.avsc").write_text(
            found.export(export_format="avro", schema_name=each)
        )
"""


def ours(root: Path, name: str) -> list[Measured]:
    """The states of a repository, for the targets that its config has."""
    run: Command = ["env", f"PORTWRIGHT_CACHE={root / 'cache'}", TOOL, "generate"]
    numbers = iter(range(1_000_000))

    def emptied() -> None:
        clean(root)

    def fresh() -> None:
        kept = root / "cache"
        kept.rename(root.parent / "kept")
        clean(root)
        (root.parent / "kept").rename(kept)

    def edited() -> None:
        path = root / "contracts" / f"{COUNT // 3:04}.odcs.yaml"
        text = re.sub("An order [^,]*,", f"An order {next(numbers)},", path.read_text("utf-8"))
        path.write_text(text, "utf-8")

    def state(word: str, before: Callable[[], object]) -> Measured:
        return Measured(f"{name}, {word}", run, root, before)

    return [
        state("from nothing", emptied),
        state("a fresh checkout, a shared cache", fresh),
        state("one changed", edited),
        state("none changed", lambda: None),
    ]


def theirs(root: Path, peer: Path) -> list[Measured]:
    """What other tools do with the same contracts, and with the Protobuf files made of them."""
    names = [path.name for path in sorted((root / "contracts").glob("*.odcs.yaml"))]
    api: Command = [peer, "-c", AVRO]
    export = "datacontract-cli, Avro"
    found = []
    if peer.exists():
        found = [
            Measured(f"{export} of {len(names)}", [*api, *names], root / "contracts"),
            Measured(f"{export} of one", [*api, names[0]], root / "contracts"),
        ]
    if BUF.exists():
        protos = root / "protobuf"
        protoc = [sys.executable, "-m", "grpc_tools.protoc"]
        plugin = {"protoc_builtin": "python", "out": "made", "protoc_path": protoc}
        plugin["strategy"] = "all"  # one start of protoc, not one a folder
        (protos / "buf.gen.yaml").write_text(json.dumps({"version": "v2", "plugins": [plugin]}))
        for word in ("lint", "generate"):
            found.append(Measured(f"buf {word} of {len(names)}", [BUF, word], protos))
    return found


def main() -> None:
    """Prints a table for schemas of four formats in four dialects, one with Python as well, and one
    for pages and the report."""
    peer = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        pages = [{"target": "docs"}]
        for name, targets in (("7 targets", SCHEMAS), ("8 with Python", EIGHT), ("pages", pages)):
            root = Path(folder) / name.replace(" ", "-") / "repository"
            root.mkdir(parents=True)
            contracts.write([SAMPLE], COUNT, root)
            (root / CONFIG).write_text(settings(targets))
            measures = ours(root, f"{COUNT} contracts, {name}")
            if targets is pages:
                report: Command = [*measures[0].command[:2], TOOL, "report"]
                measures.append(Measured(f"{COUNT} contracts, report", report, root))
            in_turn(measures, ROUNDS)
            beside = theirs(root, peer) if targets is SCHEMAS else []
            in_turn(beside, 1)
            table([*measures, *beside], measures[2])


if __name__ == "__main__":
    main()
