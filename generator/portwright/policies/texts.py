"""Policies about names and about what is said of each element."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from portwright import regex
from portwright.diagnostics import Span, printable
from portwright.model import Model, Port, walk
from portwright.policies.policy import Finding, Setting

KINDS = ("contract", "object", "property")
NAMED = (*KINDS, "topic", "table", "column")
# Ways to write names. Anything else is a pattern of ECMA-262, for the whole name.
STYLES: Mapping[str, str] = {
    "snake_case": "[a-z][a-z0-9]*(_[a-z0-9]+)*",
    "camelCase": "[a-z][a-z0-9]*([A-Z][a-z0-9]*)*",
    "PascalCase": "[A-Z][a-z0-9]*([A-Z][a-z0-9]*)*",
    "kebab-case": "[a-z][a-z0-9]*(-[a-z0-9]+)*",
    "SCREAMING_SNAKE_CASE": "[A-Z][A-Z0-9]*(_[A-Z0-9]+)*",
    "lowercase": "[a-z0-9]+",
}


def pattern_fault(text: str) -> str | None:
    """What is wrong with a way to write names."""
    if text not in STYLES and _pattern(text) is None:
        return f"it is neither a pattern that can be read nor one of {', '.join(STYLES)}"
    return None


@cache
def _pattern(text: str) -> regex.Node | None:
    return regex.read(f"^(?:{text})$")


@lru_cache(4096)  # the same names stand in many contracts
def _fits(name: str, wanted: str) -> bool:
    """Whether a name is written like that; it is not where that takes too long to tell."""
    if wanted in STYLES:
        return re.fullmatch(STYLES[wanted], name) is not None
    pattern = _pattern(wanted)
    return pattern is not None and regex.matches(pattern, name) is True


def naming(model: Model, setting: Setting) -> Iterator[Finding]:
    """Names that are not written as was agreed on."""
    wanted = {kind: text for kind in NAMED if (text := setting.single(kind))}
    for kind, name, span in _named(model):
        if kind in wanted and not _fits(name, wanted[kind]):
            message = (
                f"the {kind} `{printable(name)}` is not named like `{printable(wanted[kind])}`"
            )
            what = "`physicalName`" if kind in NAMED[3:] else "`name`"
            help = f"give it another {what}; a name that others use already is a major change"
            yield Finding(message, span, help)


def _named(model: Model) -> Iterator[tuple[str, str, Span]]:
    yield "contract", model.name, model.span
    for each in model.objects:
        yield "object", each.name, each.span
        if Port.STREAM in each.ports:
            yield "topic", each.topic, each.span
        if Port.TABLE in each.ports:
            yield "table", each.table, each.span
            yield from (("column", field.column, field.span) for field in each.record.fields)
    for _, field in walk.fields(model):
        yield "property", field.name, field.span


def descriptions(model: Model, setting: Setting) -> Iterator[Finding]:
    """What has no description."""
    wanted = setting.option("of")
    for each in _elements(model):
        if each.kind in wanted and not (each.description or "").strip():
            key = "description: {purpose: …}" if each.kind == "contract" else "description: …"
            help = f"write `{key}` for those who do not know the service"
            yield Finding(f"{each.called} has no description", each.span, help)


def metadata(model: Model, setting: Setting) -> Iterator[Finding]:
    """Keys of the standard and custom properties that are missing."""
    said = {each.path: each.said for each in model.elements}
    for each in _elements(model):
        for key in setting.option(each.kind):
            if key not in said.get(each.path, ()):
                message = f"{each.called} does not say `{printable(key)}`"
                help = "write the key of that name, or a custom property: "
                help += f"`customProperties: [{{property: {printable(key)}, value: …}}]`"
                yield Finding(message, each.span, help)


class _Element(NamedTuple):
    kind: str
    path: tuple[str, ...]
    called: str
    span: Span
    description: str | None


def _elements(model: Model) -> Iterator[_Element]:
    called = f"the contract `{printable(model.name)}`"
    yield _Element("contract", (), called, model.span, model.purpose)
    for each in model.objects:
        called = f"the object `{printable(each.name)}`"
        yield _Element("object", (each.name,), called, each.span, each.description)
    for path, field in walk.fields(model):
        called = f"the property `{printable('.'.join(path))}`"
        yield _Element("property", path, called, field.span, field.description)
