"""What the generator itself is, as far as what it makes depends on it: the bytes of its modules and
templates, which are the same wherever it is installed, and the versions of what it stands on."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from functools import cache
from pathlib import Path

from portwright import __version__, installed

PACKAGES = ("black", "datamodel-code-generator", "jinja2", "pydantic-core", "pyyaml")


@cache
def generator() -> str:
    """One digest of all of it."""
    from importlib.metadata import version

    total = hashlib.sha256(repr((__version__, sys.version_info[:3])).encode())
    for name in PACKAGES:
        total.update(f"{name} {version(name)}\n".encode())
    for root in roots():
        for folder, folders, files in os.walk(root):
            folders[:] = sorted(each for each in folders if each != "__pycache__")
            for name in sorted(files):
                path = Path(folder, name)
                data = path.read_bytes()
                total.update(f"{path.relative_to(root).as_posix()} {len(data)}\n".encode() + data)
    return total.hexdigest()


@cache
def package(name: str) -> str:
    """The version of a distribution and a digest of its modules."""
    total = hashlib.sha256()
    for path in installed.modules(name):
        with contextlib.suppress(OSError):
            data = Path(path).read_bytes()
            total.update(f"{os.path.basename(path)} {len(data)}\n".encode() + data)
    return f"{installed.version(name)} {total.hexdigest()}"


def roots() -> list[Path]:
    """The package and its templates, which in a checkout lie elsewhere."""
    package = Path(__file__).parents[1]
    templates = package / "templates"
    return [package] if templates.is_dir() else [package, package.parents[1] / "templates"]
