"""Edits of a contract's or a config's text, which leave all else as its author wrote it."""

from __future__ import annotations

import json
import re

from portwright.diagnostics import Span
from portwright.nodes import Mapping, Scalar, Sequence

# As YAML has the ends of lines.
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*|[0-9]+(?:\.[0-9]+){2,}")


class EditError(Exception):
    """The text is written in a way that is not edited here. Has what to write by hand."""


class Draft:
    """A text that is edited at places of its nodes, as they were before the first edit."""

    def __init__(self, text: str) -> None:
        self._lines = [line for line in _LINES.findall(text) if line]
        # Line and column from 1, the width that is replaced, and by what.
        self._edits: list[tuple[int, int, int, str]] = []

    def text(self) -> str:
        """The text with all edits."""
        lines = list(self._lines)
        end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
        for number, column, width, new in sorted(self._edits, reverse=True):
            if number > len(lines):
                lines[-1:] = [lines[-1].rstrip("\r\n") + end] if lines else []
                lines.append("")
            line, start = lines[number - 1], column - 1
            lines[number - 1] = line[:start] + new.replace("\n", end) + line[start + width :]
        return "".join(lines)

    def replace(self, scalar: Scalar, value: str) -> None:
        """Writes another value, in the quotes that the old one has."""
        span = scalar.span
        written = self._line(span)[span.column - 1 : span.column - 1 + span.width]
        quote = written[:1] if written[:1] in ("'", '"') else ""
        if written != f"{quote}{scalar.text}{quote}" or "${" in written:
            raise EditError(f"write `{value}` in the place of `{scalar.text}`")
        self._edits.append((span.line, span.column, span.width, f"{quote}{value}{quote}"))

    def add_entry(self, top: Mapping, after: str, key: str, value: str) -> None:
        """Gives a block map a key more, behind the entry `after`, whose value is one line."""
        mark, node = top.key(after), top.get(after)
        before = self._line(mark.span)[: mark.span.column - 1] if mark else "?"
        if mark is None or not isinstance(node, Scalar) or before.strip():
            raise EditError(f"write `{key}: {value}`")
        self._edits.append((node.span.line + 1, 1, 0, f"{before}{key}: {value}\n"))

    def add_item(self, sequence: Sequence, value: str) -> None:
        """Puts an item before the first one of a list."""
        span = sequence.items[0].span
        before = self._line(span)[: span.column - 1]
        if before.strip() == "-":
            self._edits.append((span.line, 1, 0, f"{before}{value}\n"))
        elif before.rstrip().endswith("["):
            self._edits.append((span.line, span.column, 0, f"{value}, "))
        else:
            raise EditError(f"add `{value}` to the list")

    def append(self, lines: str) -> None:
        """Puts lines behind all others."""
        self._edits.append((len(self._lines) + 1, 1, 0, lines))

    def _line(self, span: Span) -> str:
        line: str = self._lines[span.line - 1]
        return line


def plain(text: str) -> str:
    """The text as a YAML scalar."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
