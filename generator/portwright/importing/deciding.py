"""Deciding: questions that a column's name and type put to the owner of a contract."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portwright import names, personal
from portwright.importing.draft import DraftObject, Path
from portwright.model import Boolean, Field, Float, Integer, Json, Record, String, Timestamp, Uuid

_SOFT = frozenset("deleted archived removed inactive obsolete purged geloescht supprime".split())
_INTERNAL = frozenset("""
    etl batch tmp temp legacy old bak backup internal intern sync synced tenant lock shard checksum
    migrated migration dummy unused reserved debug
    """.split())
_INTERNAL_PAIRS = frozenset("""
    created_by updated_by modified_by changed_by inserted_by last_modified_by row_version rowversion
    lock_version optlock etag search_vector tsv
    """.split())
_SECRET = frozenset("password passwd pwd secret token salt apikey credential passwort".split())
_CODES = frozenset("status state type kind code category mode level phase stage art typ".split())
_MONEY = frozenset("""
    amount price total cost fee tax sum balance subtotal discount salary betrag preis kosten summe
    montant prix importe precio
    """.split())
_MOMENTS = [[each] for each in "created updated modified time date created_on".split()]
# Short words that everybody reads.
_CLEAR = frozenset("""
    id age day iso key lat lng lon max min net qty sku sum tax url uri utc vat zip at by of on to no
    ip os ok ref row tag day eta end name note text type unit user date time code year mail city
    """.split())


_PEOPLE = frozenset("""
    author buyer client contact customer driver employee guest member owner passenger patient people
    person staff student subscriber user kunde mitarbeiter nutzer patient person utilisateur usuario
    """.split())
_NAMES = frozenset("name naam nom nombre nome namn".split())


def guessed(field: Field, path: Path) -> str | None:
    """What of a person the property seems to hold: by its name, and by that of what it is in."""
    if isinstance(field.type, Boolean | Record):
        return None
    around = names.words(names.singular(path[-2]))
    if field.name.lower() in _NAMES and around[-1] in _PEOPLE:
        return "a person's name"
    words = names.words(field.name)
    known_by = words[-1] in ("id", "fk", "key") and isinstance(field.type, Integer | Uuid)
    if known_by and len(words) > 1 and personal.guessed("_".join(words[:-1])):
        return None  # `address_id` is no address; `tax_id` is a phrase of its own
    return personal.guessed(field.name)


def questions(given: DraftObject, field: Field, path: Path) -> Iterator[str]:
    """What only the owner can say of the property, a sentence each."""
    words = names.words(field.name)
    joined = "_".join(words)
    top = len(path) == 2
    if top and field.name in given.primary_key and isinstance(field.type, Integer):
        yield "a number of your database: do others know the record by it, or by another key?"
    if _SOFT & set(words):
        yield "a soft delete: are such records handed out, and how do readers learn of it?"
    if joined in _INTERNAL_PAIRS or _INTERNAL & set(words) or field.name.startswith("_"):
        yield "it looks internal to your service: leave it out?"
    if _SECRET & set(words):
        yield "it looks like a secret: leave it out"
    if _is_unclear(words):
        yield f"what is `{field.name}`? give it a name and a description that others understand"
    if isinstance(field.type, Integer) and words[-1] in _CODES and not field.type.bounds.allowed:
        yield "a code of your system: say its values as an `enum` of texts"
    if isinstance(field.type, Float) and _MONEY & set(words):
        yield 'money as a floating point number: `physicalType: "DECIMAL(12,2)"` is exact'
    if field.type == Timestamp(zoned=False):
        yield "a wall-clock time: of which zone? an instant needs no `timezone: false`"
    if isinstance(field.type, String) and _is_moment(words):
        yield "text that sounds like a time: a `timestamp` or a `date`?"
    if isinstance(field.type, Integer) and _is_moment(words):
        yield "a number that sounds like a time: since 1970, in which unit? say a `timestamp`"
    if isinstance(field.type, Json):
        yield "any JSON: list what is in it under `properties`, or leave it out"


def _is_moment(words: list[str]) -> bool:
    """Whether a name says when something was."""
    return words[-1] in ("at", "timestamp", "datetime", "ts") or words in _MOMENTS


def _is_unclear(words: list[str]) -> bool:
    """Whether a name says little: numbered, a letter or two, or words without a vowel."""
    if any(word.isdigit() for word in words[-1:]) and len(words) <= 2:
        return words[0] not in ("address", "line", "street")
    short = [word for word in words if word not in _CLEAR and not word.isdigit()]
    if not short:
        return False
    vowels = re.compile("[aeiouy]")
    return all(len(word) < 3 for word in short) or any(not vowels.search(word) for word in short)
