"""Relationships: foreign keys, in all the ways the standard writes a reference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portwright.contract import keys
from portwright.contract.reader import Reader, Report
from portwright.model import (
    Decimal,
    Enum,
    Field,
    Integer,
    Object,
    Relationship,
    String,
    Type,
)
from portwright.nodes import Scalar, Sequence

_FULL = re.compile(r"/?schema/(?P<object>[^/]+)/properties/(?P<path>.+)")


_WAY_OUT = "write `object.property`, with the properties of a key of this contract"


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference as written: from some columns of an object to others."""

    source: str
    sources: tuple[Scalar, ...]
    targets: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    object: Object
    field: Field


def of_property(reader: Reader, object_name: str, name: Scalar) -> Iterator[Reference]:
    """The references that a property makes."""
    for each in _readers(reader):
        if each.has("from"):
            message = "the relationship of a property starts there: its `from` is not used"
            help = "remove it, or move the relationship to the object"
            reader.report.warning("PW110", message, each.span_of("from"), help)
        if targets := _scalars(each, "to"):
            yield Reference(object_name, (name,), targets)


def of_object(reader: Reader, object_name: str) -> Iterator[Reference]:
    """The references that an object makes between lists of columns."""
    for each in _readers(reader):
        sources, targets = _scalars(each, "from"), _scalars(each, "to")
        if sources and targets:
            yield Reference(object_name, sources, targets)


def _readers(reader: Reader) -> Iterator[Reader]:
    known = keys.RELATIONSHIP
    for each in reader.readers("relationships", "the relationship", known, lenient=True):
        kind = each.text("type")
        if kind in (None, "foreignKey"):
            yield each
        else:
            message = f"a relationship of type `{kind}` is unknown, and is not kept"
            help = "write `type: foreignKey`, or leave the type out"
            reader.report.warning("PW110", message, each.span_of("type"), help)


def _scalars(reader: Reader, key: str) -> tuple[Scalar, ...]:
    node = reader.get(key)
    nodes = node.items if isinstance(node, Sequence) else (node,)
    found = tuple(each for each in nodes if isinstance(each, Scalar) and each.text)
    if not found:
        message = f"the relationship has no `{key}`, and is not kept"
        reader.report.warning("PW110", message, reader.span, f"write `{key}: object.property`")
    return found


def resolve(
    references: Iterable[Reference], objects: tuple[Object, ...], report: Report
) -> dict[str, list[Relationship]]:
    """The foreign keys by the name of their object; the others are reported. A reference
    to another contract is no fault, and no foreign key either."""
    found: dict[str, list[Relationship]] = {}
    by_id = {each.id: each for each in reversed(objects) if each.id}
    known_objects = by_id | {each.name: each for each in reversed(objects)}
    for each in references:
        resolver = _Resolver(known_objects, each, report)
        relationship = resolver.relationship()
        known = found.setdefault(each.source, [])
        if relationship and not any(_same(relationship, other) for other in known):
            known.append(relationship)
    return found


def _same(one: Relationship, other: Relationship) -> bool:
    return (one.columns, one.target, one.target_columns) == (
        other.columns,
        other.target,
        other.target_columns,
    )


class _Resolver:
    """One reference, looked up in the objects of its contract by name or id."""

    def __init__(self, objects: dict[str, Object], reference: Reference, report: Report) -> None:
        self._objects, self._reference, self._report = objects, reference, report

    def relationship(self) -> Relationship | None:
        """The foreign key, or None with a warning that says why there is none."""
        given = self._reference
        if any(_is_external(each.text) for each in given.targets):
            return None
        sources = [self._column(each, self._own(each)) for each in given.sources]
        targets = [self._column(each, each.text) for each in given.targets]
        place = given.targets[0]
        starts = [each for each in sources if each is not None]
        ends = [each for each in targets if each is not None]
        if len(starts) < len(sources) or len(ends) < len(targets):
            return None
        if len(starts) != len(ends):
            self._no(place, "its two sides have different numbers of columns")
            return None
        target = ends[0].object
        if any(each.object is not target for each in ends):
            self._no(place, "its columns are in different objects")
            return None
        if any(each.object.name != given.source for each in starts):
            self._no(given.sources[0], f"it does not start in `{given.source}`")
            return None
        if not _is_key(ends):
            columns_told = ", ".join(f"`{each.field.name}`" for each in ends)
            self._no(place, f"{columns_told} is not a key of `{target.name}`")
            return None
        for column, key in zip(starts, ends, strict=True):
            if not _comparable(column.field.type, key.field.type):
                told = f"`{column.field.name}` and `{key.field.name}` have different types"
                self._no(place, told)
                return None
        return Relationship(
            tuple(each.field.name for each in starts),
            target.name,
            tuple(each.field.name for each in ends),
            place.span,
        )

    def _no(self, place: Scalar, reason: str) -> None:
        """Nothing; the report says why."""
        message = f"no foreign key is made of the relationship: {reason}"
        self._report.warning("PW110", message, place.span, _WAY_OUT)

    def _own(self, node: Scalar) -> str:
        """A source may be written without the name of its object."""
        text = node.text
        return text if "." in text or "/" in text else f"{self._reference.source}.{text}"

    def _column(self, node: Scalar, text: str) -> _Column | None:
        full = _FULL.fullmatch(text)
        if full:
            found = self._objects.get(full["object"])
            path = full["path"].split("/properties/")
        else:
            found, path = self._shorthand(text)
        if found is None:
            self._no(node, f"the contract has no object for `{node.text}`")
            return None
        field = next((f for f in found.record.fields if path[0] in (f.name, f.id)), None)
        if field is None:
            self._no(node, f"`{found.name}` has no property `{path[0]}`")
            return None
        if len(path) > 1:
            self._no(node, f"`{node.text}` is nested")
            return None
        return _Column(found, field)

    def _shorthand(self, text: str) -> tuple[Object | None, list[str]]:
        """The object whose name `text` starts with, and the rest; names may hold dots."""
        parts = text.split(".")
        for count in range(len(parts) - 1, 0, -1):
            found = self._objects.get(".".join(parts[:count]))
            if found is not None:
                rest = ".".join(parts[count:])
                if any(rest == field.name for field in found.record.fields):
                    return found, [rest]
                return found, parts[count:]
        return None, []


def _is_external(text: str) -> bool:
    return "#" in text or "://" in text


def _is_key(columns: list[_Column]) -> bool:
    """True for the primary key's columns in any order, and for a unique column."""
    names = [each.field.name for each in columns]
    if sorted(names) == sorted(columns[0].object.primary_key):
        return True
    return len(columns) == 1 and columns[0].field.unique


def _comparable(one: Type, other: Type) -> bool:
    """True where a database can compare the two for equality."""
    for family in ((Integer, Decimal), (String, Enum)):
        if isinstance(one, family) and isinstance(other, family):
            return True
    return type(one) is type(other)
