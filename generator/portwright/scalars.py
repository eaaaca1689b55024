"""Scalars: what a plain YAML scalar means (YAML 1.2 core), and `${VAR}` in text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

Value = None | bool | int | Decimal | str

_WORDS: Mapping[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), Decimal("NaN")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), Decimal("Infinity")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), Decimal("-Infinity")),
}
_NUMBER = re.compile(
    r"(?P<integer>[-+]?[0-9]+)|0o(?P<octal>[0-7]+)|0x(?P<hexadecimal>[0-9a-fA-F]+)"
    r"|(?P<real>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?)"
)
# Far above any number a contract may hold; longer ones stay text, so none is costly to read.
_LONGEST_NUMBER = 100
_MAY_BE_NUMBER = frozenset("0123456789+-.")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_VARIABLE = re.compile(r"\$(\$*)\{([A-Za-z_][A-Za-z0-9_]*)(?::-((?:\$\{[^}]*\}|[^}])*))?\}")


def day(text: str) -> date | None:
    """The day that is written with all its digits, like 2027-01-31; None where it is none."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def plain(text: str) -> Value:
    """The value of an unquoted scalar: `no` is text, `1.10` a Decimal, `0x1F` an int."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _MAY_BE_NUMBER or len(text) > _LONGEST_NUMBER:
        return text
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    if match["integer"]:
        return int(text)
    if match["octal"]:
        return int(match["octal"], 8)
    if match["hexadecimal"]:
        return int(match["hexadecimal"], 16)
    return Decimal(text)


def resolved(text: str, environ: Mapping[str, str]) -> tuple[str, list[str]]:
    """`text` with its variables replaced, and the names that have neither value nor default.

    `$${NAME}` stands for the characters `${NAME}`. A default may hold
    variables; what a variable holds is not read again.
    """
    missing: list[str] = []

    def replacement(match: re.Match[str]) -> str:
        escapes, name, default = match.groups()
        if escapes:
            return match[0][1:]
        if environ.get(name):
            return environ[name]
        if default is not None:
            text, unset = resolved(default, environ)
            missing.extend(unset)
            return text
        missing.append(name)
        return match[0]

    return _VARIABLE.sub(replacement, text), missing
