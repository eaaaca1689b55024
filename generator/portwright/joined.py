"""Generated files that git made of two branches: nobody has written anything into such a file, if
each of the branches has it as it was generated there."""

from __future__ import annotations

import os
import subprocess
from functools import cached_property
from pathlib import Path, PurePosixPath

from portwright.manifest import MANIFEST, Manifest, fingerprint, listed
from portwright.merging.markers import has_markers

# What is merged or applied goes onto `HEAD`; without any, `HEAD` may be what came of a merge.
_OTHERS = ("MERGE_HEAD", "REBASE_HEAD", "CHERRY_PICK_HEAD")
_MERGED = ("HEAD^1", "HEAD^2")


class Branches:
    """The two commits that are merged in the repository around a folder; git is asked when need
    be, and where there is none, or no merge, there are none."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def made(self, path: PurePosixPath, data: bytes) -> bool:
        """Whether git made this of a file that both branches have as it was generated."""
        if not self._sides:
            return False
        for commit, known in self._sides:
            blob = self._blob(commit, path)
            entry = known.get(path)
            if blob is None or entry is None or fingerprint(blob) != entry.sha256:
                return False
        if (
            self._sides[0][0] != "HEAD"
        ):  # the merge is done, and an edit since would be another file
            merged = self._blob("HEAD", path)
            return merged is not None and fingerprint(merged) == fingerprint(data)
        # While it is unmerged, what anybody makes of it is a way to settle the conflict.
        staged = self._blob("", path)
        return has_markers(data) or staged is None or fingerprint(staged) == fingerprint(data)

    @cached_property
    def _sides(self) -> list[tuple[str, Manifest]]:
        for commits in (*(("HEAD", other) for other in _OTHERS), _MERGED):
            texts = [self._blob(each, MANIFEST) for each in commits]
            known = [listed(each.decode("utf-8", "replace")) for each in texts if each is not None]
            if len(known) == len(commits):
                return list(zip(commits, known, strict=True))
        return []

    def _blob(self, commit: str, path: PurePosixPath) -> bytes | None:
        """A file as a commit has it, or the index without one; None where it has none."""
        words = ("git", "cat-file", "blob", f"{commit}:./{path}")
        environ = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
        try:
            done = subprocess.run(
                words, cwd=self._root, env=environ, capture_output=True, check=False
            )
        except OSError:
            return None
        return done.stdout if done.returncode == 0 else None
