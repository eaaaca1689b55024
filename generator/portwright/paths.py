"""Paths below a root: relative, with forward slashes, never outside it."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from pathlib import Path, PurePath, PurePosixPath

# The config, where none is named. All paths in it are relative to its folder.
CONFIG = "portwright.yaml"


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
