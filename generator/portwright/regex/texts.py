"""Texts that match a pattern, and texts that do not: the same ones in every run."""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import assert_never

from portwright.regex.matching import matches
from portwright.regex.tree import Characters, Choice, Look, Node, Place, Repeat, Sequence

# What people like to read, first: `ABC` for three capitals, `123` for digits.
_LIKED = (string.ascii_lowercase, string.ascii_uppercase, "1234567890", "-_. ")
_PRINTABLE = "".join(_LIKED) + string.punctuation
_FOREIGN = "éßñøαжあ中"
_LONGEST = 1000
_DRAWS = 60
# Repeats beyond those that have to be, where only a look ahead asks for them.
_MORE = (0, 1, 2, 4, 7, 11)
# Parts written in all: patterns of repeats in repeats have no end to them.
_MOST_STEPS = 200_000
_MISMATCHES = ("?", "a", "0", "A", " ", "-", "#", "é", "\n", "")


def texts(node: Node, least: int, most: int | None) -> Iterator[str]:
    """Different texts of `least` to `most` characters that match; few or none where they are hard
    to find."""
    shortest = _shortest(node)
    longest = _LONGEST if most is None else min(most, _LONGEST)
    if shortest > longest or least > longest:
        return
    steps, seen = count(), set()
    for draw in range(_DRAWS):
        for more in _MORE:
            try:
                text = _Writer(draw, max(0, least - shortest) + more, steps).text(node)
            except _Exhausted:
                return
            # Where the pattern has no end, there may be more behind.
            text = text.ljust(least, " " if draw % 2 else "x")
            if text in seen or not least <= len(text) <= longest:
                continue
            seen.add(text)
            if matches(node, text):
                yield text


def mismatch(node: Node, least: int, most: int | None) -> str | None:
    """A text of `least` to `most` characters that does not match, if one of a few does not."""
    for each in _MISMATCHES:
        text = each[:most] if len(each) >= least else (each or "x").ljust(least, each or "x")
        if len(text) <= _LONGEST and matches(node, text) is False:
            return text
    return None


class _Exhausted(Exception):
    """It takes too long to write this."""


class _Writer:
    """Writes one text that the parts of a pattern lead to, with `more` repeats than the fewest.

    In the first draw everything is the first, in the others it is mixed. Whether what the pattern
    looks for is there is not its concern.
    """

    def __init__(self, draw: int, more: int, steps: Iterator[int]) -> None:
        # Of Python's generator, `random()` alone is the same in every version.
        self._random = random.Random(draw).random if draw else None
        self._looks = draw % 2 == 1
        self._more = more
        self._steps = steps
        self._written: Counter[Characters] = Counter()

    def text(self, node: Node) -> str:
        if next(self._steps) > _MOST_STEPS:
            raise _Exhausted
        match node:
            case Characters():
                return self._character(node)
            case Sequence(parts):
                return "".join(map(self.text, parts))
            case Choice(branches):
                return self.text(branches[self._one_of(len(branches))])
            case Repeat(inner, low, high):
                room = self._more if high is None else min(self._more, high - low)
                more = room if self._random is None else self._one_of(room + 1)
                self._more -= more
                return "".join(self.text(inner) for _ in range(low + more))
            case Look(inner, _, negated):
                return self.text(inner) if self._looks and not negated else ""
            case Place():
                return ""
            case _:
                assert_never(node)

    def _one_of(self, many: int) -> int:
        return 0 if self._random is None else int(self._random() * many)

    def _character(self, node: Characters) -> str:
        liked, every = _options(node)
        if self._random is not None:
            return every[self._one_of(len(every))]
        at = self._written[node]
        self._written[node] += 1
        return liked[at % len(liked)]


@lru_cache(1024)
def _options(node: Characters) -> tuple[str, str]:
    """The characters that stand for the set: those of one kind, and all of them."""
    kinds = ["".join(filter(node.holds, each)) for each in _LIKED]
    every = "".join(filter(node.holds, _PRINTABLE + _FOREIGN))
    if not every:
        every = "".join(chr(low) for low, _ in node.ranges if not node.negated) or "\x00"
    return next((each for each in kinds if each), every), every


@lru_cache(1024)
def _shortest(node: Node) -> int:
    """The length of the shortest text that the parts can be, or one beyond all that is made."""
    match node:
        case Characters():
            return 1
        case Sequence(parts):
            return min(sum(map(_shortest, parts)), _LONGEST + 1)
        case Choice(branches):
            return min(map(_shortest, branches))
        case Repeat(inner, low, _):
            # Repeats of nothing take their time, too.
            return min(low * max(_shortest(inner), 1 if low > _LONGEST else 0), _LONGEST + 1)
        case Look() | Place():
            return 0
        case _:
            assert_never(node)
