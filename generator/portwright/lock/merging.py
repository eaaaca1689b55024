"""Two locks that grew out of one, merged: the upstream one, which others build on already, and
mine, which was never released.

What upstream numbers keeps its number, and so does all that the lock of before (the base) held.
What only mine has keeps its number where that is free, else it gets the next one after the highest
of both. Types are followed by the numbers of the fields that lead to them: a rename on one side
moves the lines below it that the other side has changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace

from portwright.lock.file import Entry, Kind, Lock
from portwright.lock.joining import PARENTS, Lines, Path, Same, adds, joined
from portwright.lock.numbering import free_numbers

Claim = tuple[object, ...]
_Where = tuple[str, int, Path]
# Parts of paths that no line has: the keys of a map. What else no line leads to was a side's that
# git has torn apart.
_UNNAMED = frozenset({"$key"})


@dataclass(frozen=True, slots=True)
class Move:
    """A line of mine that is another now: its new number, None where the line was given up, and
    the entry whose number or name it had."""

    entry: Entry
    number: int | None
    because: Entry


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge."""

    lock: Lock
    moves: tuple[Move, ...]


def merge(base: Iterable[Entry], upstream: Lock, mine: Iterable[Entry]) -> Merged:
    """The lock of both. The lines of mine may hold those of upstream already, and then hold numbers
    twice."""
    run = _Run(tuple(map(_Side, (base, upstream.entries, mine))))
    for contract, major in sorted({version for each in run.sides for version in each.versions}):
        run.place(contract, major, (), ((), (), ()))
    return Merged(Lock.of(run.written), tuple(run.moves))


