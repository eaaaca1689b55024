"""Examples of a property: those its type can hold, as JSON writes them, and a warning for others.

What authors mean is read as meant: numbers and flags in quotes, numbers without them where text
belongs, dates as ISO 8601 writes them in any of its ways, a list or object as JSON text, an
element alone for a list.
"""

from __future__ import annotations

import json
from decimal import Decimal as Number
from decimal import localcontext
from typing import assert_never

from portwright.contract import example_values as values
from portwright.contract.example_values import Misfit, Unclear, kind
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
from portwright.nodes import Mapping, Node, Scalar, Sequence

# Digits that no number of a contract exceeds, so that none is rounded.
_EXACT = 2500


def read(reader: Reader, type_: Type) -> tuple[object, ...]:
    """The JSON values of the `examples` under the reader that are values of the type."""
    found: list[object] = []
    for node in reader.items("examples"):
        if isinstance(node, Scalar) and node.value is None:
            continue  # that a value may be missing, `required` says
        try:
            with localcontext(prec=_EXACT):
                found.append(_json(node, type_))
        except (Unclear, RecursionError):
            continue
        except Misfit as misfit:
            if isinstance(misfit.node, Scalar) and _is_in_own_format(reader, type_):
                continue
            message = f"an example of {reader.what} {misfit.fault}"
            reader.report.warning("PW140", message, misfit.node.span, misfit.allowed)
    return tuple(found)


def _is_in_own_format(reader: Reader, type_: Type) -> bool:
    """Whether dates are said to be written in a way that nobody but the author reads."""
    options = reader.node.get("logicalTypeOptions")
    has_format = isinstance(options, Mapping) and options.get("format") is not None
    return has_format and isinstance(type_, Date | Time | Timestamp)


def _json(node: Node, type_: Type) -> object:
    match type_:
        case Nullable(inner):
            is_null = isinstance(node, Scalar) and node.value is None
            return None if is_null else _json(node, inner)
        case Array():
            return _array(node, type_)
        case Vector(dimensions, element):
            items = _items(node, f"a list of {dimensions} numbers")
            if len(items) != dimensions:
                raise Misfit(node, f"has {len(items)} components", f"it has {dimensions}")
            return [values.json_value(each, values.COMPONENTS[element]) for each in items]
        case Map():
            return _map(node, type_)
        case Record():
            return _record(node, type_)
        case Json():
            return _any(_parsed(node))
        case Boolean() | Integer() | Float() | Decimal() | String() | Uuid() | Bytes():
            return values.json_value(_scalar(node), type_)
        case Date() | Time() | Timestamp() | Enum():
            return values.json_value(_scalar(node), type_)
        case _:
            assert_never(type_)


def _scalar(node: Node) -> Scalar:
    if not isinstance(node, Scalar):
        raise Misfit(node, f"is {kind(node)}", "write one value")
    return node


def _array(node: Node, type_: Array) -> object:
    node = _parsed(node)
    if not isinstance(node, Sequence):
        element = _json(node, type_.element)
        if (type_.min_items or 0) > 1 or type_.max_items == 0:
            raise Unclear
        return [element]
    found = [_json(each, type_.element) for each in node.items]
    size = len(found)
    if size < (type_.min_items or 0) or (type_.max_items is not None and size > type_.max_items):
        allowed = f"it has {values.span_of(type_.min_items, type_.max_items)}"
        raise Misfit(node, f"has {size} elements", allowed)
    if type_.unique_items and len({json.dumps(each) for each in found}) < size:
        raise Misfit(node, "has an element twice", "its elements are distinct")
    return found


def _map(node: Node, type_: Map) -> object:
    node = _parsed(node)
    if not isinstance(node, Mapping):
        raise Misfit(node, f"is {kind(node)}", "write a map of keys and values")
    found: dict[str, object] = {}
    for key, value in node.entries:
        match _json(key, type_.key):
            case bool() as flag:
                name = str(flag).lower()
            case int() | float() | str() as plain:
                name = str(plain)
            case _:
                raise Unclear
        found[name] = _json(value, type_.value)
    return found


def _record(node: Node, type_: Record) -> object:
    node = _parsed(node)
    if not isinstance(node, Mapping):
        raise Misfit(node, f"is {kind(node)}", "write a map of its properties")
    found: dict[str, object] = {}
    for field in type_.fields:
        value = node.get(field.name)
        if value is None or (isinstance(value, Scalar) and value.value is None):
            if field.required:
                raise Misfit(node, f"lacks `{field.name}`", f"`{field.name}` is required")
        else:
            found[field.name] = _json(value, field.type)
    return found


def _items(node: Node, meant: str) -> tuple[Node, ...]:
    node = _parsed(node)
    if not isinstance(node, Sequence):
        raise Misfit(node, f"is {kind(node)}", f"write {meant}")
    return node.items


def _any(node: Node) -> object:
    match node:
        case Scalar(value=Number() as number):
            return values.number(node, number)
        case Scalar():
            return node.value
        case Sequence(items=items):
            return [_any(each) for each in items]
        case Mapping(entries=entries):
            return {key.text: _any(value) for key, value in entries}


def _parsed(node: Node) -> Node:
    """The list or object that a JSON text holds; the node itself where it is no such text."""
    if not isinstance(node, Scalar) or not node.text.strip().startswith(("[", "{")):
        return node
    try:
        return _node(json.loads(node.text, parse_float=Number), node.span)
    except (ValueError, ArithmeticError, RecursionError):
        raise Unclear from None


def _node(value: object, span: Span) -> Node:
    match value:
        case list():
            return Sequence(tuple(_node(each, span) for each in value), span)
        case dict():
            entries = ((Scalar(key, key, span), _node(each, span)) for key, each in value.items())
            return Mapping(tuple(entries), span)
        case str():
            return Scalar(value, value, span, quoted=True)
        case bool() | int() | Number() | None:
            return Scalar(json.dumps(value, default=str), value, span)
        case _:  # NaN and the like, which are no JSON
            raise Unclear
