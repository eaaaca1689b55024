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
    base = sorted(sides[0].entries, key=_is_without_id)
    upstream, mine = (_Left(each) for each in sides[1:])
    theirs = {held: upstream.take(held, ()) for held in base}
    own = {held: mine.take(held, (held, theirs[held])) for held in base}
    for held in base:
        other = theirs[held] or upstream.take_renamed(held, sides[0])
        yield Same(held, other, own[held] or mine.take_renamed(held, sides[0]))
    for other in sorted(upstream.entries, key=_is_without_id):
        yield Same(None, other, mine.take(other, (other,)))
    for left in mine.entries:
        yield Same(None, None, left)


def _is_without_id(entry: Entry) -> bool:
    return entry.id is None


class _Left:
    """The lines of a side that were not taken yet, found by what they claim."""

    def __init__(self, side: Lines) -> None:
        self.entries = dict.fromkeys(side.entries)
        self._inside = side.inside
        self._owners: dict[object, list[Entry]] = {}
        for each in side.entries:
            for claim in each.claims:
                self._owners.setdefault(claim, []).append(each)

    def take(self, held: Entry, known: Collection[Entry | None]) -> Entry | None:
        """What `held` is on this side, taken out. Where git kept the lines of both sides, there may
        be several: it is the one that is not known then."""
        owners = (each for claim in held.claims for each in self._owners.get(claim, ()))
        lines = [each for each in dict.fromkeys(owners) if each in self.entries]
        for is_same in _SAME:
            found = [each for each in lines if is_same(each, held)]
            if found:
                for each in found:
                    del self.entries[each]
                return next((each for each in found if each not in known), found[0])
        return None

    def take_renamed(self, held: Entry, base: Lines) -> Entry | None:
        """The object that `held` of the base is now, under another name and without an id: lines
        are never taken out, so it is the one that has all its numbers."""
        numbers = base.inside.get(held.name) if held.kind is Kind.OBJECT else None
        inside = self._inside
        known = [e for e in self.entries if numbers and numbers <= inside.get(e.name, set())]
        if len(known) != 1:
            return None
        del self.entries[known[0]]
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
