"""Options of targets, as the nodes of a config give them and as targets take them."""

from __future__ import annotations

from collections.abc import Sequence as Several
from decimal import Decimal
from math import isfinite
from pathlib import Path

from portwright.nodes import Mapping, Node, Scalar, Sequence, data
from portwright.targets import Dependent, Target, Whole


def plain(node: Node) -> object:
    """The value of an option: scalars and lists as written, in a map what they mean to JSON."""
    match node:
        case Scalar():
            return node.text
        case Sequence(items=items):
            return tuple(map(plain, items))
        case Mapping(entries=entries):
            return {key.text: _json(data(value)) for key, value in entries}


def patterns(target: Target | Whole, folder: Path) -> Several[str]:
    """Glob patterns of the files that a target depends on."""
    return target.patterns(folder) if isinstance(target, Dependent) else ()


def _json(value: object) -> object:
    match value:
        case Decimal():
            number = float(value)
            return number if isfinite(number) else str(value)  # JSON has no word for infinity
        case tuple():
            return [_json(each) for each in value]
        case dict():
            return {key: _json(each) for key, each in value.items()}
        case _:
            return value
