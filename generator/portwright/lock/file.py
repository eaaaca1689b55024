"""`portwright.lock`: the wire numbers a contract has ever given out, the names its fields and
types have had, and the versions that were released, as a file that git merges.

One identity a line, sorted by place and not by number, an empty line between types: additions
to different types merge by themselves. Numbers belong to one major version of one contract, as
a Protobuf package does; a new major starts afresh. Lines are never taken out.
`apply` (numbering.py) finds the numbers of a model in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby

from portwright.diagnostics import Diagnostic, Span, error

FORMAT = 1
HIGHEST = (1 << 29) - 1
FORBIDDEN = range(19000, 20000)  # Protobuf keeps these for itself.

_HEAD = "# Wire numbers that must never change. Commit this file; edit it only to settle a merge.\n"
_VERSION = "portwright-lock"
_TOKEN = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^\s"\\])+')
_PART = re.compile(r'("(?:[^"\\]|\\.)*"|[^."\\]+)(?:\.|\Z)')
_HELP = "restore the file from version control; lines are written by `portwright generate` only"


class Kind(IntEnum):
    """What a line is about, in the order the lines of one type have."""

    OBJECT = 0
    RECORD = 1
    ENUM = 2
    FIELD = 3
    VALUE = 4
    RESERVED = 5
    RELEASE = 6

    @property
    def is_of_enum(self) -> bool:
        """Whether the line is about an enum or its values, not about a record."""
        return self in (Kind.ENUM, Kind.VALUE)


_NUMBERED = frozenset({Kind.FIELD, Kind.VALUE, Kind.RESERVED})
_OF_CONTRACT = frozenset({Kind.OBJECT, Kind.RELEASE})
# How many words a line has before its options: `id=` and `was=`.
_WORDS = {
    Kind.OBJECT: 4,
    Kind.RECORD: 5,
    Kind.ENUM: 5,
    Kind.FIELD: 7,
    Kind.VALUE: 6,
    Kind.RESERVED: 6,
    Kind.RELEASE: 5,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: an object (path empty), the name of a record or enum, a field, an enum value, a
    dead number or a released version (path empty).

    `path` leads to the record or enum that is meant or holds it; `shape` is a field's form on the
    wire, or a hash of what was released, `was` are the names that a field or type had before,
    oldest first; a dead number's too.
    """

    kind: Kind
    contract: str
    major: int
    path: tuple[str, ...]
    name: str
    number: int = 0
    shape: str = ""
    id: str | None = None
    was: tuple[str, ...] = ()

    def text(self) -> str:
        """The line, without its end."""
        words = [self.kind.name.lower(), _quoted(self.contract), f"v{self.major}"]
        if self.kind not in _OF_CONTRACT:
            words.append(".".join(_quoted(part, "." in part) for part in self.path))
        words.append(_quoted(self.name))
        if self.kind in _NUMBERED:
            words.append(str(self.number))
        if self.kind in (Kind.FIELD, Kind.RELEASE):
            words.append(self.shape)
        if self.id is not None:
            words.append(f"id={_quoted(self.id)}")
        words += (f"was={_quoted(name)}" for name in self.was)
        return " ".join(words)

    @property
    def where(self) -> tuple[str, int, tuple[str, ...]]:
        """The type the line belongs to."""
        return (self.contract, self.major, self.path)

    @property
    def claims(self) -> list[tuple[object, ...]]:
        """What no second line may hold: the number, the name and the id within one type."""
        if self.kind is Kind.RELEASE:
            return [(*self.where, self.kind, "release", self.name)]
        type_ = (*self.where, self.kind.is_of_enum)
        if self.kind in (Kind.RECORD, Kind.ENUM):
            return [(*type_, "type", None)]
        found: list[tuple[object, ...]] = []
        if self.kind in _NUMBERED:
            found.append((*type_, "number", self.number))
        if self.kind is not Kind.RESERVED:
            found.append((*type_, "name", self.name))
        if self.id is not None:
            found.append((*type_, "id", self.id))
        return found


