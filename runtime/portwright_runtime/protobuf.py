"""Protobuf's binary encoding: what generated codecs are put together from, without descriptors.

A generated codec names the kinds and numbers of its fields once, when it is imported; what is
built of them then writes and reads values as they come. Written are proto3's canonical bytes;
read is all that the encoding allows (protobuf.dev/programming-guides/encoding): fields in any
order, packed or not, unknown ones skipped, the last of several counts, and messages are merged.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias, TypeVar

from portwright_runtime.avro_write import OnlyRead
from portwright_runtime.errors import ContractViolation
from portwright_runtime.protobuf_wire import (
    ABSENT,
    LENGTH,
    NOTHING,
    Kind,
    parts,
    payload,
    read_varint,
    sized,
    tag,
)
from portwright_runtime.record import Record, made, validated

R = TypeVar("R", bound=Record)

Values: TypeAlias = dict[str, Any]
Put: TypeAlias = Callable[[bytes], None]


# ------------------------------------------------------------------- fields


class Member(ABC):
    """A field of a message: its number, its name among the values, and how it is written."""

    def __init__(self, number: int, name: str, kind: Kind) -> None:
        self.number = number
        self.name = name
        self.kind = kind
        self._tag = tag(number, kind.wire)

    @abstractmethod
    def write(self, put: Put, value: Any) -> None:
        """Puts the field's bytes, if it has any."""

    def take(self, raw: Any, wire: int, values: Values) -> None:
        """Adds what was read to the values."""
        if wire == self.kind.wire:
            values[self.name] = self.kind.read(raw)

    def complete(self, values: Values) -> None:  # noqa: B027  # of most kinds it means nothing
        """Adds what it means that nothing was read."""


class Plain(Member):
    """A field that is always there: what is zero or empty is not written."""

    def write(self, put: Put, value: Any) -> None:
        data = self.kind.write(value)
        if data not in NOTHING:
            put(self._tag + data)

    def complete(self, values: Values) -> None:
        if self.name not in values:
            values[self.name] = self.kind.read(ABSENT[self.kind.wire])


class Sometimes(Member):
    """A field that is there or not: an optional one, or a message."""

    def write(self, put: Put, value: Any) -> None:
        if value is not None:
            put(self._tag + self.kind.write(value))

    def take(self, raw: Any, wire: int, values: Values) -> None:
        if wire != self.kind.wire:
            return
        if self.kind.is_message:
            # Several are one: their bytes after one another say the same.
            before = values.get(self.name)
            values[self.name] = raw if before is None else before + raw
        else:
            values[self.name] = self.kind.read(raw)

    def complete(self, values: Values) -> None:
        if self.kind.is_message and self.name in values:
            values[self.name] = self.kind.read(values[self.name])


class Always(Sometimes):
    """A message that is always there; None may be a value like others, JSON's null say. With
    `or_empty` a missing one is an empty one, as in the entry of a map."""

    def __init__(self, number: int, name: str, kind: Kind, *, or_empty: bool = False) -> None:
        super().__init__(number, name, kind)
        self._or_empty = or_empty

    def write(self, put: Put, value: Any) -> None:
        put(self._tag + self.kind.write(value))

    def complete(self, values: Values) -> None:
        if self._or_empty:
            values.setdefault(self.name, b"")
        super().complete(values)


class Repeated(Member):
    """A list. One that may be missing is missing where it is empty: the wire does not tell."""

    def __init__(self, number: int, name: str, kind: Kind, is_required: bool = True) -> None:
        super().__init__(number, name, kind)
        self._packed = tag(number, LENGTH)
        self._is_required = is_required

    def write(self, put: Put, value: Any) -> None:
        if not value:
            return
        write = self.kind.write
        if self.kind.wire == LENGTH:
            for each in value:
                put(self._tag)
                put(write(each))
        else:
            put(self._packed + sized(b"".join(map(write, value))))

    def take(self, raw: Any, wire: int, values: Values) -> None:
        held = values.setdefault(self.name, [])
        if wire == self.kind.wire:
            held.append(self.kind.read(raw))
        elif wire == LENGTH:
            held.extend(map(self.kind.read, _unpacked(raw, self.kind.wire)))

    def complete(self, values: Values) -> None:
        if self._is_required:
            values.setdefault(self.name, [])


