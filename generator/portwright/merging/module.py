"""What a contract changes of a Python module, said of the module as its owner has it.

A merge by lines knows nothing of arguments: where one is filled in and the next is new, it sees a
conflict. So the two texts that Portwright wrote are laid on what the owner made of the first,
function by function and argument by argument: what the contract has left alone is the owner's in
both, and what is left between them is what the contract has changed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from portwright.merging import calls
from portwright.merging.edits import Edit, Source, Unreadable, applied, inserted


@dataclass(frozen=True, slots=True)
class Aligned:
    """The two texts laid on the owner's; `changed` and `gone` as in `Merged`, each line of the
    owner's as it is written."""

    base: str
    theirs: str
    changed: tuple[tuple[str, str], ...]
    gone: tuple[str, ...]


@dataclass(slots=True)
class Changes:
    """Edits of the owner's text that make it what each of the other two says."""

    base: list[Edit] = field(default_factory=list)
    theirs: list[Edit] = field(default_factory=list)
    changed: list[tuple[str, str]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def conflict(self, span: tuple[int, int], base: str, theirs: str) -> None:
        self.base.append(Edit(*span, base))
        self.theirs.append(Edit(*span, theirs))


def aligned(base: str, ours: str, theirs: str) -> Aligned | None:
    """The texts laid on `ours`; None where one of them is no Python, or has a name twice, or the
    contract has changed what is not known here."""
    try:
        begun, mine, new = Source(base), Source(ours), Source(theirs)
        if sorted(_laid(begun, begun, new).theirs.split("\n")) != sorted(theirs.split("\n")):
            return None
        found = _laid(begun, mine, new)
        Source(found.theirs)
    except Unreadable:
        return None
    return found


def _laid(base: Source, ours: Source, theirs: Source) -> Aligned:
    changes = Changes()
    _Alignment(base, ours, theirs, changes).run()
    sides = applied(ours.text, changes.base), applied(ours.text, changes.theirs)
    return Aligned(*sides, tuple(changes.changed), tuple(changes.gone))


class _Alignment:
    """The statements of three modules, and what follows for each."""

    def __init__(self, base: Source, ours: Source, theirs: Source, changes: Changes) -> None:
        self._base, self._ours, self._theirs, self._changes = base, ours, theirs, changes

    def run(self) -> None:
        base, ours, theirs = self._base, self._ours, self._theirs
        head = [each.text[: each.first] for each in (base, ours, theirs)]
        if head[0] == head[1] != head[2]:
            self._changes.theirs.append(Edit(0, ours.first, head[2]))
        for key in dict.fromkeys((*base.parts, *theirs.parts)):
            if key in ours.parts:
                self._both(key)
            elif key not in base.parts:
                self._new(key)
            elif key not in theirs.parts or base.said(key) != theirs.said(key):
                self._gone(key)

    def _both(self, key: str) -> None:
        """A statement that the owner has."""
        before, mine, after = self._base.said(key), self._ours.said(key), self._theirs.said(key)
        span = self._ours.span(key)
        if mine == after or before == after:
            return
        if after is None:
            self._changes.theirs.append(Edit(self._ours.above(key), span[1], ""))
            if mine != before:
                self._changes.base.append(Edit(*span, before or ""))
        elif mine == before:
            self._changes.theirs.append(Edit(*span, after))
        elif isinstance(self._ours.parts[key], ast.ImportFrom):
            self._imported(key)
        elif before is None:
            self._changes.gone.append(key)
        elif not self._aligned(key, [self._ours.parts[key]]):
            self._changes.conflict(span, before, after)

    def _new(self, key: str) -> None:
        """A statement that the contract brings."""
        theirs, ours = self._theirs, self._ours
        if isinstance(theirs.parts[key], ast.ImportFrom):
            self._import(theirs.said(key) or "")
            return
        order = list(theirs.parts)
        above = [each for each in order[: order.index(key)] if ours.is_definition(each)]
        main = "if __name__"
        if above:
            place = ours.span(above[-1])[1]
            self._changes.theirs.append(Edit(place, place, f"\n\n\n{theirs.said(key)}"))
        elif main in ours.parts:
            place = ours.span(main)[0]
            self._changes.theirs.append(Edit(place, place, f"{theirs.said(key)}\n\n\n"))
        else:
            place = len(ours.text.rstrip("\n"))
            self._changes.theirs.append(Edit(place, place, f"\n\n\n{theirs.said(key)}"))

    def _gone(self, key: str) -> None:
        """A statement that the owner has removed or calls otherwise, and the contract has
        changed."""
        statement = self._theirs.parts.get(key)
        if isinstance(statement, ast.ImportFrom):
            self._new_names(key, statement)
        elif statement is not None and not self._aligned(key, self._ours.parts.values()):
            self._changes.gone.append(key)

    def _aligned(self, key: str, among: Iterable[ast.stmt]) -> bool:
        """Whether the calls of a function, by whatever name the owner has it, take what is new."""
        sides = (self._base, self._ours, self._theirs)
        return calls.align(key, *sides, self._changes, among)

    def _new_names(self, key: str, statement: ast.ImportFrom) -> None:
        """What the contract imports besides, where the owner imports in another way."""
        before = self._base.parts[key]
        assert isinstance(before, ast.ImportFrom)
        known = {each.name for each in before.names} | self._ours.imported
        names = [each.name for each in statement.names if each.name not in known]
        if names:
            self._import(f"{key} import {', '.join(names)}")

    def _import(self, statement: str) -> None:
        place = self._ours.after_imports
        self._changes.theirs.append(Edit(place, place, f"\n{statement}"))

    def _imported(self, key: str) -> None:
        """Names that the contract imports besides; one that it does not any more stays."""
        mine, after = self._ours.parts[key], self._theirs.parts[key]
        assert isinstance(mine, ast.ImportFrom) and isinstance(after, ast.ImportFrom)
        before = self._base.parts.get(key)
        had = {each.name for each in before.names} if isinstance(before, ast.ImportFrom) else set()
        have = {each.name: each for each in mine.names}
        for index, each in enumerate(after.names):
            if each.name in have or each.name in had or "*" in have:
                continue
            above = [other.name for other in after.names[:index] if other.name in have]
            place = have[above[-1]] if above else mine.names[-1]
            brackets = "(" in (self._ours.said(key) or "")
            self._changes.theirs.append(inserted(self._ours, place, [each.name], brackets))
