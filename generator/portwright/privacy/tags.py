"""Tags: the words that a catalogue and the rules of a registry know a property by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portwright.model import Anonymise, Field, Record, walk

PERSONAL = "PII"
# The words by which the records in a property are tagged, by their `path`.
Inherited = Mapping[tuple[str, ...], tuple[str, ...]]


def of_field(field: Field, inherited: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The tags of a property: those that say how it is guarded, then those that the contract gives
    it. `inherited` are the words of the record that it is in."""
    return tuple(dict.fromkeys((*guards(field, inherited), *field.tags)))


def guards(field: Field, inherited: tuple[str, ...] = ()) -> tuple[str, ...]:
    """How the property is guarded: its classification in capitals, else that of what it is in, and
    PII where it names a person or something is to stand for it."""
    own = (field.classification or "").strip().upper()
    above = [each for each in inherited if each != PERSONAL]
    classification = above if not own else [] if field.public else [own]
    is_personal = field.subject or field.anonymise not in (None, Anonymise.KEEP)
    is_personal |= PERSONAL in inherited and field.anonymise is not Anonymise.KEEP
    return tuple(dict.fromkeys((*classification, *([PERSONAL] if is_personal else []))))


def inherited(record: Record) -> Inherited:
    """The words of all records in a record: rules look at each field alone."""
    return dict(_inherited(record, ()))


def _inherited(
    record: Record, words: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for each in record.fields:
        own = guards(each, words)
        for inner in walk.own_types(each.type):
            if isinstance(inner, Record):
                yield inner.path, own
                yield from _inherited(inner, own)
