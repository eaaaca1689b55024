"""One SQLite file shared by processes: transactions, and its failures as StreamErrors.

No connection crosses a fork. SQLite keeps what it knows of a file's locks in the memory of
the process: a child that inherited it, even if it only opened a connection of its own,
would believe in locks it does not have, and others would drop what it wrote.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Literal
from weakref import WeakSet

from portwright_runtime.errors import ClosedError, StreamError
from portwright_runtime.stream import Headers

# What the file is for, in SQLite's header: "PWLG".
APPLICATION_ID = 0x50574C47
FORMAT = 2

_SCHEMA = """
CREATE TABLE topics (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL)
;
CREATE TABLE partitions (
  topic_id INTEGER, partition INTEGER, next_offset INTEGER NOT NULL,
  PRIMARY KEY (topic_id, partition)
) WITHOUT ROWID
;
CREATE TABLE messages (
  topic_id INTEGER, partition INTEGER, offset INTEGER,
  timestamp TEXT NOT NULL, key BLOB, value BLOB, headers TEXT NOT NULL,
  PRIMARY KEY (topic_id, partition, offset)
)
;
CREATE TABLE schemas (guid TEXT PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL) WITHOUT ROWID
;
CREATE TABLE offsets (
  consumer_group TEXT, topic_id INTEGER, partition INTEGER, next_offset INTEGER NOT NULL,
  PRIMARY KEY (consumer_group, topic_id, partition)
) WITHOUT ROWID
;
CREATE TABLE members (
  consumer_group TEXT, topic_id INTEGER, member TEXT, renewed REAL NOT NULL, lease REAL NOT NULL,
  PRIMARY KEY (consumer_group, topic_id, member)
) WITHOUT ROWID
;
CREATE TABLE leases (
  consumer_group TEXT, topic_id INTEGER, partition INTEGER, member TEXT NOT NULL,
  PRIMARY KEY (consumer_group, topic_id, partition)
) WITHOUT ROWID
"""

_FAULTS = {
    sqlite3.SQLITE_NOTADB: "it is not an SQLite database; move it away or name another file",
    sqlite3.SQLITE_CORRUPT: "it is damaged; move it away and bring back a copy",
    sqlite3.SQLITE_READONLY: "it cannot be written; see who owns the file and its directory",
    sqlite3.SQLITE_PERM: "access to it is denied; see who owns the file and its directory",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; see that it is a file and may be written",
    sqlite3.SQLITE_FULL: "the disk is full; free some space, what was acknowledged is safe",
    sqlite3.SQLITE_IOERR: "the disk failed; what was acknowledged before is safe",
    sqlite3.SQLITE_BUSY: "another process kept it locked for too long; see what that one does",
    sqlite3.SQLITE_LOCKED: "another connection kept it locked for too long",
    sqlite3.SQLITE_TOOBIG: "the message is too big for it",
}

# All that are open in this process, and those whose lock a fork under way holds.
_files: WeakSet[SqliteFile] = WeakSet()
_forking: list[SqliteFile] = []


class SqliteFile:
    """The file at `path`, made if there is none. Used by any number of threads.

    `durability`: FULL outlives a power cut, NORMAL any death of the process.
    `patience` is how many seconds to wait for others who write.
    """

    def __init__(
        self, path: Path, durability: Literal["FULL", "NORMAL"], patience: float = 30.0
    ) -> None:
        # Absolute: a later chdir must not lead a forked child to another file.
        self.path = path.absolute()
        self._durability = durability
        self._patience = patience
        self._lock = RLock()
        self._closed = False
        self._connection: sqlite3.Connection | None = self._connect()
        self._identity = self._stat()
        _files.add(self)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The connection in a transaction that writes: all of it is stored at the end, or none."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # A failed commit may have rolled back by itself.
                if connection.in_transaction:
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone."""
        with self._lock:
            if self._closed:
                raise ClosedError(f"{self.path} is closed")
            if self._stat() != self._identity:
                raise StreamError(f"{self.path} was removed or replaced while it was in use")
            if self._connection is None:
                self._connection = self._connect()
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise self._fault(error) from error

    def close(self) -> None:
        """Lets go of the file. Safe to call again."""
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def suspend(self) -> None:
        """Holds up all use of the file, with no connection open, until `resume`."""
        self._lock.acquire()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def resume(self) -> None:
        """Ends `suspend`. The next use opens a connection."""
        self._lock.release()

    # ------------------------------------------------------------- opening

    def _connect(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StreamError(f"{self.path}: its directory cannot be made: {error}") from error
        try:
            connection = sqlite3.connect(
                self.path, timeout=self._patience, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise self._fault(error) from error
        try:
            self._prepare(connection)
        except BaseException as error:
            connection.close()
            if isinstance(error, sqlite3.Error):
                raise self._fault(error) from error
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Makes the tables in an empty file, and refuses one that is something else."""
        empty = self._is_empty(connection)
        self._write_ahead(connection)
        connection.execute(f"PRAGMA synchronous = {self._durability}")
        if empty:
            connection.execute("BEGIN IMMEDIATE")
            if self._is_empty(connection):
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {FORMAT}")
            connection.execute("COMMIT")

    def _is_empty(self, connection: sqlite3.Connection) -> bool:
        """Whether nothing is in the file yet; a StreamError if it holds something else."""
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application == APPLICATION_ID and version == FORMAT:
            return False
        if application == APPLICATION_ID:
            way_out = "upgrade portwright-runtime" if version > FORMAT else "move it away"
            raise StreamError(
                f"{self.path} has format {version}, this runtime reads format {FORMAT}: {way_out}"
            )
        if application or version or tables:
            raise StreamError(
                f"{self.path} is an SQLite database of another program; name another file"
            )
        return True

    def _write_ahead(self, connection: sqlite3.Connection) -> None:
        """Switches to write-ahead logging; SQLite does not wait for others there, so this does."""
        deadline = time.monotonic() + self._patience
        while True:
            try:
                (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
                break
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
        if mode != "wal":
            raise StreamError(
                f"{self.path} cannot be shared by processes where it lies (a network file "
                "system?): put it on a local disk"
            )

    def _stat(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.path)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _fault(self, error: sqlite3.Error) -> StreamError:
        code = getattr(error, "sqlite_errorcode", None)
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        known = None if code is None else _FAULTS.get(code & 0xFF)
        return StreamError(f"{self.path}: {known or 'SQLite failed'} ({name})")


def headers_text(headers: Headers) -> str:
    """The headers as JSON, to be read with any SQLite tool; bytes that are no UTF-8 survive."""
    return json.dumps([(name, value.decode("utf-8", "surrogateescape")) for name, value in headers])


def headers_of(text: str) -> Headers:
    """The headers that `headers_text` wrote."""
    return tuple(
        (name, value.encode("utf-8", "surrogateescape")) for name, value in json.loads(text)
    )


def _before_fork() -> None:
    for each in list(_files):
        each.suspend()
        _forking.append(each)


def _after_fork() -> None:
    while _forking:
        _forking.pop().resume()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
    )
