"""The functions that make rows of records: an expression for every type of the model."""

from __future__ import annotations

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
    Object,
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
from portwright.targets.python.text import literal


@dataclass(frozen=True, slots=True)
class Item:
    """A column or a field of a struct: its name and its value, both as Python expressions."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class RowFunction:
    """A function that makes of a record of `type` what its columns or struct hold."""

    name: str
    type: str
    items: tuple[Item, ...]


def functions(model: Model, object_: Object) -> Iterator[RowFunction]:
    """The functions of an object, those of nested records before those that call them."""
    types = names.type_names(model)
    for record in reversed([*walk.records(object_.record)]):
        if record.fields:
            items = (Item(literal(each.column), _member(each)) for each in record.fields)
            yield RowFunction(function(record), types[record.path], tuple(items))


def function(record: Record) -> str:
    """`order_line_row`."""
    return f"{naming.function(record)}_row"


def _member(field: Field) -> str:
    value = f"record.{naming.attribute(field)}"
    converted = _converted(field.type, value)
    if field.required or converted == value:
        return converted
    return f"None if {value} is None else {converted}"


def _converted(type_: Type, value: str, depth: int = 0) -> str:
    """What a row holds for `value`; `value` itself where Arrow takes it as it is."""
    match type_:
        case Boolean() | Float() | Decimal() | String() | Bytes() | Vector():
            return value
        case Date() | Time() | Timestamp():
            return value
        case Integer(bits):
            return f"str({value})" if bits > 64 else value
        case Uuid():
            return f"str({value})"
        case Enum():
            return f"{value}.value"
        case Json():
            return f"json_text({value})"
        case Record():
            return f"{function(type_)}({value})" if type_.fields else "json_text({})"
        case Nullable(inner):
            converted = _converted(inner, value, depth)
            return value if converted == value else f"None if {value} is None else {converted}"
        case Array(element=element):
            item = naming.variable("item", depth)
            converted = _converted(element, item, depth + 1)
            return value if converted == item else f"[{converted} for {item} in {value}]"
        case Map(key, inner):
            name, item = naming.variable("key", depth), naming.variable("item", depth)
            left, right = _converted(key, name, depth + 1), _converted(inner, item, depth + 1)
            if (left, right) == (name, item):
                return f"list({value}.items())"
            return f"[({left}, {right}) for {name}, {item} in {value}.items()]"
        case _:
            assert_never(type_)
