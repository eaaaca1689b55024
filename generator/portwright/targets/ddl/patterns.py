"""Patterns: the part of ECMA-262 regular expressions that every engine reads alike.

PostgreSQL's own expressions, RE2 and ECMA-262 share a core, spelled differently at its
edges: `.` and a new line, `\\d` and other scripts, `\\b`. A pattern inside the core is
rewritten so that it means the same everywhere; one outside is not sent to an engine.
`\\s` is narrowed to ASCII's white space.
"""

from __future__ import annotations

import re
from math import prod

_DIGITS = "0-9"
_WORD = "A-Za-z0-9_"
_SPACE = r"\t\n\v\f\r "
_SETS = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_CONTROLS = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
_HEXADECIMAL = {"x": 2, "u": 4}
_REPEAT = re.compile(r"\{([0-9]{1,4})(?:,([0-9]{1,4})?)?\}")
_MOST_REPEATS = 255  # PostgreSQL's limit for one repeat
_MOST_IN_ALL = 1000  # RE2's limit for one inside another
_DEEPEST = 50


class _Unportable(Exception):
    """The pattern means different things to different engines."""


def portable(pattern: str, end: str = "$") -> str | None:
    """`pattern` rewritten for any engine that reads `end` as the end of a text, or None if it is
    outside the common core. `$` is also the end before a last new line to some."""
    try:
        return _Reader(pattern, end).whole()
    except _Unportable:
        return None


class _Reader:
    """Reads a pattern from left to right and writes the portable one."""

    def __init__(self, pattern: str, end: str) -> None:
        self._text = pattern
        self._end = end
        self._at = 0
        self._depth = 0

    def whole(self) -> str:
        """The pattern rewritten."""
        written = self._alternatives()
        if self._at < len(self._text):
            raise _Unportable
        return written

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        found = self._peek()
        if not found or not found.isprintable():
            raise _Unportable
        self._at += 1
        return found

    def _alternatives(self) -> str:
        branches = [self._branch()]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._branch())
        return "|".join(branches)

    def _branch(self) -> str:
        written = ""
        while self._peek() not in ("", "|", ")"):
            if self._peek() in "^$":
                written += self._end if self._next() == "$" else "^"
                if self._peek() in tuple("*+?{"):
                    raise _Unportable
                continue
            atom = self._atom()
            quantifier = self._quantifier()
            if _repeats(atom + quantifier) > _MOST_IN_ALL:
                raise _Unportable
            written += atom + quantifier
        return written

    def _atom(self) -> str:
        match self._next():
            case ".":
                return r"[^\n\r]"
            case "(":
                return self._group()
            case "[":
                return self._set()
            case "\\":
                return self._escape()
            case "*" | "+" | "?" | "{":
                raise _Unportable
            case "]" | "}" as character:
                return f"\\{character}"
            case character:
                return character

    def _group(self) -> str:
        if self._text.startswith("?:", self._at):
            self._at += 2
        elif self._peek() == "?":
            raise _Unportable
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Unportable
        inside = self._alternatives()
        if self._peek() != ")":
            raise _Unportable
        self._at += 1
        self._depth -= 1
        return f"({inside})"

    def _quantifier(self) -> str:
        if self._peek() in ("*", "+", "?"):
            written = self._next()
        elif self._peek() == "{":
            written = self._repeat()
        else:
            return ""
        if self._peek() == "?":  # how much a repeat takes does not change whether it matches
            self._at += 1
        if self._peek() in ("*", "+", "?", "{"):
            raise _Unportable
        return written

    def _repeat(self) -> str:
        found = _REPEAT.match(self._text, self._at)
        if found is None:
            raise _Unportable
        least, most = int(found[1]), int(found[2] or found[1])
        if least > most or most > _MOST_REPEATS:
            raise _Unportable
        self._at = found.end()
        return found[0]

    def _escape(self) -> str:
        character = self._next()
        if character in _SETS:
            return f"[{_SETS[character]}]"
        if character.lower() in _SETS:
            return f"[^{_SETS[character.lower()]}]"
        return _escaped(self._character(character))

    def _character(self, escaped: str) -> str:
        """The character that is written as a backslash and `escaped`."""
        if escaped in _CONTROLS:
            return _CONTROLS[escaped]
        if escaped in _HEXADECIMAL:
            digits = self._text[self._at : self._at + _HEXADECIMAL[escaped]]
            if not re.fullmatch(f"[0-9A-Fa-f]{{{_HEXADECIMAL[escaped]}}}", digits):
                raise _Unportable
            self._at += len(digits)
            return chr(int(digits, 16))
        if escaped.isalnum() or escaped == "_":
            raise _Unportable
        return escaped

    def _set(self) -> str:
        negated = self._peek() == "^"
        self._at += negated
        written = ""
        while self._peek() != "]":
            written += self._member()
        if not written:
            raise _Unportable
        self._at += 1
        return f"[{'^' if negated else ''}{written}]"

    def _member(self) -> str:
        """One class, character or range of a set."""
        if self._peek() == "\\" and (name := self._text[self._at + 1 : self._at + 2]) in _SETS:
            self._at += 2
            if self._peek() == "-" and self._text[self._at + 1 : self._at + 2] != "]":
                raise _Unportable
            return _SETS[name]
        low = self._set_character()
        if self._peek() != "-" or self._text[self._at + 1 : self._at + 2] == "]":
            return _escaped(low)
        self._at += 1
        high = self._set_character()
        if low > high:
            raise _Unportable
        return f"{_escaped(low)}-{_escaped(high)}"

    def _set_character(self) -> str:
        character = self._next()
        return self._character(self._next()) if character == "\\" else character


def _escaped(character: str) -> str:
    """The character as every engine takes it for itself, in a set and outside."""
    for letter, control in _CONTROLS.items():
        if character == control:
            return f"\\{letter}"
    if not character.isprintable():
        raise _Unportable
    if character.isalnum() or character in "_ " or not character.isascii():
        return character
    return f"\\{character}"


def _repeats(written: str) -> int:
    """How often the innermost part is repeated at most: engines unroll repeats."""
    return prod(int(most or least) for least, most in _REPEAT.findall(written))