@dataclass(frozen=True, slots=True)
class Lock:
    """Every identity ever numbered, sorted."""

    entries: tuple[Entry, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Lock:
        """The lock that holds `entries`."""
        return cls(tuple(sorted(entries, key=lambda e: (*e.where, e.kind, e.name, e.number))))

    def versions(self) -> dict[tuple[str, int], Lock]:
        """The lock of each major version of each contract."""
        own = groupby(self.entries, key=lambda e: (e.contract, e.major))
        return {version: Lock(tuple(entries)) for version, entries in own}

    def text(self) -> str:
        """The file; `parse` reads it back to an equal lock."""
        lines = [_HEAD, f"{_VERSION} {FORMAT}\n"]
        previous = None
        for entry in self.entries:
            if entry.where != previous:
                lines.append("\n")
            lines.append(entry.text() + "\n")
            previous = entry.where
        return "".join(lines)


@dataclass(frozen=True, slots=True)
class Row:
    """An entry, and the line it was read from."""

    entry: Entry
    span: Span


def rows(text: str, file: str) -> tuple[list[Row], list[Diagnostic]]:
    """The entries of a file's text, also those that cannot stand beside each other, and what is
    wrong with its lines."""
    lines = [
        (Span(file, number, 1, len(line)), line)
        for number, line in enumerate((each.rstrip("\r") for each in text.split("\n")), 1)
        if line.strip() and not line.startswith("#")
    ]
    if not lines:
        return [], []
    fault = _version_fault(*lines[0])
    if fault is not None:
        return [], [fault]
    found: list[Row] = []
    faults: list[Diagnostic] = []
    for span, line in lines[1:]:
        try:
            found.append(Row(_entry(line), span))
        except ValueError as reason:
            faults.append(error("PW607", f"not a line of a lock: {reason}", span, _HELP))
    return found, faults


def parse(text: str, file: str) -> tuple[Lock, list[Diagnostic]]:
    """The lock of a file's text and what is wrong with it; no text is an empty lock."""
    found, faults = rows(text, file)
    entries: list[Entry] = []
    owners: dict[tuple[object, ...], int] = {}
    for row in found:
        taken = next((claim for claim in row.entry.claims if claim in owners), None)
        if taken is None:
            owners |= dict.fromkeys(row.entry.claims, row.span.line)
            entries.append(row.entry)
        else:
            faults.append(_taken(row.entry, str(taken[-2]), owners[taken], row.span))
    return Lock.of(entries), sorted(faults, key=lambda each: each.span)


def _version_fault(span: Span, line: str) -> Diagnostic | None:
    match = re.fullmatch(rf"{_VERSION} ([0-9]{{1,9}})\s*", line)
    if match is None:
        return error("PW607", f"a lock begins with the line `{_VERSION} {FORMAT}`", span, _HELP)
    if int(match[1]) != FORMAT:
        return error(
            "PW606",
            f"the lock has format {int(match[1])}, this Portwright knows format {FORMAT}",
            span,
            "install the Portwright that wrote it, or a later one:"
            " `pip install --upgrade portwright`",
        )
    return None


def _taken(entry: Entry, what: str, line: int, span: Span) -> Diagnostic:
    value = {"number": str(entry.number), "id": entry.id}.get(what, entry.name)
    message = f"{what} `{value}` is already taken in the same type by line {line}"
    return error(
        "PW608",
        f"the type has a name already in line {line}" if what == "type" else message,
        span,
        "run `portwright lock rebase --onto git:main`: what main has keeps its number",
    )


def _entry(line: str) -> Entry:
    """The entry of a line; ValueError with the reason if it is none."""
    words = _TOKEN.findall(line)
    if " ".join(words) != line.strip():
        raise ValueError("words are divided by one space, quotes must be closed")
    try:
        kind = Kind[words[0].upper()]
    except KeyError:
        raise ValueError(f"unknown kind `{words[0]}`") from None
    fixed, given = words[1 : _WORDS[kind]], words[_WORDS[kind] :]
    if len(fixed) + 1 != _WORDS[kind]:
        raise ValueError(f"too few words for `{words[0]}`")
    id_, was = _options(kind, given)
    contract, major = _unquoted(fixed[0]), _major(fixed[1])
    if kind is Kind.OBJECT:
        return Entry(kind, contract, major, (), _unquoted(fixed[2]), id=id_)
    if kind is Kind.RELEASE:
        return Entry(kind, contract, major, (), _unquoted(fixed[2]), shape=fixed[3])
    path, name = _path(fixed[2]), _unquoted(fixed[3])
    number = _number(fixed[4]) if kind in _NUMBERED else 0
    shape = fixed[5] if kind is Kind.FIELD else ""
    return Entry(kind, contract, major, path, name, number, shape, id_, was)


def _options(kind: Kind, words: list[str]) -> tuple[str | None, tuple[str, ...]]:
    """The id and the names before of a line, from what follows its fixed words."""
    ids = [_unquoted(word[3:]) for word in words if word.startswith("id=")]
    was = [_unquoted(word[4:]) for word in words if word.startswith("was=")]
    if len(ids) + len(was) < len(words) or len(ids) > 1:
        raise ValueError(f"too many words for `{kind.name.lower()}`")
    if ids and kind not in (Kind.OBJECT, Kind.FIELD):
        raise ValueError(f"`{kind.name.lower()}` has no id")
    if was and kind not in (Kind.RECORD, Kind.ENUM, Kind.FIELD, Kind.RESERVED):
        raise ValueError(f"`{kind.name.lower()}` has no names before")
    return (ids[0] if ids else None), tuple(was)


def _number(number: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", number) or not 1 <= int(number) <= HIGHEST:
        raise ValueError(f"`{number}` is not a number from 1 to {HIGHEST}")
    if int(number) in FORBIDDEN:
        raise ValueError(f"{number} is one of the numbers Protobuf keeps for itself")
    return int(number)


def _path(path: str) -> tuple[str, ...]:
    parts = _PART.findall(path)
    if sum(map(len, parts)) + len(parts) - 1 != len(path):
        raise ValueError(f"`{path}` is not a path")
    return tuple(map(_unquoted, parts))


def _major(word: str) -> int:
    if not re.fullmatch("v[0-9]{1,9}", word):
        raise ValueError(f"`{word}` is not a major version such as v1")
    return int(word[1:])


def _quoted(text: str, always: bool = False) -> str:
    """`text` as one word: bare where that is safe, else a JSON string."""
    bare = text and text.isprintable() and not re.search(r'[\s"\\]', text)
    return text if bare and not always else json.dumps(text)


def _unquoted(word: str) -> str:
    """The text of a word `_quoted` made; ValueError if it is none."""
    if not word.startswith('"'):
        return word
    text = json.loads(word)
    if not isinstance(text, str):
        raise ValueError(f"{word} is not a text")
    return text
