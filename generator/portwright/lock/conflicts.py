"""A lock that git could not merge, and left its markers in: both sides of it, and the base where
the markers have one (`merge.conflictStyle` diff3 or zdiff3).

Markers: https://git-scm.com/docs/git-merge#_how_conflicts_are_presented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from portwright.diagnostics import Diagnostic, Span, error
from portwright.lock import file as lock_file
from portwright.lock.file import Entry, Lock, Row

_MARKER = re.compile(r"(<{7}|\|{7}|={7}|>{7})(?:[ \t]+(.*))?\s*")
# Which part of a block each marker begins; the last ends it.
_OURS, _BASE, _THEIRS = "ours", "base", "theirs"
_BEGINS = {"<": _OURS, "|": _BASE, "=": _THEIRS, ">": ""}
# What may stand before each.
_FOLLOWS = {"<": ("",), "|": (_OURS,), "=": (_OURS, _BASE), ">": (_THEIRS,)}
_WAY_OUT = "`portwright lock rebase` settles it; then run `portwright generate`"
_MOST_TOLD = 6


@dataclass(slots=True)
class Block:
    """One place that git could not merge: what the sides call themselves, and their rows."""

    span: Span
    labels: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A whole file with conflicts: the rows of each side, also those that git could merge. `ours`
    stands above, which is `HEAD`; `theirs` below. Without a base in the markers, `base` is what
    both have."""

    ours: tuple[Row, ...]
    theirs: tuple[Row, ...]
    base: tuple[Entry, ...]
    blocks: tuple[Block, ...]
    faults: tuple[Diagnostic, ...]

    @property
    def labels(self) -> tuple[str, str]:
        """What ours and theirs are called."""
        labels = self.blocks[0].labels
        return labels.get(_OURS) or "ours", labels.get(_THEIRS) or "theirs"


def parse(text: str, file: str) -> tuple[Lock, list[Diagnostic]]:
    """The lock of a file's text and what is wrong with it; no text is an empty lock."""
    found = read(text, file)
    if found is None:
        return lock_file.parse(text, file)
    return Lock(), sorted(found.faults or _explained(found), key=lambda each: each.span)


def read(text: str, file: str) -> Conflict | None:
    """The conflict in a file's text, None where there is no marker."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    if not any(map(_MARKER.fullmatch, lines)):
        return None
    blocks: list[Block] = []
    part, parts = "", []
    for number, line in enumerate(lines, 1):
        span = Span(file, number, 1, max(1, len(line)))
        marker = _MARKER.fullmatch(line)
        if marker is None:
            parts.append(part)
            continue
        sign = marker[1][0]
        if part not in _FOLLOWS[sign]:
            return _unclear(span)
        if sign == "<":
            blocks.append(Block(span))
        part = _BEGINS[sign]
        parts.append("marker")
        blocks[-1].labels[part or _THEIRS] = marker[2] or ""
    if part:
        return _unclear(blocks[-1].span)
    return _sides(lines, parts, blocks, file)


def _unclear(span: Span) -> Conflict:
    way_out = "`git checkout --merge portwright.lock` writes the conflict anew"
    fault = error("PW609", "the markers of a merge conflict do not fit together", span, way_out)
    return Conflict((), (), (), (Block(span),), (fault,))


def _sides(lines: list[str], parts: list[str], blocks: list[Block], file: str) -> Conflict:
    """Each side read as a whole, its lines where they stand in the file."""
    rows: dict[str, tuple[Row, ...]] = {}
    faults: list[Diagnostic] = []
    for side in (_OURS, _THEIRS, _BASE):
        own = (line if part in ("", side) else "" for line, part in zip(lines, parts, strict=True))
        found, wrong = lock_file.rows("\n".join(own), file)
        apart = [row for row in found if parts[row.span.line - 1] == side]
        rows[side] = tuple(_of_side(found, apart))
        # Where a merge had two bases, git shows a conflict of its own between them.
        faults += wrong if side != _BASE else []
        for row in apart if side != _BASE else ():
            block = [each for each in blocks if each.span.line < row.span.line][-1]
            block.rows.setdefault(side, []).append(row)
    theirs = {row.entry for row in rows[_THEIRS]}
    base = [row.entry for row in rows[_OURS] if row.entry in theirs]
    base += [row.entry for row in rows[_BASE] if parts[row.span.line - 1] == _BASE]
    known = tuple(dict.fromkeys(base))
    distinct = tuple(dict.fromkeys(faults))
    return Conflict(rows[_OURS], rows[_THEIRS], known, tuple(blocks), distinct)


def _of_side(rows: list[Row], apart: list[Row]) -> Iterator[Row]:
    """The rows of a side: those it has apart, and what git could merge; but a line that takes what
    those have is the other side's, however well git could merge it."""
    claims = {claim for row in apart for claim in row.entry.claims}
    for row in rows:
        if row in apart or not claims & {*row.entry.claims}:
            yield row


