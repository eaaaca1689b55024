"""Markdown made of plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\*_<>\[\]#|])")
_CODE = re.compile(r"(``.+?``|`[^`]+`)", re.S)


def prose(text: str) -> str:
    """Plain text whose only markup is `code`."""
    parts = _CODE.split(text)
    return "".join(part if n % 2 else _SPECIAL.sub(r"\\\1", part) for n, part in enumerate(parts))


def cell(text: str) -> str:
    """Markdown in a cell of a table."""
    return " ".join(re.sub(r"(?<!\\)\|", r"\\|", text).split())


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(cell, line))} |\n" for line in lines)


def code(text: str, language: str = "") -> str:
    """A block of code."""
    fence = "`" * max([3, *(len(each) + 1 for each in re.findall(r"`{3,}", text))])
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"
