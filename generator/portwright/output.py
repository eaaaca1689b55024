"""The only module that writes: files in memory become files on disk, all or none.

The manifest (`.portwright/manifest`) has one line a file, sorted by path: whose it is,
the SHA-256 of what was written, the path. It makes stale files removable and hand-edited
ones visible. It is written last, so a run that is killed half way is repaired by the next.
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from portwright.diagnostics import Diagnostic, Span, error, warning
from portwright.paths import is_inside
from portwright.targets import File, Owner

STATE = PurePosixPath(".portwright")
MANIFEST = STATE / "manifest"


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the manifest."""

    owner: Owner
    sha256: str
    path: PurePosixPath


Manifest = Mapping[PurePosixPath, Entry]


def read_manifest(root: Path) -> tuple[Manifest, list[Diagnostic]]:
    """The manifest below `root`, empty if there is none, and what is wrong with its lines."""
    entries: dict[PurePosixPath, Entry] = {}
    found: list[Diagnostic] = []
    try:
        text = (root / MANIFEST).read_text("utf-8")
    except FileNotFoundError:
        return entries, found
    except (OSError, UnicodeDecodeError) as fault:
        return entries, [_unreadable(MANIFEST, fault)]
    for number, line in enumerate(text.splitlines(), 1):
        owner, _, rest = line.partition(" ")
        sha256, _, path = rest.partition(" ")
        inside = PurePosixPath(path)
        if owner not in list(Owner) or len(sha256) != 64 or not is_inside(path):
            found.append(
                error(
                    "PW604",
                    "this line of the manifest cannot be read",
                    Span(str(MANIFEST), number, 1, max(1, len(line))),
                    "restore the file from version control, or resolve the merge by keeping "
                    "the lines of both sides and run `portwright generate`",
                )
            )
            continue
        entries[inside] = Entry(Owner(owner), sha256, inside)
    return entries, found


