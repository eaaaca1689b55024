"""JSON nodes: a JSON text as values that know their place."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import NoReturn

from portwright.diagnostics import Span, error
from portwright.importing.draft import Refused
from portwright.nodes import Mapping, Node, Scalar, Sequence

_DEEPEST = 200
_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}
_LONGEST_NUMBER = 400


class JsonReader:
    """Reads the values of one text, one after the other."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file, self.at = text, file, 0
        self._line, self._line_start, self._seen = 1, 0, 0
        self._space()

    @property
    def at_end(self) -> bool:
        return self.at >= len(self.text)

    def value(self, depth: int = 0) -> Node:
        """The next value, with the space behind it."""
        if depth > _DEEPEST:
            self._refuse(f"values are nested deeper than {_DEEPEST}")
        start = self.text[self.at : self.at + 1]
        match start:
            case "{":
                found: Node = self._mapping(depth)
            case "[":
                found = self._sequence(depth)
            case '"':
                found = self._string()
            case _:
                found = self._plain()
        self._space()
        return found

    def span(self, width: int = 1) -> Span:
        """The place where the reader stands. Places are asked for from top to bottom."""
        self._line += self.text.count("\n", self._seen, self.at)
        self._seen = self.at
        self._line_start = self.text.rfind("\n", 0, self.at) + 1
        return Span(self.file, self._line, self.at - self._line_start + 1, width)

    def _mapping(self, depth: int) -> Mapping:
        span = self.span()
        entries: dict[str, tuple[Scalar, Node]] = {}
        self._skip("{")
        while not self._is("}"):
            if entries:
                self._expect(",")
            if not self._is('"'):
                self._refuse("a key in quotes is expected here")
            key = self._string()
            self._space()
            self._expect(":")
            entries[key.text] = (key, self.value(depth + 1))  # the last counts, as everywhere
        self._skip("}")
        return Mapping(tuple(entries.values()), span)

    def _sequence(self, depth: int) -> Sequence:
        span = self.span()
        items: list[Node] = []
        self._skip("[")
        while not self._is("]"):
            if items:
                self._expect(",")
            items.append(self.value(depth + 1))
        self._skip("]")
        return Sequence(tuple(items), span)

    def _string(self) -> Scalar:
        start = self.at
        span = self.span()
        try:
            text, self.at = scanstring(self.text, start + 1, True)
        except json.JSONDecodeError as fault:
            self._refuse(fault.msg)
        width = self.at - start
        return Scalar(text, text, Span(span.file, span.line, span.column, width), quoted=True)

    def _plain(self) -> Scalar:
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                span = self.span(len(word))
                self.at += len(word)
                return Scalar(word, value, span)
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            self._refuse("a value is expected here" if not self.at_end else "the text ends here")
        written = match[0]
        if len(written) > _LONGEST_NUMBER or len(match[2] or "") > 6:
            self._refuse("the number is too long")
        span = self.span(len(written))
        self.at = match.end()
        whole = match[1] is None and match[2] is None
        return Scalar(written, int(written) if whole else Decimal(written), span)

    def _space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _is(self, sign: str) -> bool:
        if self.at_end:
            self._refuse("the text ends in the middle of a value")
        return self.text.startswith(sign, self.at)

    def _skip(self, sign: str) -> None:
        self.at += len(sign)
        self._space()

    def _expect(self, sign: str) -> None:
        if not self._is(sign):
            self._refuse(f"`{sign}` is expected here")
        self._skip(sign)

    def _refuse(self, message: str) -> NoReturn:
        help = "it is read as JSON (RFC 8259): no comments, no comma before a closing bracket"
        raise Refused(error("PW805", f"no JSON: {message}", self.span(), help))


def parse(text: str, file: str) -> Node:
    """The one value of the text."""
    reader = JsonReader(text, file)
    found = reader.value()
    if not reader.at_end:
        reader._refuse("the value has ended, and here is more")
    return found


def parse_all(text: str, file: str) -> tuple[Node, ...]:
    """The values of the text, one a line or one after the other."""
    reader = JsonReader(text, file)
    found = [reader.value()]
    while not reader.at_end:
        found.append(reader.value())
    return tuple(found)
