"""Checks of DDL: conditions of a table that a contract has words for, too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal as Number
from decimal import InvalidOperation
from typing import Any

from sqlglot import exp

from portwright.model import (
    Array,
    Bounds,
    Bytes,
    Date,
    Decimal,
    Enum,
    EnumValue,
    Float,
    Integer,
    String,
    Type,
)

_FLIPPED: Mapping[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT,
    exp.LT: exp.GT,
    exp.GTE: exp.LTE,
    exp.LTE: exp.GTE,
    exp.EQ: exp.EQ,
}
_LIMITS: Mapping[type[exp.Expr], str] = {
    exp.GTE: "minimum",
    exp.LTE: "maximum",
    exp.GT: "exclusive_minimum",
    exp.LT: "exclusive_maximum",
}
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that holds of one column. `what` is a limit, `values`, `required`, `pattern`,
    `min_length`, `max_length` or `multiple_of`."""

    column: str
    what: str
    value: object = None


def rules(condition: exp.Expr) -> list[Rule] | None:
    """The rules that a condition is made of, or None where a contract cannot say one of them."""
    found: list[Rule] = []
    for part in _conjuncts(_bare(condition)):
        rule = _rules(part)
        if rule is None:
            return None
        found += rule
    return found


def with_rule(type_: Type, rule: Rule, path: tuple[str, ...]) -> Type | None:
    """The type that keeps the rule, or None where it has no such limits."""
    match type_, rule.what, rule.value:
        case String(), "values", tuple(values) if all(isinstance(each, str) for each in values):
            return Enum(path[-1], path, tuple(EnumValue(str(each)) for each in values))
        case String(), "min_length", int(length):
            return replace(type_, min_length=length)
        case String(), "max_length", int(length):
            return replace(type_, max_length=length)
        case String(), "pattern", str(pattern) if type_.pattern is None:
            return replace(type_, pattern=pattern)
        case Array(), "min_length", int(length):
            return replace(type_, min_items=length)
        case Array(), "max_length", int(length):
            return replace(type_, max_items=length)
        case Bytes(), "min_length", int(length):
            return replace(type_, min_length=length)
        case Bytes(), "max_length", int(length):
            return replace(type_, max_length=length)
        case (Integer() | Float() | Decimal()), "values", tuple(values):
            if all(isinstance(each, Number) for each in values):
                return replace(type_, bounds=replace(type_.bounds, allowed=values))
            return None
        case (Integer() | Float() | Decimal()), _, Number():
            return replace(type_, bounds=_limited(type_.bounds, rule))
        case Date(), _, str(day) if rule.what in _LIMITS.values() and _DAY.fullmatch(day):
            return replace(type_, bounds=_limited(type_.bounds, rule))
        case _:
            return None


def _limited(bounds: Bounds, rule: Rule) -> Bounds:
    limit: Any = rule.value
    return replace(bounds, **{rule.what: limit})


def _conjuncts(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.And):
        return [*_conjuncts(_bare(node.left)), *_conjuncts(_bare(node.right))]
    return [node]


def _bare(node: exp.Expr) -> exp.Expr:
    """The node without brackets and casts around it."""
    while isinstance(node, exp.Paren | exp.Cast):
        node = node.this
    return node


def _rules(node: exp.Expr) -> list[Rule] | None:
    """The rules of one part of a condition."""
    match node:
        case exp.Not() if isinstance(inner := _bare(node.this), exp.Is):
            column = _column(inner.this)
            return [Rule(column, "required")] if column and _is_null(inner.expression) else None
        case exp.Or():
            return _either(node)
        case exp.Between():
            low = _compared(exp.GTE, node.this, node.args["low"])
            high = _compared(exp.LTE, node.this, node.args["high"])
            return [*low, *high] if low and high else None
        case exp.In():
            return _closed(node.this, node.expressions)
        case exp.RegexpLike():
            return _pattern(node)
        case exp.EQ() if isinstance(anything := _bare(node.expression), exp.Any):
            array = _bare(anything.this)
            return _closed(node.this, array.expressions) if isinstance(array, exp.Array) else None
        case exp.EQ() if isinstance(rest := _bare(node.this), exp.Mod):
            column, step = _column(rest.this), _literal(rest.expression)
            if column and isinstance(step, Number) and step > 0 and _literal(node.expression) == 0:
                return [Rule(column, "multiple_of", step)]
            return None
        case exp.EQ() | exp.GTE() | exp.LTE() | exp.GT() | exp.LT():
            return _compared(type(node), node.this, node.expression)
        case _:
            return None


