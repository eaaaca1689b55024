"""What reads documents about objectives: oslo (OpenSLO), sloth, and Grafana's library."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

_BIN = Path(__file__).parents[2] / ".cache" / "slo-tools"


def openslo(path: Path) -> str:
    """What oslo finds fault with in documents of OpenSLO, "" if nothing."""
    return _fault("oslo", "validate", "-f", path)


def sloth(path: Path, made: Path) -> str:
    """What sloth finds fault with in a specification, "" if nothing: its rules are in `made`."""
    period = ("--default-slo-period", "28d")
    return _fault("sloth", "generate", "--input", path, "--out", made, *period)


def dashboard(text: str) -> object:
    """What is left of a dashboard once Grafana's library has read it."""
    register_default_plugins()
    read = Dashboard.from_json(json.loads(text))
    return json.loads(json.dumps(read, cls=JSONEncoder))


def _fault(name: str, *arguments: object) -> str:
    program = _BIN / name
    if not program.is_file():
        # In CI, too: to build it takes longer than all tests of the target.
        pytest.skip(f"no {name}: make slo-tools")
    done = subprocess.run(
        [program, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr
