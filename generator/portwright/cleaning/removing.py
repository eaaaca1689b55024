"""What `clean` removes: files of the manifest that are as they were written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import click

from portwright import output, terminal
from portwright.cache import Files
from portwright.diagnostics import Diagnostic, Span, error, printable, warning
from portwright.manifest import (
    MANIFEST,
    STATE,
    Entry,
    Manifest,
    fingerprint,
    manifest_text,
    read_manifest,
    unreadable,
)
from portwright.plan import Plan, Write, read
from portwright.reporting import files_told, report, say
from portwright.stamp import STAMP
from portwright.targets import File, Owner

_IGNORED = STATE / ".gitignore"
# Of this machine only, and made again when there is need; `output` sees to the rest.
_LOCAL = (STAMP,)
_CACHE = STATE / "cache"


def run(config: Path, dry_run: bool, style: str) -> int:
    """The exit code."""
    root = config.parent
    if not config.exists() and not (root / MANIFEST).exists():
        message = "there is no such file here, and nothing was generated here"
        wrong = error("PW501", message, Span(config.name), "name yours with --config")
        report([wrong], style, root)
        return 2
    with output.exclusive(root):
        return _removed(root, dry_run, style)


def _removed(root: Path, dry_run: bool, style: str) -> int:
    known, found = read_manifest(root)
    if not found:
        todo = _plan(root, known)
        found = [*todo.diagnostics]
    report(found, style, root)
    if any(each.is_error for each in found):
        return 1
    if not dry_run and (failed := output.apply(todo)):
        report(failed, style, root)
        return 1
    cache = _cache(root)
    if not dry_run:
        for kept in cache.clear() if cache else ():
            click.echo(f"cannot remove {printable(kept)}", err=True)
        _tidy(root)
    if style == "text":
        word = "would remove" if dry_run else "removed "
        for each in todo.removals:
            click.echo(f"{terminal.painted(word, 'removed')} {printable(str(each.path))}")
        if cache:
            click.echo(f"{terminal.painted(word, 'removed')} {_CACHE}")
    told = f"{files_told(len(todo.removals))} {'would be removed' if dry_run else 'removed'}"
    say(told if todo.removals or cache else "nothing to remove", style)
    return 0


def _plan(root: Path, known: Manifest) -> Plan:
    removals: list[Write] = []
    kept: list[Entry] = []
    found: list[Diagnostic] = []
    for path in sorted(known, key=str):
        entry = known[path]
        try:
            before = read(root, path)
        except OSError as fault:
            found.append(unreadable(path, fault))
            continue
        if entry.owner is Owner.USER:
            kept.append(entry)
        elif before is not None and fingerprint(before) != entry.sha256:
            kept.append(entry)
            found.append(_edited(path))
        elif before is not None:
            removals.append(Write(path, before, None))
    removals += _state(root)
    manifest = File(MANIFEST, manifest_text(kept))
    before = read(root, MANIFEST)
    after = manifest.text.encode() if kept else None
    if before is None or before == after:
        return Plan(root, (), tuple(removals), manifest, tuple(found))
    write = Write(MANIFEST, before, after)
    writes = (write,) if kept else ()
    removals += [] if kept else [write, *_ignored(root)]
    return Plan(root, writes, tuple(removals), manifest, tuple(found))


def _state(root: Path) -> Iterator[Write]:
    for path in _LOCAL:
        with contextlib.suppress(OSError):
            if (before := read(root, path)) is not None:
                yield Write(path, before, None)


def _ignored(root: Path) -> Iterator[Write]:
    """What keeps local state out of git, where nothing else is left beside it."""
    others = {each.name for each in (root / STATE).iterdir()}
    if others <= {path.name for path in (_IGNORED, MANIFEST, _CACHE, *_LOCAL)}:
        before = read(root, _IGNORED)
        if before is not None:
            yield Write(_IGNORED, before, None)


def _edited(path: PurePosixPath) -> Diagnostic:
    return warning(
        "PW619",
        "this generated file was edited by hand, so it stays",
        Span(str(path)),
        "move what you need out of it, and delete it",
    )


def _cache(root: Path) -> Files | None:
    """The cache, where it is kept with the project: one that many share is not this one's."""
    path = root / _CACHE
    return Files(path) if path.is_dir() and not path.is_symlink() else None


def _tidy(root: Path) -> None:
    """Removes folders that only ever held what was removed."""
    for each in (_CACHE, STATE):
        with contextlib.suppress(OSError):
            (root / each).rmdir()