def _either(node: exp.Or) -> list[Rule] | None:
    """Values with OR between them; what holds where the column is not null holds of its values."""
    left, right = _bare(node.left), _bare(node.right)
    for null, other in ((left, right), (right, left)):
        if isinstance(null, exp.Is) and _is_null(null.expression) and (name := _column(null.this)):
            found = _rules(other)
            return found if found and all(each.column == name for each in found) else None
    first, second = _rules(left), _rules(right)
    match first, second:
        case [Rule(a, "values", tuple(some))], [Rule(b, "values", tuple(more))] if a == b:
            return [Rule(a, "values", (*some, *more))]
        case _:
            return None


def _compared(kind: type[exp.Expr], left: exp.Expr, right: exp.Expr) -> list[Rule] | None:
    left, right = _bare(left), _bare(right)
    if _literal(left) is not None:
        left, right, kind = right, left, _FLIPPED.get(kind, kind)
    value = _literal(right)
    if value is None:
        return None
    if (measured := _measured(left)) is not None:
        return _length(kind, measured, value)
    column = _column(left)
    if column is None:
        return None
    if kind is exp.EQ:
        return [Rule(column, "values", (value,))]
    return [Rule(column, _LIMITS[kind], value)]


def _measured(node: exp.Expr) -> exp.Expr | None:
    """What the node is the length of: a text's characters, or a list's elements."""
    if isinstance(node, exp.Length | exp.ArraySize):
        return node.this if isinstance(node.this, exp.Expr) else None
    if isinstance(node, exp.Anonymous) and node.name.lower() == "cardinality":
        return next(iter(node.expressions), None)
    return None


def _length(kind: type[exp.Expr], node: exp.Expr, value: Number | str) -> list[Rule] | None:
    column = _column(_bare(node))
    if column is None or not isinstance(value, Number) or value != value.to_integral_value():
        return None
    size = int(value)
    match kind:
        case exp.GTE:
            sizes = {"min_length": size}
        case exp.GT:
            sizes = {"min_length": size + 1}
        case exp.LTE:
            sizes = {"max_length": size}
        case exp.LT:
            sizes = {"max_length": size - 1}
        case _:
            sizes = {"min_length": size, "max_length": size}
    return [Rule(column, what, max(0, each)) for what, each in sizes.items()]


def _closed(column: exp.Expr, values: list[exp.Expr]) -> list[Rule] | None:
    name = _column(column)
    found = [_literal(each) for each in values]
    if name is None or not found or any(each is None for each in found):
        return None
    return [Rule(name, "values", tuple(dict.fromkeys(found)))]


def _pattern(node: exp.RegexpLike) -> list[Rule] | None:
    column, pattern = _column(node.this), _literal(node.expression)
    if column is None or not isinstance(pattern, str) or node.args.get("flag"):
        return None
    if re.search(r"\[\[:|\\[mMyY<>z]", pattern):  # which only databases know
        return None
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return None
    return [Rule(column, "pattern", pattern)]


def _column(node: exp.Expr | None) -> str | None:
    """The column that the node is, if it is one."""
    found = _bare(node) if node is not None else None
    return found.name if isinstance(found, exp.Column) else None


def _is_null(node: exp.Expr) -> bool:
    return isinstance(node, exp.Null)


def _literal(node: exp.Expr) -> Number | str | None:
    node = _bare(node)
    if isinstance(node, exp.Neg):
        inner = _literal(node.this)
        return inner.copy_negate() if isinstance(inner, Number) else None
    if not isinstance(node, exp.Literal):
        return None
    if node.is_string:
        return str(node.this)
    try:
        return Number(str(node.this))
    except InvalidOperation:
        return None
