"""The only module that writes: a plan becomes files on disk, all or none."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from portwright.diagnostics import Diagnostic
from portwright.manifest import (
    PENDING,
    STATE,
    Entry,
    base_of,
    digest,
    manifest_text,
    pending,
    unreadable,
)
from portwright.plan import Plan, Write, read

_STAGED = ".portwright-{}.tmp"


@contextlib.contextmanager
def exclusive(root: Path) -> Iterator[None]:
    """Lets one run at a time work below `root`, where the system has locks on folders. Who has to
    wait is told so."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(ImportError, OSError):
            import fcntl

            descriptor = os.open(root, os.O_RDONLY)
            stack.callback(os.close, descriptor)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("waiting for another run of portwright in this folder", file=sys.stderr)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


def apply(todo: Plan) -> list[Diagnostic]:
    """Carries the plan out: every new file is on disk under another name before the first
    is put in its place; a fault puts back what was there. Returns the fault, if any."""
    killed = pending(todo.root)
    done: list[Write] = []
    made: list[Path] = []
    current = PENDING
    try:
        if todo.is_empty and not (todo.root / PENDING).exists():
            return []
        made += _make_folders((todo.root / PENDING).parent, todo.root)
        (todo.root / PENDING).write_text(todo.manifest.text + manifest_text(killed), "utf-8")
        for write in todo.writes:
            current = write.path
            made += _make_folders((todo.root / current).parent, todo.root)
            _stage(_place(todo.root / current), write.after or b"")
        for write in (*todo.removals, *todo.writes):
            current = write.path
            if write.merged and read(todo.root, current) != write.before:
                raise OSError("it was edited during the run, so nothing was written; run again")
            done.append(write)
            if write.after is None:
                (todo.root / current).unlink(missing_ok=True)
            else:
                place = _place(todo.root / current)
                os.replace(_staged(place), place)
    except OSError as fault:
        _undo(todo, done, made, killed)
        return [unreadable(current, fault)]
    except BaseException:
        _undo(todo, done, made, killed)
        raise
    left = [
        (todo.root / path).parent for each in killed for path in (each.path, base_of(each.path))
    ]
    for folder in {todo.root, todo.root / STATE, *left} if killed else ():
        with contextlib.suppress(OSError):
            for staged in folder.glob(_STAGED.format("*")):
                staged.unlink()
    for folder in (*left, *((todo.root / each.path).parent for each in todo.removals)):
        _remove_empty_folders(folder, todo.root)
    with contextlib.suppress(OSError):
        (todo.root / PENDING).unlink()
    return []


def put(root: Path, path: PurePosixPath, data: bytes) -> list[Diagnostic]:
    """Writes one file that no plan has, whole or not at all. Returns the fault, if any."""
    real = _place(root / path)
    try:
        read(root, path)
        _stage(real, data)
        os.replace(_staged(real), real)
    except OSError as fault:
        with contextlib.suppress(OSError):
            _staged(real).unlink()
        return [unreadable(path, fault)]
    return []


def put_all(root: Path, files: Mapping[PurePosixPath, bytes]) -> list[Diagnostic]:
    """Writes several files that no plan has, all or none. Returns the fault, if any."""
    made: list[Path] = []
    before: dict[PurePosixPath, bytes | None] = {}
    current = PurePosixPath()
    try:
        for current, data in files.items():
            found = read(root, current)
            made += _make_folders((root / current).parent, root)
            _stage(_place(root / current), data)
            before[current] = found
        for current in files:
            place = _place(root / current)
            os.replace(_staged(place), place)
    except BaseException as fault:
        for path in files:
            with contextlib.suppress(OSError):
                _staged(_place(root / path)).unlink()
        for path, old in before.items():
            _restore(root, path, old)
        for folder in sorted(made, reverse=True):
            with contextlib.suppress(OSError):
                folder.rmdir()
        if not isinstance(fault, OSError):
            raise
        return [unreadable(current, fault)]
    return []


def _place(path: Path) -> Path:
    """Where a file is: what its owner has made a link to stays one."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _stage(path: Path, data: bytes) -> None:
    """Writes what is to be put there, with the rights of what is there."""
    _staged(path).write_bytes(data)
    with contextlib.suppress(OSError):
        os.chmod(_staged(path), path.stat().st_mode & 0o777)


def _staged(path: Path) -> Path:
    """Where the bytes wait; short, as some names are as long as a name may be."""
    return path.with_name(_STAGED.format(digest(path.name.encode())[:12]))


def _undo(todo: Plan, done: Iterable[Write], made: Iterable[Path], killed: Iterable[Entry]) -> None:
    for each in todo.writes:
        with contextlib.suppress(OSError):
            _staged(_place(todo.root / each.path)).unlink()
    restored = [_restore(todo.root, each.path, each.before) for each in done]
    if not all(restored):
        return  # as after a run that was killed: what is pending tells the next one
    with contextlib.suppress(OSError):
        if left := manifest_text(killed):
            (todo.root / PENDING).write_text(left, "utf-8")
        else:
            (todo.root / PENDING).unlink()
    for folder in sorted(made, reverse=True):
        with contextlib.suppress(OSError):
            folder.rmdir()


def _restore(root: Path, path: PurePosixPath, before: bytes | None) -> bool:
    """Whether a file is what it was before: whole or not at all, so nothing is cut short where
    the disk has no room."""
    place = _place(root / path)
    try:
        if before is None:
            place.unlink(missing_ok=True)
        elif read(root, path) != before:
            _stage(place, before)
            os.replace(_staged(place), place)
    except OSError:
        with contextlib.suppress(OSError):
            _staged(place).unlink()
        return False
    return True


def _make_folders(folder: Path, root: Path) -> list[Path]:
    """Makes `folder` and returns the folders that were not there, outer first."""
    missing: list[Path] = []
    while folder != root and not folder.exists():
        missing.insert(0, folder)
        folder = folder.parent
    for each in missing:
        each.mkdir(exist_ok=True)
    return missing


def _remove_empty_folders(folder: Path, root: Path) -> None:
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
