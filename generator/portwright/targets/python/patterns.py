"""ECMA-262 patterns, which contracts are written in, as patterns of Python's `re`."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

# A piece of a pattern that both read alike, or differently: see `_PIECES`.
_TOKEN = re.compile(
    r"\\u\{[0-9A-Fa-f]+\}|\\k<\w+>|\\c[A-Za-z]|\\[pP]\{|\\.|\(\?<(?![=!])|[\[\]$]|[-&~|]{2}|.",
    re.DOTALL,
)
_OUTSIDE = {
    r"\d": "[0-9]",
    r"\D": "[^0-9]",
    r"\w": "[A-Za-z0-9_]",
    r"\W": "[^A-Za-z0-9_]",
    "(?<": "(?P<",
    # Python's `$` also matches before a final newline.
    "$": r"\Z",
}
_IN_CLASS = {r"\d": "0-9", r"\w": "A-Za-z0-9_", "[": r"\[", "(?<": "(?<"}
_ANYWHERE = {r"\/": "/", r"\0": r"\x00"}
# Python reads these by Unicode unless told otherwise.
_ASCII_OUTSIDE = frozenset({r"\b", r"\B"})
_ASCII_IN_CLASS = frozenset({r"\D", r"\W"})


def python_pattern(pattern: str) -> str | None:
    """The same pattern for `re.search`, or None where Python has no such thing."""
    pieces, ascii_only = [], False
    for token, in_class in _tokens(pattern):
        if token in (r"\p{", r"\P{"):
            return None
        ascii_only |= token in (_ASCII_IN_CLASS if in_class else _ASCII_OUTSIDE)
        pieces.append(_translated(token, in_class))
    translated = ("(?a)" if ascii_only else "") + "".join(pieces)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(translated)
    except (re.error, RecursionError, OverflowError, Warning):
        return None
    return translated


def _tokens(pattern: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a pattern, and whether each stands inside a character class."""
    in_class = False
    for match in _TOKEN.finditer(pattern):
        token = match.group()
        yield token, in_class
        if token == "[":
            in_class = True
        elif token == "]":
            in_class = False


def _translated(token: str, in_class: bool) -> str:
    table = _IN_CLASS if in_class else _OUTSIDE
    if token in table:
        return table[token]
    if token in _ANYWHERE:
        return _ANYWHERE[token]
    if token.startswith(r"\u{"):
        code = int(token[3:-1], 16)
        return re.escape(chr(code)) if code <= 0x10FFFF else token
    if token.startswith(r"\k<"):
        return f"(?P={token[3:-1]})"
    if len(token) == 3 and token.startswith(r"\c"):
        return f"\\x{ord(token[2].upper()) % 32:02x}"
    if in_class and len(token) == 2 and token[0] == token[1] and token[0] in "&~|":
        return f"\\{token[0]}\\{token[1]}"
    return token
