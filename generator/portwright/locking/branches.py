"""The locks of two branches: asked of git where it can tell them, else read off the markers that it
left in the file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from portwright.comparing import revisions
from portwright.diagnostics import Diagnostic, Span, error
from portwright.lock import Entry, Lock, conflicts, file
from portwright.paths import LOCK

_GIT = "git:"
# What applies a commit on `HEAD`: that one is upstream then, and the commit is mine.
_APPLIED = ("REBASE_HEAD", "CHERRY_PICK_HEAD")
_REFS = ("--refs=refs/heads/*", "--refs=refs/remotes/*")
_RELEASED = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
# What git calls the side below the line where it is mine.
_STASHED = "Stashed changes"


@dataclass(frozen=True, slots=True)
class Branches:
    """The lock that both had, that of upstream and mine; and how upstream is called."""

    base: tuple[Entry, ...]
    upstream: Lock
    mine: tuple[Entry, ...]
    name: str


@dataclass(frozen=True, slots=True)
class _Commits:
    """The commits of both branches and what they have in common; how upstream is called."""

    upstream: str
    mine: str
    base: str | None
    name: str


class Unsettled(Exception):
    """Why two locks cannot become one, as findings."""

    def __init__(self, *found: Diagnostic) -> None:
        super().__init__(*found)
        self.found = found


def find(root: Path, text: str, onto: str | None) -> Branches | None:
    """The branches whose locks are one file now, which has this text; None where it was of one
    branch only. Raises `Unsettled`."""
    conflict = conflicts.read(text, str(LOCK))
    if conflict is None and onto is None and not file.parse(text, str(LOCK))[1]:
        return None
    try:
        commits = _commits(root, onto)
        if commits is not None:
            return _of_commits(root, text, conflict is not None, commits)
    except revisions.RevisionError as fault:
        raise _unsettled(str(fault), "name a revision that is here; fetch it first") from None
    if conflict is None:
        way_out = "name the one whose numbers stay: `portwright lock rebase --onto git:main`"
        raise _unsettled("git tells of no branch that was merged here", way_out)
    return _of_markers(conflict)


def _unsettled(message: str, way_out: str) -> Unsettled:
    message = f"the lock cannot be settled: {message}"
    return Unsettled(error("PW614", message, Span(str(LOCK)), way_out))


def _of_markers(conflict: conflicts.Conflict) -> Branches:
    """Whoever merges on a branch gets what others did from below the line."""
    if conflict.faults:
        raise Unsettled(*conflict.faults)
    ours, theirs = conflict.labels
    sides = ((theirs, conflict.theirs), (ours, conflict.ours))
    (name, upstream), (_, mine) = reversed(sides) if theirs == _STASHED else sides
    held = Lock.of(row.entry for row in upstream)
    _, faults = file.parse(held.text(), f"{name}:{LOCK}")
    if faults:
        raise Unsettled(*faults)
    return Branches(conflict.base, held, tuple(row.entry for row in mine), name)


def _of_commits(root: Path, text: str, is_conflict: bool, commits: _Commits) -> Branches:
    held = _lock(root, commits.upstream, commits.name)
    base = _lock(root, commits.base, commits.base).entries if commits.base else ()
    if is_conflict:
        return Branches(base, held, _lock(root, commits.mine, commits.mine).entries, commits.name)
    # A file without markers is what git made of both, and what was done since.
    found, faults = file.rows(text, str(LOCK))
    if faults:
        raise Unsettled(*faults)
    return Branches(base, held, tuple(row.entry for row in found), commits.name)


def _lock(root: Path, commit: str, name: str) -> Lock:
    """The lock of a commit, which has to be a good one."""
    lock, faults = conflicts.parse(_text(root, commit), f"{name}:{LOCK}")
    if faults:
        way_out = "mend it on that branch first: what it has released is not ours to number"
        raise Unsettled(*(replace(each, help=way_out) for each in faults))
    return lock


def _text(root: Path, commit: str) -> str:
    found = revisions.files(root, commit, str(LOCK).__eq__)
    return found.get(str(LOCK), b"").decode("utf-8", "replace")


def _commits(root: Path, onto: str | None) -> _Commits | None:
    """The commits whose locks are to be one; None where git knows of no two branches here."""
    head = _commit(root, "HEAD")
    chosen = None
    if onto is not None:
        revision = onto.removeprefix(_GIT)
        revisions.git(root, "there is no git repository here", "rev-parse", "--git-dir")
        chosen = _commit(root, revision)
        if chosen is None:
            raise revisions.RevisionError(f"git knows no revision `{revision}` here")
    pair = None if head is None else _pair(root, head)
    if pair is None:
        if chosen is None or head is None:
            return None
        return _Commits(chosen, head, _shared(root, chosen, head), str(onto))
    ours, theirs, base, is_applied = pair
    within = [_is_in(root, chosen, side) for side in (ours, theirs)] if chosen else []
    if within and within[0] == within[1]:
        raise revisions.RevisionError(f"`{onto}` is not one of the two branches that are merged")
    is_ours = within[0] if within else is_applied or _is_released(root, ours, theirs)
    upstream, mine = (ours, theirs) if is_ours else (theirs, ours)
    found = _asked(root, "name-rev", "--always", "--name-only", *_REFS, upstream)
    name = onto or _GIT + (upstream[:8] if found == "undefined" else found)
    return _Commits(upstream, mine, base, name)


def _pair(root: Path, head: str) -> tuple[str, str, str | None, bool] | None:
    """The side that was checked out, the other one, and what they have in common; whether the other
    one is a commit that is applied."""
    for each in _APPLIED:
        other = _commit(root, each)
        if other is not None:
            return head, other, _commit(root, f"{other}^"), True
    sides = [head, _commit(root, "MERGE_HEAD")]
    if sides[1] is None and conflicts.parse(_text(root, head), str(LOCK))[1]:
        sides = [_commit(root, "HEAD^1"), _commit(root, "HEAD^2")]  # merged without a look
    ours, theirs = sides
    if ours is None or theirs is None:
        return None
    return ours, theirs, _shared(root, ours, theirs), False


def _is_released(root: Path, ours: str, theirs: str) -> bool:
    """Whether what was checked out is the branch that others build on, not what it merges."""
    for each in _RELEASED:
        if _commit(root, each) is not None:
            within = [_is_in(root, side, each) for side in (ours, theirs)]
            if within[0] != within[1]:
                return within[0]
    branch = _asked(root, "rev-parse", "--abbrev-ref", "HEAD")
    return any(branch == each for each in _RELEASED)


def _is_in(root: Path, commit: str, other: str) -> bool:
    """Whether `other` is that commit, or comes after it."""
    return _asked(root, "merge-base", commit, other) == commit


def _shared(root: Path, one: str, other: str) -> str | None:
    return _asked(root, "merge-base", one, other) or None


def _commit(root: Path, revision: str) -> str | None:
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return _asked(root, *words) or None


def _asked(root: Path, *words: str) -> str:
    """What git answers, nothing where it has no answer."""
    try:
        return revisions.git(root, "", *words).decode("utf-8", "replace").strip()
    except revisions.RevisionError:
        return ""
