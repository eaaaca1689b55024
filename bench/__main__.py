"""`make bench`: every measure, each in a process of its own, in an environment with the peers."""

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
    "--editable",
    str(ROOT / "runtime"),
]


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
    """Runs all measures and fails if one of them does."""
    python = peers()
    # The measures are of the sample's service and its port.
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SAMPLE / "src"), str(SAMPLE)])}
    for module, interpreter in (
        ("generate", Path(sys.executable)),
        ("codec", python),
        ("load", python),
        ("publish", Path(sys.executable)),
    ):
        print(f"\n# {module}\n", flush=True)
        arguments = [str(PEERS / "bin" / "datacontract")] if module == "generate" else []
        script = ROOT / "bench" / f"{module}.py"
        subprocess.run([interpreter, script, *arguments], env=environ, check=True)


main()