class Entries(Repeated):
    """A map: its entries are messages with a `key` and a `value`, a later one of a key counts."""

    def __init__(self, number: int, name: str, entry: Kind, is_required: bool = True) -> None:
        super().__init__(number, name, entry, is_required)

    def write(self, put: Put, value: Any) -> None:
        if value:
            super().write(put, [{"key": key, "value": each} for key, each in value.items()])

    def complete(self, values: Values) -> None:
        super().complete(values)
        if self.name in values:
            values[self.name] = {each["key"]: each.get("value") for each in values[self.name]}


def _unpacked(data: bytes, wire: int) -> Iterator[Any]:
    """The values of a packed list."""
    at, end = 0, len(data)
    while at < end:
        value, at = payload(data, at, wire)
        yield value


# ------------------------------------------------------------------- messages


class Fields:
    """The fields of a message, in the order of their numbers."""

    def __init__(self, *members: Member) -> None:
        self._members = sorted(members, key=lambda each: each.number)
        self._by_number = {each.number: each for each in members}

    def write(self, values: Mapping[str, Any]) -> bytes:
        """The bytes of a message with these values."""
        pieces: list[bytes] = []
        put = pieces.append
        for each in self._members:
            each.write(put, values[each.name])
        return b"".join(pieces)

    def read(self, data: bytes) -> Values:
        """The values in a message's bytes."""
        values: Values = {}
        by_number = self._by_number
        for number, wire, raw in parts(data):
            member = by_number.get(number)
            if member is not None:
                member.take(raw, wire, values)
        for each in self._members:
            each.complete(values)
        return values


def message(*members: Member) -> Kind:
    """A message of these fields, of values by name."""
    fields = Fields(*members)
    return Kind(LENGTH, lambda values: sized(fields.write(values)), fields.read, True)


def record(*members: Member) -> Kind:
    """The message of a generated record."""
    fields = Fields(*members)
    return Kind(LENGTH, lambda value: sized(fields.write(value.__dict__)), fields.read, True)


def wrapped(member: Member) -> Kind:
    """A message that is there for one field: a list in a list, a value that may be null."""
    fields, name = Fields(member), member.name
    return Kind(
        LENGTH,
        lambda value: sized(fields.write({name: value})),
        lambda data: fields.read(data).get(name),
        True,
    )


# ------------------------------------------------------------------- codecs


def encoded(value: R, kind: Kind, type_: type[R], contract: str, object: str) -> bytes:
    """The bytes of a record; ContractViolation where it holds what its message cannot say."""
    data = _written(value, kind)
    if isinstance(data, str):
        # The encoder only knows that something did not fit: validation finds out what.
        data = _written(validated(type_, value, contract, object), kind)
    if isinstance(data, str):
        raise ContractViolation(contract, object, "", data)
    return data


def _written(value: Record, kind: Kind) -> bytes | str:
    """The bytes of the record, or what kept it from having any, without its values."""
    try:
        data = kind.write(value)
    except OnlyRead as error:
        return str(error)
    except Exception as error:
        return f"it cannot be written as Protobuf ({type(error).__name__})"
    return data[read_varint(data, 0)[1] :]


def decoded(data: bytes, kind: Kind, type_: type[R], contract: str, object: str) -> R:
    """The record in `data`; ContractViolation where there is none, or one that breaks a rule."""
    fault = ""
    try:
        values = kind.read(data)
    except Exception as error:
        fault = f"the bytes hold no such record ({type(error).__name__})"
    if fault:
        raise ContractViolation(contract, object, "", fault)
    return made(type_, values, contract, object)
