"""Entries on disk: a file for each, named by its key, which is a digest of all it depends on.

Whoever reads an entry checks that it is whole and is that of its key; one that is not is as good
as none. It is written under another name first, so that many runs, also of several machines, can
share a folder. What cannot be written is not kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from portwright.manifest import digest

FORMAT = b"portwright-cache 1"
SUFFIX = ".entry"
LIMIT = 512 * 1024 * 1024
_MAX_ENTRY = 256 * 1024 * 1024
_DAY = 24 * 60 * 60


class Cache(Protocol):
    """Documents (what JSON can say) by key."""

    @property
    def keeps(self) -> bool:
        """Whether it is worth asking at all."""

    def get(self, key: str) -> Any:
        """The document of a key, None if there is none."""

    def put(self, key: str, document: object) -> None:
        """Keeps a document, if it can be kept."""

    def close(self) -> None:
        """Makes room for what is new."""


class _Off:
    """A cache that keeps nothing."""

    keeps = False

    def get(self, key: str) -> Any:
        return None

    def put(self, key: str, document: object) -> None:
        return None

    def close(self) -> None:
        return None


OFF: Cache = _Off()


@dataclass(slots=True)
class Files:
    """A cache of files below a folder, of `limit` bytes in all; those not used for longest go."""

    root: Path
    limit: int = LIMIT
    keeps: bool = True
    _wrote: bool = field(default=False, init=False)
    _broken: bool = field(default=False, init=False)

    def get(self, key: str) -> Any:
        try:
            with open(self._path(key), "rb") as file:
                data = file.read(_MAX_ENTRY)
                used = os.fstat(file.fileno()).st_mtime
            document = json.loads(_content(data, key))
        except (OSError, ValueError, zlib.error, RecursionError, MemoryError):
            return None
        if time.time() - used > _DAY:
            with contextlib.suppress(OSError):
                os.utime(self._path(key))
        return document

    def put(self, key: str, document: object) -> None:
        if self._broken:
            return
        packed = zlib.compress(json.dumps(document, separators=(",", ":")).encode(), 1)
        path = self._path(key)
        temporary = path.with_suffix(f".{os.urandom(6).hex()}.tmp")  # pids of containers are alike
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(_head(packed, key) + packed)
            os.replace(temporary, path)
            self._wrote = True
        except OSError:
            self._broken = True  # a full disk, or a folder of others: not worth another try
            with contextlib.suppress(OSError):
                temporary.unlink()

    def close(self) -> None:
        if self._wrote:
            self.trim(self.limit)

    def trim(self, limit: int) -> None:
        """Takes away those not used for longest until no more than `limit` bytes are left."""
        found = sorted(self.entries(), key=lambda each: each[1].st_mtime, reverse=True)
        total = 0
        for path, state in found:
            total += state.st_size
            is_left = path.endswith(".tmp") and time.time() - state.st_mtime > _DAY
            if total > limit or is_left:
                with contextlib.suppress(OSError):
                    os.unlink(path)
                total -= state.st_size

    def entries(self) -> Iterator[tuple[str, os.stat_result]]:
        """Our own files, whatever else lies in the folder."""
        with contextlib.suppress(OSError):
            for folder in os.scandir(self.root):
                if len(folder.name) == 2 and folder.is_dir(follow_symlinks=False):
                    with contextlib.suppress(OSError):
                        for each in os.scandir(folder):
                            if each.name.endswith((SUFFIX, ".tmp")) and len(each.name) >= 64:
                                yield each.path, each.stat(follow_symlinks=False)

    def clear(self) -> list[str]:
        """Takes all entries away. Returns the files that would not go."""
        kept: list[str] = []
        for path, _ in self.entries():
            try:
                os.unlink(path)
            except FileNotFoundError:
                continue
            except OSError as fault:
                kept.append(f"{path}: {fault.strerror}")
        with contextlib.suppress(OSError):
            for folder in os.scandir(self.root):
                if len(folder.name) == 2:
                    with contextlib.suppress(OSError):
                        os.rmdir(folder.path)
        return kept

    def _path(self, key: str) -> Path:
        return self.root / key[:2] / f"{key}{SUFFIX}"


def _head(packed: bytes, key: str) -> bytes:
    return b"%s %s %s\n" % (FORMAT, key.encode(), digest(packed).encode())


def _content(data: bytes, key: str) -> bytes:
    """The JSON of an entry; ValueError if it is not whole, or is that of another key."""
    end = data.index(b"\n") + 1
    packed = data[end:]
    if data[:end] != _head(packed, key):
        raise ValueError("not the entry of this key")
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(packed, _MAX_ENTRY)
    if not unpacker.eof:
        raise ValueError("more than an entry may hold")
    return content
