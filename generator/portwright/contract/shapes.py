"""Shapes: a `schema` that is not the list of objects with lists of properties that it should be.

What it means is plain all the same, and it is put into the standard's shape, with a warning.
"""

from __future__ import annotations

from dataclasses import replace

from portwright.contract import type_text
from portwright.contract.logical import Logical
from portwright.contract.physical_names import is_of_values
from portwright.contract.reader import Report
from portwright.nodes import Mapping, Node, Scalar, Sequence

_INNER = ("properties", "items", "map", "key", "value")


def normal(contract: Mapping, name: str, report: Report) -> Mapping:
    """The contract with a `schema` in the standard's shape. `name` is the contract's own."""
    schema = contract.get("schema")
    if schema is None or isinstance(schema, Scalar):
        return contract
    if isinstance(schema, Mapping):
        schema = _listed_objects(schema, report)
    if isinstance(schema, Mapping):
        return contract
    items = tuple(_with_lists(item, report) for item in schema.items)
    if items and all(is_column(item) for item in items):
        message = f"columns stand directly under `schema`: they are taken as one object, `{name}`"
        help = "write an object with a `name`, and the columns under its `properties:`"
        report.warning("PW108", message, items[0].span, help)
        items = (_object(name, Sequence(items, schema.span)),)
    return _with(contract, "schema", replace(schema, items=items))


def is_column(node: Node) -> bool:
    """Whether an entry of `schema` is written like a property: a type, and no properties."""
    if not isinstance(node, Mapping) or node.get("properties") is not None:
        return False
    logical = node.get("logicalType")
    if isinstance(logical, Scalar) and logical.value is not None:
        return logical.text.lower() != "object"
    alike = node.get("type")
    if isinstance(alike, Scalar) and alike.text.lower() in set(Logical):
        return alike.text.lower() != "object"
    return any(_is_of_values(node.get(key)) for key in ("physicalType", "type"))


def _is_of_values(node: Node | None) -> bool:
    """Whether a type is one of values, not of tables or topics."""
    written = type_text.parse(node.text) if isinstance(node, Scalar) else None
    return written is not None and (bool(written.arguments) or is_of_values(written.name))


def _object(name: str, properties: Sequence) -> Mapping:
    span = properties.items[0].span
    return Mapping(
        (
            (Scalar("name", "name", span), Scalar(name, name, span)),
            (Scalar("properties", "properties", span), properties),
        ),
        span,
    )


def _listed_objects(schema: Mapping, report: Report) -> Sequence | Mapping:
    """A map that is one object, or one of objects by their names, as a list."""
    if schema.get("properties") is not None:
        message = "`schema` must be a list of objects, and is taken as a list of one"
        report.warning("PW108", message, schema.span, "write `- ` before its first key")
        return Sequence((schema,), schema.span)
    if schema.entries and all(isinstance(value, Mapping) for _, value in schema.entries):
        return _listed(schema, "schema", report)
    return schema


def _with_lists(node: Node, report: Report) -> Node:
    """The object or property with lists where maps by name are written."""
    if not isinstance(node, Mapping):
        return node
    for key in _INNER:
        inner = node.get(key)
        if key == "properties" and isinstance(inner, Mapping) and inner.entries:
            inner = _listed(inner, key, report)
        if isinstance(inner, Sequence) and key == "properties":
            items = tuple(_with_lists(item, report) for item in inner.items)
            if any(new is not old for new, old in zip(items, inner.items, strict=True)):
                inner = replace(inner, items=items)
        elif isinstance(inner, Mapping):
            inner = _with_lists(inner, report)
        if inner is not None and inner is not node.get(key):
            node = _with(node, key, inner)
    return node


def _listed(named: Mapping, key: str, report: Report) -> Sequence:
    """Entries by name as a list of entries with names. A text alone is an entry's type."""
    message = f"`{key}` must be a list, and the keys of the map are taken as names"
    report.warning("PW108", message, named.span, "write `- name: …` for every entry")
    items: list[Node] = []
    for name, value in named.entries:
        own = ((Scalar("name", "name", name.span), name),)
        if isinstance(value, Mapping):
            items.append(
                value if value.get("name") else Mapping((*own, *value.entries), value.span)
            )
        elif isinstance(value, Scalar) and value.value is not None:
            key = "logicalType" if value.text.lower() in set(Logical) else "physicalType"
            items.append(Mapping((*own, (Scalar(key, key, value.span), value)), name.span))
        else:
            items.append(Mapping(own, name.span) if isinstance(value, Scalar) else value)
    return Sequence(tuple(items), named.span)


def _with(node: Mapping, key: str, value: Node) -> Mapping:
    """The map with another value under the key."""
    entries = ((each, value if each.text == key else old) for each, old in node.entries)
    return Mapping(tuple(entries), node.span)
