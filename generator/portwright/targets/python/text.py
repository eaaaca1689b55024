"""User text as Python source: literals and docstrings in the form black leaves alone."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from portwright import render
from portwright.targets.python.formatting import WIDTH


def literal(text: str) -> str:
    """`text` as a string literal on one line; what is not printable is escaped."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(character, quote) for character in text) + quote


def raw_literal(text: str) -> str:
    """`text` as a raw literal where that is possible and shorter, else as `literal`."""
    if "\\" not in text or '"' in text or text.endswith("\\") or not text.isprintable():
        return literal(text)
    return f'r"{text}"'


def tuple_of(items: Iterable[str]) -> str:
    """The expressions as a tuple."""
    found = list(items)
    return f"({found[0]},)" if len(found) == 1 else f"({', '.join(found)})"


def _escaped(character: str, quote: str) -> str:
    if character in ("\\", quote):
        return f"\\{character}"
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode()


def docstring(text: str, indent: int) -> list[str]:
    """The lines of a docstring of `text` without their indent, wrapped to fit beside it."""
    paragraphs = [_safe(line) for line in render.lines(text)]
    wrapped = [line for each in paragraphs for line in _wrapped(each, WIDTH - indent - 3)]
    if len(wrapped) == 1:  # black lets the quotes stand out here
        return [f'"""{paragraphs[0]}"""']
    return [f'"""{wrapped[0]}', *wrapped[1:], '"""']


def _wrapped(line: str, width: int) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())][: width // 2]
    return textwrap.wrap(
        line,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]


def _safe(line: str) -> str:
    """One line with nothing in it that ends a docstring or escapes, padded where black pads."""
    escaped = line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    start = " " if escaped.startswith('"') else ""
    return f"{start}{escaped} " if escaped.endswith('"') else f"{start}{escaped}"


def block(text: str) -> str:
    """`text` as a string literal that keeps its lines: triple quotes around several of them."""
    if "\n" not in text:
        return literal(text)
    escaped = "\n".join("".join(_escaped(c, "\\") for c in line) for line in text.split("\n"))
    escaped = escaped.replace('"""', '\\"\\"\\"')
    return f'"""\\\n{escaped[:-1]}\\""""' if escaped.endswith('"') else f'"""\\\n{escaped}"""'