class _Side:
    """One of the locks, its lines by the type they belong to."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.lines: dict[_Where, list[Entry]] = {}
        self.below: dict[_Where, set[str]] = {}
        for each in dict.fromkeys(entries):
            self.lines.setdefault(each.where, []).append(each)
            for depth, name in enumerate(each.path):
                above = (each.contract, each.major, each.path[:depth])
                self.below.setdefault(above, set()).add(name)
        self.versions = {where[:2] for where in self.lines}

    def at(self, where: _Where, path: Path) -> Lines:
        """The lines of a type that is at `path` now."""
        contract, major, before = where
        known = self.lines.get(where, [])
        inside = {
            each.name: {e.number for e in self.lines.get((contract, major, (each.name,)), [])} - {0}
            for each in known
            if each.kind is Kind.OBJECT
        }
        names = {each.name for each in known if each.kind in PARENTS}
        unnamed = _UNNAMED & self.below.get(where, set()) - names
        others = {name: (*before, name) for name in unnamed}
        return Lines([replace(each, path=path) for each in known], others, inside)


@dataclass
class _Run:
    """One merge: base, upstream and mine, and what has come of them."""

    sides: tuple[_Side, ...]
    written: list[Entry] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    def place(self, contract: str, major: int, path: Path, old: Sequence[Path | None]) -> None:
        """Merges the lines of a type, which is at `path` now, and of all below it; `old` is its
        path on each side, None where it is not there."""
        found = [
            Lines() if before is None else side.at((contract, major, before), path)
            for side, before in zip(self.sides, old, strict=True)
        ]
        if not any(each.entries or each.others for each in found):
            return
        type_ = _Type(found)
        self.written += type_.now.values()
        self.moves += type_.moves
        below = {
            entry.name: [
                None if before is None or line is None else (*before, line.name)
                for before, line in zip(old, type_.above(same), strict=True)
            ]
            for same, entry in type_.now.items()
            if entry.kind in PARENTS
        }
        for name in sorted({name for each in found for name in each.others} - below.keys()):
            below[name] = [each.others.get(name) for each in found]
        for name, inner in below.items():
            self.place(contract, major, (*path, name), inner)


class _Type:
    """The lines of one type on each side, and those that it has `now`."""

    def __init__(self, sides: Sequence[Lines]) -> None:
        self.sides = [each.entries for each in sides]
        self.now: dict[Same, Entry] = {}
        self.moves: list[Move] = []
        every = [each for side in self.sides for each in side]
        self._free = {
            is_of_enum: free_numbers([e.number for e in every if e.kind.is_of_enum == is_of_enum])
            for is_of_enum in (False, True)
        }
        self._held = {claim: each for each in self.sides[1] for claim in each.claims}
        for same in sorted(joined(sides), key=_order):
            entry = self._line(same)
            if entry is not None:
                for claim in same.upstream.claims if same.upstream else ():
                    self._held.pop(claim, None)
                self._held |= dict.fromkeys(entry.claims, entry)
                self.now[same] = entry
        # Lines of before that lead nowhere now.
        self._dead: list[list[Entry]] = []
        live = [same for same, entry in self.now.items() if entry.kind in PARENTS]
        for number, lines in enumerate(self.sides):
            taken = {same.lines[number] for same in live}
            self._dead.append([e for e in lines if e.kind in PARENTS and e not in taken])

    def above(self, same: Same) -> Iterator[Entry | None]:
        """The line on each side whose lines below are now below this one: its own, else the one of
        its id or name that is dead now: what changes its shape has a new number, its inside stays.
        """
        for own, dead in zip(same.lines, self._dead, strict=True):
            alike = (each for each in dead if adds(each, self.now[same]))
            yield own if own is not None and own.kind in PARENTS else next(alike, None)

    def _line(self, same: Same) -> Entry | None:
        base, upstream, mine = same.lines
        if upstream is None:
            return self._added(same)
        if mine is None:
            return upstream
        if base is None and mine.shape != upstream.shape:
            self.moves.append(Move(mine, None, upstream))
        elif mine.number != upstream.number:
            self.moves.append(Move(mine, upstream.number, upstream))
        entry = _three_way(base, upstream, mine)
        taken = self._taken(entry, upstream.claims)
        if taken is None:
            return entry
        self.moves.append(Move(mine, None, taken))
        return upstream

    def _added(self, same: Same) -> Entry | None:
        """The line of what upstream does not have, or, where the base had it, has lost."""
        entry = same.mine or same.base
        assert entry is not None
        numbers = [claim for claim in entry.claims if claim[-2] == "number"]
        taken = self._taken(entry, numbers)
        if taken is not None and same.base is not None and entry.number:
            return _buried(entry)
        if taken is not None:
            self.moves.append(Move(entry, None, taken))
            return None
        taken = self._taken(entry, ())
        if taken is None:
            return entry
        number = next(self._free[entry.kind.is_of_enum])
        self.moves.append(Move(entry, number, taken))
        return replace(entry, number=number)

    def _taken(self, entry: Entry, own: Collection[Claim]) -> Entry | None:
        """Who holds what the entry claims beside its own."""
        claims = (claim for claim in entry.claims if claim not in own and claim in self._held)
        return next((self._held[claim] for claim in claims), None)


def _order(same: Same) -> tuple[bool, bool, int]:
    """Upstream's lines first, then those of the base, then mine in the order of their numbers."""
    return (same.upstream is None, same.base is None, same.mine.number if same.mine else 0)


def _three_way(base: Entry | None, upstream: Entry, mine: Entry) -> Entry:
    """Upstream's line, and of mine what upstream has not changed."""
    if base is None:
        return upstream
    facts = (each.name for each in fields(Entry) if each.name not in ("path", "number"))
    changed = {
        fact: getattr(mine, fact)
        for fact in facts
        if getattr(upstream, fact) == getattr(base, fact)
    }
    entry = replace(upstream, **changed)
    return _buried(entry) if Kind.RESERVED in (upstream.kind, mine.kind) else entry


def _buried(entry: Entry) -> Entry:
    return replace(entry, kind=Kind.RESERVED, shape="", id=None)
