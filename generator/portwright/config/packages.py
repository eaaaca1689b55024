"""Installed packages as presets see them: where their files are, and their versions."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path


def folders(name: str) -> tuple[Path, ...]:
    """The folders of a package that can be imported, which is not done."""
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return ()
    if spec is None or spec.submodule_search_locations is None:
        return ()
    return tuple(map(Path, spec.submodule_search_locations))


@dataclass(frozen=True, slots=True)
class Installed:
    """The distribution that a package is of: what pip calls it, its version, and the files that
    say so. One that nobody installed has neither version nor files."""

    name: str
    version: str | None = None
    files: tuple[str, ...] = ()


def installed(name: str) -> Installed:
    """The distribution of the package of that name."""
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        # It is called otherwise than what it is imported as: all that are installed are looked at.
        called = metadata.packages_distributions().get(name.replace("-", "_"))
        if not called:
            return Installed(name)
        name = called[0]
        found = metadata.distribution(name)
    files = [str(file.locate()) for file in found.files or () if file.name == "METADATA"]
    return Installed(name, found.version, tuple(files[:1]))
