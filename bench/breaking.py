"""How long `breaking` takes on the largest contract that others wrote, and datacontract-cli's."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from support import corpus

_RUNS = 5
_EVERY = 20


@dataclass(frozen=True)
class Times:
    """Seconds of CPU by tool, the best of some runs; of so many `lines`, and so many `changed`."""

    lines: int
    changed: int
    seconds: dict[str, float]


def measure(python: Path, folder: Path, ours: str, peer: str) -> Times:
    """The times; the changed revision requires one property more in a few."""
    largest = max(corpus.FILES, key=lambda each: each.stat().st_size)
    lines = largest.read_text("utf-8").splitlines(keepends=True)
    optional = [place for place, line in enumerate(lines) if line.strip() == "required: false"]
    changed = list(lines)
    for place in optional[::_EVERY]:
        changed[place] = changed[place].replace("false", "true")
    old, new = folder / "old.yaml", folder / "new.yaml"
    old.write_text("".join(lines), "utf-8")
    new.write_text("".join(changed), "utf-8")
    own = Path(sys.executable).with_name("portwright")
    commands = {
        ours: (own, "breaking", "--against", old, new),
        peer: (python.with_name("datacontract"), "breaking", old, new),
    }
    seconds = {tool: min(_cpu(command) for _ in range(_RUNS)) for tool, command in commands.items()}
    return Times(len(lines), len(optional[::_EVERY]), seconds)


def _cpu(command: Sequence[str | Path]) -> float:
    """Seconds of CPU of a command, which may find something; what else runs is not in it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode in (0, 1) and b"Traceback" not in done.stderr, done.stderr
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
