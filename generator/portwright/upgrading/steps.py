"""The steps of an upgrade, oldest first: which older form each knows, and what it makes of it.

A step takes the files of a repository and gives those that it rewrites. On files of today's form it
gives none, so an upgrade can be run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from portwright import __version__, lock, source
from portwright.comparing.editing import Draft, EditError
from portwright.diagnostics import Diagnostic, error
from portwright.editors import store
from portwright.manifest import (
    MANIFEST,
    digest,
    fingerprint,
    manifest_text,
    read_manifest,
    unreadable,
)
from portwright.nodes import Mapping as MappingNode
from portwright.nodes import Scalar
from portwright.paths import LOCK
from portwright.plan import read
from portwright.targets import registry
from portwright.upgrading.requirement import raised

Texts = Mapping[PurePosixPath, str]


class Refused(Exception):
    """A file cannot be brought to today's form. Has the findings that say why."""

    def __init__(self, found: Iterable[Diagnostic]) -> None:
        super().__init__()
        self.found = list(found)


@dataclass(frozen=True, slots=True)
class Repository:
    """Where the config is, and its name."""

    root: Path
    config: PurePosixPath

    def text(self, path: PurePosixPath) -> str | None:
        """The text of a file, None where there is none. Raises `Refused` where it is no text, or
        cannot be read."""
        try:
            data = read(self.root, path)
        except OSError as fault:
            raise Refused([unreadable(path, fault)]) from None
        text, faults = (None, []) if data is None else source.decode(data, str(path))
        if faults:
            raise Refused(faults)
        return text


@dataclass(frozen=True, slots=True)
class Step:
    """What is rewritten, in words, and how."""

    says: str
    rewrite: Callable[[Repository], Texts]


def _requirement(repository: Repository) -> Texts:
    """A `requires` that takes this version."""
    text = repository.text(repository.config) or ""
    top, _ = source.parse(text, str(repository.config), {})
    node = top.get("requires") if isinstance(top, MappingNode) else None
    if not isinstance(node, Scalar) or node.value is None:
        return {}
    wanted = raised(node.text, __version__)
    if wanted is None or wanted == node.text:
        return {}
    draft = Draft(text)
    try:
        draft.replace(node, wanted)
    except EditError as fault:
        message = "`requires` is written in a way that `upgrade` does not edit"
        raise Refused([error("PW576", message, node.span, str(fault))]) from None
    return {repository.config: draft.text()}


def _lock(repository: Repository) -> Texts:
    """The lock as it is written today; what is in it stays."""
    text = repository.text(LOCK)
    found, faults = lock.parse(text or "", str(LOCK))
    if faults:
        raise Refused(faults)
    return {} if text is None else {LOCK: found.text()}


def _manifest(repository: Repository) -> Texts:
    """The manifest with fingerprints: at first it had the hashes of files as they were on disk, by
    which every file would look edited now."""
    text = repository.text(MANIFEST)
    known, faults = read_manifest(repository.root)
    if faults:
        raise Refused(faults)
    entries = []
    for path, entry in known.items():
        try:
            data = read(repository.root, path)
        except OSError as fault:
            raise Refused([unreadable(path, fault)]) from None
        if data is not None and digest(data) == entry.sha256:
            entry = replace(entry, sha256=fingerprint(data))
        entries.append(entry)
    return {} if text is None else {MANIFEST: manifest_text(entries)}


def _schemas(repository: Repository) -> Texts:
    """The schemas for editors, where the repository has them."""
    there = [path for path in (store.CONFIG, store.CONTRACT) if repository.text(path) is not None]
    made = store.schemas(registry.names()) if there else {}
    return {path: made[path] for path in there}


STEPS = (
    Step("`requires` takes this version", _requirement),
    Step("has the form of today", _lock),
    Step("knows files by what they say, whatever the ends of their lines", _manifest),
    Step("is the schema of this version", _schemas),
)
