"""Generated files: the manifest, what became of each, and whether there can be more."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from portwright.doctor import machine
from portwright.doctor.facts import Fact, bad, ok, warn
from portwright.joined import Branches
from portwright.manifest import (
    MANIFEST,
    PENDING,
    Manifest,
    fingerprint,
    has_conflict,
    read_manifest,
)
from portwright.merging.markers import has_markers
from portwright.plan import read
from portwright.targets import Owner

_REQUIRES = re.compile(r"(?m)^__runtime_level__ = requires\((\d+)\)")
_ROOM = 20_000_000  # bytes


def facts(root: Path) -> Iterator[Fact]:
    """What is found of all that was generated below a folder."""
    if (root / PENDING).exists():
        yield warn("last run", "it was killed before it was done", "portwright generate")
    known, found = read_manifest(root)
    if found:
        first = found[0]
        said = f"{first.span.file}:{first.span.line}: {first.message}"
        yield bad("manifest", said, first.help or f"portwright explain {first.code}")
    elif not known:
        yield warn("manifest", f"there is no {MANIFEST} yet", "portwright generate, and commit it")
    else:
        if has_conflict(root):
            said = f"{MANIFEST} has a merge conflict in it, which the next run settles"
            yield warn("manifest", said, "portwright generate, and commit it")
        yield from _generated(root, known)
    yield _rights(root, {(root / each).parent for each in known})


def _generated(root: Path, known: Manifest) -> Iterator[Fact]:
    gone: list[str] = []
    edited: list[str] = []
    conflicts: list[str] = []
    joined: list[str] = []
    branches = Branches(root)
    levels: dict[int, str] = {}
    for path, entry in sorted(known.items(), key=lambda each: str(each[0])):
        try:
            data = read(root, path)
        except OSError as fault:
            yield bad("generated", f"{path}: {fault.strerror or fault}", "look at its rights")
            continue
        if entry.owner is Owner.USER:
            conflicts += [str(path)] if data is not None and has_markers(data) else []
        elif data is None:
            gone.append(str(path))
        else:
            if fingerprint(data) != entry.sha256:
                (joined if branches.made(path, data) else edited).append(str(path))
            if path.name == "__init__.py" and (level := _level(data)) is not None:
                levels.setdefault(level, str(path))
    if gone:
        yield warn("generated", f"gone: {_listed(gone)}", "portwright generate")
    if joined:
        yield warn("generated", f"merged by git: {_listed(joined)}", "portwright generate")
    if edited:
        help = "portwright explain PW601"
        yield bad("generated", f"edited by hand: {_listed(edited)}", help)
    if conflicts:
        help = "resolve them: portwright explain PW616"
        yield bad("your files", f"conflicts in {_listed(conflicts)}", help)
    if not (gone or joined or edited or conflicts):
        yield ok("generated", f"{len(known)} files, as {MANIFEST} has them")
    yield from _of_levels(levels)


def _level(data: bytes) -> int | None:
    found = _REQUIRES.search(data.decode("utf-8", "replace"))
    return int(found[1]) if found else None


def _of_levels(levels: dict[int, str]) -> Iterator[Fact]:
    offered = machine.level()
    for level, path in levels.items():
        if offered is not None and level != offered:
            older = "portwright-runtime" if level > offered else "portwright, and generate again"
            said = f"{path} is of level {level}, and the runtime here offers {offered}"
            yield bad("generated", said, f"upgrade {older}")


def _listed(paths: list[str]) -> str:
    return ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")


def _rights(root: Path, folders: set[Path]) -> Fact:
    """Whether files can be written where they would be, and whether there is room."""
    there = {_nearest(each) for each in (*folders, root)}
    closed = sorted(str(each) for each in there if not os.access(each, os.W_OK | os.X_OK))
    if closed:
        return bad("folders", f"cannot be written: {_listed(closed)}", "look at their rights")
    free = shutil.disk_usage(root).free
    if free < _ROOM:
        return warn("folders", f"the disk has {free // 1_000_000} MB left", "make room")
    return ok("folders", "can be written")


def _nearest(folder: Path) -> Path:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder
