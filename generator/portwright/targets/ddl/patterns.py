"""Patterns: the part of ECMA-262 regular expressions that every engine reads alike.

PostgreSQL's own expressions, RE2 and ECMA-262 share a core, spelled differently at its
edges: `.` and a new line, `\\d` and other scripts, `\\b`. A pattern inside the core is
rewritten so that it means the same everywhere; one outside is not sent to an engine.
`\\s` is narrowed to ASCII's white space.
"""

from __future__ import annotations

import re

_DIGITS = "0-9"
_WORD = "A-Za-z0-9_"
_SPACE = r"\t\n\v\f\r "
_SETS = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_CONTROLS = frozenset("tnvfr")
_PUNCTUATION = frozenset("^$\\.*+?()[]{}|/-")
_HEXADECIMAL = {"x": 2, "u": 4}
_REPEAT = re.compile(r"\{(\d+)(?:(,)(\d+)?)?\}")
_MOST_REPEATS = 255  # PostgreSQL's limit; RE2 has 1,000


class _Unportable(Exception):
    """The pattern means different things to different engines."""


def portable(pattern: str) -> str | None:
    """`pattern` rewritten for any engine, or None if it is outside the common core."""
    try:
        return _Reader(pattern).whole()
    except _Unportable:
        return None


class _Reader:
    """Reads a pattern from left to right and writes the portable one."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0

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
        if not found or not ((found.isprintable() and found.isascii()) or found.isalnum()):
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
                written += self._next()
                if self._peek() in tuple("*+?{"):
                    raise _Unportable
                continue
            written += self._atom() + self._quantifier()
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
            case "*" | "+" | "?" | "{" | "}" | "]":
                raise _Unportable
            case character:
                return character

    def _group(self) -> str:
        if self._text.startswith("?:", self._at):
            self._at += 2
        elif self._peek() == "?":
            raise _Unportable
        inside = self._alternatives()
        if self._peek() != ")":
            raise _Unportable
        self._at += 1
        return f"(?:{inside})"

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
        least, most = int(found[1]), int(found[3] or found[1])
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
        return self._character(character)

    def _character(self, escaped: str) -> str:
        """What stands for the character written as a backslash and `escaped`."""
        if escaped in _CONTROLS:
            return f"\\{escaped}"
        if escaped in _PUNCTUATION:
            return f"\\{escaped}"
        if escaped in _HEXADECIMAL:
            digits = self._text[self._at : self._at + _HEXADECIMAL[escaped]]
            if not re.fullmatch(f"[0-9A-Fa-f]{{{_HEXADECIMAL[escaped]}}}", digits):
                raise _Unportable
            self._at += len(digits)
            return _plain(chr(int(digits, 16)))
        if not escaped.isalnum() and escaped != "_":
            return _plain(escaped)
        raise _Unportable

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
        """One character, range or class of a set."""
        low = self._set_character()
        if self._peek() != "-" or self._text[self._at + 1 : self._at + 2] == "]":
            return low
        self._at += 1
        high = self._set_character()
        if low in _SETS.values() or high in _SETS.values() or _code(low) > _code(high):
            raise _Unportable
        return f"{low}-{high}"

    def _set_character(self) -> str:
        character = self._next()
        if character != "\\":
            return _plain(character)
        escaped = self._next()
        if escaped in _SETS:
            return _SETS[escaped]
        return self._character(escaped)


def _plain(character: str) -> str:
    """The character as itself, escaped where it could be read as anything else."""
    if character.isalnum() or character in "_ ":
        return character
    if character.isascii() and character.isprintable():
        return f"\\{character}"
    raise _Unportable


def _code(written: str) -> int:
    return ord(written[-1]) if written[-1:] not in _CONTROLS or len(written) == 1 else 0
