"""The keys of a config: what is read, what editors say of each, and the JSON Schema of its value.

One table for both: the reader knows no other key, and the schema (`editors`) has no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portwright.evolution.effects import Audience
from portwright.evolution.kinds import Kind
from portwright.model import Port

VERSION = 1
# What every language has as a namespace, and in the style that linters ask for.
_WORD = "[a-z][a-z0-9]*(_[a-z0-9]+)*"
NAMESPACE = rf"{_WORD}(\.{_WORD})*"
SEVERITIES = ("error", "warning", "off")
DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

Form = Mapping[str, object]
_TEXT = ("string", "number", "boolean")
TEXT: Form = {"type": [*_TEXT]}
VARIABLE: Form = {"type": "string", "pattern": r"\$\{"}


@dataclass(frozen=True, slots=True)
class Key:
    """A key, what it is for, and the form of its value as JSON Schema (draft 7) has it."""

    name: str
    says: str
    form: Form
    needed: bool = False


def names(keys: Iterable[Key]) -> tuple[str, ...]:
    """What the keys are called, in their order."""
    return tuple(key.name for key in keys)


def word(known: Iterable[str]) -> Form:
    """One of the words; a variable (`${NAME}`) may stand for it."""
    return {"anyOf": [{"enum": list(known)}, VARIABLE]}


def _matching(pattern: str) -> Form:
    return {"anyOf": [{"type": "string", "pattern": f"^{pattern}$"}, VARIABLE]}


def _list_of(items: Form) -> Form:
    return {"type": "array", "minItems": 1, "items": items}


def _one_or_list(items: Form, least: int) -> Form:
    return {"anyOf": [items, {"type": "array", "minItems": least, "items": items}]}


def _defined(name: str) -> Form:
    """What `editors` defines under that name."""
    return {"$ref": f"#/definitions/{name}"}


_PORTS = _one_or_list(word(map(str, Port)), 0)

_PRESET: Form = {
    "anyOf": [
        TEXT,
        {
            "type": "object",
            "required": ["preset"],
            "properties": {"preset": TEXT, "version": TEXT, "sha256": TEXT},
            "additionalProperties": False,
        },
    ]
}
_POLICY: Form = {
    "type": "object",
    "properties": {"severity": word(SEVERITIES)},
    "additionalProperties": _one_or_list(TEXT, 0),
}

CONFIG = (
    Key("version", "The form of this file.", {"const": VERSION}, needed=True),
    Key(
        "requires",
        "The versions of Portwright that this repository is generated with, as pip names them:"
        " `>=0.9,<1`. Any other is refused.",
        TEXT,
    ),
    Key(
        "extends",
        "Presets that this config is written over, the most general first: paths, or `package:` and"
        " the name of an installed package.",
        _one_or_list(_PRESET, 1),
    ),
    Key(
        "namespace",
        "What the names of all types start with, such as `com.acme`.",
        _matching(NAMESPACE),
    ),
    Key(
        "contracts",
        "The contracts: paths or patterns, relative to the folder of this file.",
        _list_of(TEXT),
    ),
    Key("targets", "What is generated, and where to.", _list_of(_defined("target"))),
    Key(
        "ports",
        "The ports of an object where the contract's servers do not say it: the contract's id or"
        " name, in it the object's name.",
        {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": _PORTS},
        },
    ),
    Key(
        "templates",
        "The folder of templates that override blocks of built-in ones, of which"
        " `portwright templates` has a list.",
        TEXT,
    ),
    Key(
        "policies",
        "What contracts are held to: `error`, `warning` or `off` for each, or a map with `severity`"
        " and its options; `portwright policies` lists them.",
        {"type": "object", "additionalProperties": {"anyOf": [word(SEVERITIES), _POLICY]}},
    ),
    Key(
        "classifications",
        "Words of classification, from the least to the most guarded.",
        _list_of(TEXT),
    ),
    Key("allow", "Changes that break somebody and are agreed on.", _list_of(_defined("allowance"))),
)

TARGET = (
    Key("target", "What is generated; `portwright targets` lists what there is.", TEXT, True),
    Key(
        "out",
        "The folder for its files, relative to that of this file; null takes the target of a preset"
        " away.",
        {"type": [*_TEXT, "null"]},
        True,
    ),
)

ALLOWANCE = (
    Key("change", "The kind of change.", word(map(str, Kind)), needed=True),
    Key("contract", "The contract's id or name; any where it is left out.", TEXT),
    Key("path", "What has changed, such as `orders.total`; any where it is left out.", TEXT),
    Key(
        "audience",
        "Whom it breaks; anybody where it is left out.",
        _one_or_list(word(map(str, Audience)), 1),
    ),
    Key("reason", "Why nobody minds.", TEXT, needed=True),
    Key("until", "The last day that it holds, such as 2027-01-31.", _matching(DAY), needed=True),
)
