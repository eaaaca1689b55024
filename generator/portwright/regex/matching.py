"""Whether a text has a match: all ways at once, so that no pattern makes it take for ever."""

from __future__ import annotations

from typing import assert_never

from portwright.regex.reading import WORD
from portwright.regex.tree import Characters, Choice, Look, Node, Place, Repeat, Sequence

_WORD = Characters(WORD)
# Places looked at in all. Patterns that people write take some hundreds for a text.
_MOST_STEPS = 200_000


class _Unclear(Exception):
    """It would take too long to tell, or engines differ."""


def matches(node: Node, text: str) -> bool | None:
    """Whether the pattern matches somewhere in the text; None where that takes too long to tell,
    or is not the same in every engine."""
    try:
        return bool(_Matcher(text).ends(node, set(range(len(text) + 1))))
    except (_Unclear, RecursionError):
        return None


class _Matcher:
    """The places in one text where parts of a pattern end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._steps = 0

    def ends(self, node: Node, starts: set[int]) -> set[int]:
        """Where the node ends that starts at any of these places."""
        self._steps += 1 + len(starts)
        if self._steps > _MOST_STEPS:
            raise _Unclear
        match node:
            case Characters():
                size = len(self._text)
                return {at + 1 for at in starts if at < size and node.holds(self._text[at])}
            case Sequence(parts):
                for part in parts:
                    starts = self.ends(part, starts) if starts else starts
                return starts
            case Choice(branches):
                return set().union(*(self.ends(each, starts) for each in branches))
            case Repeat():
                return self._repeated(node, starts)
            case Look():
                return {at for at in starts if self._sees(node, at) is not node.negated}
            case Place():
                return {at for at in starts if self._is_at(node, at)}
            case _:
                assert_never(node)

    def _repeated(self, node: Repeat, starts: set[int]) -> set[int]:
        front = starts
        for _ in range(node.least):
            after = self.ends(node.inner, front)
            if after == front:
                break
            front = after
        found, count = set(front), node.least
        # A place that fewer repeats lead to lets more follow: only new ones are of use.
        while front and (node.most is None or count < node.most):
            front = self.ends(node.inner, front) - found
            found |= front
            count += 1
        return found

    def _sees(self, node: Look, at: int) -> bool:
        if node.ahead:
            return bool(self.ends(node.inner, {at}))
        return at in self.ends(node.inner, set(range(at + 1)))

    def _is_at(self, place: Place, at: int) -> bool:
        match place:
            case Place.START:
                return at == 0
            case Place.END:
                return at == len(self._text)
            case Place.NO_EDGE if not self._text:
                raise _Unclear  # Python before 3.14 finds none in an empty text
            case Place.EDGE | Place.NO_EDGE:
                sides = self._text[at - 1 : at] if at else "", self._text[at : at + 1]
                before, after = (bool(each) and _WORD.holds(each) for each in sides)
                return (before is not after) is (place is Place.EDGE)
            case _:
                assert_never(place)
