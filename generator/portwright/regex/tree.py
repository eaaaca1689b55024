"""The parts of a pattern, without what only captures are for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

# Code points, first and last.
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Characters:
    """One character of `ranges`, or one of all others; `folded` in either case."""

    ranges: tuple[Range, ...]
    negated: bool = False
    folded: bool = False

    def holds(self, character: str) -> bool:
        """Whether it is one of these."""
        forms = {character, character.lower(), character.upper()} if self.folded else {character}
        codes = [ord(each) for each in forms if len(each) == 1]
        is_listed = any(low <= code <= high for low, high in self.ranges for code in codes)
        return is_listed is not self.negated


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the branches."""

    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`inner` from `least` to `most` times; without an end if that is None."""

    inner: Node
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Look:
    """What must (`negated`: must not) stand ahead of here, or else behind."""

    inner: Node
    ahead: bool
    negated: bool


class Place(Enum):
    """A place between characters."""

    START = auto()
    END = auto()
    EDGE = auto()
    NO_EDGE = auto()


Node = Characters | Sequence | Choice | Repeat | Look | Place
