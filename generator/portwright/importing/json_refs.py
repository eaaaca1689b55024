"""References of JSON Schema: a schema with what it refers to and is composed of taken into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote

from portwright.nodes import Mapping, Node, Scalar, Sequence

# The schemas that lead to a place, so that one that holds itself is seen.
Schema = tuple[int, ...]
_MOST_COMPOSED = 500


@dataclass(slots=True)
class Flat:
    """One schema: its keys, those of its references and of all of `allOf` among them. `choices` are
    the types of an alternative that is none of null and one other."""

    keys: dict[str, Node] = field(default_factory=dict)
    trail: Schema = ()
    nullable: bool = False
    recursive: bool = False
    missing: str | None = None
    choices: tuple[str, ...] = ()

    def text(self, key: str) -> str:
        found = self.keys.get(key)
        return found.text if isinstance(found, Scalar) and found.value is not None else ""

    def whole(self, key: str) -> int | None:
        found = self.keys.get(key)
        value = found.value if isinstance(found, Scalar) else None
        return value if isinstance(value, int) and 0 <= value < 1 << 31 else None

    @property
    def kind(self) -> str:
        """The type beside null, empty where the schema does not say it."""
        found = self.keys.get("type")
        if isinstance(found, Sequence):
            some = [each.text for each in found.items if isinstance(each, Scalar)]
            return next((each for each in some if each != "null"), "null")
        return found.text if isinstance(found, Scalar) else ""


class Reader:
    """Follows references within one file. `used` are those that were followed."""

    def __init__(self, root: Mapping) -> None:
        self.root = root
        self.used = set(_refs(root))

    def flat(self, node: Node, trail: Schema) -> Flat:
        """The schema, whole."""
        found = Flat(trail=trail)
        self._take(node, found, 0)
        kind = found.keys.get("type")
        if isinstance(kind, Sequence):
            some = [each.text for each in kind.items if isinstance(each, Scalar)]
            found.nullable |= "null" in some
            several = [each for each in some if each != "null"]
            if len(several) > 1 and not found.choices:
                found.choices = tuple(several)
            if set(several) == {"integer", "number"}:
                found.choices = ()
                found.keys["type"] = Scalar("number", "number", kind.span, True)
        found.nullable |= found.text("nullable") == "true"
        return found

    def _take(self, node: Node, into: Flat, depth: int) -> None:
        if not isinstance(node, Mapping) or depth > _MOST_COMPOSED:
            return
        if id(node) in into.trail:
            into.recursive = True
            return
        into.trail = (*into.trail, id(node))
        if isinstance(reference := node.get("$ref"), Scalar):
            target = self._resolve(reference.text)
            if target is None:
                into.missing = reference.text
            else:
                self._take(target, into, depth + 1)
        if isinstance(several := node.get("allOf"), Sequence):
            for each in several.items:
                self._take(each, into, depth + 1)
        for key, value in node.entries:
            if key.text not in ("$ref", "allOf", "anyOf", "oneOf"):
                into.keys[key.text] = _joined(key.text, into.keys.get(key.text), value)
        for word in ("anyOf", "oneOf"):
            if isinstance(several := node.get(word), Sequence):
                self._choose(several, into, depth)

    def _choose(self, several: Sequence, into: Flat, depth: int) -> None:
        """An alternative: of null and one other it is that one."""
        some = []
        for each in several.items:
            only = each.get("type") if isinstance(each, Mapping) else None
            if isinstance(only, Scalar) and only.text == "null":
                into.nullable = True
            else:
                some.append(each)
        if len(some) == 1:
            self._take(some[0], into, depth + 1)
        elif some and not ("properties" in into.keys and all(map(_only_requires, some))):
            into.choices = tuple(_told(each) for each in some)

    def _resolve(self, reference: str) -> Node | None:
        """What a reference within the file leads to."""
        own = self.root.get("$id")
        if isinstance(own, Scalar) and reference.startswith(f"{own.text}#"):
            reference = reference[len(own.text) :]
        if not reference.startswith("#"):
            return None
        node: Node | None = self.root
        for part in reference[1:].split("/")[1:]:
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(node, Sequence):
                node = (
                    node.items[int(key)] if key.isdigit() and int(key) < len(node.items) else None
                )
            else:
                node = node.get(key) if isinstance(node, Mapping) else None
        if node is self.root and len(reference) > 1:  # `#name`, an anchor
            return _anchored(self.root, reference[1:])
        return node


def _joined(key: str, before: Node | None, value: Node) -> Node:
    """Two values of one key, of schemas that both hold."""
    match before, value:
        case Mapping(entries=first), Mapping(entries=second) if key == "properties":
            merged = {each.text: (each, inner) for each, inner in (*first, *second)}
            return Mapping(tuple(merged.values()), value.span)
        case Sequence(items=first), Sequence(items=second) if key == "required":
            return Sequence((*first, *second), value.span)
        case _:
            return value


def _anchored(node: Node, name: str) -> Node | None:
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            for word in ("$anchor", "$dynamicAnchor", "$id", "id"):
                found = each.get(word)
                if isinstance(found, Scalar) and found.text in (name, f"#{name}"):
                    return each
            waiting += (value for _, value in each.entries)
        elif isinstance(each, Sequence):
            waiting += each.items
    return None


def _refs(root: Node) -> list[str]:
    waiting, found = [root], []
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            reference = each.get("$ref")
            if isinstance(reference, Scalar):
                found.append(reference.text)
            waiting += (value for _, value in each.entries)
        elif isinstance(each, Sequence):
            waiting += each.items
    return found


def _only_requires(node: Node) -> bool:
    """Whether an alternative only says which properties have to be there."""
    return isinstance(node, Mapping) and {key.text for key, _ in node.entries} <= {"required"}


def _told(node: Node) -> str:
    """What an alternative is called in a message."""
    if not isinstance(node, Mapping):
        return "any"
    for word in ("title", "$ref", "type", "const", "format"):
        found = node.get(word)
        if isinstance(found, Scalar):
            return found.text.rpartition("/")[2]
    return "object" if node.get("properties") else "any"
