"""Texts that fit the rules of a string: its format, its lengths, its pattern."""

from __future__ import annotations

import re
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

from portwright.model import String
from portwright.targets.python.patterns import python_pattern

# By the contract's word; `{n}` makes them differ.
_FORMATS: Final = {
    "email": "someone{n}@example.org",
    "uri": "https://example.org/{n}",
    "url": "https://example.org/{n}",
    "hostname": "host{n}.example.org",
    "ipv4": "192.0.2.{n}",
    "ipv6": "2001:db8::{n}",
}
_MOST: Final = 200  # repetitions, and characters tried
_CATEGORIES: Final = {
    sre.CATEGORY_DIGIT: "0",
    sre.CATEGORY_SPACE: " ",
    sre.CATEGORY_WORD: "a",
    sre.CATEGORY_NOT_DIGIT: "a",
    sre.CATEGORY_NOT_SPACE: "a",
    sre.CATEGORY_NOT_WORD: "-",
}


def example(type_: String, n: int) -> str | None:
    """The n-th text for the type, None where none is found that surely fits."""
    candidates = [_FORMATS[type_.format].format(n=n + 1)] if type_.format in _FORMATS else []
    candidates += [f"text {n + 1}", f"t{n + 1}", f"{n + 1}", "abcdefghij"[n % 10]]
    candidates.append("x" * (type_.min_length or 1))
    known = None if type_.pattern is None else python_pattern(type_.pattern)
    if type_.pattern is not None and known is None:
        return None  # Python does not check it either, and so nothing here can
    if known is not None:
        candidates += _matching(known, type_.min_length or 0, n)
    for each in candidates:
        if _fits(_padded(each, type_), type_, known):
            return _padded(each, type_)
        if _fits(each, type_, known):
            return each
    return None


def _padded(text: str, type_: String) -> str:
    return text.ljust(type_.min_length or 0, "x")


def _fits(text: str, type_: String, pattern: str | None) -> bool:
    if len(text) < (type_.min_length or 0):
        return False
    if type_.max_length is not None and len(text) > type_.max_length:
        return False
    return pattern is None or re.search(pattern, text) is not None


def _matching(pattern: str, least: int, n: int) -> list[str]:
    """Texts that are likely to match: with the fewest repetitions, and with more."""
    try:
        tree = parser.parse(pattern)
        return [_text(tree, more, n) for more in (0, 1, 2, 3, 4, least)]
    except (re.error, RecursionError, OverflowError, ValueError, KeyError, TypeError):
        return []


def _text(tree: Any, more: int, n: int) -> str:
    return "".join(_piece(operation, argument, more, n) for operation, argument in tree)


def _piece(operation: Any, argument: Any, more: int, n: int) -> str:
    """What one piece of a parsed pattern matches; look-around and the like match nothing, and
    whether all of it matches is asked afterwards."""
    if operation is sre.LITERAL:
        return chr(argument)
    if operation is sre.NOT_LITERAL:
        return "a" if chr(argument) != "a" else "b"
    if operation is sre.ANY:
        return "a"
    if operation is sre.IN:
        return _one_of(argument, n)
    if operation is sre.BRANCH:
        branches = argument[1]
        return _text(branches[n % len(branches)], more, n)
    if operation is sre.SUBPATTERN:
        return _text(argument[-1], more, n)
    if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        low, high, inner = argument
        count: int = min(max(low, more), int(high), max(low, _MOST))
        return _text(inner, more, n) * count
    return ""


def _one_of(items: list[Any], n: int) -> str:
    """A character of a class."""
    if items and items[0][0] is sre.NEGATE:
        refused = [each for each in items[1:] if each[0] is not sre.CATEGORY]
        free = (each for each in "a0-_ Zé" if not any(_has(item, each) for item in refused))
        return next(free)
    operation, argument = items[n % len(items)] if items[0][0] is sre.LITERAL else items[0]
    if operation is sre.RANGE:
        low, high = argument
        return chr(low + n % (high - low + 1))
    if operation is sre.CATEGORY:
        return str(_CATEGORIES[argument])
    return chr(argument)


def _has(item: Any, character: str) -> bool:
    operation, argument = item
    if operation is sre.RANGE:
        return bool(argument[0] <= ord(character) <= argument[1])
    return bool(argument == ord(character))
