"""Identifiers and literals: the only two ways in which a contract's text becomes SQL."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal as Number

from portwright import names, render
from portwright.targets.ddl.dialect import Dialect, Identifiers
from portwright.targets.ddl.kinds import Kind


def quote(name: str, dialect: Dialect, *, folded: bool = True) -> str:
    """`name` as an identifier, in quotes only where the engine needs them. The name of a field
    inside a column is not `folded`."""
    rules = dialect.identifiers
    if rules.plain.fullmatch(name) and name.lower() not in rules.reserved:
        return name
    held = stored(name, dialect) if folded else name
    return rules.quoted.format(name=_escaped(held, rules.escapes))


def stored(name: str, dialect: Dialect) -> str:
    """`name` as the engine's catalogue has it; a reserved word is held like other plain names."""
    rules = dialect.identifiers
    return rules.folded(name) if rules.quotes_fold or rules.plain.fullmatch(name) else name


def name_faults(name: str, dialect: Dialect, also: re.Pattern[str] | None = None) -> Iterator[str]:
    """Why the engine can have no such name, in which the pattern must `also` find nothing."""
    rules = dialect.identifiers
    for length, limit, unit in (
        (len(name.encode()), rules.max_bytes, "bytes"),
        (len(name), rules.max_characters, "characters"),
    ):
        if limit is not None and length > limit:
            yield f"`{name}` has {length} {unit} and {dialect.title} keeps {limit} of a name"
    for forbidden in (rules.forbidden, also):
        if forbidden and (found := forbidden.search(name)):
            yield f"{dialect.title} has no name with `{found[0]}` in it: `{name}`"
            return


def same_name(name: str, rules: Identifiers) -> str:
    """What two names share when the engine takes them for one."""
    # Letter by letter: `İ` becomes `i` and a mark in Python, and `i` in engines.
    return name if rules.case_sensitive else "".join(each.lower()[0] for each in name)


def literal(text: str, dialect: Dialect) -> str:
    """An expression for `text`; characters that should not stand in a file are given by code."""
    if text.isprintable():
        return _quoted(text, dialect)
    parts: list[str] = []
    printed = ""
    for character in text:
        if character.isprintable():
            printed += character
            continue
        if printed:
            parts.append(_quoted(printed, dialect))
        parts.append(_character(character, dialect))
        printed = ""
    if printed:
        parts.append(_quoted(printed, dialect))
    if len(parts) == 1:
        return parts[0]
    before, between, behind = dialect.literals.joined
    return before + between.join(parts) + behind


def prose(text: str, dialect: Dialect) -> str:
    """One literal for a description, which may hold line breaks and nothing else unprintable."""
    shown = "\n".join(render.lines(text))
    if forbidden := dialect.statements.comment_forbidden:
        shown = forbidden.sub("\ufffd", shown)
    longest = dialect.statements.longest_comment
    if longest is not None and len(shown) > longest:
        shown = f"{shown[: longest - 1]}…"
    return _quoted(shown, dialect)


def name_literal(name: str, dialect: Dialect) -> str:
    """One literal for a name, which stands in the file as it does in an identifier."""
    return _quoted(name, dialect)


def _character(character: str, dialect: Dialect) -> str:
    units = character.encode("utf-16-be").hex("\\", 2).upper()
    return dialect.literals.character.format(
        code=ord(character), utf8=character.encode().hex().upper(), utf16=f"\\{units}"
    )


def _quoted(text: str, dialect: Dialect) -> str:
    return dialect.literals.text.format(text=_escaped(text, dialect.literals.escapes))


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(each, each) for each in text)


def number(value: Number) -> str:
    """A number without an exponent."""
    return format(value, "f")


def temporal(value: str, kind: Kind, dialect: Dialect) -> str:
    """A literal for the ISO 8601 text of a limit."""
    text = value.removesuffix("Z").replace("T", " ")
    if kind is Kind.TIMESTAMP_ZONED:
        text += dialect.literals.utc
    return dialect.literals.temporal[kind].format(text=_quoted(text, dialect))


def constraint_name(prefix: str, parts: tuple[str, ...], dialect: Dialect, seed: str = "") -> str:
    """`prefix_part__part`: a plain name. One too long, or one with a `seed`, ends in a hash."""
    rules = dialect.identifiers
    words = (part if rules.plain.fullmatch(part) else names.snake(part) for part in parts)
    name = f"{prefix}_{'__'.join(words)}"
    limit = min(rules.max_bytes or 128, rules.max_characters or 128)
    if len(name) <= limit and not seed:
        return name
    digest = hashlib.sha256("\0".join((*parts, seed)).encode()).hexdigest()[:8]
    return f"{name[: limit - 9].rstrip('_')}_{digest}"
