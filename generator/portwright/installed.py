"""What is installed beside the tool: a digest of a package or a program as it is now, found without
importing or running it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path


def program(word: str, folder: Path) -> str:
    """The state of a program: a path from the folder if it has a slash, else one of PATH."""
    found = located(word, folder)
    return "" if found is None else _state(found)


def located(word: str, folder: Path) -> str | None:
    """The path of a program, None if there is none."""
    if "/" in word or os.sep in word:
        path = os.path.abspath(folder / word)
        return path if os.path.isfile(path) else None
    from shutil import which  # with all that packs and unpacks archives

    return which(word)


def package(name: str) -> str:
    """The version of a distribution and the state of its modules: a checkout that is worked on
    changes without its version."""
    return "\n".join([version(name), *map(_state, modules(name))])


def version(name: str) -> str:
    """The version of a distribution, empty if there is none."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as version_of

    try:
        return version_of(name)
    except PackageNotFoundError:
        return ""


def versions(packages: Iterable[str]) -> list[str]:
    """Names and versions of packages, as their folders tell."""
    folders: dict[str, str] = {}
    for path in sys.path:
        with contextlib.suppress(OSError):
            for name in os.listdir(path or "."):
                if name.endswith(".dist-info"):
                    known = name.partition("-")[0].lower().replace(".", "_")
                    folders.setdefault(known, name)
    wanted = [each.lower().replace("-", "_") for each in packages]
    if folders.keys() >= set(wanted):
        return [folders[each] for each in wanted]
    # It knows of all ways to install; to import it costs as much as all else here.
    from importlib.metadata import version

    return [f"{each} {version(each)}" for each in packages]


def modules(name: str) -> Iterator[str]:
    """The paths of the files below the modules that a distribution has entry points in."""
    from importlib.metadata import PackageNotFoundError, distribution
    from importlib.util import find_spec

    try:
        points = distribution(name).entry_points
    except PackageNotFoundError:
        return
    for module in sorted({each.module.partition(".")[0] for each in points}):
        spec = find_spec(module)
        if spec is None:
            continue
        for root in spec.submodule_search_locations or ():
            yield from _below(root)
        if not spec.submodule_search_locations and spec.origin:
            yield spec.origin


def _below(root: str) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(each for each in folders if each != "__pycache__")
        yield from (os.path.join(folder, name) for name in sorted(files))


def _state(path: str) -> str:
    try:
        found = os.stat(path)
    except OSError:
        return path
    return f"{path} {found.st_size} {found.st_mtime_ns}"
