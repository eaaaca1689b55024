"""`python -m bench [measure …]`: each in a process of its own, in an environment with the peers.

`make bench` runs all measures but `many`, which takes an hour, `peers` and `changes`, which
write pages of `docs`, `startup` and `monorepo`, whose figures are in `docs/monorepos.md`, and
`metrics`, whose are in `docs/metrics.md`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "samples" / "checkout"
PEERS = ROOT / ".cache" / "bench"
PACKAGES = [
    "datacontract-cli==1.2.8",
    "confluent-kafka[avro,schemaregistry]==2.16.0",
    "dlt[duckdb,postgres]==1.31.0",
    "numpy>=2.2",
    "psycopg[binary]>=3.3",
    "--editable",
    str(ROOT / "runtime"),
]
# Whether a measure runs among the peers; the others are told where their Python is.
MEASURES = {
    "generate": False,
    "codec": True,
    "load": True,
    "publish": False,
    "privacy": False,
    "stream": False,
}
# These are run when they are asked for.
ASKED = {"peers": False, "changes": False, "many": True, "startup": False, "monorepo": False}
ASKED |= {"metrics": False}
# Those that are asked for need less of the peers, in an environment of its own.
COMMANDS = ROOT / ".cache" / "bench-commands"
COMMAND_PACKAGES = ["datacontract-cli==1.2.8", "xrcg==0.11.*", "avrotize==3.9.*"]
WITH_COMMANDS = frozenset({"startup", "monorepo"})


def environment(folder: Path, packages: list[str]) -> Path:
    """The Python of an environment that holds the packages, made once."""
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        print("installing the peers …", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        ready.touch()
    return python


def main() -> None:
    """Runs the measures asked for, else all, and fails if one of them does."""
    # The measures are of the sample's service and its port; engines are those of the tests.
    paths = [ROOT, SAMPLE / "src", SAMPLE, ROOT / "tests"]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    known = {**MEASURES, **ASKED}
    for name in sys.argv[1:] or MEASURES:
        commands = name in WITH_COMMANDS
        which = (COMMANDS, COMMAND_PACKAGES) if commands else (PEERS, PACKAGES)
        python = environment(*which)
        print(f"\n# {name}\n", flush=True)
        own = [python] if known[name] else [sys.executable]
        subprocess.run([*own, "-m", f"bench.{name}", python], env=environ, check=True)


main()
