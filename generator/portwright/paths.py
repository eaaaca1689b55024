"""Paths below a root: relative, with forward slashes, never outside it."""

from __future__ import annotations

import fnmatch
import glob
import os
from collections.abc import Iterable
from pathlib import Path, PurePath, PurePosixPath

# The config, where none is named. All paths in it are relative to its folder.
CONFIG = "portwright.yaml"
# The wire numbers of its contracts, and what of them was released.
LOCK = PurePosixPath("portwright.lock")


def is_inside(path: str) -> bool:
    """Whether the path is relative, stays below its root and is one printable line."""
    pure = PurePosixPath(path)
    return (
        bool(pure.parts)
        and not pure.is_absolute()
        and ".." not in pure.parts
        and "\\" not in path
        and path.isprintable()
    )


def find(patterns: Iterable[str], root: Path) -> tuple[str, ...]:
    """The files below `root` that match one of the glob patterns, each once, sorted."""
    return tuple(
        sorted(
            {
                PurePath(path).as_posix()
                for pattern in patterns
                for path in glob.glob(pattern, root_dir=root, recursive=True)
                if os.path.isfile(root / path)
            }
        )
    )


def matches(patterns: Iterable[str], path: str) -> bool:
    """Whether `find` would find a file of that relative path, wherever it is kept."""
    parts = PurePosixPath(path).parts
    return any(_matches(PurePosixPath(each).parts, parts) for each in patterns)


def _matches(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    if not pattern or not parts:
        return not parts and all(each == "**" for each in pattern)
    first, *rest = pattern
    # As in a shell, only a point finds what starts with one.
    hidden = parts[0].startswith(".") and not first.startswith(".")
    if first == "**":
        return _matches(tuple(rest), parts) or (not hidden and _matches(pattern, parts[1:]))
    found = not hidden and fnmatch.fnmatchcase(parts[0], first)
    return found and _matches(tuple(rest), parts[1:])
