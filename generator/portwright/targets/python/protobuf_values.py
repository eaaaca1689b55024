"""What each type is to the runtime's Protobuf: expressions that a codec's fields are made of.

The Protobuf target says how a type is written; this follows it shape by shape.
"""

from __future__ import annotations

from collections.abc import Mapping

from portwright.model import (
    Array,
    Boolean,
    Bytes,
    Date,
    Decimal,
    Enum,
    Field,
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
from portwright.targets import avro_types
from portwright.targets.protobuf.types import is_map
from portwright.targets.python import naming
from portwright.targets.python.annotations import VECTORS
from portwright.targets.python.text import literal

PLAIN: Mapping[type[Type], str] = {
    Boolean: "boolean",
    Bytes: "binary",
    Date: "day",
    Decimal: "exact",
    Json: "document",
    String: "text",
    Time: "clock",
    Uuid: "identifier",
}
FLOATS: Mapping[int, str] = {32: "single", 64: "double"}
TIMESTAMPS: Mapping[bool, str] = {True: "instant", False: "wall_clock"}
# What is a message, and so there or not by itself.
_MESSAGES = (Array, Date, Decimal, Json, Map, Record, Time, Timestamp, Vector)


class ProtobufValues:
    """The members of messages, and the constants they need, in order."""

    def __init__(self, classes: TypeNames) -> None:
        self._classes = classes
        self.constants: dict[str, str] = {}

    def member(self, field: Field) -> str:
        """The expression of a field."""
        name = literal(naming.attribute(field))
        return self._member(field.number, name, field.type, field.required)

    def _member(self, number: int, name: str, type_: Type, required: bool) -> str:
        place = f"{number}, {name}"
        must = "" if required else ", False"
        match type_:
            case Array(element=element):
                return f"wire.Repeated({place}, {self._kind(element)}{must})"
            case Vector(element=component):
                return f"wire.Repeated({place}, {self._kind(VECTORS[component])}{must})"
            case Map(key, value):
                # A wrapper's members are as those of a required field; so are an entry's.
                make = self._map_entry if is_map(type_) else self._entry
                return f"wire.Entries({place}, {make(key, value)}{must})"
            case Nullable(inner):
                return self._single(place, inner, False)
            case _:
                return self._single(place, type_, required)

    def _single(self, place: str, type_: Type, required: bool) -> str:
        wide = isinstance(type_, Integer) and type_.bits > 64
        is_message = isinstance(type_, _MESSAGES) or wide
        if required and isinstance(type_, Json):  # no Value is null
            return f"wire.Always({place}, {self._kind(type_)}, or_empty=True)"
        always = "Always" if is_message else "Plain"
        return f"wire.{always if required else 'Sometimes'}({place}, {self._kind(type_)})"

    def _map_entry(self, key: Type, value: Type) -> str:
        """The entry of a map that Protobuf has: two single values."""
        first = f'wire.Plain(1, "key", {self._kind(key)})'
        second = self._single('2, "value"', value, True)
        if isinstance(value, Nullable) or second.startswith("wire.Always"):
            second = f'wire.Always(2, "value", {self._kind(value)}, or_empty=True)'
        return f"wire.message({first}, {second})"

    def _entry(self, key: Type, value: Type) -> str:
        """The message that stands for an entry of a map that Protobuf has not."""
        if isinstance(key, Enum):
            first = f'wire.Plain(1, "key", {self._enum(key, is_key=True)})'
        else:
            first = self._member(1, '"key"', key, True)
        return f"wire.message({first}, {self._member(2, literal('value'), value, True)})"

    def _kind(self, type_: Type) -> str:
        """The expression of one value, which may stand in a list or a map."""
        match type_:
            case Integer(bits, signed):
                return "kind.whole" if bits > 64 else f"kind.{'signed' if signed else 'unsigned'}"
            case Float(bits):
                return f"kind.{FLOATS[bits]}"
            case Timestamp(zoned):
                return f"kind.{TIMESTAMPS[zoned]}"
            case Enum():
                return self._enum(type_)
            case Record():
                return f"_{naming.function(type_)}"
            case Array() | Vector():
                return f"wire.wrapped({self._member(1, literal('items'), type_, True)})"
            case Map():
                return f"wire.wrapped({self._member(1, literal('entries'), type_, True)})"
            case Nullable():
                return f"wire.wrapped({self._member(1, literal('value'), type_, True)})"
            case _:
                return f"kind.{PLAIN[type(type_)]}"

    def _enum(self, enum: Enum, *, is_key: bool = False) -> str:
        class_ = f"models.{self._classes[enum.path]}"
        numbers = ", ".join(
            f"{class_}.{naming.member(each.value)}: {each.number}" for each in enum.values
        )
        own = avro_types.unknown(enum)
        # A contract's own UNKNOWN is a value like others, and is written.
        unread = f"{class_}.{avro_types.UNKNOWN if own is None else naming.member(own)}"
        key = ", is_key=True" if is_key else ""
        name = f"_{'key' if is_key else 'value'}_{naming.function(enum)}"
        self.constants[name] = f"kind.enum({{{numbers}}}, {unread}{key})"
        return name
