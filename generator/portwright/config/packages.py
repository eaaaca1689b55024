"""Installed packages as presets see them: where their files are, and their versions."""

from __future__ import annotations

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


def version(name: str) -> tuple[str | None, list[str]]:
    """The version of the distribution that a package is of, and the file that says so."""
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        # It is called otherwise than what it is imported as: all that are installed are looked at.
        called = metadata.packages_distributions().get(name.replace("-", "_"))
        if not called:
            return None, []
        found = metadata.distribution(called[0])
    files = [str(file.locate()) for file in found.files or () if file.name == "METADATA"]
    return found.version, files[:1]
