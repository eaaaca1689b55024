"""A merge as bytes: encoding, line ends, what came of it and where."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from portwright.merging import module
from portwright.merging.lines import Fault, merged
from portwright.merging.markers import OURS

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the merged file, from 1, and what it says."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge. `conflicts` are the lines of markers, `added` what is new outside
    them, `changed` what the contract says of the user's own lines without a change of them,
    `gone` what the contract has changed and the user has removed."""

    data: bytes
    conflicts: tuple[int, ...] = ()
    added: tuple[Place, ...] = ()
    changed: tuple[Place, ...] = ()
    gone: tuple[str, ...] = ()


def merge(path: PurePosixPath, base: str, ours: bytes, theirs: str, name: str) -> Merged:
    """`ours` with what has changed from `base` to `theirs`, which markers call `name`. Raises
    `Fault` where it cannot be read or no program is there to merge it."""
    mark, written = _decoded(ours)
    before = _plain(written)
    found = module.aligned(base, before, theirs) if path.suffix == ".py" else None
    sides = (found.base, before, found.theirs) if found else (base, before, theirs)
    begun, mine, new = (_ended(each) for each in sides)
    after = merged(begun, mine, new, name)
    lines = after.split("\n")
    return Merged(
        mark + _as_written(after, written).encode(),
        tuple(number for number, line in enumerate(lines, 1) if line == f"<<<<<<< {OURS}"),
        tuple(_added(_ended(before).split("\n"), lines)),
        tuple(_places(found.changed if found else (), lines)),
        found.gone if found else (),
    )


def _decoded(data: bytes) -> tuple[bytes, str]:
    mark = _BOM if data.startswith(_BOM) else b""
    try:
        return mark, data[len(mark) :].decode("utf-8")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise Fault("it is not UTF-8", "save it as UTF-8", line) from None


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _ended(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"


def _as_written(after: str, written: str) -> str:
    """The merged text with the line ends of what the user wrote."""
    ends = written.count("\r\n") * 2 > written.count("\n")
    if not written.endswith("\n") and after.endswith("\n") and written:
        after = after[:-1]
    if "\r\n" not in written:
        return after
    kept, lines = written.split("\n"), after.split("\n")
    plain = [line.removesuffix("\r") for line in kept]
    result: list[str] = []
    for tag, first, last, start, stop in _opcodes(plain, lines):
        new = [f"{line}\r" if ends else line for line in lines[start:stop]]
        result += kept[first:last] if tag == "equal" else new
    return "\n".join([*result[:-1], result[-1].removesuffix("\r")])


def _opcodes(before: list[str], after: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()


def _added(before: list[str], after: list[str]) -> Iterator[Place]:
    """What is to be looked at of lines that are new outside conflicts, not what is inside of it."""
    inside = set(_in_conflicts(after))
    for tag, _, _, start, stop in _opcodes(before, after):
        depth: int | None = None
        for number in range(start, stop) if tag == "insert" else ():
            line = after[number]
            code = line.strip()
            indent = len(line) - len(line.lstrip())
            if not code or number in inside or (depth is not None and indent > depth):
                continue
            depth = indent
            if code[0] not in ")]}#@" and not code.startswith(("import ", "from ")):
                yield Place(number + 1, code)


def _in_conflicts(lines: list[str]) -> Iterator[int]:
    inside = False
    for number, line in enumerate(lines):
        inside = inside or line == f"<<<<<<< {OURS}"
        if inside:
            yield number
        inside = inside and not line.startswith(">>>>>>> ")


def _places(changed: tuple[tuple[str, str], ...], lines: list[str]) -> Iterator[Place]:
    """Where the user's lines are now, with what is said of each."""
    for line, said in changed:
        if line in lines:
            yield Place(lines.index(line) + 1, said)
