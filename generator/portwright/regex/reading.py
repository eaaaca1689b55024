"""The text of a pattern, read: the regular expressions of ECMA-262 as its Annex B takes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from portwright.regex.tree import Characters, Choice, Look, Node, Place, Range, Repeat, Sequence

_DIGIT: tuple[Range, ...] = ((0x30, 0x39),)
WORD: tuple[Range, ...] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_SPACE: tuple[Range, ...] = (
    *((0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A)),
    *((0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
)
_LINE_ENDS: tuple[Range, ...] = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))
_CLASSES: Mapping[str, tuple[Range, ...]] = {"d": _DIGIT, "w": WORD, "s": _SPACE}
_CONTROLS: Mapping[str, int] = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_CODE = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}")
_NAME = re.compile(r"\?<[A-Za-z_]\w*>", re.ASCII)
_REPEAT = re.compile(r"\{([0-9]{1,6})(,?)([0-9]{0,6})\}")
_SIMPLE: Mapping[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_LOOKS: Mapping[str, tuple[bool, bool]] = {
    "?=": (True, False),
    "?!": (True, True),
    "?<=": (False, False),
    "?<!": (False, True),
}
_DEEPEST = 50
_LAST = 0x10FFFF


class _Unread(Exception):
    """The pattern has something that is not read here, or is none."""


@lru_cache(256)
def read(pattern: str) -> Node | None:
    """The pattern's parts; None if it is not read: a back-reference, `\\p`, or no pattern at all.

    `(?i)` in front, which other dialects have, is taken.
    """
    folded = pattern.startswith("(?i)")
    try:
        return _Reader(pattern, 4 if folded else 0, folded).whole()
    except _Unread:
        return None


class _Reader:
    """Reads from left to right."""

    def __init__(self, pattern: str, at: int, folded: bool) -> None:
        self._text = pattern
        self._at = at
        self._folded = folded
        self._depth = 0

    def whole(self) -> Node:
        found = self._choice()
        if self._at < len(self._text):
            raise _Unread
        return found

    def _peek(self, size: int = 1) -> str:
        return self._text[self._at : self._at + size]

    def _next(self) -> str:
        found = self._peek()
        if not found:
            raise _Unread
        self._at += 1
        return found

    def _characters(self, *ranges: Range, negated: bool = False) -> Characters:
        return Characters(ranges, negated, self._folded)

    def _choice(self) -> Node:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            atom = self._atom()
            parts.append(self._repeated(atom))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, atom: Node) -> Node:
        is_bare = self._text[self._at - 1] != ")"
        quantifier = self._quantifier()
        if quantifier is None:
            return atom
        if isinstance(atom, Place) and is_bare:
            raise _Unread
        if self._peek() == "?":  # how much a repeat takes does not change whether it matches
            self._at += 1
        if self._peek() in ("*", "+", "?") or _REPEAT.match(self._text, self._at):
            raise _Unread
        return Repeat(atom, *quantifier)

    def _quantifier(self) -> tuple[int, int | None] | None:
        if self._peek() in _SIMPLE:
            return _SIMPLE[self._next()]
        if self._peek(2) == "{,":  # text here, a repeat to others
            raise _Unread
        found = _REPEAT.match(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        least = int(found[1])
        most = int(found[3]) if found[3] else None if found[2] else least
        if (found[3] and not found[2]) or (most is not None and most < least):
            raise _Unread
        return least, most

    def _atom(self) -> Node:
        match self._next():
            case "^":
                return Place.START
            case "$":
                return Place.END
            case ".":
                return self._characters(*_LINE_ENDS, negated=True)
            case "(":
                return self._group()
            case "[":
                return self._set()
            case "\\":
                return self._escape()
            case "*" | "+" | "?":
                raise _Unread
            case character:
                return self._characters((ord(character), ord(character)))

    def _group(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Unread
        look = next((each for each in _LOOKS if self._text.startswith(each, self._at)), None)
        if look is not None:
            self._at += len(look)
        elif self._peek(2) == "?:":
            self._at += 2
        elif name := _NAME.match(self._text, self._at):
            self._at = name.end()
        elif self._peek() == "?":
            raise _Unread
        inner = self._choice()
        if self._next() != ")":
            raise _Unread
        self._depth -= 1
        return inner if look is None else Look(inner, *_LOOKS[look])

    def _escape(self) -> Node:
        if self._peek() in ("b", "B"):
            return Place.EDGE if self._next() == "b" else Place.NO_EDGE
        if found := self._class():
            return found
        code = self._code()
        return self._characters((code, code))

    def _class(self) -> Characters | None:
        """`\\d` and its like, after the backslash."""
        ranges = _CLASSES.get(self._peek().lower())
        if ranges is None:
            return None
        return self._characters(*ranges, negated=self._next().isupper())

    def _code(self) -> int:
        """The character that is written as a backslash and what follows here."""
        if found := _CODE.match(self._text, self._at):
            self._at = found.end()
            code = int(found[1] or found[2] or found[3], 16)
            if 0xD800 <= code <= 0xDFFF or code > _LAST:
                raise _Unread
            return code
        character = self._next()
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character == "0" and not self._peek().isdigit():
            return 0
        if character == "c" and self._peek().isascii() and self._peek().isalpha():
            return ord(self._next()) % 32
        if character.isalnum() or character == "_":
            raise _Unread
        return ord(character)

    def _set(self) -> Characters:
        negated = self._peek() == "^"
        self._at += negated
        ranges: list[Range] = []
        while self._peek() != "]":
            ranges += self._member()
        if not ranges:
            raise _Unread
        self._at += 1
        return self._characters(*ranges, negated=negated)

    def _member(self) -> tuple[Range, ...]:
        """One class, character or range of a set."""
        if self._peek() == "\\" and self._text[self._at + 1 : self._at + 2].lower() in _CLASSES:
            self._at += 1
            found = self._class()
            if found is None or (self._peek() == "-" and self._peek(2) != "-]"):
                raise _Unread
            return _others(found.ranges) if found.negated else found.ranges
        low = self._set_character()
        if self._peek() != "-" or self._peek(2) == "-]":
            return ((low, low),)
        self._at += 1
        high = self._set_character()
        if low > high:
            raise _Unread
        return ((low, high),)

    def _set_character(self) -> int:
        character = self._next()
        if character != "\\":
            return ord(character)
        if self._peek() == "b":
            self._at += 1
            return 8
        if self._peek().lower() in _CLASSES:
            raise _Unread
        return self._code()


def _others(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    """All characters but those of the ranges, which are in order."""
    starts = (0, *(high + 1 for _, high in ranges))
    ends = (*(low - 1 for low, _ in ranges), _LAST)
    return tuple((low, high) for low, high in zip(starts, ends, strict=True) if low <= high)
