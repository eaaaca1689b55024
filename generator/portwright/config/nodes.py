"""The nodes of a config, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable

from portwright.diagnostics import Diagnostic, Span, error, nearest
from portwright.nodes import Mapping, Node, Scalar, Sequence


class NodeReader:
    """Takes nodes for what they have to be, and gathers what they are not."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def wrong(self, code: str, message: str, span: Span, help: str | None = None) -> None:
        self.found.append(error(code, message, span, help))

    def mapping(self, node: Node, known: Iterable[str], what: str) -> Mapping | None:
        """`node` as a map with only known keys; any key will do where `known` is empty."""
        if not isinstance(node, Mapping):
            self.wrong("PW502", f"{what} must be a map", node.span)
            return None
        names = list(known)
        for key, _ in node.entries:
            if names and key.text not in names:
                way_out = nearest(key.text, names) or f"known: {', '.join(names)}"
                self.wrong("PW503", f"unknown key `{key.text}` in {what}", key.span, way_out)
        return node

    def sequence(self, parent: Mapping, key: str, way_out: str) -> tuple[Node, ...]:
        node = parent.get(key)
        if isinstance(node, Sequence) and node.items:
            return node.items
        span = parent.span if node is None else node.span
        self.wrong("PW504", f"`{key}` must be a list with at least one entry", span, way_out)
        return ()

    def text(self, node: Node | None, what: str, place: Span) -> Scalar | None:
        if isinstance(node, Scalar) and node.value is not None and node.text:
            return node
        self.wrong("PW502", f"{what} must be text", node.span if node else place)
        return None
