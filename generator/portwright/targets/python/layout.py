"""Expressions as black lays them out: on one line if there is room, else an item a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portwright.targets.python.formatting import WIDTH


@dataclass(frozen=True, slots=True)
class Brackets:
    """What stands between brackets: items with what is written before each (`name=`, `"key": `).

    `opening` has what stands before the bracket, `closing` what stands behind it.
    """

    opening: str
    items: tuple[tuple[str, Expression], ...]
    closing: str
    is_tuple: bool = False


Expression = str | Brackets


def call(function: str, *items: tuple[str, Expression]) -> Expression:
    """`function(a=1)`."""
    return Brackets(f"{function}(", items, ")")


def tuple_of(items: Iterable[Expression]) -> Expression:
    """`(1, 2)`."""
    return Brackets("(", tuple(("", each) for each in items), ")", True)


def list_of(items: Iterable[Expression]) -> Expression:
    """`[1, 2]`."""
    return Brackets("[", tuple(("", each) for each in items), "]")


def dict_of(items: Iterable[tuple[str, Expression]]) -> Expression:
    """`{"key": 1}`; the keys are expressions on one line."""
    return Brackets("{", tuple((f"{key}: ", each) for key, each in items), "}")


def one_line(expression: Expression) -> str:
    """The expression on one line, however long that is."""
    if isinstance(expression, str):
        return expression
    inside = ", ".join(f"{before}{one_line(each)}" for before, each in expression.items)
    comma = "," if expression.is_tuple and len(expression.items) == 1 else ""
    return f"{expression.opening}{inside}{comma}{expression.closing}"


def lines(expression: Expression, indent: int, before: str = "", after: str = "") -> Iterator[str]:
    """The lines of the expression, each with its indent, the first with what stands `before`."""
    flat = f"{' ' * indent}{before}{one_line(expression)}{after}"
    if isinstance(expression, str) or not expression.items or len(flat) <= WIDTH:
        yield flat
        return
    yield f"{' ' * indent}{before}{expression.opening}"
    for word, each in expression.items:
        yield from lines(each, indent + 4, word, ",")
    yield f"{' ' * indent}{expression.closing}{after}"
