"""Custom properties: the contract's own list of name and value pairs."""

from __future__ import annotations

from portwright.contract import keys
from portwright.contract.reader import Reader, Report
from portwright.nodes import Mapping, Node, Scalar, Sequence


def read(reader: Reader) -> dict[str, Node]:
    """The values by name; of two with one name the first."""
    found: dict[str, Node] = {}
    node = reader.get("customProperties")
    if isinstance(node, Mapping):
        return {key.text: value for key, value in node.entries}
    for pair in reader.readers(
        "customProperties", "the custom property", keys.CUSTOM_PROPERTY, lenient=True
    ):
        name, value = pair.text("property"), pair.get("value")
        if name and value is not None:
            found.setdefault(name, value)
    return found


def text(values: dict[str, Node], name: str) -> str | None:
    """The text of a custom property, if it has one."""
    node = values.get(name)
    return node.text if isinstance(node, Scalar) and node.text.strip() else None


def texts(values: dict[str, Node], name: str) -> tuple[str, ...]:
    """The texts of a custom property that is a text or a list of them."""
    node = values.get(name)
    items = node.items if isinstance(node, Sequence) else (node,)
    return tuple(each.text for each in items if isinstance(each, Scalar) and each.text.strip())


def previous_names(reader: Reader) -> tuple[str, ...]:
    """What an object or property was called before: `previousNames`, a text or a list of them."""
    # Whoever reads the type reports what is wrong with custom properties.
    customs = read(Reader(reader.node, reader.what, Report(), None, lenient=True))
    return texts(customs, "previousNames")
