"""Lines of three texts as `git merge-file --diff3` merges them (ADR 29)."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from portwright.merging.markers import BASE, OURS


class Fault(Exception):
    """Why a file is not merged, a way out, and the line where it is seen."""

    def __init__(self, reason: str, way_out: str, line: int = 1) -> None:
        super().__init__(reason)
        self.way_out = way_out
        self.line = line


def merged(base: str, ours: str, theirs: str, name: str) -> str:
    """`ours` with what has changed from `base` to `theirs`; git is asked only where need be."""
    if theirs in (base, ours):
        return ours
    if base == ours:
        return theirs
    try:
        with tempfile.TemporaryDirectory(prefix="portwright-") as folder:
            for label, text in ((OURS, ours), (BASE, base), ("new", theirs)):
                Path(folder, label).write_bytes(text.encode())
            labels = (word for label in (OURS, BASE, name) for word in ("-L", label))
            words = ["git", "merge-file", "-p", "--diff3", *labels, OURS, BASE, "new"]
            done = subprocess.run(
                words, cwd=folder, env=_environment(folder), capture_output=True, check=False
            )
    except FileNotFoundError:
        raise Fault("git, which merges it, is not installed", "install git") from None
    except OSError as fault:
        reason = f"git, which merges it, cannot be run: {fault.strerror}"
        raise Fault(reason, "look at the rights of the folder for temporary files") from fault
    if not 0 <= done.returncode < 128:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise Fault(f"git cannot merge it: {said[0] if said else done.returncode}", "ask git")
    return done.stdout.decode()


def _environment(folder: str) -> dict[str, str]:
    """What git is run with: no setting of the user or of a repository says how it merges."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {
        **own,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CEILING_DIRECTORIES": str(Path(folder).parent),
    }
