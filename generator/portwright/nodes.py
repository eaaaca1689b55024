"""Nodes: a YAML document as typed, frozen values that know their place."""

from __future__ import annotations

from dataclasses import dataclass, field

from portwright.diagnostics import Span
from portwright.scalars import Value


@dataclass(frozen=True, slots=True)
class Scalar:
    """One scalar. `text` as written, `value` as YAML 1.2 core reads it; quoted ones are text."""

    text: str
    value: Value
    span: Span
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map; `entries` are keys and values as written, no two keys with the same text."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span
    _index: dict[str, Node] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {key.text: node for key, node in self.entries})

    def get(self, key: str) -> Node | None:
        """The value of that key, or None."""
        return self._index.get(key)

    def key(self, name: str) -> Scalar | None:
        """The key itself, for its place, or None."""
        return next((key for key, _ in self.entries if key.text == name), None)


Node = Scalar | Sequence | Mapping


def data(node: Node) -> object:
    """The node as plain data: scalars' values, tuples and dicts."""
    match node:
        case Scalar(value=value):
            return value
        case Sequence(items=items):
            return tuple(map(data, items))
        case Mapping(entries=entries):
            return {key.text: data(value) for key, value in entries}
