"""Where the cache is: the folder of `PORTWRIGHT_CACHE`, else one of the user's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from portwright.cache.store import OFF, Cache, Files

VARIABLE = "PORTWRIGHT_CACHE"
NONE = ("off", "0", "")


def opened(environ: Mapping[str, str]) -> Cache:
    """The cache of an environment."""
    found = folder(environ)
    return OFF if found is None else Files(found)


def folder(environ: Mapping[str, str]) -> Path | None:
    """The folder, None where nothing is to be kept."""
    given = environ.get(VARIABLE)
    if given is not None:
        return (
            None
            if given.strip().lower() in NONE
            else Path(os.path.abspath(os.path.expanduser(given)))
        )
    base = _base(environ)
    return None if base is None else base / "portwright"


def _base(environ: Mapping[str, str]) -> Path | None:
    """The folder of the user's caches, None for a user without a home."""
    if sys.platform == "win32":
        local = environ.get("LOCALAPPDATA")
        return Path(local) if local else None
    if (chosen := environ.get("XDG_CACHE_HOME")) and os.path.isabs(chosen):
        return Path(chosen)
    home = environ.get("HOME")
    if not home or not os.path.isabs(home):
        return None
    return Path(home, "Library/Caches" if sys.platform == "darwin" else ".cache")