def _explained(conflict: Conflict) -> Iterator[Diagnostic]:
    """A finding for each block, and one for each clash of two lines."""
    ours, theirs = conflict.labels
    clashes = list(_clashes(conflict.ours, conflict.theirs))
    clashing = {row.span.line for clash in clashes for row in clash}
    for block in conflict.blocks:
        help = [_WAY_OUT]
        for side, label in ((_OURS, ours), (_THEIRS, theirs)):
            rows = block.rows.get(side, [])
            help += _told(f"`{label}` has", rows)
        kept = [
            row
            for side in (_OURS, _THEIRS)
            for row in block.rows.get(side, [])
            if row.span.line not in clashing
        ]
        help += _told("can be kept as it is:", kept)
        where = sorted({_where(row.entry) for side in block.rows.values() for row in side})
        place = f" in {', '.join(where[:_MOST_TOLD])}" if where else ""
        message = f"a merge conflict of `{ours}` and `{theirs}`{place}"
        yield error("PW609", message, block.span, "\n".join(help))
    for mine, other in clashes:
        yield error("PW613", _clash(mine.entry, other, ours, theirs), mine.span, _WAY_OUT)


def _told(head: str, rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    entries = dict.fromkeys(row.entry for row in rows)
    shown = ", ".join(called(each) for each in list(entries)[:_MOST_TOLD])
    left = len(entries) - _MOST_TOLD
    return [f"{head} {shown}{f' and {left} more' if left > 0 else ''}"]


def _clashes(ours: Iterable[Row], theirs: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
    """Lines of the two sides that cannot stand beside each other."""
    owners = {claim: row for row in ours for claim in row.entry.claims}
    same = {row.entry for row in owners.values()}
    for row in theirs:
        if row.entry not in same:
            claims = (claim for claim in row.entry.claims if claim in owners)
            owner = next((owners[claim] for claim in claims), None)
            if owner is not None:
                yield owner, row


def _clash(mine: Entry, other: Row, ours: str, theirs: str) -> str:
    entry, line = other.entry, other.span.line
    where = _where(mine)
    if mine.number == entry.number and mine.name != entry.name and mine.number:
        return (
            f"two branches gave {mine.number} in {where}: `{ours}` to `{mine.name}`, "
            f"`{theirs}` to `{entry.name}` (line {line})"
        )
    if mine.number != entry.number:
        shared = mine.name if mine.name == entry.name else f"{mine.name}` and `{entry.name}"
        return (
            f"`{shared}` of {where} has {mine.number} on `{ours}` "
            f"and {entry.number} on `{theirs}` (line {line})"
        )
    return f"`{ours}` and `{theirs}` have `{mine.name}` of {where} in two ways (line {line})"


def _where(entry: Entry) -> str:
    """`orders.lines of shop v1`, without the quotes of a file."""
    place = f"{'.'.join(entry.path)} of " if entry.path else ""
    return f"{place}{entry.contract} v{entry.major}"


def called(entry: Entry) -> str:
    """`coupon` 7, as people are told it."""
    number = f" {entry.number}" if entry.number else ""
    return f"{entry.kind.name.lower()} `{entry.name}`{number}"
