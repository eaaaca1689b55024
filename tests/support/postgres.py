"""A throw-away PostgreSQL server for a test run: its own cluster, socket and directory."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    " -c timezone=Asia/Kolkata"  # not UTC on purpose: nothing may depend on the server's zone
)


def binaries() -> Path | None:
    """The directory of `initdb` and `pg_ctl`: the newest Debian one, else the one on PATH."""
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4])
    )
    if packaged:
        return packaged[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """The libpq connection string of a fresh server, which is gone afterwards."""
    # A socket's path may hold 107 bytes: pytest's own directories can be too long for it.
    with tempfile.TemporaryDirectory(prefix="pg") as directory:
        as_owner = _hand_over(directory)
        data = f"{directory}/data"

        def call(program: str, *arguments: str) -> None:
            command = [*as_owner, str(programs / program), *arguments]
            done = subprocess.run(
                command, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, text=True
            )
            if done.returncode:
                raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")

        call(
            "initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust",
            "--encoding", "UTF8", "--no-locale", "--no-sync",
        )  # fmt: skip
        options = f"{_OPTIONS} -k {directory}"
        log = f"{directory}/log"
        call("pg_ctl", "--pgdata", data, "--log", log, "--wait", "--options", options, "start")
        try:
            yield f"host={directory} user=postgres dbname=postgres"
        finally:
            call("pg_ctl", "--pgdata", data, "--mode", "immediate", "stop")


def _hand_over(directory: str) -> list[str]:
    """The words that run a command as someone initdb accepts; root gives the directory away."""
    if os.geteuid() != 0:
        return []
    owner = pwd.getpwnam("postgres")
    os.chown(directory, owner.pw_uid, owner.pw_gid)
    return ["runuser", "-u", "postgres", "--"]
