"""The config in effect: YAML that says the same without presets, each value with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from portwright.config import Config
from portwright.diagnostics import Span, printable
from portwright.nodes import Mapping, Node, Scalar, Sequence, data

_FIRST = ("version", "namespace", "contracts", "targets")
# Texts that YAML reads as they are, wherever they stand.
_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./*-]*")


def as_text(config: Config) -> str:
    """The config in effect; its presets and the places of values are comments."""
    assert config.effective is not None
    lines = []
    for each in config.presets:
        version = f" {each.version}" if each.version else ""
        lines.append(f"# {printable(each.name)}{version} {printable(each.file)}")
        lines.append(f"#   sha256: {each.sha256}")
    body = [*_lines(_shown(config.effective), "")]
    width = min(max(len(text) for text, _ in body), 60)
    lines += (
        text if place is None else f"{text:<{width}}  # {printable(place.file)}:{place.line}"
        for text, place in body
    )
    return "\n".join(lines)


def as_json(config: Config) -> str:
    """The same as a document: the presets, and every value with its path and place."""
    assert config.effective is not None
    presets = [
        {"preset": each.name, "file": each.file, "sha256": each.sha256, "version": each.version}
        for each in config.presets
    ]
    values = [
        {"path": path, "value": data(node), "file": node.span.file, "line": node.span.line}
        for path, node in _values(_shown(config.effective), "")
    ]
    return json.dumps({"presets": presets, "values": values}, indent=2, default=str)


def _shown(top: Mapping) -> Mapping:
    """The config without what it extends, which is in it."""
    kept = [entry for entry in top.entries if entry[0].text != "extends"]
    first = {key: at for at, key in enumerate(_FIRST)}
    kept.sort(key=lambda entry: first.get(entry[0].text, len(first)))
    return Mapping(tuple(kept), top.span)


def _lines(node: Mapping, indent: str) -> Iterator[tuple[str, Span | None]]:
    """Lines of YAML, and the places of those that have a value."""
    for key, value in node.entries:
        name = f"{indent}{_text(key)}:"
        match value:
            case Mapping(entries=entries) if entries:
                yield name, None
                yield from _lines(value, f"{indent}  ")
            case Sequence(items=items) if any(not isinstance(each, Scalar) for each in items):
                yield name, None
                yield from ((f"{indent}  - {_flow(each)}", each.span) for each in items)
            case _:
                yield f"{name} {_flow(value)}", value.span


def _flow(node: Node) -> str:
    match node:
        case Scalar():
            return _text(node)
        case Sequence(items=items):
            return f"[{', '.join(map(_flow, items))}]"
        case Mapping(entries=entries):
            pairs = (f"{_text(key)}: {_flow(value)}" for key, value in entries)
            return f"{{{', '.join(pairs)}}}"


def _text(node: Scalar) -> str:
    if not isinstance(node.value, str):
        return node.text or "null"
    if not node.quoted and _PLAIN.fullmatch(node.text):
        return node.text
    return json.dumps(node.text, ensure_ascii=not node.text.isprintable())


def _values(node: Node, path: str) -> Iterator[tuple[str, Scalar]]:
    match node:
        case Scalar():
            yield path, node
        case Sequence(items=items):
            for at, each in enumerate(items):
                yield from _values(each, f"{path}[{at}]")
        case Mapping(entries=entries):
            for key, value in entries:
                yield from _values(value, f"{path}.{key.text}" if path else key.text)
