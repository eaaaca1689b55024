"""Tags: the words that a catalogue and the rules of a registry know a property by, in a model as
targets see it."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.model import Anonymise, Field, Record, walk

PERSONAL = "PII"
# The records in a property that is personal, by their `path`.
Persons = frozenset[tuple[str, ...]]


def of_field(field: Field, within: bool = False) -> tuple[str, ...]:
    """The tags of a property: those that say how it is guarded, then those that the contract gives
    it. `within` is whether it is within something personal."""
    return tuple(dict.fromkeys((*guards(field, within), *field.tags)))


def guards(field: Field, within: bool = False) -> tuple[str, ...]:
    """How the property is guarded: its classification in capitals, and PII where it is personal."""
    word = "" if field.public else (field.classification or "").strip().upper()
    personal = PERSONAL if _is_personal(field, within) else ""
    return tuple(dict.fromkeys(each for each in (word, personal) if each))


def persons(record: Record) -> Persons:
    """The records in a record that are within something personal: rules look at each field
    alone."""
    return frozenset(_persons(record, False))


def _is_personal(field: Field, within: bool) -> bool:
    """Whether the property names a person, or something is to stand for it or what it is in."""
    stands = within if field.anonymise is None else field.anonymise is not Anonymise.KEEP
    return field.subject or stands


def _persons(record: Record, within: bool) -> Iterator[tuple[str, ...]]:
    for field in record.fields:
        personal = _is_personal(field, within)
        for inner in walk.own_types(field.type):
            if isinstance(inner, Record):
                if personal:
                    yield inner.path
                yield from _persons(inner, personal)
