"""What it takes to be started: `--version`, `--help`, a `generate` with nothing to do, beside what
other tools take for the same.

    python -m bench startup

Processor's time of processes in turn, medians. The project is the sample with its targets.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from bench.processes import Measured, in_turn, table

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "samples" / "checkout"
ROUNDS = 11


def main() -> None:
    """Prints a table for each question."""
    ours = Path(sys.executable).parent
    peers = Path(sys.argv[1]).parent
    tools = {"portwright": ours / "portwright", "buf": ours / "buf"}
    tools |= {name: peers / name for name in ("datacontract", "xrcg", "avrotize")}
    known = {name: path for name, path in tools.items() if path.exists()}
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        shutil.copytree(SAMPLE, here / "sample", ignore=shutil.ignore_patterns("local", "stamp"))
        base = Measured("python -c pass", [sys.executable, "-I", "-c", "pass"], here)
        for word in ("--version", "--help"):
            # avrotize has no word for its version.
            asked = {name: word for name in known if (name, word) != ("avrotize", "--version")}
            beside = [Measured(f"{n} {word}", [known[n], word], here) for n in asked]
            in_turn([base, *beside], ROUNDS)
            table([base, *beside], beside[0])
        config = here / "sample" / "portwright.yaml"
        command: list[str | Path] = [known["portwright"], "generate", "-c", config]
        nothing = Measured("portwright generate, nothing to do", command, here)
        nothing.run()
        nothing.times.clear()
        measures = [nothing]
        if "buf" in known:
            protos = here / "sample" / "gen" / "protobuf"
            measures.append(Measured("buf lint, the same protos", [known["buf"], "lint"], protos))
        in_turn(measures, ROUNDS)
        table(measures, nothing)


if __name__ == "__main__":
    main()
