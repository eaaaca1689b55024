"""The plan: files in memory beside those on disk, and what follows. Nothing here writes."""

from __future__ import annotations

import contextlib
import difflib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from portwright.diagnostics import Diagnostic, Span, error, warning
from portwright.joined import Branches
from portwright.manifest import (
    BEGUN,
    MANIFEST,
    Entry,
    Manifest,
    base_of,
    fingerprint,
    manifest_text,
    unreadable,
)
from portwright.merging.markers import has_markers
from portwright.targets import File, Owner


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do; the manifest is the last of the writes. `manifest` is it whole."""

    root: Path
    writes: tuple[Write, ...]
    removals: tuple[Write, ...]
    manifest: File
    diagnostics: tuple[Diagnostic, ...]
    # Errors that only the owner of a file can settle, with which all the rest is written; and what
    # they have to look at in what was merged.
    unsettled: tuple[Diagnostic, ...] = ()
    todo: tuple[Diagnostic, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.writes and not self.removals

    @property
    def failed(self) -> bool:
        return any(each.is_error for each in self.diagnostics)


@dataclass(frozen=True, slots=True)
class Write:
    """A path below the root with its bytes before and after; None is no file."""

    path: PurePosixPath
    before: bytes | None
    after: bytes | None
    merged: bool = False

    @property
    def verb(self) -> str:
        """What is done, in one word of a list."""
        if self.after is None:
            return "removed"
        if self.before is None:
            return "wrote"
        return "merged" if self.merged else "updated"

    def finding(self) -> Diagnostic:
        """The drift as a finding, for those who read no diff."""
        what = "be written" if self.before is None else "be removed"
        change = "change" if self.before is not None and self.after is not None else what
        way_out = "run `portwright generate` and commit what it writes"
        return error("PW612", f"{self.path} would {change}", Span(str(self.path)), way_out)

    def diff(self) -> Iterator[str]:
        """The lines of a unified diff."""
        old, new = (
            data.decode("utf-8", "replace").splitlines(keepends=True) if data is not None else []
            for data in (self.before, self.after)
        )
        source = "/dev/null" if self.before is None else f"a/{self.path}"
        target = "/dev/null" if self.after is None else f"b/{self.path}"
        if not old and not new:
            yield f"--- {source}\n+++ {target}\n"
        for line in difflib.unified_diff(old, new, source, target):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def rewriting(root: Path, texts: Mapping[PurePosixPath, str]) -> Plan:
    """A plan that writes these texts where they differ from what is there, and no more; OSError
    where a path leads out of the root or cannot be read."""
    writes = [
        Write(path, before, text.encode())
        for path, text in texts.items()
        if (before := read(root, path)) != text.encode()
    ]
    listed = (read(root, MANIFEST) or b"").decode("utf-8", "replace")
    return Plan(root, tuple(writes), (), File(MANIFEST, texts.get(MANIFEST, listed)), ())


def compare(
    root: Path, files: Iterable[File], manifest: Manifest, state: Iterable[File] = ()
) -> Plan:
    """What would make the disk below `root` hold `files`.

    `state` are files that the tool rewrites in place without listing them (the lock).
    """
    comparison = _Comparison(root, manifest)
    wanted = {each.path: each for each in files}
    for each in wanted.values():
        comparison.emitted(each)
    for path in sorted(set(manifest) - set(wanted), key=str):
        comparison.stale(manifest[path])
    comparison.bases()
    manifest_file = File(MANIFEST, manifest_text(comparison.entries))
    for each in (*state, manifest_file):
        comparison.rewritten(each)
    writes, removals = tuple(comparison.writes), tuple(comparison.removals)
    found, unsettled = tuple(comparison.found), tuple(comparison.unsettled)
    return Plan(root, writes, removals, manifest_file, found, unsettled, tuple(comparison.todo))


class _Comparison:
    """Files in memory beside those on disk, and what follows for each."""

    def __init__(self, root: Path, manifest: Manifest) -> None:
        self._root, self._manifest = root, manifest
        self._branches = Branches(root)
        self.writes: list[Write] = []
        self.removals: list[Write] = []
        self.entries: list[Entry] = []
        self.found: list[Diagnostic] = []
        self.unsettled: list[Diagnostic] = []
        self.todo: list[Diagnostic] = []
        self._bases: dict[PurePosixPath, str | None] = {}  # None is as it is

    def emitted(self, file: File) -> None:
        """What a target gives."""
        path, after = file.path, file.text.encode("utf-8")
        listed = self._manifest.get(path)
        with self._faults_of(path):
            before = read(self._root, path)
            if file.owner is Owner.USER:
                self._begun(file, before, listed)
                return
            self.entries.append(Entry(file.owner, fingerprint(after), path))
            if _differ(before, after):
                if before is not None and not self._is_ours(path, before, listed):
                    self.found.append(_foreign(path, before, listed))
                self.writes.append(Write(path, before, after))

    def _begun(self, file: File, before: bytes | None, listed: Entry | None) -> None:
        """What is the user's once it is begun."""
        from portwright import begun  # with what merges, which most runs do without

        kept, earlier = read(self._root, base_of(file.path)), None
        if before is None and listed is None and file.follows is not None:
            sides = (file.follows, base_of(file.follows))
            earlier = [read(self._root, each) for each in sides]
        outcome = begun.decide(file, before, kept, listed, earlier)
        self.entries.append(outcome.entry)
        self._bases[base_of(file.path)] = outcome.base
        if outcome.after is not None:
            self.writes.append(Write(file.path, before, outcome.after, outcome.merged))
        self.found += outcome.found
        self.unsettled += outcome.unsettled
        self.todo += outcome.todo

    def bases(self) -> None:
        """What files of the user were begun as; after those, so that a run that is killed between
        the two merges again rather than not at all."""
        folder = BEGUN
        with self._faults_of(folder):
            for path in sorted((self._root / folder).rglob("*.txt")):
                relative = PurePosixPath(path.relative_to(self._root).as_posix())
                if path.is_file() and relative not in self._bases:
                    self.removals.append(Write(relative, read(self._root, relative), None))
        for base, text in self._bases.items():
            if text is not None:
                self.rewritten(File(base, text))

    def stale(self, listed: Entry) -> None:
        """What no target gives any more."""
        with self._faults_of(listed.path):
            before = read(self._root, listed.path)
            if before is None:
                return
            if self._is_ours(listed.path, before, listed):
                self.removals.append(Write(listed.path, before, None))
                return
            self.entries.append(listed)
            self._bases[base_of(listed.path)] = None
            message = (
                "no target generates this file any more, but it was edited by hand, so it is kept"
            )
            help = "delete it, or move what you need out of it"
            self.found.append(warning("PW603", message, Span(str(listed.path)), help))

    def _is_ours(self, path: PurePosixPath, before: bytes, listed: Entry | None) -> bool:
        """Whether nobody else has written what is there: it is as we wrote it, or git made it of
        what we wrote on two branches."""
        if listed is not None and fingerprint(before) == listed.sha256:
            return True
        return self._branches.made(path, before)

    def rewritten(self, file: File) -> None:
        """What the tool keeps for itself."""
        with self._faults_of(file.path):
            before, after = read(self._root, file.path), file.text.encode("utf-8")
            if _differ(before, after):
                self.writes.append(Write(file.path, before, after))

    @contextlib.contextmanager
    def _faults_of(self, path: PurePosixPath) -> Iterator[None]:
        try:
            yield
        except OSError as fault:
            self.found.append(unreadable(path, fault))


def read(root: Path, path: PurePosixPath) -> bytes | None:
    """The bytes of a file, None if there is none; OSError if it leaves the root by a link."""
    real = root / path
    if not Path(os.path.realpath(real)).is_relative_to(os.path.realpath(root)):
        raise OSError(f"leads out of {root} through a symbolic link")
    try:
        return real.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if real.parent.exists() and not real.parent.is_dir():
            raise
        return None


def _differ(before: bytes | None, after: bytes) -> bool:
    return before is None or fingerprint(before) != fingerprint(after)


def _foreign(path: PurePosixPath, before: bytes, listed: Entry | None) -> Diagnostic:
    if listed is None:
        return error(
            "PW602",
            "a file that Portwright did not write stands where it would write one",
            Span(str(path)),
            "move it away, or give the target another `out`",
        )
    if has_markers(before):
        return error(
            "PW601",
            "this generated file has a merge conflict in it, so it is not overwritten",
            Span(str(path)),
            "delete it and generate again, once the contract and the lock are settled",
        )
    return error(
        "PW601",
        "this generated file was edited by hand, so it is not overwritten",
        Span(str(path)),
        "move your change to the contract or to a file of your own, then delete this file "
        "and generate again",
    )
