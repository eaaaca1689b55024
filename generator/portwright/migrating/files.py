"""Files of migrations: numbered in the order in which they are run, and never taken from people.

The first line of a file holds a digest of all others. A file whose digest is right was written by
nobody else, and may be written anew; any other one is refused.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from portwright import names
from portwright.diagnostics import Diagnostic, Span, error
from portwright.evolution.comparison import Comparison
from portwright.migrations.document import LEFT_OUT

_FIRST = "-- Migration {digest}: edit it, and it is yours.\n"
_LEFT_OUT = LEFT_OUT.encode()
_DIGEST = re.compile(r"-- Migration ([0-9a-f]{16}): .*")


@dataclass(frozen=True, slots=True)
class File:
    """A file with the text that it is to have."""

    path: Path
    text: str

    @property
    def content(self) -> bytes:
        return (_FIRST.format(digest=_digest(self.text)) + self.text).encode()

    @property
    def unfinished(self) -> Path | None:
        """The last file before this one that leaves steps out, which this one takes for done."""
        before = sorted(self.path.parent.glob("[0-9]*_*.sql"), reverse=True)
        earlier = (each for each in before if each.name < self.path.name)
        return next((each for each in earlier if _LEFT_OUT in (_read(each) or b"")), None)

    @property
    def is_there(self) -> bool:
        """Whether the file has that text already, whoever wrote it."""
        return _read(self.path) == self.content

    @property
    def is_others(self) -> bool:
        """Whether somebody has edited the file, or another one stands in its place."""
        there = _read(self.path)
        if there is None or self.is_there:
            return False
        first, _, rest = there.decode("utf-8", "replace").partition("\n")
        found = _DIGEST.fullmatch(first)
        return found is None or found[1] != _digest(rest)


def path_of(folder: Path, dialect: str, comparison: Comparison) -> Path:
    """The file of a migration: that of the same versions, else the next one of its folder."""
    new = comparison.new
    here = folder / dialect / names.versioned(names.kebab(new.name) or "contract", new)
    ending = f"_{_plain(comparison.old.version)}_to_{_plain(comparison.new.version)}.sql"
    there = sorted(each.name for each in here.glob("[0-9]*_*.sql"))
    same = [each for each in there if re.fullmatch(r"[0-9]+" + re.escape(ending), each)]
    if same:
        return here / same[-1]
    last = max((int(each.partition("_")[0]) for each in there), default=0)
    return here / f"{last + 1:04}{ending}"


def write(files: Sequence[File]) -> list[Diagnostic]:
    """Writes all files, or none and says why."""
    refused = [
        error(
            "PW722",
            "the migration was edited, and would be another one now",
            Span(str(each.path)),
            "raise the contract's version for what has changed since, or delete the file",
        )
        for each in files
        if each.is_others
    ]
    if refused:
        return refused
    staged: list[tuple[Path, Path]] = []
    try:
        for each in files:
            if not each.is_there:
                each.path.parent.mkdir(parents=True, exist_ok=True)
                waiting = each.path.with_name(f".{each.path.name}.tmp")
                staged.append((waiting, each.path))
                waiting.write_bytes(each.content)
        for waiting, path in staged:
            os.replace(waiting, path)
    except OSError as fault:
        for waiting, _ in staged:
            with contextlib.suppress(OSError):
                waiting.unlink()
        message = f"cannot write: {fault.strerror}"
        return [error("PW725", message, Span(str(fault.filename or files[0].path)))]
    return []


def _plain(version: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", version)[:40].strip("-.") or "0"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
