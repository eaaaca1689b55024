"""A command, measured: its time, and the most memory that it and its children hold at once."""

from __future__ import annotations

import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
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


def work(command: Command, cwd: Path) -> float:
    """The seconds that processors worked for a command that must succeed, and for those it starts:
    a machine with other things to do does not change them much."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@dataclass(frozen=True)
class Measured:
    """What is measured by a name: a command, what is done before each run of it, and its times."""

    name: str
    command: Command
    cwd: Path
    before: Callable[[], object] = lambda: None
    times: list[tuple[float, float]] = field(default_factory=list)

    def run(self) -> None:
        self.before()
        start = time.perf_counter()
        worked = work(self.command, self.cwd)
        self.times.append((worked, time.perf_counter() - start))

    @property
    def medians(self) -> tuple[float, float]:
        """Processor's time and time on the clock, in seconds."""
        worked, passed = zip(*self.times, strict=True)
        return statistics.median(worked), statistics.median(passed)


def in_turn(measures: Sequence[Measured], rounds: int) -> None:
    """Runs all of them, so many times, in turn: what else the machine does meets them all."""
    for _ in range(rounds):
        for each in measures:
            each.run()


def table(measures: Sequence[Measured], base: Measured) -> None:
    """Prints medians, and how many times that of `base` each is."""
    print(f"{'':44} {'processor':>12} {'clock':>12}   ratio")
    for each in measures:
        worked, passed = each.medians
        ratio = worked / base.medians[0]
        print(f"{each.name:44} {worked * 1000:9.0f} ms {passed * 1000:9.0f} ms   x {ratio:.1f}")
