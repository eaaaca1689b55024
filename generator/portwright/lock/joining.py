"""The lines of one type in three locks, joined: which are the same field, value or object."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from portwright.lock.file import Entry, Kind

Path = tuple[str, ...]
# What other lines stand below.
PARENTS = (Kind.OBJECT, Kind.FIELD)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a type on one side; the paths below it that no line leads to, by their last
    part; and the numbers that are inside each of its objects."""

    entries: list[Entry] = field(default_factory=list)
    others: dict[str, Path] = field(default_factory=dict)
    inside: dict[str, set[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Same:
    """One identity: its line in the base, upstream and mine."""

    base: Entry | None
    upstream: Entry | None
    mine: Entry | None

    @property
    def lines(self) -> tuple[Entry | None, ...]:
        return (self.base, self.upstream, self.mine)


def joined(sides: Sequence[Lines]) -> Iterator[Same]:
    """The identities of a type: what has one number since the base is one, and what both sides have
    added under one id or name."""
    base, upstream, mine = (sorted(each.entries, key=lambda e: e.id is None) for each in sides)
    theirs = {held: _take(upstream, held, ()) for held in base}
    own = {held: _take(mine, held, (held, theirs[held])) for held in base}
    for held in base:
        other = theirs[held] or _take_renamed(held, sides[0], upstream, sides[1])
        yield Same(held, other, own[held] or _take_renamed(held, sides[0], mine, sides[2]))
    for other in upstream:
        yield Same(None, other, _take(mine, other, (other,)))
    for left in mine:
        yield Same(None, None, left)


def _take(lines: list[Entry], held: Entry, known: Collection[Entry | None]) -> Entry | None:
    """What `held` is on a side, taken out of its lines. Where git kept the lines of both sides,
    there may be several: it is the one that is not known then."""
    for is_same in _SAME:
        found = [each for each in lines if is_same(each, held)]
        if found:
            for each in found:
                lines.remove(each)
            return next((each for each in found if each not in known), found[0])
    return None


def _take_renamed(held: Entry, base: Lines, lines: list[Entry], side: Lines) -> Entry | None:
    """The object that `held` is now, under another name and without an id: lines are never taken
    out, so it is the one that has all its numbers."""
    numbers = base.inside.get(held.name)
    known = [e for e in lines if numbers and numbers <= side.inside.get(e.name, set())]
    if held.kind is not Kind.OBJECT or len(known) != 1:
        return None
    lines.remove(known[0])
    return known[0]


def _was(one: Entry, other: Entry) -> bool:
    """Whether both are one number, before or after a change of its name. The base of a commit that
    is applied elsewhere may have given the number to something else."""
    names = {one.name, *one.was} & {other.name, *other.was}
    is_one = one.number == other.number and one.kind.is_of_enum == other.kind.is_of_enum
    return one.number > 0 and is_one and (bool(names) or _has_id_of(one, other))


def _has_id_of(one: Entry, other: Entry) -> bool:
    return one.kind is other.kind and one.id is not None and one.id == other.id


def adds(one: Entry, other: Entry) -> bool:
    """Whether both claim one place: a name, an id, or what there is once."""
    shared = {*one.claims} & {*other.claims}
    return one.kind is other.kind and any(claim[-2] != "number" for claim in shared)


# How two lines are known to be one, the surest first.
_SAME = (_was, _has_id_of, adds)
