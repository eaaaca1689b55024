"""Logical types: what ODCS has, with the options of each, and a property while it is read."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass
from enum import StrEnum

from portwright.contract import custom, keys
from portwright.contract.physical import Physical
from portwright.contract.reader import Reader
from portwright.diagnostics import Span
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
from portwright.nodes import Node


class Logical(StrEnum):
    """The logical types of ODCS 3.2."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIME = "time"
    OBJECT = "object"
    ARRAY = "array"
    MAP = "map"
    VECTOR = "vector"


OPTION_KEYS: Table[Logical, frozenset[str]] = {
    Logical.STRING: keys.STRING_OPTIONS,
    Logical.INTEGER: keys.NUMBER_OPTIONS,
    Logical.NUMBER: keys.NUMBER_OPTIONS,
    Logical.BOOLEAN: frozenset(),
    Logical.DATE: keys.TIME_OPTIONS,
    Logical.TIMESTAMP: keys.TIME_OPTIONS,
    Logical.TIME: keys.TIME_OPTIONS,
    Logical.OBJECT: keys.OBJECT_OPTIONS,
    Logical.ARRAY: keys.ARRAY_OPTIONS,
    Logical.MAP: frozenset(),
    Logical.VECTOR: keys.VECTOR_OPTIONS,
}


@dataclass(frozen=True, slots=True)
class Said:
    """The texts that name a property's type, and the place of the physical one."""

    logical: str | None
    logical_key: str
    physical: str | None
    place: Span


@dataclass(frozen=True, slots=True)
class Property:
    """A property, an array's items or a map's key or value, while its type is found out.

    `name` is what one such value is called; `path` leads to it from its object.
    """

    reader: Reader
    name: str
    path: tuple[str, ...]
    options: Reader | None
    said: Said
    physical: Physical | None
    customs: dict[str, Node]

    @property
    def hint(self) -> Type | None:
        """The type that the physical type names."""
        return self.physical.type if self.physical else None

    @property
    def physical_is_complete(self) -> bool:
        """True where the physical type leaves nothing open."""
        return self.physical is not None and self.physical.complete

    @property
    def type_name(self) -> str:
        """What a record or an enum made of the property is called."""
        return custom.text(self.customs, "recordName") or self.name


def logical_of(type_: Type) -> Logical:
    """The logical type that a physical one stands for."""
    match type_:
        case String() | Uuid() | Bytes() | Enum():
            return Logical.STRING
        case Integer():
            return Logical.INTEGER
        case Float() | Decimal():
            return Logical.NUMBER
        case Boolean():
            return Logical.BOOLEAN
        case Date():
            return Logical.DATE
        case Time():
            return Logical.TIME
        case Timestamp():
            return Logical.TIMESTAMP
        case Array():
            return Logical.ARRAY
        case Map():
            return Logical.MAP
        case Vector():
            return Logical.VECTOR
        case Json() | Record():
            return Logical.OBJECT
        case Nullable(inner):
            return logical_of(inner)


def options_of(reader: Reader, logical: Logical | None) -> Reader | None:
    """The logical type options, with a warning for each that says nothing about such a type."""
    if logical is None:
        return reader.reader("logicalTypeOptions", "the options", None)
    # Nothing is defined for booleans, and the standard leaves that open.
    known = None if logical is Logical.BOOLEAN else OPTION_KEYS[logical] | keys.TOLERATED_OPTIONS
    return reader.reader("logicalTypeOptions", f"the options of a {logical}", known)
