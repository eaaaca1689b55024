"""YAML text: scalars and comments written so that every reader of YAML, of 1.1 and 1.2, takes them
for what they are."""

from __future__ import annotations

import re
from decimal import Decimal

from portwright import scalars
from portwright.diagnostics import printable

# Starts as no other thing of YAML does, and has nothing in it that ends a plain scalar.
_PLAIN = re.compile(r"[A-Za-z_/(][A-Za-z0-9_/()@+.\-]*(?: [A-Za-z0-9_/()@+.\-]+)*")
# What YAML 1.1 takes for something else than text.
_OLD_WORDS = frozenset("y n yes no on off true false null none nan inf".split())
_VARIABLE = re.compile(r"\$+\{[A-Za-z_][A-Za-z0-9_]*(?::-[^}]*)?\}")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_LONGEST_NOTE = 300


def text(value: str) -> str:
    """The text as a scalar: plain where nothing can take it for anything else, else in quotes."""
    is_plain = _PLAIN.fullmatch(value) and value.lower() not in _OLD_WORDS
    if is_plain and isinstance(scalars.plain(value), str):
        return value
    # A contract's text may hold variables of the environment; this one does not mean to.
    escaped = _VARIABLE.sub(r"$\g<0>", value)
    return f'"{"".join(map(_escaped, escaped))}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:  # half of a pair, which no file can hold
        return "\ufffd"
    if character.isprintable() and code != 0xFEFF:
        return character
    return f"\\U{code:08X}" if code > 0xFFFF else f"\\u{code:04X}"


def number(value: Decimal | int) -> str:
    """The number in plain notation, or with an exponent where that would be long."""
    if isinstance(value, int):
        return str(value)
    if value == value.to_integral_value() and value.adjusted() < 40:
        return str(int(value))
    return f"{value:f}" if -20 < value.adjusted() < 40 else str(value)


def scalar(value: object) -> str:
    """A value of JSON as YAML has it on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case int() | Decimal():
            return number(value)
        case float():
            return number(Decimal(str(value)))
        case str():
            return text(value)
        case list() | tuple():
            return f"[{', '.join(map(_inside, value))}]"
        case dict():
            return f"{{{', '.join(f'{_inside(str(k))}: {_inside(v)}' for k, v in value.items())}}}"
        case _:
            return text(str(value))


def _inside(value: object) -> str:
    return scalar(value)


def prose(key: str, value: str) -> list[str]:
    """The lines of a text that may have several: a block where it is plain enough to be read."""
    value = value.strip()
    lines = value.split("\n")
    whole = all(each.isprintable() and each == each.rstrip() for each in lines)
    if len(lines) == 1 or not whole or "${" in value or not lines[0].strip():
        return [f"{key}: {text(value)}"]
    if lines[0].startswith(" "):
        return [f"{key}: {text(value)}"]
    return [f"{key}: |-", *(f"  {each}" if each else "" for each in lines)]


def comment(value: str) -> str:
    """The text as a comment of one line."""
    flat = printable(" ".join(value.split()))
    short = flat if len(flat) <= _LONGEST_NOTE else f"{flat[:_LONGEST_NOTE]} …"
    return f"# {short}"
