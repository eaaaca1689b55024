"""Quality rules, kept as data: what the contract promises about values, beyond their types."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.contract import keys
from portwright.contract.reader import Reader
from portwright.diagnostics import nearest
from portwright.model import QualityRule
from portwright.nodes import data

_TYPES = ("library", "sql", "custom", "text")


def read(reader: Reader) -> tuple[QualityRule, ...]:
    """The rules of an object or a property. A rule with two operators becomes two rules."""
    return tuple(
        rule
        for each in reader.readers("quality", "the quality rule", keys.QUALITY, lenient=True)
        for rule in _rules(each)
    )


def _rules(reader: Reader) -> Iterator[QualityRule]:
    arguments = [
        (key.text, data(node))
        for holder in (reader.reader("arguments", "the arguments", None), reader)
        if holder is not None
        for key, node in holder.node.entries
        if holder is not reader or key.text in keys.QUALITY_ARGUMENTS
    ]
    given: list[str | None] = [key for key in keys.QUALITY_OPERATORS if reader.has(key)]
    for operator in given or [None]:
        operand = reader.get(operator) if operator else None
        yield QualityRule(
            type=_type(reader),
            metric=reader.text("metric") or reader.text("rule"),
            operator=operator,
            operand=None if operand is None else data(operand),
            arguments=tuple(arguments),
            query=reader.text("query"),
            name=reader.text("name"),
            description=reader.text("description"),
            dimension=reader.text("dimension"),
            severity=reader.text("severity"),
            unit=reader.text("unit"),
            span=reader.span,
        )


def _type(reader: Reader) -> str:
    """The rule's type; where it is missing, what its keys make of it."""
    written = reader.text("type")
    if written is not None:
        if written not in _TYPES:
            message = f"unknown type of quality rule `{written}`"
            help = nearest(written, _TYPES) or f"write one of {', '.join(_TYPES)}"
            reader.report.warning("PW112", message, reader.span_of("type"), help)
        return written
    for key, type_ in (("query", "sql"), ("engine", "custom"), ("metric", "library")):
        if reader.has(key):
            return type_
    return "library" if reader.has("rule") else "text"
