"""The arguments of a call that makes a record, in functions that the owner has filled in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeGuard

from portwright.merging.edits import Edit, Source, bare, inserted, is_last_on_line

if TYPE_CHECKING:
    from portwright.merging.module import Changes

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def align(
    key: str,
    base: Source,
    ours: Source,
    theirs: Source,
    changes: Changes,
    among: Iterable[ast.stmt],
) -> bool:
    """Adds what the contract has changed of the arguments in the function `key`, to calls `among`
    statements of the owner; False where that is not all, or they make the record in another way."""
    before, after = base.parts[key], theirs.parts[key]
    made, makes = _made(before), _made(after)
    if made is None or makes is None or _head(base, before, made) != _head(theirs, after, makes):
        return False
    found = dict(_calls(among, made))
    new: list[tuple[list[Edit], list[Edit], list[tuple[str, str]]]] = []
    for call, function in found.items():
        begun = _row(before)
        row = _Row(begun, _row(function, begun))
        edits = _Call(base, ours, theirs, row).edits(made, call, makes)
        if edits is None:
            return False
        new.append(edits)
    for of_base, of_theirs, said in new:
        changes.base += of_base
        changes.theirs += of_theirs
        changes.changed += said
    return bool(found)


def _calls(among: Iterable[ast.stmt], made: ast.Call) -> Iterator[tuple[ast.Call, _Function]]:
    """Calls that make the same, with the function that each stands in."""
    for statement in among:
        for function in ast.walk(statement):  # outer ones first
            if isinstance(function, _Function):
                yield from ((each, function) for each in ast.walk(function) if _is_like(each, made))


def _made(function: ast.stmt) -> ast.Call | None:
    """The call with keywords that the function begins as."""
    match function:
        case ast.FunctionDef(body=[ast.Return(value=ast.Call(args=[], keywords=[*_]) as call)]):
            return call
    return None


def _head(source: Source, function: ast.stmt, call: ast.Call) -> str:
    return source.text[source.start(function) : source.end(call.func)]


def _is_like(node: ast.AST, call: ast.Call) -> TypeGuard[ast.Call]:
    """Whether the node calls the same, whatever module it says that it is of, by keywords."""
    if not isinstance(node, ast.Call) or not node.keywords:
        return False
    return _last(node.func) == _last(call.func) is not None and all(
        each.arg for each in node.keywords
    )


def _last(callee: ast.expr) -> str | None:
    if isinstance(callee, ast.Attribute):
        return callee.attr
    return callee.id if isinstance(callee, ast.Name) else None


def _row(function: ast.stmt, begun: str | None = None) -> str | None:
    """The argument that is the row: the one of the name that it began with, else the first that
    is asked for something by key, else the first of all."""
    if not isinstance(function, _Function):
        return None
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    if begun in names:
        return begun
    asked = {
        each.value.id
        for each in ast.walk(function)
        if isinstance(each, ast.Subscript) and isinstance(each.value, ast.Name)
    }
    own = [each for each in names if each not in ("self", "cls")]
    return next((each for each in own if each in asked), own[0] if own else None)


class _Row:
    """What the row is called where a function begins, and what its owner calls it."""

    def __init__(self, before: str | None, mine: str | None) -> None:
        self._before, self._mine = before, mine

    def of(self, lines: list[str]) -> list[str]:
        if self._before is None or self._mine is None:
            return lines
        name = re.compile(rf"\b{re.escape(self._before)}(?=\[)")
        return [name.sub(self._mine, line) for line in lines]


class _Call:
    """One call of the owner's beside those that Portwright wrote."""

    def __init__(self, base: Source, ours: Source, theirs: Source, row: _Row) -> None:
        self._base, self._ours, self._theirs, self._row = base, ours, theirs, row
        self._of_base: list[Edit] = []
        self._of_theirs: list[Edit] = []
        self._said: list[tuple[str, str]] = []

    def edits(
        self, made: ast.Call, mine: ast.Call, makes: ast.Call
    ) -> tuple[list[Edit], list[Edit], list[tuple[str, str]]] | None:
        """What makes the call each of the other two, and what is said of the owner's lines;
        None where arguments share lines that would have to change."""
        before, have, after = _named(made), _named(mine), _named(makes)
        for name, argument in before.items():
            lines = self._row.of(_lines(self._base, argument, made))
            new = self._row.of(_lines(self._theirs, after[name], makes)) if name in after else []
            if (
                name in have
                and lines != new
                and not self._changed(mine, have[name], argument, lines, after.get(name), new)
            ):
                return None
        order = list(after)
        for name in order:
            if name in before or name in have:
                continue
            above = [each for each in order[: order.index(name)] if each in have]
            lines = self._row.of(_lines(self._theirs, after[name], makes))
            if above:
                self._of_theirs.append(inserted(self._ours, have[above[-1]], lines))
            else:
                self._of_theirs.append(self._first(mine, lines))
        return self._of_base, self._of_theirs, self._said

    def _first(self, mine: ast.Call, lines: list[str]) -> Edit:
        """The edit that writes an argument above all others."""
        first = mine.keywords[0]
        if not _has_own_lines(self._ours, first, mine):
            place = self._ours.start(first)
            return Edit(place, place, f"{bare(lines)}, ")
        number = first.lineno - len(_lines(self._ours, first, mine)) + _height(first)
        place = self._ours.line_start(number)
        indent = self._ours.indent(first.lineno)
        block = "".join(f"{indent}{line.strip()}\n" for line in lines)
        return Edit(place, place, block)

    def _changed(
        self,
        call: ast.Call,
        mine: ast.keyword,
        before: ast.keyword,
        lines: list[str],
        after: ast.keyword | None,
        new: list[str],
    ) -> bool:
        """An argument that the owner has, and the contract has changed or removed."""
        ours = _lines(self._ours, mine, call)
        if [each.strip() for each in ours] == [each.strip() for each in new]:
            return True
        edited = [each.strip() for each in ours] != [each.strip() for each in lines]
        if after is not None and edited and _code(before) == _code(after):
            # Only what is said of the value has changed, and the owner gives one of their own.
            self._said.append((self._ours.line(mine.lineno), _told(new)))
            return True
        if not _has_own_lines(self._ours, mine, call):
            return after is None and self._removed(call, mine, bare(lines))
        assert mine.end_lineno is not None
        first = mine.end_lineno - len(ours) + 1
        span = self._ours.line_start(first), self._ours.line_start(mine.end_lineno + 1)
        indent = self._ours.indent(mine.lineno)
        was, now = ("".join(f"{indent}{e.strip()}\n" for e in side) for side in (lines, new))
        if edited:
            self._of_base.append(Edit(*span, was))
        self._of_theirs.append(Edit(*span, now))
        return True

    def _removed(self, call: ast.Call, mine: ast.keyword, before: str) -> bool:
        """Takes an argument that nobody has edited from among others on its line."""
        start, end = self._ours.start(mine), self._ours.end(mine)
        place = call.keywords.index(mine)
        if self._ours.text[start:end] != before or len(call.keywords) == 1:
            return False
        if mine is call.keywords[-1]:
            start = self._ours.end(call.keywords[place - 1])
        else:
            end = self._ours.start(call.keywords[place + 1])
        self._of_theirs.append(Edit(start, end, ""))
        return True


def _named(call: ast.Call) -> dict[str, ast.keyword]:
    return {each.arg: each for each in call.keywords if each.arg is not None}


def _code(argument: ast.keyword) -> str:
    return ast.dump(argument.value)


def _height(argument: ast.keyword) -> int:
    assert argument.end_lineno is not None
    return argument.end_lineno - argument.lineno + 1


def _lines(source: Source, argument: ast.keyword, call: ast.Call) -> list[str]:
    """The lines of an argument with the comments above it."""
    assert argument.end_lineno is not None
    first = argument.lineno
    while first - 1 > call.lineno and source.line(first - 1).lstrip().startswith("#"):
        first -= 1
    return [source.line(number) for number in range(first, argument.end_lineno + 1)]


def _has_own_lines(source: Source, argument: ast.keyword, call: ast.Call) -> bool:
    assert argument.end_lineno is not None
    above = source.text[source.line_start(argument.lineno) : source.start(argument)]
    closes = call.end_lineno != argument.end_lineno
    return not above.strip() and is_last_on_line(source, argument) and closes


def _told(lines: list[str]) -> str:
    """An argument with its comment, on one line."""
    return "  ".join(line.strip() for line in sorted(lines, key=lambda line: "=" not in line))
