"""Servers that the processes of one test run share: whoever asks first starts one, and it ends
with the last who uses it, however that one ends."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Kills the server when nobody holds the pipe open for writing any more.
_WATCH = 'cat "$1" >/dev/null; kill -9 "$2"'
# They outlive the process that started them.
_left_running: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Started:
    """A server that was started: its addresses by listener, and what waits until it answers."""

    process: subprocess.Popen[bytes]
    addresses: dict[str, str]
    wait: Callable[[], None]


@dataclass(frozen=True)
class Shared:
    """A server that answers, and the folder that it was started in."""

    folder: Path
    addresses: dict[str, str]


@contextmanager
def shared(root: Path, start: Callable[[Path], Started]) -> Iterator[Shared]:
    """The run's server; `start` gets a new folder below `root` to start one in."""
    root.mkdir(parents=True, exist_ok=True)
    with open(root / "lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found, using = _joined(root) or _first(root, start)
    try:
        yield found
    finally:
        os.close(using)


def _joined(root: Path) -> tuple[Shared, int] | None:
    """The server that runs, and the open pipe; None where there is none or its users have gone."""
    state = root / "server.json"
    if not state.exists():
        return None
    found = json.loads(state.read_text())
    shared = Shared(Path(found["folder"]), found["addresses"])
    try:
        # An error where nobody watches any more.
        return shared, os.open(shared.folder / "users", os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None


def _first(root: Path, start: Callable[[Path], Started]) -> tuple[Shared, int]:
    """A server that was started now, and the open pipe: closing it ends the server."""
    folder = root / str(len(list(root.iterdir())))
    folder.mkdir()
    pipe = folder / "users"
    os.mkfifo(pipe)
    server = start(folder)
    watcher = subprocess.Popen(
        ["sh", "-c", _WATCH, "watch", str(pipe), str(server.process.pid)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _left_running.extend((server.process, watcher))
    using = os.open(pipe, os.O_WRONLY)  # as soon as the watcher reads
    try:
        server.wait()
    except BaseException:
        os.close(using)
        raise
    state = {"folder": str(folder), "addresses": server.addresses}
    (root / "server.json").write_text(json.dumps(state))
    return Shared(folder, server.addresses), using


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody listens on, all different."""
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()
