"""Debian's Prometheus: the server, and the tool that checks rules and plays series to them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from support.tools import missing

_BIN = Path(__file__).parents[2] / ".cache" / "prometheus" / "usr" / "bin"


def promtool() -> str:
    """The path of promtool; where there is none, the test ends as `tools.missing` says."""
    return _program("promtool")


def server() -> str:
    """The path of the server; where there is none as `promtool`."""
    return _program("prometheus")


def check_rules(*files: Path) -> str:
    """What promtool finds fault with in files of rules, "" if nothing."""
    return _fault("check", "rules", *map(str, files))


def play_rules(*files: Path) -> str:
    """What promtool finds other than a file of tests expects, "" if nothing."""
    return _fault("test", "rules", *map(str, files))


def _fault(*arguments: str) -> str:
    done = subprocess.run(
        [promtool(), *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _program(name: str) -> str:
    path = f"{_BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return shutil.which(name, path=path) or missing("no Prometheus: make prometheus")
