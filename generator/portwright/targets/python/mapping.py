"""The functions of `mapping.py`: how a row shaped like the contract becomes its record."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from portwright import names
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
    Model,
    Nullable,
    Record,
    String,
    Time,
    Timestamp,
    Type,
    Uuid,
    Vector,
    walk,
)
from portwright.targets.python import naming
from portwright.targets.python.formatting import WIDTH
from portwright.targets.python.text import literal

_INDENT = 8
# What `mapping.py` calls something itself: a function of that name would hide it.
_CLAIMED = frozenset({"models", "tuple"})


@dataclass(frozen=True, slots=True)
class MappingFunction:
    """A function that makes the record called `record`; `lines` are its keyword arguments."""

    name: str
    record: str
    lines: tuple[str, ...]


def functions(model: Model) -> list[MappingFunction]:
    """One function for every record, those of objects before the records inside them."""
    types = names.type_names(model)
    return [
        MappingFunction(
            function_name(record),
            types[record.path],
            tuple(line for each in record.fields for line in _argument(each, types)),
        )
        for record in walk.all_records(model)
    ]


def function_name(record: Record) -> str:
    """`order_line`."""
    name = naming.function(record)
    return f"{name}_" if name in _CLAIMED or keyword.iskeyword(name) else name


def _argument(field: Field, types: names.TypeNames) -> Iterator[str]:
    """The argument; beside or above it what it takes, unless a function says that."""
    get = f"row[{literal(field.name)}]"
    value = _value(field.type, get)
    if value != get:
        value = value if field.required else f"None if {get} is None else {value}"
        yield f"{naming.attribute(field)}={value},"
        return
    argument = f"{naming.attribute(field)}={value},"
    comment = f"# {told(field.type, types)}{'' if field.required else ', or None'}"
    if _INDENT + len(argument) + 2 + len(comment) <= WIDTH:
        yield f"{argument}  {comment}"
    else:
        yield comment
        yield argument


def _value(type_: Type, value: str, depth: int = 0) -> str:
    """What the record takes for `value`: itself, but for the records in it."""
    match type_:
        case Record():
            return f"{function_name(type_)}({value})"
        case Nullable(inner):
            made = _value(inner, value, depth)
            return value if made == value else f"None if {value} is None else {made}"
        case Array(element=element):
            item = naming.variable("item", depth)
            made = _value(element, item, depth + 1)
            return value if made == item else f"tuple({made} for {item} in {value})"
        case Map(value=inner):
            key, item = naming.variable("key", depth), naming.variable("item", depth)
            made = _value(inner, item, depth + 1)
            if made == item:
                return value
            return f"{{{key}: {made} for {key}, {item} in {value}.items()}}"
        case _:
            return value


def told(type_: Type, types: names.TypeNames) -> str:
    """The Python type of a value, and what of it the contract limits most."""
    match type_:
        case Boolean():
            return "bool"
        case Integer(bits, signed):
            return f"int of {bits} bits" if signed else f"int of {bits} bits, not negative"
        case Float():
            return "float"
        case Decimal(precision, scale):
            return f"Decimal({precision}, {scale})"
        case String(format=format):
            return "str" if format is None else f"str ({' '.join(names.words(format))})"
        case Uuid():
            return "UUID"
        case Bytes():
            return "bytes"
        case Date():
            return "date"
        case Time():
            return "time"
        case Timestamp(zoned):
            return "datetime with a time zone" if zoned else "datetime without a time zone"
        case Enum(path=path, values=values):
            return f"{types[path]}: {_listed([each.value for each in values])}"
        case Json():
            return "what JSON can say"
        case Nullable(inner):
            return f"{told(inner, types)} or None"
        case Array(element=element):
            return f"several: {told(element, types)}"
        case Map(key, value):
            return f"mapping of {told(key, types)} to {told(value, types)}"
        case Vector(dimensions):
            return f"{dimensions} numbers"
        case Record():
            return "mapping"
        case _:
            assert_never(type_)


def _listed(values: list[str]) -> str:
    """The values if they are few, as literals."""
    shown = " | ".join(map(literal, values[:3]))
    return f"{shown} | ..." if len(values) > 3 else shown
