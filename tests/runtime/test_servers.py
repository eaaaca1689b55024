"""Servers that the processes of a test run share: one for all, gone with the last of them."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from support import processes, servers

HOLDER = """
    import subprocess, sys
    from pathlib import Path
    from support import servers

    def start(folder):
        server = subprocess.Popen(["sleep", "600"])
        return servers.Started(server, {}, lambda: None)

    with servers.shared(Path(sys.argv[1]), start):
        print("started")
        sys.stdin.read()
"""


class Sleepers:
    """Starts servers that do nothing, and counts them."""

    def __init__(self, fails: bool = False) -> None:
        self.started: list[subprocess.Popen[bytes]] = []
        self.fails = fails

    def __call__(self, folder: Path) -> servers.Started:
        self.started.append(subprocess.Popen(["sleep", "600"]))
        return servers.Started(self.started[-1], {"it": str(folder)}, self._wait)

    def _wait(self) -> None:
        if self.fails:
            raise RuntimeError("it does not answer")


def ends(process: subprocess.Popen[bytes]) -> None:
    assert process.wait(processes.PATIENCE) == -9


def test_the_first_starts_it_and_it_ends_with_the_last(tmp_path: Path) -> None:
    start = Sleepers()
    with ExitStack() as others:
        with servers.shared(tmp_path, start) as first:
            second = others.enter_context(servers.shared(tmp_path, start))
            assert first == second
        (server,) = start.started
        assert server.poll() is None
    ends(server)


def test_whoever_comes_after_the_last_starts_another(tmp_path: Path) -> None:
    start = Sleepers()
    folders = []
    for _ in range(2):
        with servers.shared(tmp_path, start) as found:
            folders.append(found.folder)
        ends(start.started[-1])
    assert len(start.started) == len(set(folders)) == 2


def test_it_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    with processes.program(HOLDER, tmp_path) as holder:
        assert processes.line(holder) == "started"
        holder.kill()
        # The server has the same output, so this is over when it has ended, too.
        processes.rest(holder)


def test_one_that_does_not_start_is_told_and_ended(tmp_path: Path) -> None:
    start = Sleepers(fails=True)
    with pytest.raises(RuntimeError, match="does not answer"), servers.shared(tmp_path, start):
        pass
    ends(start.started[-1])
    start.fails = False
    with servers.shared(tmp_path, start):
        assert start.started[-1].poll() is None
