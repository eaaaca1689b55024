"""Physical types: what the text of a `physicalType`, in any dialect, says about a value."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portwright import names
from portwright.contract import physical_names as known
from portwright.contract import type_text
from portwright.contract.type_text import Argument, Part, Text, Written
from portwright.diagnostics import Span
from portwright.model import (
    Array,
    Bytes,
    Decimal,
    Enum,
    EnumValue,
    Field,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Record,
    String,
    Timestamp,
    Type,
    Vector,
    VectorElement,
)

DEFAULT_PRECISION, DEFAULT_SCALE = 38, 9
# Whole numbers of so many digits have a type of their own everywhere.
_MOST_DIGITS_OF_A_LONG = 18
# From here on a length is another word for none.
_NO_LENGTH = (1 << 31) - 1
_VECTOR_ELEMENTS = {
    "float": VectorElement.FLOAT32,
    "float32": VectorElement.FLOAT32,
    "float64": VectorElement.FLOAT64,
    "double": VectorElement.FLOAT64,
    "int8": VectorElement.INT8,
}
_VECTORS = {"vector": VectorElement.FLOAT32, "halfvec": VectorElement.FLOAT16}


@dataclass(frozen=True, slots=True)
class Physical:
    """The type that a text names. Not `complete` where it leaves open what the type holds:
    a decimal without digits, a timestamp that is zoned in one dialect and not in another."""

    type: Type
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """Where a type stands: what its records are called, also those of its elements, the path
    that leads to them, and the place of the text."""

    name: str
    singular: str
    path: tuple[str, ...]
    span: Span

    def element(self) -> Place:
        return Place(self.singular, names.singular(self.singular), self.path, self.span)

    def key(self) -> Place:
        # `$` is in no path of a property of the value, so that a key's enum meets none.
        name = f"{self.singular}_key"
        return Place(name, name, (*self.path, "$key"), self.span)

    def field(self, name: str) -> Place:
        return Place(name, names.singular(name), (*self.path, name), self.span)


def read(text: str, place: Place) -> Physical | None:
    """What the text says, or None if it names nothing known."""
    written = type_text.parse(text)
    return None if written is None else _read(written, place)


def is_unreadable_decimal(text: str) -> bool:
    """Whether the text means a decimal, but not with digits that can be read: `DECIMAL(10.2)`."""
    if not re.match(r"\s*(dec|decimal|numeric|number)\s*\(", text, re.I):
        return False
    written = type_text.parse(text)
    return written is None or _scalar(written) is None


def _read(written: Written, place: Place) -> Physical | None:
    name, arguments = written.name, written.arguments
    match arguments:
        case [Written() as inner] if name in known.WRAPPERS:
            return _read(inner, place)
        case [Written() as inner, *_] if name in known.ARRAYS:
            return _array(inner, arguments[1:], place)
        case [Written() as inner] if name == "set":
            element = _element(inner, place.element())
            return element and Physical(Array(element.type, unique_items=True), element.complete)
        case [Written(), Written() as inner] if name == "simpleaggregatefunction":
            return _read(inner, place)
        case [] if name.startswith("_") and known.is_known(name[1:]):  # PostgreSQL's own name
            return _array(Written(name[1:]), (), place)
        case [Written() as key, Written() as value] if name in known.MAPS:
            return _map(key, value, place)
        case [Text(), *_] if name in known.ENUMS or name == "set":
            return _enum(name, arguments, place)
        case [_, *_] if name in known.ENUMS:
            return None
        case [_, *_] if name in type_text.RECORDS:
            return _record(name, arguments, place)
        case [] if name in known.ARRAYS:
            return Physical(Array(Json()), complete=False)
        case [_, *_] if name in known.ARRAYS | known.MAPS:
            return None
        case _:
            return _vector(written) if name in _VECTORS else _scalar(written)


def _element(written: Written, place: Place) -> Physical | None:
    """What an element of a list, or a value of a map, may be: null where it says so."""
    found = _read(written, place)
    if found is not None and written.name in known.NULLABLE and written.arguments:
        return Physical(Nullable(found.type), found.complete)
    return found


def _array(inner: Written, size: tuple[Argument, ...], place: Place) -> Physical | None:
    if inner.name in known.TEXTS | known.BINARIES and not inner.arguments and size:
        return _scalar(Written(inner.name, size))  # `varchar[50]`
    element = _element(inner, place.element())
    return element and Physical(Array(element.type), element.complete)


def _map(key: Written, value: Written, place: Place) -> Physical | None:
    keys, values = _read(key, place.key()), _element(value, place.element())
    if keys is None or values is None:
        return None
    return Physical(Map(keys.type, values.type), keys.complete and values.complete)


def _enum(name: str, arguments: tuple[Argument, ...], place: Place) -> Physical | None:
    values = dict.fromkeys(each.value for each in arguments if isinstance(each, Text))
    if name != "set":
        return Physical(Enum(place.name, place.path, tuple(map(EnumValue, values))))
    inner = Enum(place.singular, place.path, tuple(map(EnumValue, values)))
    return Physical(Array(inner, unique_items=True))


def _record(name: str, arguments: tuple[Argument, ...], place: Place) -> Physical | None:
    """A record with the fields as they are named; any JSON where they are not."""
    if not all(isinstance(each, Part) for each in arguments):
        return Physical(Json(), complete=False)
    here = place.element() if name == "nested" else place
    fields: list[Field] = []
    complete = True
    for each in arguments:
        assert isinstance(each, Part)
        found = _read(each.type, here.field(each.name))
        if found is None:
            return None
        complete = complete and found.complete
        fields.append(
            Field(
                each.name,
                found.type,
                place.span,
                required=each.type.required,
                description=each.type.comment,
            )
        )
    record = Record(here.name, here.path, tuple(fields))
    return Physical(Array(record) if name == "nested" else record, complete)


def _vector(written: Written) -> Physical | None:
    match written.arguments:
        case [int(dimensions)] | [int(dimensions), Written("*")] if dimensions > 0:
            return Physical(Vector(dimensions, _VECTORS[written.name]))
        case [Written(name), int(dimensions)] | [int(dimensions), Written(name)] if dimensions > 0:
            element = _VECTOR_ELEMENTS.get(name)
            return None if element is None else Physical(Vector(dimensions, element))
        case _:
            return None


def _scalar(written: Written) -> Physical | None:
    name = written.name
    first = next((each for each in written.arguments if isinstance(each, int)), None)
    length = first if first and 0 < first < _NO_LENGTH else None
    if name in known.TEXTS:
        return Physical(String(max_length=length))
    if name in known.AS_TEXT or name.startswith("interval_"):
        return Physical(String(), complete=False)
    if name in known.DECIMALS or (name == "fixed" and len(written.arguments) == 2):  # MySQL's
        return _decimal(written)
    if name in known.BINARIES:
        return Physical(Bytes(max_length=length))
    if name == "float" and first is not None and len(written.arguments) == 1:
        return Physical(Float(32 if first <= 24 else 64))
    type_ = known.SIMPLE.get(name)
    if type_ is None or (name == "bit" and first not in (None, 1)):
        return None
    if name in known.ZONED_BY_TEXT and _has_zone(written):
        return Physical(Timestamp(zoned=True))
    return Physical(type_, complete=name not in known.OPEN_ZONE)


def _has_zone(written: Written) -> bool:
    """Whether a text names a zone, `DateTime('UTC')`, or a word behind the unit,
    `datetime64[ns, UTC]`."""
    words = [each for each in written.arguments if isinstance(each, Written)]
    return len(words) > 1 or any(isinstance(each, Text) for each in written.arguments)


def _decimal(written: Written) -> Physical | None:
    # Oracle's NUMBER(*, 2) has all the digits there can be.
    digits = [DEFAULT_PRECISION if each == Written("*") else each for each in written.arguments]
    match digits:
        case []:
            return Physical(Decimal(DEFAULT_PRECISION, DEFAULT_SCALE), complete=False)
        case [int(scale)] if written.name in known.SCALED:
            precision = known.SCALED[written.name]
        case [int(precision)]:
            scale = 0
        case [int(precision), int(scale)]:
            pass
        case _:
            return None
    if scale < 0:  # Oracle rounds to tens, hundreds …
        precision, scale = precision - scale, 0
    if precision < 1:
        return None
    if written.name == "number" and scale == 0 and precision <= _MOST_DIGITS_OF_A_LONG:
        return Physical(Integer())  # Oracle and Snowflake have no other type for them
    return Physical(Decimal(precision, scale))
