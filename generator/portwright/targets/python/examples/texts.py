"""Texts and bytes of a type; all keep to its rules, and those of a format look like one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice

from portwright import regex
from portwright.model import Bytes, String
from portwright.targets.python.examples.rules import fits

_MANY = 500
_OF_PATTERN = 20
# The longest text or bytes that are made, and the longest that show how long they may be.
LONGEST = 100_000
_SHOWN = 80

# By the contract's word, the longer ones first; `{x}` is what makes one longer. RFC 2606, RFC 5737
# and RFC 3849 keep these names and addresses for examples.
FORMATS: Mapping[str, tuple[str, ...]] = {
    "date": ("2026-01-{n:02}",),
    "date-time": ("2026-01-05T12:00:00.{n:06}Z",),
    "duration": ("PT{n}H",),
    "email": ("someone{x}{n}@example.org", "a{n}@example.org", "{n}@a.org"),
    "hostname": ("host{x}{n}.example.org", "h{n}.example"),
    "idn-email": ("someone{x}{n}@example.org", "{n}@a.org"),
    "ipv4": ("192.0.2.{n}",),
    "ipv6": ("2001:db8::{n:x}",),
    "iri": ("https://example.org/{n}{x}",),
    "json-pointer": ("/{n}{x}",),
    "password": ("not-a-password-{n}{x}", "secret{n}"),
    "phone": ("+9999999{n:04}",),
    "time": ("12:00:00.{n:06}Z",),
    "uri": ("https://example.org/{n}{x}", "urn:x:{n}"),
    "uri-reference": ("/{n}{x}",),
    "url": ("https://example.org/{n}{x}",),
    "uuid": ("00000000-0000-4000-8000-{n:012}",),
}


def texts(type_: String, word: str) -> Iterator[str]:
    """Texts of the type, some of them twice; `word` is what they say where nothing else is said."""
    formats = FORMATS.get(type_.format or "", ())
    said = (_formed(form, n, type_) for form in formats for n in range(1, _MANY))
    found = (each for each in said if fits(type_, each))
    if type_.pattern is not None:
        few = islice(found, 2) if formats else iter(())
        return chain(few, _matching(type_.pattern, type_.min_length or 0, type_.max_length))
    words = (each for n in range(1, _MANY) if (each := _word(type_, word, n)) is not None)
    return chain(found, (each for each in words if fits(type_, each)))


def edges(type_: String) -> Iterator[str]:
    """The shortest and the longest text that the contract allows, if that is not very long."""
    if type_.format in FORMATS:
        return
    for size in (type_.min_length, type_.max_length):
        if size is None or size > _SHOWN:
            continue
        pattern = type_.pattern
        found = ("x" * size,) if pattern is None else _matching(pattern, size, size)[:1]
        yield from (each for each in found if fits(type_, each))


@lru_cache(256)
def _matching(pattern: str, least: int, most: int | None) -> tuple[str, ...]:
    node = regex.read(pattern)
    return () if node is None else tuple(islice(regex.texts(node, least, most), _OF_PATTERN))


def _formed(form: str, n: int, type_: String) -> str:
    """The n-th text of that form, as long as it has to be."""
    missing = (type_.min_length or 0) - len(form.format(n=n, x=""))
    return form.format(n=n, x="x" * max(0, missing if missing < LONGEST else 0))


def _word(type_: String, word: str, n: int) -> str | None:
    """The n-th text with the word in it, or at least its first letters."""
    low, high = type_.min_length or 0, type_.max_length
    if low > LONGEST:
        return None
    number = "" if n == 1 else str(n)
    text = f"{word} {number}".strip()
    if high is not None and len(text) > high:
        text = f"{word[: max(0, high - len(number))]}{number}"
    return text if len(text) >= low else text.ljust(low, "x")


def sizes(type_: Bytes) -> Iterator[bytes]:
    """The fewest and the most bytes that the contract allows, if they are not very many."""
    for size in (type_.min_length, type_.max_length):
        if size is not None and size <= _SHOWN and fits(type_, b"x" * size):
            yield b"x" * size


def raw(type_: Bytes) -> Iterator[bytes]:
    """Bytes of the type, some of them twice."""
    low, high = type_.min_length or 0, type_.max_length
    if low > LONGEST:
        return
    for n in range(1, _MANY):
        number = str(n).encode()
        kept = len(number) if high is None else min(len(number), high)
        word = b"bytes"[: None if high is None else high - kept]
        found = (word + number[:kept]).ljust(low, b"x")
        if fits(type_, found):
            yield found
