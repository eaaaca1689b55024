"""Elements: what is said at the contract, its objects and properties, and what is allowed there.

`portwrightAllow` among an element's custom properties lists the policies that it need not follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from portwright import scalars
from portwright.contract import custom
from portwright.contract.reader import Reader, Report
from portwright.diagnostics import nearest
from portwright.model import Element, PolicyAllowance
from portwright.nodes import Mapping, Node, Scalar, Sequence

KEY = "portwrightAllow"
_KEYS = ("policy", "reason", "until")
_EXAMPLE = "write {policy: owner, reason: it is handed over in May, until: 2027-05-31}"


def read(reader: Reader) -> tuple[tuple[Element, ...], tuple[PolicyAllowance, ...]]:
    """The elements of the contract under the reader, outer first, and what is allowed at them."""
    elements: list[Element] = []
    allowances: list[PolicyAllowance] = []
    for path, node in _walked(reader.node):
        # Whoever reads the contract reports what is wrong with custom properties.
        silent = Reader(node, reader.what, Report(), None, lenient=True)
        customs = custom.read(silent)
        elements.append(Element(path, tuple(sorted(set(_said(node, customs))))))
        if (value := customs.get(KEY)) is not None:
            allowances += _allowances(value, path, reader.report)
    return tuple(elements), tuple(allowances)


def _walked(contract: Mapping) -> Iterator[tuple[tuple[str, ...], Mapping]]:
    yield (), contract
    yield from _named(contract.get("schema"), ())


def _named(node: Node | None, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping]]:
    """The maps with names in a list, and those in them."""
    for item in node.items if isinstance(node, Sequence) else ():
        name = item.get("name") if isinstance(item, Mapping) else None
        if isinstance(item, Mapping) and isinstance(name, Scalar):
            here = (*path, name.text)
            yield here, item
            yield from _inside(item, here)


def _inside(node: Mapping, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping]]:
    """The properties in a map; those of items and values belong to the property with the list."""
    yield from _named(node.get("properties"), path)
    for key in ("items", "map", "value"):
        inner = node.get(key)
        if isinstance(inner, Mapping):
            yield from _inside(inner, path)


def _said(node: Mapping, customs: dict[str, Node]) -> Iterator[str]:
    for key, value in (*((key.text, value) for key, value in node.entries), *customs.items()):
        if _says_something(value):
            yield key
        if key == "description" and isinstance(value, Mapping):
            yield from (f"{key}.{k.text}" for k, v in value.entries if _says_something(v))


def _says_something(node: Node) -> bool:
    match node:
        case Scalar(text=text, value=value):
            return value is not None and bool(text.strip())
        case Sequence(items=items):
            return bool(items)
        case Mapping(entries=entries):
            return bool(entries)


def _allowances(node: Node, path: tuple[str, ...], report: Report) -> Iterator[PolicyAllowance]:
    for item in node.items if isinstance(node, Sequence) else (node,):
        if not isinstance(item, Mapping):
            report.error("PW920", f"an entry of `{KEY}` must be a map", item.span, _EXAMPLE)
            continue
        for key, _ in item.entries:
            if key.text not in _KEYS:
                message = f"unknown key `{key.text}` in an entry of `{KEY}`"
                help = nearest(key.text, _KEYS) or f"known: {', '.join(_KEYS)}"
                report.error("PW920", message, key.span, help)
        policy, reason = (_text(item, key, report) for key in ("policy", "reason"))
        until, is_good = _until(item.get("until"), report)
        if policy and reason and is_good:
            yield PolicyAllowance(policy, reason, item.span, path, until)


def _text(entry: Mapping, key: str, report: Report) -> str | None:
    node = entry.get(key)
    if isinstance(node, Scalar) and node.value is not None and node.text.strip():
        return node.text.strip()
    place = entry.span if node is None else node.span
    report.error("PW920", f"an entry of `{KEY}` needs `{key}`", place, _EXAMPLE)
    return None


def _until(node: Node | None, report: Report) -> tuple[date | None, bool]:
    """The day, and whether it can be read; an allowance without one has no end."""
    if node is None:
        return None, True
    text = node.text if isinstance(node, Scalar) else ""
    if (found := scalars.day(text)) is not None:
        return found, True
    help = "write the last day that it holds, like 2027-01-31"
    report.error("PW920", f"`until` is no date: `{text}`", node.span, help)
    return None, False
