"""Type text: a physical type of any dialect as a tree of names and what stands in their brackets.

Dialects differ in brackets (`ARRAY<INT>`, `array(int)`, `int[]`), in what joins a field and its
type (`a INT`, `a:int`) and in the clauses behind a type. None of that is left in the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

LONGEST = 20_000
_DEEPEST = 32
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^'\\]|''|\\.)*')
    | (?P<quoted>"(?:[^"]|"")+"|`(?:[^`]|``)+`)
    | (?P<number>-?[0-9]+(?![\w.]))
    | (?P<word>[^\W\d]\w*(?:-[^\W\d]\w*)*)
    | (?P<sign>[^\s'"`])
    )""",
    re.VERBOSE | re.DOTALL,
)
_CLOSING = {"(": ")", "<": ">", "[": "]"}
# What may stand behind a type: it says nothing about the values, but for `NOT NULL`.
_CLAUSES = frozenset(
    "alias auto_increment autoincrement charset check codec collate comment constraint default"
    " distkey encode generated identity invisible materialized not null options primary references"
    " sortkey ttl unique virtual zerofill".split()
)
# Types whose brackets hold fields.
RECORDS = frozenset({"nested", "object", "record", "row", "struct", "tuple"})


@dataclass(frozen=True, slots=True)
class Written:
    """A type as written. `name` is in lower case, its words joined by `_`."""

    name: str
    arguments: tuple[Argument, ...] = ()
    required: bool = False
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a record as written."""

    name: str
    type: Written


@dataclass(frozen=True, slots=True)
class Text:
    """A text among the arguments, such as a value of an enum."""

    value: str


Argument = Written | Part | Text | int


@lru_cache(maxsize=1024)
def parse(text: str) -> Written | None:
    """The type that the text writes, or None if it is none in any dialect."""
    if len(text) > LONGEST:
        return None
    try:
        reader = _Reader(text)
        found = reader.type(0)
        reader.expect("")
    except _Unreadable:
        return None
    return found


class _Unreadable(Exception):
    """The text is no type."""


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """The kind and the text of each token; a quote without its end makes none."""
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _Unreadable
        yield match.lastgroup, match[match.lastgroup]
        at = match.end()


class _Reader:
    """The tokens of one text, read from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = [*_tokens(text.strip()), ("end", ""), ("end", ""), ("end", "")]
        self._at = 0

    def type(self, depth: int) -> Written:
        if depth > _DEEPEST:
            raise _Unreadable
        words = [self._word()]
        words += self._words()
        arguments: tuple[Argument, ...] = ()
        # `interval day(2) to second(6)` has two brackets.
        while self._sign() in ("(", "<") or (self._sign() == "[" and not self._is_array()):
            arguments += self._arguments(depth, words[-1] in RECORDS)
            words += self._words()
        is_array = len(words) > 1 and words[-1] == "array"
        found = Written("_".join(words[:-1] if is_array else words), arguments)
        if is_array and self._sign() != "[":
            found = Written("array", (found,))
        while self._sign() == "[":
            found = Written("array", (found, *self._size()))
        return self._with_clauses(found)

    def expect(self, sign: str) -> None:
        if self._sign() != sign:
            raise _Unreadable
        self._at += 1

    def _sign(self) -> str:
        """The next token where it is a sign; empty at the end."""
        kind, token = self._tokens[self._at]
        return token if kind in ("sign", "end") else " "

    def _is(self, kind: str, ahead: int = 0) -> bool:
        return self._tokens[self._at + ahead][0] == kind

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _word(self) -> str:
        in_brackets = self._sign() == "[" and self._tokens[self._at + 2][1] == "]"
        if in_brackets:  # `[nvarchar](50)`, as SQL Server's scripts have it
            self._next()
        if not self._is("word"):
            raise _Unreadable
        word = self._next().lower().replace("-", "_")
        if in_brackets:
            self._next()
        return word

    def _words(self) -> list[str]:
        """More words of a name, up to a bracket or a clause."""
        found: list[str] = []
        while self._is("word") and not self._is_clause():
            found.append(self._word())
        return found

    def _is_clause(self) -> bool:
        word, after = (self._tokens[self._at + n][1].lower() for n in (0, 1))
        return word in _CLAUSES or (word, after) == ("character", "set")

    def _is_array(self) -> bool:
        """True where the bracket says how many there are: `[]` or `[3]`."""
        return self._tokens[self._at + (2 if self._is("number", 1) else 1)][1] == "]"

    def _size(self) -> tuple[int, ...]:
        self.expect("[")
        size = (int(self._next()),) if self._is("number") else ()
        self.expect("]")
        return size

    def _arguments(self, depth: int, of_record: bool) -> tuple[Argument, ...]:
        closing = _CLOSING[self._next()]
        found: list[Argument] = []
        while self._sign() != closing:
            if found:
                self.expect(",")
            found.append(self._argument(depth + 1, of_record))
        self.expect(closing)
        return tuple(found)

    def _argument(self, depth: int, of_record: bool) -> Argument:
        # MySQL has texts in double quotes, too.
        if self._is("text") or (not of_record and self._is("quoted")):
            return self._enum_value()
        if self._is("number"):
            number = int(self._next()[:10])
            self._words()  # `20 CHAR`
            return number
        if self._sign() == "*":
            self._next()
            return Written("*")
        is_named = self._is("word", 1) or self._is("quoted") or self._tokens[self._at + 1][1] == ":"
        if of_record and is_named:
            return self._part(depth)
        return self.type(depth)

    def _enum_value(self) -> Text:
        token = self._next()
        quote, text = token[0], token[1:-1]
        if self._sign() == "=":
            self._next()
            if not self._is("number"):
                raise _Unreadable
            self._next()
        return Text(re.sub(rf"\\(.)|{quote}({quote})", r"\1\2", text, flags=re.S))

    def _part(self, depth: int) -> Part:
        if not self._is("word") and not self._is("quoted"):
            raise _Unreadable
        is_quoted = self._is("quoted")
        name = self._next()
        if is_quoted:
            name = name[1:-1].replace(name[0] * 2, name[0])
        if self._sign() == ":":
            self._next()
        return Part(name, self.type(depth))

    def _with_clauses(self, found: Written) -> Written:
        """The type with what its clauses say: everything up to the next comma or bracket."""
        if not self._is("word"):
            return found
        depth, before = 0, ""
        while not self._is("end") and (depth or self._sign() not in (",", ")", ">", "]")):
            depth += (self._sign() == "(") - (self._sign() == ")")
            is_text = self._is("text")
            token = self._next()
            if before == "not" and token.lower() == "null":
                found = replace(found, required=True)
            elif before == "comment" and is_text:
                found = replace(found, comment=token[1:-1].replace("''", "'"))
            before = token.lower() if depth == 0 else ""
        return found
