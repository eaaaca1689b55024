"""Why a registry and we differ: data, by the format of the schema and the kind of the change.

What registries compare: Confluent's `SchemaCompatibility` for Avro (github.com/apache/avro) and its
`SchemaDiff` for Protobuf and JSON Schema (github.com/confluentinc/schema-registry). Where Apicurio
has rules of its own, tests/evolution/test_registry.py asks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portwright.evolution.kinds import Kind

_UNSEEN: Final = "no schema tells of it: a registry compares shapes, not rules, keys and places"
_NUMBERS: Final = (
    "it reads Protobuf by numbers, and finds it under the same; code, JSON and SQL do not"
)
_NOTHING_REQUIRED: Final = (
    "nothing is required in proto3: a field that is not there is read as empty"
)
_NEW_NUMBER: Final = "the new type has a new number, and the old one is reserved: it misses nothing"
_ONE_INTEGER: Final = "integers are one on its wire: what does not fit is cut, and nobody is told"
_NO_DIGITS: Final = "it compares no precision and no scale"

# What a registry takes, and breaks somebody.
_TAKEN: Final[Mapping[str, Mapping[Kind, str]]] = {
    "AVRO": {
        Kind.PROPERTY_RENAMED: "it finds the field by its alias or its default; not every library "
        "knows aliases, and code, JSON and SQL have none",
        Kind.NAME_REUSED: "it sees one name in both schemas, and not that it means something else",
        Kind.PRECISION_RAISED: _NO_DIGITS,
        Kind.PRECISION_LOWERED: _NO_DIGITS,
        Kind.SCALE_CHANGED: _NO_DIGITS,
        Kind.ZONE_CHANGED: "a timestamp is a long to it, with a zone or without one",
        Kind.VALUE_REMOVED: "a value it does not know is the enum's default to it",
        Kind.PROPERTY_REMOVED_OPTIONAL: "old readers get the default; queries name a column that "
        "is gone",
        Kind.TYPE_RENAMED: "it finds the type by its alias, which not every library knows",
    },
    "PROTOBUF": {
        Kind.PROPERTY_RENAMED: _NUMBERS,
        Kind.NAME_REUSED: _NUMBERS,
        Kind.TYPE_RENAMED: _NUMBERS,
        Kind.PROPERTY_ADDED_REQUIRED: _NOTHING_REQUIRED,
        Kind.PROPERTY_REMOVED_REQUIRED: _NOTHING_REQUIRED,
        Kind.PROPERTY_REMOVED_OPTIONAL: _NOTHING_REQUIRED,
        Kind.MADE_OPTIONAL: _NOTHING_REQUIRED,
        Kind.MADE_REQUIRED: _NOTHING_REQUIRED,
        Kind.INTEGER_WIDENED: _ONE_INTEGER,
        Kind.INTEGER_NARROWED: _ONE_INTEGER,
        Kind.PRECISION_RAISED: _NO_DIGITS,
        Kind.PRECISION_LOWERED: _NO_DIGITS,
        Kind.SCALE_CHANGED: _NO_DIGITS,
        Kind.FLOAT_WIDENED: _NEW_NUMBER,
        Kind.FLOAT_NARROWED: _NEW_NUMBER,
        Kind.ELEMENT_MADE_NULLABLE: _NEW_NUMBER,
        Kind.ELEMENT_MADE_NOT_NULL: _NEW_NUMBER,
        Kind.ZONE_CHANGED: _NEW_NUMBER,
        Kind.TYPE_CHANGED: _NEW_NUMBER,
        Kind.VALUE_REMOVED: "an enum of proto3 is open: a number without a name is read",
    },
}

# What a registry refuses, and breaks nobody: by format, direction and kind.
REFUSED: Final[Mapping[tuple[str, str, Kind], str]] = {
    ("PROTOBUF", "FORWARD", Kind.PROPERTY_ADDED_OPTIONAL): "seen from the new schema, the old one "
    "lacks a field and does not reserve it (Apicurio), or a message (Confluent); readers skip what "
    "they do not know",
    ("PROTOBUF", "FORWARD", Kind.VALUE_ADDED): "seen from the new schema, the old enum lacks a "
    "number and does not reserve it; enums of proto3 are open, and readers get the number",
    ("JSON", "BACKWARD", Kind.PROPERTY_ADDED_OPTIONAL): "the old schema is open, so old documents "
    "might hold anything under that name; what a generated producer wrote does not",
    ("JSON", "BACKWARD", Kind.RULE_TIGHTENED): "old documents might break the rule; whether there "
    "are such is to be looked up, and risky",
    ("JSON", "FORWARD", Kind.VALUE_ADDED): "old readers do not know the value; we say risky, as "
    "they are to expect new ones",
}


def taken(kind: str, change: Kind) -> str:
    """Why a registry takes, in a schema of this kind, a change that breaks somebody."""
    return _TAKEN.get(kind, {}).get(change, _UNSEEN)


def refused(kind: str, level: str, change: Kind) -> str | None:
    """Why a registry at this level refuses a change that breaks nobody; None where it has no reason
    to."""
    directions = [each for each in ("BACKWARD", "FORWARD") if each in level or "FULL" in level]
    reasons = (REFUSED.get((kind, each, change)) for each in directions)
    return next((each for each in reasons if each), None)
