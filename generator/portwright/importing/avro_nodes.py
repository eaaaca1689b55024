"""Nodes of Avro: what the keys of a schema hold."""

from __future__ import annotations

from portwright.model import EnumValue
from portwright.nodes import Mapping, Node, Scalar, Sequence


def kind(node: Node | None) -> str:
    """The text under `type`, where it is one."""
    found = node.get("type") if isinstance(node, Mapping) else None
    return found.text if isinstance(found, Scalar) else ""


def values(symbols: Node | None, default: str, doc: str = "") -> tuple[EnumValue, ...]:
    """The symbols; without one that only stands in readers for those of later versions."""
    listed = (
        [each.text for each in symbols.items if isinstance(each, Scalar)]
        if isinstance(symbols, Sequence)
        else []
    )
    kept = [each for each in listed if not (each == default == "UNKNOWN" and len(listed) > 1)]
    # As this house writes what the values mean.
    meanings = dict(line.split(": ", 1) for line in doc.splitlines() if ": " in line)
    return tuple(EnumValue(each, description=meanings.get(each)) for each in dict.fromkeys(kept))


def is_null(node: Scalar) -> bool:
    return node.text == "null"


def told(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else text(node, "name") or kind(node) or "?"


def text(node: Node | None, key: str) -> str:
    found = node.get(key) if isinstance(node, Mapping) else None
    return found.text if isinstance(found, Scalar) and found.value is not None else ""


def whole(node: Mapping, key: str) -> int | None:
    found = node.get(key)
    value = found.value if isinstance(found, Scalar) else None
    return value if isinstance(value, int) and 0 <= value < 1_000_000 else None
