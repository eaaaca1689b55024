"""The form that black and isort give to generated modules, whatever the contract's names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

WIDTH = 88


def fitted(text: str, verbatim: Iterable[str] = ()) -> str:
    """Source that black leaves alone where its lines are short, as black would have it.

    Lines of `verbatim` (of docstrings, of literals) and comments stay however long they are.
    """
    kept = {line.strip() for line in verbatim}
    lines = text.split("\n")
    long = [not _fits(line) and line.strip() not in kept for line in lines]
    if not any(long):
        return text
    printed: list[str] = []
    done = 0
    # Black's time is that of the text it is given, so it gets no more than what is too long.
    for first, last, ending in _statements(ast.parse(text).body):
        if any(long[first:last]):
            printed += lines[done:first]
            printed += _formatted(lines[first:last], ending)
            done = last
    return "\n".join((*printed, *lines[done:]))


def _fits(line: str) -> bool:
    return line.startswith("#") or (len(line) <= WIDTH and line.isascii())


def _statements(body: Iterable[ast.stmt]) -> Iterator[tuple[int, int, str]]:
    """The lines (first, and the one after the last) of simple statements, and of the heads of
    compound ones with what ends such a head."""
    for each in body:
        first = _first(each)
        if not isinstance(each, ast.FunctionDef | ast.ClassDef):
            yield first, each.end_lineno or each.lineno, ""
            continue
        yield first, _first(each.body[0]), "pass"
        yield from _statements(each.body)


def _first(statement: ast.stmt) -> int:
    """Its first line, which is that of a decorator where it has one."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)]) - 1


def _formatted(lines: list[str], ending: str) -> list[str]:
    """The lines of one statement as black would have them there."""
    import black  # takes a while, and a run with nothing to do never comes here
    from black.mode import TargetVersion

    indent = len(lines[0]) - len(lines[0].lstrip())
    outer = [f"{' ' * depth}if _:" for depth in range(0, indent, 4)]
    inner = [f"{' ' * (indent + 4)}{ending}"] if ending else []
    mode = black.Mode(target_versions={TargetVersion.PY311})
    printed = black.format_str("\n".join((*outer, *lines, *inner, "")), mode=mode).split("\n")
    del printed[: len(outer)]
    if not printed[0]:  # black's, above a function
        del printed[0]
    return printed[: -1 - len(inner)]


def import_order(name: str) -> tuple[bool, list[tuple[str, int]]]:
    """The order of isort, to which capitals in a name are no different."""
    is_class, _ = all_order(name)
    return is_class, all_order(name.lower())[1]


def all_order(name: str) -> tuple[bool, list[tuple[str, int]]]:
    """The order of `__all__`: constants, which names in capitals are, first; numbers by size."""
    parts = re.findall(r"([^0-9]*)([0-9]*)", name)
    is_class = not (name.isupper() and len(name) > 1)
    return is_class, [(text, int(digits or 0)) for text, digits in parts]
