"""YAML as people write it, of maps, lists, texts, whole numbers and flags.

Not PyYAML's: its releases may print otherwise, and it takes several times as long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Texts that need no quotes in any version of YAML; the words below would be other values.
_PLAIN = re.compile(r"[A-Za-z_](?:[\w ()\[\],.;/+*='\"<>|{}%&@!?$^~-]*[\w()\[\].;/)'\"])?")
_WORDS = frozenset("y n yes no on off true false null".split())


def dump(document: object) -> str:
    """The document in blocks, keys as given, texts of several lines as they are."""
    return "\n".join(_lines(document)) + "\n"


def _lines(value: object) -> Iterator[str]:
    match value:
        case dict() if value:
            for key, each in value.items():
                yield from _entry(f"{_text(str(key))}:", each)
        case list() if value:
            for each in value:
                first, *others = _lines(each)
                yield f"- {first}"
                yield from (f"  {line}" if line else "" for line in others)
        case str() if _is_block(value):
            yield "|-"
            yield from (f"  {line}" if line else "" for line in value.split("\n"))
        case _:
            yield _scalar(value)


def _entry(key: str, value: object) -> Iterator[str]:
    lines = _lines(value)
    if isinstance(value, dict | list) and value:
        yield key
        yield from (f"  {line}" if line else "" for line in lines)
    else:
        yield f"{key} {next(lines)}"
        yield from lines


def _scalar(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return _text(value)
        case dict():
            return "{}"
        case list():
            return "[]"
        case _:
            raise TypeError(type(value))


def _is_block(text: str) -> bool:
    """Whether the lines can stand as they are."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and all(line.isprintable() and line == line.rstrip() for line in lines)
        and bool(lines[0] and lines[-1])
        and not lines[0].startswith(" ")
    )


def _text(text: str) -> str:
    if text.isprintable() and _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return '"' + "".join(map(_character, text)) + '"'


def _character(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"
