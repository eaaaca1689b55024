"""Samples: what records of JSON that somebody had at hand seem to hold."""

from __future__ import annotations

import re
from collections.abc import Sequence as Several
from datetime import date, datetime
from decimal import Decimal as Number

from portwright import names
from portwright.contract.reader import Report
from portwright.diagnostics import Span, error
from portwright.importing.draft import Draft, DraftObject, Notes, Path, Refused
from portwright.importing.json_nodes import parse_all
from portwright.importing.naming import is_left_out, object_name
from portwright.model import (
    Array,
    Boolean,
    Date,
    Field,
    Float,
    Integer,
    Json,
    Nullable,
    Record,
    String,
    Timestamp,
    Type,
    Uuid,
)
from portwright.nodes import Mapping, Node, Scalar, Sequence

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?(Z|[+-]\d{2}:?\d{2})?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# From so many samples on, so few texts are likely to be all that there are.
_ENOUGH, _FEW = 10, 5
_LONG = Integer()
# What one type can be of.
_KINDS = ({"boolean"}, {"text"}, {"integer"}, {"number"}, {"integer", "number"})


def read(text: str, source: str, name: str, report: Report) -> Draft:
    """The draft of samples that stand in the text one after the other."""
    return draft(parse_all(text, source), source, name, report)


def draft(values: Several[Node], source: str, name: str, report: Report) -> Draft:
    """One object that all of the samples are of."""
    samples = _records(values)
    wrong = next((each for each in samples if not isinstance(each, Mapping)), None)
    if wrong is not None or not samples:
        place = wrong.span if wrong is not None else Span(source)
        help = "give records: one, a list of them, or one a line"
        raise Refused(error("PW804", "a sample is no record (a JSON object)", place, help))
    chosen = object_name(name)
    reader = _Reader(report)
    maps = [each for each in samples if isinstance(each, Mapping)]
    record = reader.record(maps, names.singular(chosen), (chosen,))
    notes = reader.notes
    told = f"{len(maps)} sample" + "s" * (len(maps) != 1)
    notes.add((chosen,), f"decide: a guess from {told}: look at types, at `required`, at limits")
    key = _key(record, maps, chosen)
    for each in key:
        notes.add((chosen, each), "decide: is it the key? no two samples have the same")
    return Draft(source, (DraftObject(chosen, record, primary_key=key, notes=notes.found),))


def _records(values: Several[Node]) -> Several[Node]:
    """The samples: also those in a list, or in the only list of an envelope."""
    if len(values) != 1:
        return values
    [only] = values
    if isinstance(only, Sequence):
        return only.items
    if isinstance(only, Mapping) and len(only.entries) == 1:
        [(_, inner)] = only.entries
        if isinstance(inner, Sequence) and all(isinstance(each, Mapping) for each in inner.items):
            return inner.items or values
    return values


def _key(record: Record, samples: Several[Mapping], name: str) -> tuple[str, ...]:
    """The property that is called like a key and tells the samples apart."""
    known = {names.snake(each.name): each for each in record.fields if each.required}
    for word in ("id", f"{names.singular(names.snake(name))}_id", "uuid", "key"):
        found = known.get(word)
        if found is None or not isinstance(found.type, Integer | String | Uuid):
            continue
        values = [each.get(found.name) for each in samples]
        texts = [each.text for each in values if isinstance(each, Scalar)]
        if len(set(texts)) == len(samples):
            return (found.name,)
    return ()


class _Reader:
    """Samples of one place as one type."""

    def __init__(self, report: Report) -> None:
        self.notes = Notes(report)

    def record(self, samples: Several[Mapping], name: str, path: Path) -> Record:
        found: dict[str, list[Node]] = {}
        places: dict[str, Span] = {}
        for sample in samples:
            for key, value in sample.entries:
                found.setdefault(key.text, []).append(value)
                places.setdefault(key.text, key.span)
        return Record(
            name,
            path,
            tuple(
                self.field(values, key, (*path, key), len(samples), places[key])
                for key, values in found.items()
                if not is_left_out(key, path, self.notes, places[key])
            ),
        )

    def field(self, values: list[Node], name: str, path: Path, of: int, span: Span) -> Field:
        some = [each for each in values if not _is_null(each)]
        required = len(some) == of
        return Field(name, self.type(some, path, span), span, required=required)

    def type(self, values: Several[Node], path: Path, span: Span) -> Type:
        if not values:
            self.notes.add(path, "decide: its type: the samples have nothing here; taken as text")
            return String()
        if all(isinstance(each, Mapping) for each in values):
            maps = [each for each in values if isinstance(each, Mapping)]
            record = self.record(maps, names.singular(path[-1]), path)
            return record if record.fields else Json()
        if all(isinstance(each, Sequence) for each in values):
            items = [i for each in values if isinstance(each, Sequence) for i in each.items]
            some = [each for each in items if not _is_null(each)]
            element = self.type(some, path, span)
            return Array(Nullable(element) if len(some) < len(items) else element)
        scalars = [each for each in values if isinstance(each, Scalar)]
        kinds = {_kind(each) for each in scalars}
        if len(scalars) < len(values) or kinds not in _KINDS:
            message = "the samples have values of several types; taken as any JSON"
            self.notes.unsaid(path, message, span, "split it into properties, one a type")
            return Json()
        return self.scalar(scalars, kinds, path)

    def scalar(self, values: Several[Scalar], kinds: set[str], path: Path) -> Type:
        if kinds == {"boolean"}:
            return Boolean()
        if kinds == {"text"}:
            return self.text([each.text for each in values], path)
        if kinds == {"integer"}:
            beyond = any(not _LONG.lowest <= int(each.text) <= _LONG.highest for each in values)
            return Integer(128) if beyond else _LONG
        return Float()

    def text(self, texts: Several[str], path: Path) -> Type:
        if all(map(_UUID.fullmatch, texts)):
            return Uuid()
        if all(map(_is_day, texts)):
            return Date()
        if all(map(_is_moment, texts)):
            return Timestamp(zoned=any(_has_zone(each) for each in texts))
        if all(map(_EMAIL.fullmatch, texts)):
            return String(format="email")
        distinct = set(texts)
        if len(texts) >= _ENOUGH and len(distinct) <= _FEW and all(map(_is_word, distinct)):
            told = ", ".join(sorted(distinct))
            self.notes.add(path, f"decide: an `enum`? the samples have only {told}")
        return String()


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _kind(node: Scalar) -> str:
    match node.value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case Number():
            return "number"
        case _:
            return "text"


def _is_day(text: str) -> bool:
    try:
        return _DAY.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _is_moment(text: str) -> bool:
    try:
        return _MOMENT.fullmatch(text) is not None and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def _has_zone(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None


def _is_word(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,30}", text) is not None
