"""Quality rules, kept as data: what the contract promises about values, beyond their types."""

from __future__ import annotations

from collections.abc import Iterator

from portwright.contract import keys
from portwright.contract.reader import Reader
from portwright.diagnostics import nearest
from portwright.model import QualityRule
from portwright.nodes import Node, Scalar, Sequence, data

TYPES = ("library", "sql", "custom", "text")
# What a rule of each type cannot do without.
_NEEDED = {"sql": ("query",), "custom": ("engine", "implementation")}
_COMPARISONS = frozenset(keys.QUALITY_OPERATORS) - {"mustBe", "mustNotBe"}
_LEAST = frozenset({"mustBeGreaterThan", "mustBeGreaterOrEqualTo"})
_MOST = frozenset({"mustBeLessThan", "mustBeLessOrEqualTo"})
_WORDS = ("description", "name", "query", "metric", "rule", "engine", "implementation")


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
    type_ = _type(reader)
    _check(reader, type_)
    for operator in given or [None]:
        operand = reader.get(operator) if operator else None
        yield QualityRule(
            type=type_,
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
        return written
    for key, type_ in (("query", "sql"), ("engine", "custom"), ("metric", "library")):
        if reader.has(key):
            return type_
    given = any(reader.has(key) for key in ("rule", *keys.QUALITY_OPERATORS))
    return "library" if given else "text"


def _check(reader: Reader, type_: str) -> None:
    """Warns of what nobody can check: nothing is generated from it that could be wrong."""
    _check_words(reader, type_)
    for key in _NEEDED.get(type_, ()):
        node = reader.get(key)
        if node is None or (isinstance(node, Scalar) and not node.text.strip()):
            _warn(reader, key, f"a rule of type {type_} needs `{key}`", f"write `{key}: …`")
    if type_ == "text" and not any(reader.has(key) for key in _WORDS):
        _warn(reader, "type", "the quality rule says nothing", "describe it, or remove it")
    if type_ in ("library", "sql"):
        _check_operators(reader)


def _check_words(reader: Reader, type_: str) -> None:
    """Words that the standard lists."""
    if type_ not in TYPES:
        help = nearest(type_, TYPES) or f"write one of {', '.join(TYPES)}"
        _warn(reader, "type", f"unknown type of quality rule `{type_}`", help)
    dimension = reader.text("dimension")
    if dimension and dimension not in keys.QUALITY_DIMENSIONS:
        way_out = _one_of(dimension, keys.QUALITY_DIMENSIONS)
        _warn(reader, "dimension", f"unknown dimension of quality `{dimension}`", way_out)
    if type_ != "library":
        return
    metric, rule = reader.text("metric"), reader.text("rule")
    if metric is None and rule is None:
        way_out = f"write `metric:` with one of {', '.join(sorted(keys.METRICS))}"
        _warn(reader, "metric", "a rule of type library needs a `metric`", way_out)
    elif metric is not None and metric not in keys.METRICS:
        meant = keys.METRICS_MEANT.get(metric)
        way_out = f"write `metric: {meant}`" if meant else _one_of(metric, keys.METRICS)
        _warn(reader, "metric", f"`{metric}` is no metric of the standard", way_out)
    elif rule is not None and rule not in keys.METRICS | keys.METRICS_MEANT.keys():
        way_out = f"ODCS 3.1 has `metric`: {_one_of(rule, keys.METRICS)}"
        _warn(reader, "rule", f"`{rule}` is no rule that is known", way_out)


def _one_of(word: str, known: frozenset[str]) -> str:
    return nearest(word, known) or f"write one of {', '.join(sorted(known))}"


def _check_operators(reader: Reader) -> None:
    """One operator, or a least and a greatest value, and operands that can be compared."""
    given = {key for key in keys.QUALITY_OPERATORS if reader.has(key)}
    if not given and not reader.has("rule"):  # which said it all in ODCS 3.0
        _warn(reader, "type", "the rule does not say what its value must be", "write `mustBe: 0`")
    elif len(given) > 1 and not (len(given) == 2 and given & _LEAST and given & _MOST):
        told = " and ".join(f"`{each}`" for each in keys.QUALITY_OPERATORS if each in given)
        _warn(reader, "type", f"the rule has {told}: each is a rule of its own", "keep one")
    for operator in sorted(given & _COMPARISONS):
        node = reader.get(operator)
        if operator.endswith("Between"):
            numbers = node.items if isinstance(node, Sequence) else ()
            if len(numbers) != 2 or not all(map(_is_number, numbers)):
                _warn(reader, operator, f"`{operator}` needs two numbers", "write `[0, 10]`")
        elif not _is_number(node):
            _warn(
                reader, operator, f"`{operator}` needs a number", "write a number, without a unit"
            )


def _is_number(node: Node | None) -> bool:
    return isinstance(node, Scalar) and not isinstance(node.value, bool | str | None)


def _warn(reader: Reader, key: str, message: str, help: str | None) -> None:
    reader.report.warning("PW122", message, reader.span_of(key), help)
