"""A command, measured: its time, and the most memory that it and its children hold at once."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

Command = list[str | Path]


def seconds(command: Command, cwd: Path) -> float:
    """The time of a command that must succeed."""
    start = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)
    return time.perf_counter() - start


def peak(command: Command, cwd: Path) -> float:
    """MiB at the worst moment. Pages that processes share count once; looked at 20 times a second
    in a run of its own, as looking takes time. Linux only."""
    most = 0.0
    with subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            most = max(most, sum(map(_mebibytes, _tree(process.pid))))
            time.sleep(0.05)
    return most


def _tree(pid: int) -> Iterator[int]:
    """The process and those below it."""
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = path.read_text().split()
        except OSError:  # ended meanwhile
            continue
        for each in children:
            yield from _tree(int(each))


def _mebibytes(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
