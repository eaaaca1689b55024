"""Hashes in Python: for each type the way of the runtime (`anonymising`) that gives valid ones."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping

from portwright import regex
from portwright.model import (
    Bytes,
    Date,
    Decimal,
    Float,
    Integer,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
)
from portwright.privacy import guessable
from portwright.regex import tree
from portwright.targets.python.examples.rules import fits
from portwright.targets.python.hash_ranges import Hash, of_moment, of_number
from portwright.targets.python.text import literal

# What stands for itself, or letters of which so many are taken.
Piece = str | tuple[str, int]

_HEX = "0123456789abcdef"
_DIGEST = 64
# The longest text that a hash is written as, and the most letters that one position has.
_LONGEST = 1000
_LETTERS = 64
# How many made-up hashes a pattern has to take before it is taken to take them all.
_SAMPLES = 32
# What they are spelled as where a pattern leaves it open, and the characters that may be used.
_WISHED = 32
_PRINTABLE = "".join(map(chr, range(33, 127)))
_KINDS = (_HEX[10:] + "ghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789")

# Texts by the contract's word for them: what stands before and behind hexadecimal digits, and how
# many. RFC 2606 keeps these names for examples, so that no mail gets anywhere.
_FORMS: Mapping[str, tuple[str, str, int]] = {
    "email": ("", "@example.org", 32),
    "idn-email": ("", "@example.org", 32),
    "hostname": ("h", ".example.org", 32),
    "iri": ("https://example.org/", "", 32),
    "uri": ("https://example.org/", "", 32),
    "uri-reference": ("/", "", 32),
    "url": ("https://example.org/", "", 32),
    "json-pointer": ("/", "", 32),
    "password": ("", "", 32),
}
# The same of digits alone: +999 is no country's (ITU-T E.164), network 10 nobody's own (RFC 1918).
_SPELLED: Mapping[str, tuple[Piece, ...]] = {
    "phone": ("+999", ("0123456789", 10)),
    "ipv4": ("10", *((".1", ("0123456789", 2)) * 3)),
}
# Texts that read as something else, of which no hash is made.
_OTHER = frozenset({"date", "date-time", "duration", "time", "ipv6", "uuid"})


def hashed(type_: Type) -> Hash | None:
    """What hashes of a type without parts are made by, None where none would surely be valid."""
    if guessable(type_):
        return None
    match type_:
        case String():
            return next(_texts(type_), None)
        case Uuid():
            return Hash("privacy.uuids", 1 << 122)
        case Bytes(low, high):
            size = max(low or 0, min(32, 32 if high is None else high))
            return Hash(f"privacy.binary({size})", 1 << 8 * size) if 0 < size <= _LONGEST else None
        case Integer() | Float() | Decimal():
            return of_number(type_)
        case Date() | Time() | Timestamp():
            return of_moment(type_)
        case _:
            return None


# ---------------------------------------------------------------------- text


def _texts(type_: String) -> Iterator[Hash]:
    """First in the form that the contract names, else as digits, else as the pattern spells it."""
    form = type_.format or ""
    if form in _SPELLED:
        yield from _taken(type_, _SPELLED[form])
    elif form not in _OTHER:
        before, after, wished = _FORMS.get(form, ("", "", _DIGEST))
        high = _LONGEST if type_.max_length is None else type_.max_length
        size = min(wished, high - len(before + after))
        size = max(size, (type_.min_length or 0) - len(before + after))
        if 0 < size <= _LONGEST:
            for each in _taken(type_, (before, (_HEX, size), after)):
                words = [str(size), *([literal(before)] if before or after else [])]
                words += [literal(after)] if after else []
                yield Hash(f"privacy.digits({', '.join(words)})", each.count)
    if type_.pattern is not None and (read := regex.read(type_.pattern)) is not None:
        pieces = _pieces(read, type_)
        yield from _taken(type_, pieces) if pieces else ()


def _taken(type_: String, pieces: tuple[Piece, ...]) -> Iterator[Hash]:
    """The way that spells the pieces, if the type takes some of what it spells."""
    count = math.prod(len(each[0]) ** each[1] for each in pieces if not isinstance(each, str))
    if count > 1 and all(fits(type_, _sample(pieces, n)) for n in range(_SAMPLES)):
        words = ", ".join(_piece(each) for each in pieces if each)
        yield Hash(f"privacy.spelled({words})", min(count, 1 << 256))


def _piece(piece: Piece) -> str:
    return literal(piece) if isinstance(piece, str) else f"({literal(piece[0])}, {piece[1]})"


def _sample(pieces: tuple[Piece, ...], n: int) -> str:
    """The n-th made-up text of the pieces; the first ones have but one letter of each."""
    found, at = [], 0
    for each in pieces:
        if isinstance(each, str):
            found.append(each)
            continue
        alphabet, times = each
        for _ in range(times):
            at += 1
            digest = hashlib.sha256(f"{n} {at}".encode()).digest()
            place = {0: 0, 1: -1}.get(n, int.from_bytes(digest) % len(alphabet))
            found.append(alphabet[place])
    return "".join(found)


def _pieces(node: tree.Node, type_: String) -> tuple[Piece, ...] | None:
    """What spells texts of a pattern that says which letters stand where, None for all others."""
    for more in (_WISHED, 8, 4, 2, 1, 0):
        found = list(_spell(node, more))
        if any(each is None for each in found):
            return None
        letters = [each for each in found if each is not None]
        if (type_.min_length or 0) <= len(letters) <= (type_.max_length or _LONGEST):
            return tuple(_joined(letters))
    return None


def _spell(node: tree.Node, more: int) -> Iterator[str | None]:
    """The letters of each position, a repeat without an end being `more` longer than it has to be;
    None for what cannot be spelled."""
    match node:
        case tree.Characters():
            yield _letters(node)
        case tree.Sequence(parts):
            for each in parts:
                yield from _spell(each, more)
        case tree.Choice(branches):
            yield from _spell(branches[0], more)
        case tree.Repeat(inner, low, high):
            times = low + more if high is None else min(high, max(low, more))
            for _ in range(times if times <= _LONGEST else 1):
                yield from _spell(inner, more) if times <= _LONGEST else (None,)
        case tree.Place.START | tree.Place.END:
            return
        case _:
            yield None


def _letters(node: tree.Characters) -> str | None:
    kinds = ["".join(filter(node.holds, each)) for each in _KINDS]
    if not node.negated and sum(high - low + 1 for low, high in node.ranges) <= _LETTERS:
        return "".join(each for each in _PRINTABLE + " " if node.holds(each)) or None
    return max(kinds, key=len) or "".join(filter(node.holds, _PRINTABLE)) or None


def _joined(letters: list[str]) -> Iterator[Piece]:
    """Pieces of the letters of each position: equal ones together."""
    at = 0
    while at < len(letters):
        end = at
        while end < len(letters) and letters[end] == letters[at]:
            end += 1
        alphabet = letters[at]
        yield alphabet * (end - at) if len(alphabet) == 1 else (alphabet, end - at)
        at = end