def manifest_text(entries: Iterable[Entry]) -> str:
    ordered = sorted(entries, key=lambda entry: str(entry.path))
    return "".join(f"{entry.owner} {entry.sha256} {entry.path}\n" for entry in ordered)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do. `before` is None where the file is not there yet."""

    root: Path
    writes: tuple[Write, ...] = ()
    removals: tuple[Write, ...] = ()
    manifest: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.writes and not self.removals


@dataclass(frozen=True, slots=True)
class Write:
    """A path below the root with its bytes before and after; None is no file."""

    path: PurePosixPath
    before: bytes | None
    after: bytes | None

    def diff(self) -> Iterator[str]:
        """The lines of a unified diff."""
        old, new = (
            data.decode("utf-8", "replace").splitlines(keepends=True) if data is not None else []
            for data in (self.before, self.after)
        )
        source = "/dev/null" if self.before is None else f"a/{self.path}"
        target = "/dev/null" if self.after is None else f"b/{self.path}"
        for line in difflib.unified_diff(old, new, source, target):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def plan(root: Path, files: Iterable[File], manifest: Manifest, state: Iterable[File] = ()) -> Plan:
    """Compares `files` with the disk below `root`.

    `state` are files that the tool rewrites in place without listing them (the lock).
    """
    wanted = {each.path: each for each in files}
    writes: list[Write] = []
    removals: list[Write] = []
    found: list[Diagnostic] = []
    entries: list[Entry] = []
    for path, each in wanted.items():
        after = each.text.encode("utf-8")
        listed = manifest.get(path)
        if each.owner is Owner.USER:
            try:
                before = read(root, path)
            except OSError as fault:
                found.append(_unreadable(path, fault))
                continue
            entries.append(Entry(Owner.USER, digest(after), path))
            found.extend(_outdated(path, before, after, listed))
            if _is_as_begun(before, listed) and before != after:
                writes.append(Write(path, before, after))
            continue
        try:
            before = read(root, path)
        except OSError as fault:
            found.append(_unreadable(path, fault))
            continue
        if before != after:
            if before is not None:
                found.extend(_foreign(path, before, listed))
            writes.append(Write(path, before, after))
        entries.append(Entry(Owner.TOOL, digest(after), path))
    for path in sorted(set(manifest) - set(wanted), key=str):
        listed = manifest[path]
        try:
            before = read(root, path) if listed.owner is Owner.TOOL else None
        except OSError as fault:
            found.append(_unreadable(path, fault))
            continue
        if before is None:
            continue
        if digest(before) == listed.sha256:
            removals.append(Write(path, before, None))
        else:
            entries.append(listed)
            found.append(
                warning(
                    "PW603",
                    "no target generates this file any more, but it was edited by hand, so it "
                    "is kept",
                    Span(str(path)),
                    "delete it, or move what you need out of it",
                )
            )
    for each in state:
        try:
            before = read(root, each.path)
        except OSError as fault:
            found.append(_unreadable(each.path, fault))
            continue
        if before != each.text.encode("utf-8"):
            writes.append(Write(each.path, before, each.text.encode("utf-8")))
    return Plan(root, tuple(writes), tuple(removals), manifest_text(entries), tuple(found))


def read(root: Path, path: PurePosixPath) -> bytes | None:
    """The bytes of a file, None if there is none; OSError if it leaves the root by a link."""
    real = root / path
    if not real.resolve().is_relative_to(root.resolve()):
        raise OSError(f"leads out of {root} through a symbolic link")
    try:
        return real.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if real.parent.exists() and not real.parent.is_dir():
            raise
        return None


def _is_as_begun(before: bytes | None, listed: Entry | None) -> bool:
    """Whether a file of the user is still to begin, or nobody has edited it since it was."""
    if before is None or listed is None:
        return before is None and listed is None
    return digest(before) == listed.sha256


def _outdated(
    path: PurePosixPath, before: bytes | None, after: bytes, listed: Entry | None
) -> Iterator[Diagnostic]:
    if before is None or listed is None or _is_as_begun(before, listed):
        return
    if listed.sha256 != digest(after):
        yield warning(
            "PW610",
            "this file is yours, and the contract has changed what it is about",
            Span(str(path)),
            "look through it, or run your type checker: what is new is not filled yet",
        )


def _foreign(path: PurePosixPath, before: bytes, listed: Entry | None) -> Iterator[Diagnostic]:
    if listed is None:
        yield error(
            "PW602",
            "a file that Portwright did not write stands where it would write one",
            Span(str(path)),
            "move it away, or give the target another `out`",
        )
    elif digest(before) != listed.sha256:
        yield error(
            "PW601",
            "this generated file was edited by hand, so it is not overwritten",
            Span(str(path)),
            "move your change to the contract or to a file of your own, then delete this file "
            "and generate again",
        )


def _unreadable(path: PurePosixPath, fault: Exception) -> Diagnostic:
    reason = getattr(fault, "strerror", None) or str(fault)
    return error("PW605", f"cannot read or write: {reason}", Span(str(path)))


def apply(todo: Plan) -> list[Diagnostic]:
    """Carries the plan out: every new file is on disk under another name before the first
    is put in its place; a fault puts back what was there. Returns the fault, if any."""
    manifest = Write(MANIFEST, None, todo.manifest.encode("utf-8"))
    old = read(todo.root, MANIFEST)
    writes = [*todo.writes]
    if old != manifest.after:
        writes.append(Write(MANIFEST, old, manifest.after))
    staged: list[tuple[Path, Path, Write]] = []
    done: list[Write] = []
    current = MANIFEST
    made: list[Path] = []
    try:
        for write in writes:
            current = write.path
            real = todo.root / write.path
            made.extend(_make_folders(real.parent, todo.root))
            temporary = real.with_name(f".{real.name}.{os.getpid()}.tmp")
            staged.append((temporary, real, write))
            temporary.write_bytes(write.after or b"")
        for temporary, real, write in staged[: len(todo.writes)]:
            current = write.path
            os.replace(temporary, real)
            done.append(write)
        for removal in todo.removals:
            current = removal.path
            (todo.root / removal.path).unlink(missing_ok=True)
            done.append(removal)
        for temporary, real, write in staged[len(todo.writes) :]:
            current = write.path
            os.replace(temporary, real)
    except OSError as fault:
        _undo(todo.root, done, made)
        return [_unreadable(current, fault)]
    except BaseException:
        _undo(todo.root, done, made)
        raise
    finally:
        for temporary, _, _ in staged:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
    for removal in todo.removals:
        _remove_empty_folders((todo.root / removal.path).parent, todo.root)
    return []


def _undo(root: Path, done: Iterable[Write], made: Iterable[Path]) -> None:
    for write in done:
        with contextlib.suppress(OSError):
            if write.before is None:
                (root / write.path).unlink(missing_ok=True)
            else:
                (root / write.path).write_bytes(write.before)
    for folder in sorted(made, reverse=True):
        with contextlib.suppress(OSError):
            for leftover in folder.glob(f".*.{os.getpid()}.tmp"):
                leftover.unlink()
            folder.rmdir()


def _make_folders(folder: Path, root: Path) -> list[Path]:
    """Makes `folder` and returns the folders that were not there, outer first."""
    missing: list[Path] = []
    while folder != root and not folder.exists():
        missing.insert(0, folder)
        folder = folder.parent
    for each in missing:
        each.mkdir()
    return missing


def _remove_empty_folders(folder: Path, root: Path) -> None:
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
