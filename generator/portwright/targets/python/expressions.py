"""Example values as Python source: records as calls of their classes, or as plain dicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from portwright.model import (
    Array,
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
    Float,
    Integer,
    Json,
    Map,
    Nullable,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
)
from portwright.names import TypeNames
from portwright.targets.python import naming
from portwright.targets.python.annotations import VECTORS
from portwright.targets.python.examples.rules import single
from portwright.targets.python.layout import (
    Brackets,
    Expression,
    call,
    dict_of,
    list_of,
    one_line,
    tuple_of,
)
from portwright.targets.python.text import literal

# Of the modules that values are written with.
MODULES: Mapping[str, str] = {
    "Decimal": "decimal",
    "UTC": "datetime",
    "UUID": "uuid",
    "date": "datetime",
    "datetime": "datetime",
    "time": "datetime",
}
# Longer texts of one character, and longer lists of one value, are written as a product.
_LONG_TEXT = 40
_LONG_LIST = 8


def imported(uses: Iterable[str]) -> list[str]:
    """The imports of names of `MODULES`: `from decimal import Decimal`, a line a module."""
    found = defaultdict(list)
    for name in sorted(uses):
        found[MODULES[name]].append(name)
    return [f"from {module} import {', '.join(found[module])}" for module in sorted(found)]


class Expressions:
    """Writes values; `uses` are the names of `MODULES` that those written so far need."""

    def __init__(self, classes: TypeNames) -> None:
        self._classes = classes
        self.uses: set[str] = set()

    def of(self, type_: Type, value: Any) -> Expression:
        """The value as the generated models have it."""
        return self._written(type_, value, as_records=True)

    def document(self, type_: Type, value: Any) -> Expression:
        """The value as plain data: dicts and lists, and texts for enums."""
        return self._written(type_, value, as_records=False)

    def _written(self, type_: Type, value: Any, as_records: bool) -> Expression:
        match type_:
            case _ if value is None:
                return "None"
            case Nullable(inner):
                return self._written(inner, value, as_records)
            case Enum() if as_records:
                return f"models.{self._classes[type_.path]}.{naming.member(value)}"
            case Array(element=element):
                return self._listed(element, value, as_records)
            case Vector(element=component):
                return self._listed(VECTORS[component], value, as_records)
            case Map(key, inner):
                return dict_of(
                    (
                        one_line(self._written(key, name, as_records)),
                        self._written(inner, each, as_records),
                    )
                    for name, each in value.items()
                )
            case Record():
                return self._record(type_, value, as_records)
            case _:
                return self._scalar(type_, value)

    def _record(self, record: Record, value: dict[str, Any], as_records: bool) -> Expression:
        known = [each for each in record.fields if each.name in value]
        written = [self._written(each.type, value[each.name], as_records) for each in known]
        if not as_records:
            return dict_of(zip((literal(each.name) for each in known), written, strict=True))
        words = (f"{naming.attribute(each)}=" for each in known)
        return call(f"models.{self._classes[record.path]}", *zip(words, written, strict=True))

    def _listed(self, element: Type, values: tuple[Any, ...], as_records: bool) -> Expression:
        made = tuple_of if as_records else list_of
        if len(values) > _LONG_LIST and all(each == values[0] for each in values):
            only = made([self._written(element, values[0], as_records)])
            if isinstance(only, Brackets):
                return Brackets(
                    only.opening, only.items, f"{only.closing} * {len(values)}", only.is_tuple
                )
        return made(self._written(element, each, as_records) for each in values)

    def _scalar(self, type_: Type, value: Any) -> Expression:
        match type_:
            case Boolean() | Integer():
                return str(value)
            case Float(bits):
                return _float(value, bits)
            case Decimal():
                text = format(value, "f")
                return self._call("Decimal", literal(text) if "." in text else text)
            case String() | Enum():
                return _text(value)
            case Uuid():
                return self._call("UUID", literal(str(value)))
            case Bytes():
                return _bytes(value)
            case Date() | Time() | Timestamp():
                return self._moment(value)
            case Json():
                return _json(value)
            case _:
                raise TypeError(f"{type(type_).__name__} has parts")

    def _call(self, function: str, *arguments: str) -> Expression:
        self.uses.add(function)
        return call(function, *(("", each) for each in arguments))

    def _moment(self, value: date | time | datetime) -> Expression:
        parts = [int(getattr(value, each)) for each in _PARTS if hasattr(value, each)]
        while len(parts) > _FEWEST[type(value)] and parts[-1] == 0:
            parts.pop()
        written = list(map(str, parts))
        if isinstance(value, datetime) and value.tzinfo is not None:
            written.append("tzinfo=UTC")
            self.uses.add("UTC")
        return self._call(type(value).__name__, *written)


_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")
# Parts that are written even where they are 0.
_FEWEST: Mapping[type, int] = {date: 3, time: 2, datetime: 5}


def _float(value: float, bits: int) -> Expression:
    """The shortest number that is read as the value, which may have 32 bits."""
    text = repr(value)
    if text == "inf":
        return 'float("inf")'
    if bits == 32:
        short = (repr(float(f"{value:.{digits}g}")) for digits in range(1, 10))
        text = next((each for each in short if single(float(each)) == value), text)
    return text.replace("e+", "e")


def _text(value: str) -> str:
    is_long = len(value) > _LONG_TEXT and len(set(value)) == 1
    return f"{literal(value[0])} * {len(value)}" if is_long else literal(value)


def _bytes(value: bytes) -> str:
    if len(value) > _LONG_TEXT and len(set(value)) == 1:
        return f"{_bytes(value[:1])} * {len(value)}"
    return 'b"' + "".join(_ESCAPED.get(each) or chr(each) for each in value) + '"'


# Of bytes in double quotes.
_ESCAPED: Mapping[int, str] = {
    **{each: f"\\x{each:02x}" for each in range(256) if not 32 <= each < 127},
    **{ord(each): f"\\{each}" for each in '"\\'},
}


def _json(value: Any) -> Expression:
    match value:
        case dict():
            return dict_of((literal(name), _json(each)) for name, each in value.items())
        case list():
            return list_of(map(_json, value))
        case str():
            return _text(value)
        case _:
            return repr(value)
