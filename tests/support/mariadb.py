"""A throw-away MariaDB server for a test run: its own data, socket and directory. It runs what is
written for MySQL, of which no package is at hand."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymysql
from pymysql.constants import CLIENT

_OWN = ("information_schema", "mysql", "performance_schema", "sys")
# The server's zone is not UTC on purpose: nothing may depend on it. Without the tables of
# accounts it starts in a second, on an empty directory.
_OPTIONS = (
    *("--no-defaults", "--skip-grant-tables", "--skip-networking", "--performance-schema=OFF"),
    *("--default-time-zone=+05:30", "--innodb-flush-method=nosync", "--innodb-log-file-size=8M"),
    "--innodb-flush-log-at-trx-commit=0",
)
_PATIENCE = 60.0
_ROOM = 512 * 2**20  # bytes


def program() -> str | None:
    """The path of the server, or None where there is none."""
    return shutil.which("mariadbd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


class Server:
    """A connection to a server with nothing in it but an empty database `test`, which is in use."""

    def __init__(self, socket: str) -> None:
        self.socket = socket
        self._connection = pymysql.connect(
            unix_socket=socket,
            user="root",
            charset="utf8mb4",
            autocommit=True,
            client_flag=CLIENT.MULTI_STATEMENTS,
        )
        self.empty()

    def execute(self, statements: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of the last of the statements; pymysql's error where one is refused."""
        with self._connection.cursor() as cursor:
            cursor.execute(statements, values or None)
            while cursor.nextset():
                pass
            return list(cursor.fetchall())

    def empty(self) -> None:
        """Drops what there is, whatever refers to it."""
        self.execute("SET foreign_key_checks = 0")
        for (name,) in self.execute("SHOW DATABASES"):
            if name not in _OWN:
                self.execute(f"DROP DATABASE `{name.replace('`', '``')}`")
        self.execute("CREATE DATABASE test; USE test; SET foreign_key_checks = 1")

    def close(self) -> None:
        self._connection.close()


@contextmanager
def running(server: str) -> Iterator[Server]:
    """A fresh server, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="my", dir=_folder()) as directory:
        os.mkdir(f"{directory}/datadir")
        places = [f"--{each}={directory}/{each}" for each in ("datadir", "socket", "pid-file")]
        user = ["--user=root"] if os.geteuid() == 0 else []
        with open(f"{directory}/server.log", "w+") as said:
            process = subprocess.Popen(
                [server, *_OPTIONS, *user, *places],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
            try:
                found = _connected(f"{directory}/socket", process, said.name)
                yield found
                found.close()
            finally:
                process.terminate()
                process.wait(_PATIENCE)


def _folder() -> str:
    """Where a server may be, with a path that is short enough for a socket (107 bytes): in memory
    if there is room, as a table is a file that is waited for otherwise."""
    memory = "/dev/shm"
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM:
        return memory
    return "/tmp"


def _connected(socket: str, process: subprocess.Popen[bytes], log: str) -> Server:
    """A connection to the server that is starting."""
    said = ""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        said = Path(log).read_text("utf-8", "replace")
        if "ready for connections" in said:
            return Server(socket)
        time.sleep(0.05)
    raise RuntimeError(f"MariaDB does not start:\n{said}")
