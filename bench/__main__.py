"""`python -m bench [measure …]`: each in a process of its own, in an environment with the peers.

`make bench` runs all measures but `many`, which takes an hour, and `peers` and `changes`, which
write pages of `docs`.
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
MEASURES = {"generate": False, "codec": True, "load": True, "publish": False, "stream": False}
# These are run when they are asked for.
ASKED = {"peers": False, "changes": False, "many": True}


def peers() -> Path:
    """The Python of an environment that holds the peers and the runtime, made once."""
    python = PEERS / "bin" / "python"
    ready = PEERS / "ready"
    if not ready.exists():
        print("installing the peers …", flush=True)
        venv.create(PEERS, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        ready.touch()
    return python


def main() -> None:
    """Runs the measures asked for, else all, and fails if one of them does."""
    python = peers()
    # The measures are of the sample's service and its port; engines are those of the tests.
    paths = [ROOT, SAMPLE / "src", SAMPLE, ROOT / "tests"]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    known = {**MEASURES, **ASKED}
    for name in sys.argv[1:] or MEASURES:
        print(f"\n# {name}\n", flush=True)
        own = [python] if known[name] else [sys.executable]
        subprocess.run([*own, "-m", f"bench.{name}", python], env=environ, check=True)


main()
