"""Files that are begun once and then their owner's, and what follows for one: pure.

What Portwright began a file as last is kept and committed: it is what a change of the contract is
told from when it is merged into what the owner has made of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from portwright.diagnostics import Diagnostic, Severity, Span, error, warning
from portwright.manifest import Entry, base_of, fingerprint
from portwright.merging.files import Merged, merge
from portwright.merging.lines import Fault
from portwright.merging.markers import has_markers, sides
from portwright.targets import File, Owner


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows for one file: `after` is what to write, if anything, `base` what it was begun
    as from now on. `unsettled` are findings with which all the rest is written."""

    entry: Entry
    after: bytes | None = None
    base: str | None = None
    merged: bool = False
    found: tuple[Diagnostic, ...] = ()
    unsettled: tuple[Diagnostic, ...] = ()
    todo: tuple[Diagnostic, ...] = ()


def decide(
    file: File,
    before: bytes | None,
    kept: bytes | None,
    listed: Entry | None,
    earlier: Sequence[bytes | None] | None = None,
) -> Outcome:
    """What follows for a file of the user that is on disk as `before`, was begun as `kept`. What is
    `earlier` is that of the major version before, and what that was begun as."""
    fresh = Entry(Owner.USER, fingerprint(file.text.encode()), file.path)
    if before is None:
        if listed is None:
            todo = tuple(_to_fill(file))
            new = Outcome(fresh, file.text.encode(), file.text, todo=todo)
            return _following(file, fresh, *earlier) or new if earlier else new
        return Outcome(listed, base=_text(kept))  # deleted: it stays away
    if fingerprint(before) == fresh.sha256:
        return Outcome(fresh, base=file.text)
    if listed is not None and fingerprint(before) == listed.sha256:
        text = file.text.replace("\n", "\r\n") if b"\r\n" in before else file.text
        return Outcome(fresh, text.encode(), file.text)
    base = _text(kept)
    if base is None and has_markers(before):
        # What git made of the bases of two branches is asked once the file itself is settled.
        left = None if kept is not None and has_markers(kept) else file.text
        return Outcome(fresh, base=left, unsettled=(_unresolved(file.path, before),))
    if base is None and kept is not None and (joined := _joined(file, fresh, before, kept)):
        return joined
    if base is None:
        # Begun by a version that kept nothing, or not begun by us.
        known = listed is None or listed.sha256 == fresh.sha256
        found = () if known else (_outdated(file.path),)
        return Outcome(fresh, base=file.text, found=found)
    begun = Entry(Owner.USER, fingerprint(base.encode()), file.path)
    if has_markers(before):
        return Outcome(begun, base=base, unsettled=(_unresolved(file.path, before),))
    if begun.sha256 == fresh.sha256:
        return Outcome(fresh, base=file.text)
    try:
        return _merged(file, fresh, before, base)
    except Fault as fault:
        return Outcome(begun, base=base, unsettled=(_unmerged(file.path, fault),))


def _following(
    file: File, fresh: Entry, before: bytes | None, kept: bytes | None
) -> Outcome | None:
    """A new file that begins as what its owner made of the one of the major version before; None
    where that is not there, or nobody has edited it."""
    base = _text(kept)
    if before is None or base is None or has_markers(before):
        return None
    if fingerprint(before) == fingerprint(base.encode()):
        return None
    try:
        outcome = _merged(file, fresh, before, base)
    except Fault:
        return None  # it begins as any other
    return outcome if outcome.after is not None else replace(outcome, after=before)


def _joined(file: File, fresh: Entry, before: bytes, kept: bytes) -> Outcome | None:
    """A file of two branches that git merged, as it merged what the file was begun as on each: what
    either has brought is there, or comes; None where that cannot be told."""
    if not has_markers(kept):
        return None
    text = kept.decode("utf-8", "replace").replace("\r\n", "\n")
    found: list[Outcome] = []
    for side in sides(text):
        try:
            found.append(_merged(file, fresh, before, side))
        except Fault:
            return None
    found = [each for each in found if not each.unsettled and not each.found]
    return next((each for each in found if each.after is not None), found[0] if found else None)


def _merged(file: File, fresh: Entry, before: bytes, base: str) -> Outcome:
    merged = merge(file.path, base, before, file.text, file.origin or "new")
    return Outcome(
        fresh,
        None if merged.data == before else merged.data,
        file.text,
        True,
        tuple(_left_out(file.path, each) for each in merged.gone),
        tuple(_conflict(file.path, line) for line in merged.conflicts),
        tuple(_to_do(file.path, merged)),
    )


def _text(kept: bytes | None) -> str | None:
    """The text that a file was begun as, None if there is none that could be one."""
    if kept is None or has_markers(kept):
        return None
    try:
        return kept.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None


def _outdated(path: PurePosixPath) -> Diagnostic:
    return warning(
        "PW610",
        "this file is yours, and the contract has changed what it is about",
        Span(str(path)),
        "look through it, or run your type checker: what is new is not filled yet",
    )


def _left_out(path: PurePosixPath, name: str) -> Diagnostic:
    return warning(
        "PW610",
        f"the contract has changed `{name}`, which this file of yours has in another way, or not",
        Span(str(path)),
        f"compare it with {base_of(path)}, which is how it would begin today",
    )


def _conflict(path: PurePosixPath, line: int, is_old: bool = False) -> Diagnostic:
    message = "you and the contract have changed the same lines"
    if is_old:
        message = "a conflict is not resolved yet, so nothing is merged into this file"
    return error(
        "PW616",
        message,
        Span(str(path), line),
        "keep what is right of both sides and remove the markers (<<<<<<<, |||||||, =======, "
        ">>>>>>>); then generate again",
    )


def _unresolved(path: PurePosixPath, data: bytes) -> Diagnostic:
    return _conflict(path, data[: data.index(b"<<<<<<< ")].count(b"\n") + 1, True)


def _unmerged(path: PurePosixPath, fault: Fault) -> Diagnostic:
    message = f"the contract has changed, and this file of yours is not merged: {fault}"
    return error("PW617", message, Span(str(path), fault.line), f"{fault.way_out}, and run again")


def _to_fill(file: File) -> Iterator[Diagnostic]:
    """What a file that is new asks of its owner before it can be run."""
    for number, line in enumerate(file.text.split("\n"), 1):
        if line.lstrip().startswith("raise NotImplementedError("):
            span = Span(str(file.path), number)
            yield Diagnostic("PW618", Severity.NOTICE, f"to fill: {line.strip()}", span)


def _to_do(path: PurePosixPath, merged: Merged) -> Iterator[Diagnostic]:
    for word, places in (("new", merged.added), ("changed", merged.changed)):
        for each in places:
            span = Span(str(path), each.line)
            yield Diagnostic("PW618", Severity.NOTICE, f"{word}: {each.text}", span)
