"""`portwright.lock`: every wire number a contract has ever given out, as a file that git merges.

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
_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?:\s|\Z)")
_HELP = "restore the file from version control; lines are written by `portwright generate` only"


class Kind(IntEnum):
    """What a line is about, in the order the lines of one type have."""

    OBJECT = 0
    FIELD = 1
    VALUE = 2
    RESERVED = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: an object (path empty, no number), a field, an enum value or a dead number.

    `path` leads to the record or enum that holds it; `shape` is a field's form on the wire.
    """

    kind: Kind
    contract: str
    major: int
    path: tuple[str, ...]
    name: str
    number: int = 0
    shape: str = ""
    id: str | None = None

    def text(self) -> str:
        """The line, without its end."""
        words = [self.kind.name.lower(), _quoted(self.contract), f"v{self.major}"]
        if self.kind is not Kind.OBJECT:
            words.append(".".join(_quoted(part, "." in part) for part in self.path))
        words.append(_quoted(self.name))
        if self.kind is not Kind.OBJECT:
            words.append(str(self.number))
        if self.kind is Kind.FIELD:
            words.append(self.shape)
        if self.id is not None:
            words.append(f"id={_quoted(self.id)}")
        return " ".join(words)

    @property
    def where(self) -> tuple[str, int, tuple[str, ...]]:
        """The type the line belongs to."""
        return (self.contract, self.major, self.path)

    @property
    def claims(self) -> list[tuple[object, ...]]:
        """What no second line may hold: the number, the name and the id within one type."""
        type_ = (*self.where, self.kind is Kind.VALUE)
        found: list[tuple[object, ...]] = []
        if self.kind is not Kind.OBJECT:
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


def parse(text: str, file: str) -> tuple[Lock, list[Diagnostic]]:
    """The lock of a file's text and what is wrong with it; no text is an empty lock."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    for number, line in enumerate(lines, 1):
        if _CONFLICT.match(line):
            return Lock(), [_merge_conflict(Span(file, number, 1, len(line)))]
    rows = [
        (Span(file, number, 1, len(line)), line)
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#")
    ]
    if not rows:
        return Lock(), []
    fault = _version_fault(*rows[0])
    if fault is not None:
        return Lock(), [fault]
    entries: list[Entry] = []
    faults: list[Diagnostic] = []
    owners: dict[tuple[object, ...], int] = {}
    for span, line in rows[1:]:
        try:
            entry = _entry(line)
        except ValueError as reason:
            faults.append(error("PW607", f"not a line of a lock: {reason}", span, _HELP))
            continue
        taken = next((claim for claim in entry.claims if claim in owners), None)
        if taken is None:
            owners |= dict.fromkeys(entry.claims, span.line)
            entries.append(entry)
        else:
            faults.append(_taken(entry, str(taken[-2]), owners[taken], span))
    return Lock.of(entries), faults


def _merge_conflict(span: Span) -> Diagnostic:
    return error(
        "PW609",
        "the lock holds the markers of a git merge conflict",
        span,
        "keep the lines of both sides, delete the markers and run `portwright generate`",
    )


def _version_fault(span: Span, line: str) -> Diagnostic | None:
    match = re.fullmatch(rf"{_VERSION} ([0-9]{{1,9}})\s*", line)
    if match is None:
        return error("PW607", f"a lock begins with the line `{_VERSION} {FORMAT}`", span, _HELP)
    if int(match[1]) != FORMAT:
        return error(
            "PW606",
            f"the lock has format {int(match[1])}, this Portwright knows format {FORMAT}",
            span,
            "install the Portwright that wrote it, or a later one",
        )
    return None


def _taken(entry: Entry, what: str, line: int, span: Span) -> Diagnostic:
    value = {"number": str(entry.number), "name": entry.name, "id": entry.id}[what]
    return error(
        "PW608",
        f"{what} `{value}` is already taken in the same type by line {line}",
        span,
        "delete the line that was never released; `portwright generate` numbers it anew",
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
    id_ = _unquoted(words.pop()[3:]) if words[-1].startswith("id=") and len(words) > 4 else None
    match kind, words[1:]:
        case Kind.OBJECT, [contract, major, name]:
            entry = Entry(kind, _unquoted(contract), _major(major), (), _unquoted(name), id=id_)
        case Kind.FIELD, [contract, major, path, name, number, shape]:
            entry = _numbered(kind, contract, major, path, name, number, shape, id_)
        case (Kind.VALUE | Kind.RESERVED), [contract, major, path, name, number]:
            entry = _numbered(kind, contract, major, path, name, number, "", id_)
        case _:
            raise ValueError(f"too few or too many words for `{words[0]}`")
    if id_ is not None and kind in (Kind.VALUE, Kind.RESERVED):
        raise ValueError(f"`{words[0]}` has no id")
    return entry


def _numbered(
    kind: Kind,
    contract: str,
    major: str,
    path: str,
    name: str,
    number: str,
    shape: str,
    id_: str | None,
) -> Entry:
    if not re.fullmatch("[0-9]{1,9}", number) or not 1 <= int(number) <= HIGHEST:
        raise ValueError(f"`{number}` is not a number from 1 to {HIGHEST}")
    if int(number) in FORBIDDEN:
        raise ValueError(f"{number} is one of the numbers Protobuf keeps for itself")
    parts = _PART.findall(path)
    if sum(map(len, parts)) + len(parts) - 1 != len(path):
        raise ValueError(f"`{path}` is not a path")
    return Entry(
        kind,
        _unquoted(contract),
        _major(major),
        tuple(map(_unquoted, parts)),
        _unquoted(name),
        int(number),
        shape,
        id_,
    )


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
