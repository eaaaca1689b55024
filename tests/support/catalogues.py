"""Runs `catalogues.js` on a Node of the environment; its packages are fetched once, into
`.cache`."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from support.kafkajs import _NODE, _ROOT
from support.tools import missing

_PROGRAM = Path(__file__).with_suffix(".js")
_PACKAGES = (
    "@asyncapi/parser@3.6.6",
    "@asyncapi/avro-schema-parser@3.1.0",
    "@backstage/catalog-model@1.10.3",
    "js-yaml@4.3.2",
)
_FOLDER = Path(__file__).parents[2] / ".cache" / "catalogues-3.6.6"


def faults(reader: str, paths: Iterable[Path]) -> dict[str, list[str]]:
    """What `asyncapi` or `backstage` finds fault with, by file; files without are left out."""
    environment = os.environ | {"NODE_PATH": str(_packages() / "node_modules")}
    done = subprocess.run(
        [_NODE, str(_PROGRAM), reader, *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=300,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return {path: said for path, said in json.loads(done.stdout).items() if said}


def _packages() -> Path:
    """The folder with the packages, filled by the first process that asks for it."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    ready = _FOLDER / "ready"
    with open(_FOLDER / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            npm = _ROOT / "lib/node_modules/npm/bin/npm-cli.js"
            words = ["install", "--silent", "--no-audit", "--no-fund", "--prefix", str(_FOLDER)]
            done = subprocess.run([_NODE, str(npm), *words, *_PACKAGES], timeout=300, check=False)
            if done.returncode:
                missing("npm cannot fetch the parsers of AsyncAPI and Backstage")
            ready.touch()
    return _FOLDER
