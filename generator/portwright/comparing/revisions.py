"""Files as they are at a revision of git: read from its objects, with nothing of the work tree
touched and nothing fetched."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

# Nothing is locked, asked for or fetched, whatever the repository is set up to do.
_QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
_FILES = (b"100644", b"100755")


class RevisionError(Exception):
    """Git is not there, or has no such repository or revision. The text says which."""


def files(root: Path, revision: str, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """The wanted files below `root` at a revision, by their path relative to it."""
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    git(root, "there is no git repository here", "rev-parse", "--git-dir")
    commit = git(root, f"git knows no revision `{revision}` here", *words).decode().strip()
    listed = git(root, f"git cannot list `{revision}`", "ls-tree", "-r", "-z", commit)
    objects: dict[str, bytes] = {}
    for line in listed.split(b"\0"):
        facts, _, path = line.partition(b"\t")
        name = os.fsdecode(path)
        if line and facts.split()[0] in _FILES and wanted(name):
            objects[name] = facts.split()[2]
    return dict(zip(objects, _contents(root, list(objects.values())), strict=True))


def _contents(root: Path, objects: list[bytes]) -> list[bytes]:
    if not objects:
        return []
    asked = b"".join(each + b"\n" for each in objects)
    rest = git(root, "git cannot read its objects", "cat-file", "--batch", given=asked)
    found = []
    for _ in objects:
        head, _, rest = rest.partition(b"\n")
        *_, kind, size = head.split()
        if kind != b"blob":
            raise RevisionError("git does not have the object of a file: fetch it first")
        found.append(rest[: int(size)])
        rest = rest[int(size) + 1 :]
    return found


def git(root: Path, fault: str, *words: str, given: bytes = b"") -> bytes:
    """What git says in `root`. Raises `RevisionError`, which begins with `fault`."""
    try:
        done = subprocess.run(
            ["git", *words],
            cwd=root,
            env={**os.environ, **_QUIET},
            input=given,
            capture_output=True,
            check=False,
        )
    except OSError as missing:
        raise RevisionError(f"git cannot be run: {missing.strerror}") from missing
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise RevisionError(f"{fault}: {said[0]}" if said else fault)
    return done.stdout
