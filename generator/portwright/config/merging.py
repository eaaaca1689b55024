"""A config over what it extends: what is nearer to the repository wins.

Maps are merged key by key. Targets are added, and one replaces another that is the same but for its
options. Everything else is replaced, and null takes away what was said before.
"""

from __future__ import annotations

from dataclasses import replace

from portwright.config.nodes import NodeReader
from portwright.nodes import Mapping, Node, Scalar, Sequence

_NOT_INHERITED = ("extends", "version")
# Two targets with these alike are the same one.
_IDENTITY = ("target", "dialect", "out")


def merged(below: Mapping, above: Mapping, reader: NodeReader) -> Mapping:
    """A config with what it extends below it; what makes no sense is told to the reader."""
    kept = (entry for entry in below.entries if entry[0].text not in _NOT_INHERITED)
    result = _over(Mapping(tuple(kept), below.span), above)
    for key, join in (("targets", _targets), ("policies", _policies)):
        under, over = below.get(key), above.get(key)
        if under is not None and over is not None and (node := join(under, over, reader)):
            result = _with(result, key, node)
    return result


def _over(below: Mapping, above: Mapping) -> Mapping:
    entries: dict[str, tuple[Scalar, Node]] = {key.text: (key, node) for key, node in below.entries}
    for key, node in above.entries:
        under = below.get(key.text)
        if under is not None and _is_null(node):
            del entries[key.text]
        elif isinstance(under, Mapping) and isinstance(node, Mapping):
            entries[key.text] = key, _over(under, node)
        else:
            entries[key.text] = key, node
    return Mapping(tuple(entries.values()), above.span)


def _is_null(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _with(node: Mapping, key: str, value: Node) -> Mapping:
    entries = tuple((k, value if k.text == key else old) for k, old in node.entries)
    return replace(node, entries=entries)


def _policies(below: Node, above: Node, reader: NodeReader) -> Node | None:
    """Policies of which each may be a severity alone: it is over that of the others."""
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return None
    first, second = (_spread(each, {*_keys(below), *_keys(above)}) for each in (below, above))
    return _over(first, second)


def _keys(policies: Mapping) -> set[str]:
    """The policies that are written with options."""
    return {key.text for key, node in policies.entries if isinstance(node, Mapping)}


def _spread(policies: Mapping, names: set[str]) -> Mapping:
    entries: list[tuple[Scalar, Node]] = []
    for key, node in policies.entries:
        if key.text in names and isinstance(node, Scalar) and not _is_null(node):
            severity = Scalar("severity", "severity", node.span)
            node = Mapping(((severity, node),), node.span)
        entries.append((key, node))
    return replace(policies, entries=tuple(entries))


def _targets(below: Node, above: Node, reader: NodeReader) -> Node | None:
    if not isinstance(below, Sequence) or not isinstance(above, Sequence):
        return None
    items = list(below.items)
    for node in above.items:
        if isinstance(node, Mapping) and node.key("out") and _is_null(node.get("out")):
            kept = [each for each in items if not _is_meant(node, each)]
            if len(kept) == len(items):
                message = "there is no such target to take away"
                help = "`out: null` takes away a target of what is extended: `portwright config`"
                reader.wrong("PW557", message, node.span, help)
            items = kept
            continue
        same = [at for at, each in enumerate(items) if _is_same(node, each)]
        if same:
            items[same[0]] = node
        else:
            items.append(node)
    return Sequence(tuple(items), above.span)


def _is_same(one: Node, other: Node) -> bool:
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    return all(_text(one, key) == _text(other, key) for key in _IDENTITY)


def _is_meant(pattern: Mapping, target: Node) -> bool:
    """Whether the target has all that the pattern says of it."""
    said = [key.text for key, _ in pattern.entries if key.text != "out"]
    return isinstance(target, Mapping) and all(
        _text(pattern, key) == _text(target, key) for key in said
    )


def _text(node: Mapping, key: str) -> str | None:
    value = node.get(key)
    return value.text if isinstance(value, Scalar) else None
