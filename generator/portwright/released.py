"""What was released: a line of the lock a version, and beside it the contract as it was.

The copy is the contract's text and not a form of the model, so that every later Portwright reads
it as it reads contracts; the line of the lock holds its hash, so that nobody edits it unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from portwright.diagnostics import Diagnostic, Span, error
from portwright.evolution.versions import numbers
from portwright.lock import Entry, Kind, Lock, parse
from portwright.model import Model
from portwright.paths import LOCK
from portwright.targets import File

FOLDER = PurePosixPath(".portwright/released")
_OTHERS = re.compile(r"[^A-Za-z0-9.]+")
_WAY_OUT = "restore it from version control: it is what readers were promised"


@dataclass(frozen=True, slots=True)
class Release:
    """A version that was released: whose, which, and where its contract is kept."""

    contract: str
    major: int
    version: str
    digest: str

    @property
    def path(self) -> PurePosixPath:
        """The file of the copy, below the folder of the config."""
        name = f"{self.contract}-{self.version}"
        apart = sha256(name.encode()).hexdigest()[:8]
        return FOLDER / f"{_OTHERS.sub('-', name)[:80]}-{apart}.odcs.yaml"

    @property
    def entry(self) -> Entry:
        """Its line of the lock."""
        return Entry(Kind.RELEASE, self.contract, self.major, (), self.version, shape=self.digest)


def releases(lock: Lock) -> tuple[Release, ...]:
    """All that the lock has, each contract's majors in order, the last version of each last."""
    found = (
        Release(each.contract, each.major, each.name, each.shape)
        for each in lock.entries
        if each.kind is Kind.RELEASE
    )
    return tuple(sorted(found, key=lambda each: (each.contract, each.major, _age(each))))


def _age(release: Release) -> tuple[object, ...]:
    return (*numbers(release.version), release.version)


def of(model: Model, text: str) -> Release:
    """The release that a contract's text would be."""
    return Release(model.id, model.major, model.version, _digest(text))


def copy(release: Release, text: str) -> File:
    """The file that keeps the text."""
    return File(release.path, text)


def read(root: Path, kept: Iterable[Release]) -> Iterator[tuple[Release, bytes | Diagnostic]]:
    """The bytes of each release, or what is wrong with them."""
    for release in kept:
        try:
            data = (root / release.path).read_bytes()
        except OSError as fault:
            yield release, _lost(release, f"cannot be read: {fault.strerror}")
            continue
        same = _digest(data.decode("utf-8", "replace")) == release.digest
        yield release, data if same else _lost(release, "is not what was released: it was edited")


def numbers_of(release: Release, lock: Lock) -> File:
    """The file that keeps the wire numbers of the release, as the lock has them."""
    version = (release.contract, release.major)
    own = (each for each in lock.entries if (each.contract, each.major) == version)
    kept = Lock.of(each for each in own if each.kind is not Kind.RELEASE)
    return File(release.path.with_suffix(".lock"), kept.text())


def lock_of(root: Path, release: Release) -> tuple[Lock | None, list[Diagnostic]]:
    """The wire numbers of the release, None where they were not kept or cannot be read; and an
    error where a newer Portwright wrote them."""
    path = release.path.with_suffix(".lock")
    try:
        text = (root / path).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None, []
    found, wrong = parse(text, str(root / path))
    return (None if wrong else found), [each for each in wrong if each.code == "PW606"]


def _lost(release: Release, what: str) -> Diagnostic:
    message = f"{release.path}, which the lock keeps of version {release.version}, {what}"
    return error("PW710", message, Span(str(LOCK)), _WAY_OUT)


def _digest(text: str) -> str:
    """A hash of the text, whatever git makes of the ends of its lines."""
    return sha256(text.replace("\r\n", "\n").encode()).hexdigest()[:32]
