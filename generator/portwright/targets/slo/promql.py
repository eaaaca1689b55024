"""PromQL: texts, numbers, lengths of time and selectors as Prometheus reads them.

User text lands in strings of PromQL, and in labels and annotations of alerts, which are templates
of Go (prometheus.io, Querying basics and Template reference).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

# What something behind Prometheus would read as its own: templates of Go and of Sloth, variables
# of Grafana. An escape of PromQL says the same character to Prometheus alone.
_OTHERS: Final = frozenset("{}$[")
_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
_REGEX: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")

# Pairs of a label and the value it has.
Labels = Iterable[tuple[str, str]]


def quoted(text: str) -> str:
    """A string of PromQL that is this text."""
    return f'"{"".join(map(_character, text))}"'


def _character(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    code = ord(character)
    if character in _OTHERS or (code < 0x80 and not character.isprintable()):
        return f"\\x{code:02x}"
    if character.isprintable():
        return character
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def selector(metric: str, labels: Labels, *more: str) -> str:
    """`metric{label="value",…}`; `more` are matchers as written."""
    inside = [*(f"{name}={quoted(value)}" for name, value in labels), *more]
    return f"{metric}{{{','.join(inside)}}}"


def one_of(label: str, *values: str) -> str:
    """A matcher of a label that is one of the values; "" is one that is not there."""
    return f"{label}=~{quoted('|'.join(_REGEX.sub(_escaped, each) for each in values))}"


def _escaped(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


def number(value: Decimal) -> str:
    """`0.01`, never `1E-2`."""
    return format(value.normalize(), "f")


def duration(seconds: Decimal) -> str:
    """`28d`, `90m`: in the largest unit that it is a whole number of, at least a second."""
    whole = max(1, int(seconds.to_integral_value()))
    size, unit = next(each for each in _UNITS if whole % each[0] == 0)
    return f"{whole // size}{unit}"


def inert(text: str) -> str:
    """User text in a label or an annotation of an alert, where no template is seen in it."""
    return text.replace("{", '{{"{"}}')
