"""How a value of each type is written and read, as lines of Python.

The Avro target says what a type is on the wire; the names here are of the functions of
`portwright_runtime.avro_write` and `avro_read` that write and read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
from portwright.targets.python import naming
from portwright.targets.python.annotations import VECTORS
from portwright.targets.python.text import literal

# What is neither text nor number in Python, nor has parts.
PLAIN: Mapping[type[Type], str] = {
    Boolean: "boolean",
    Bytes: "binary",
    Date: "day",
    Json: "document",
    String: "text",
    Time: "clock",
    Uuid: "identifier",
}
FLOATS: Mapping[int, str] = {32: "single", 64: "double"}
TIMESTAMPS: Mapping[bool, str] = {True: "instant", False: "wall_clock"}


class Values:
    """Statements for the fields of one record, and the module constants they need."""

    def __init__(self, classes: TypeNames) -> None:
        self._classes = classes
        self.constants: dict[str, str] = {}

    # ---------------------------------------------------------------- writing

    def written(self, field: Field) -> Iterator[str]:
        """The statements that put a field's bytes."""
        value = f"fields[{literal(naming.attribute(field))}]"
        type_ = field.type if field.required else Nullable(field.type)
        yield from self._put(type_, value, 0)

    def _put(self, type_: Type, value: str, depth: int) -> Iterator[str]:
        match type_:
            case Nullable(inner):
                if not value.isidentifier():
                    yield f"value = {value}"
                    value = "value"
                if not isinstance(inner, Array | Map | Record | Vector):
                    written = self._bytes(inner, value)
                    yield f"put(write.NULL if {value} is None else write.PRESENT + {written})"
                    return
                yield f"if {value} is None:"
                yield "    put(write.NULL)"
                yield "else:"
                yield "    put(write.PRESENT)"
                yield from _indented(self._put(inner, value, depth))
            case Vector(element=element):
                yield from self._put(Array(VECTORS[element]), value, depth)
            case Array() | Map():
                yield from self._block(type_, value, depth)
            case Record():
                yield f"_write_{naming.function(type_)}(put, {value})"
            case _:
                yield f"put({self._bytes(type_, value)})"

    def _block(self, type_: Array | Map, value: str, depth: int) -> Iterator[str]:
        """The elements in one block with their number before it, and the end of the blocks."""
        items = value
        if not value.isidentifier():
            items = "items"
            yield f"items = {value}"
        if isinstance(type_, Array):
            yield f"put(write.elements({items}))"
            yield from self._elements(type_.element, items, depth)
        else:
            yield f"put(write.entries({items}))"
            yield from self._entries(type_, items, depth)
        yield f"if {items}:"
        yield "    put(write.END)"

    def _elements(self, element: Type, items: str, depth: int) -> Iterator[str]:
        if isinstance(element, Float):
            yield f"put(write.{FLOATS[element.bits]}s({items}))"
        else:
            item = naming.variable("item", depth)
            yield f"for {item} in {items}:"
            yield from _indented(self._put(element, item, depth + 1))

    def _entries(self, map_: Map, items: str, depth: int) -> Iterator[str]:
        key, item = naming.variable("key", depth), naming.variable("item", depth)
        yield f"for {key}, {item} in {items}.items():"
        if isinstance(map_.key, Enum):  # the keys of an Avro map are text
            yield f"    put({self._enum_bytes(map_.key, as_symbols=False)}[{key}])"
        else:
            yield from _indented(self._put(map_.key, key, depth + 1))
        yield from _indented(self._put(map_.value, item, depth + 1))

    def _bytes(self, type_: Type, value: str) -> str:
        """The expression of the bytes of one value without parts."""
        match type_:
            case Integer(bits=bits, signed=signed):
                return f"write.{'' if signed else 'u'}int{bits}({value})"
            case Float(bits=bits):
                return f"write.{FLOATS[bits]}({value})"
            case Decimal(precision, scale):
                name = f"_decimal_{precision}_{scale}"
                return f"{self._constant(name, f'write.exact({precision}, {scale})')}({value})"
            case Timestamp(zoned=zoned):
                return f"write.{TIMESTAMPS[zoned]}({value})"
            case Enum():
                return f"{self._enum_bytes(type_, avro_types.is_enum(type_))}[{value}]"
            case _:
                return f"write.{PLAIN[type(type_)]}({value})"

    def _enum_bytes(self, enum: Enum, as_symbols: bool) -> str:
        """The table of the bytes of an enum's values."""
        class_ = f"models.{self._classes[enum.path]}"
        listed = "symbols" if as_symbols else "texts"
        unread = "" if avro_types.unknown(enum) else f", {class_}.{avro_types.UNKNOWN}"
        name = f"_bytes_of_{naming.function(enum)}"
        return self._constant(name, f"write.{listed}({class_}{unread})")

    # ---------------------------------------------------------------- reading

    def read(self, field: Field) -> Iterator[str]:
        """The statements that read a field into `values`, if it is there."""
        name = literal(naming.attribute(field))
        statement = f"values[{name}], at = {self._reader(field.type)}(data, at)"
        if field.required:
            yield statement
        else:
            yield "some, at = read.present(data, at)"
            yield "if some:"
            yield f"    {statement}"

    def _reader(self, type_: Type) -> str:
        """The function that reads a value."""
        match type_:
            case Nullable(inner):
                each = self._reader(inner)
                return self._constant(f"_nullable_{_word(each)}", f"read.nullable({each})")
            case Vector(element=element):
                return self._reader(Array(VECTORS[element]))
            case Array(element=Float(bits=bits)):
                return f"read.{FLOATS[bits]}s"
            case Array(element=element):
                each = self._reader(element)
                return self._constant(f"_array_of_{_word(each)}", f"read.array({each})")
            case Map(key_type, value_type):
                # A key that is not in the list is refused: two of them would be one.
                is_enum = isinstance(key_type, Enum)
                key = "read.text" if is_enum else self._reader(key_type)
                value = self._reader(value_type)
                name = f"_map_of_{_word(key)}_to_{_word(value)}"
                return self._constant(name, f"read.mapping({key}, {value})")
            case Record():
                return f"_read_{naming.function(type_)}"
            case Integer(bits=bits, signed=signed):
                wide = isinstance(avro_types.INTEGERS[bits, signed], Decimal)
                return "read.unscaled" if wide else "read.long"
            case Float(bits=bits):
                return f"read.{FLOATS[bits]}"
            case Decimal(scale=scale):
                return self._constant(f"_decimal_scaled_{scale}", f"read.exact({scale})")
            case Timestamp(zoned=zoned):
                return f"read.{TIMESTAMPS[zoned]}"
            case Enum(path=path):
                class_ = f"models.{self._classes[path]}"
                if avro_types.is_enum(type_):
                    made = f"read.symbol(tuple({class_}))"
                else:
                    made = f"read.listed({class_}, {class_}.{avro_types.UNKNOWN})"
                return self._constant(f"_symbol_{naming.function(type_)}", made)
            case _:
                return f"read.{PLAIN[type(type_)]}"

    def _constant(self, name: str, value: str) -> str:
        self.constants[name] = value
        return name


def _word(reader: str) -> str:
    """The name of a reader as part of another's."""
    return reader.removeprefix("read.").removeprefix("_read_").removeprefix("_")


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)
