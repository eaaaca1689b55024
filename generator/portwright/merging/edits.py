"""The text of a module with its statements by name, and edits of a text."""

from __future__ import annotations

import ast
import contextlib
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

# What may stand after the last of something on its line.
_REST = re.compile(r"[ \t]*(,?)[ \t]*(#.*)?")


class Unreadable(Exception):
    """A text that is no module, or one whose statements have no names of their own."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters from `start` up to `end` become `text`."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits; those of one place in the order given."""
    done: list[str] = []
    place = 0
    for each in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if each.start < place:
            raise Unreadable
        done += (text[place : each.start], each.text)
        place = each.end
    return "".join((*done, text[place:]))


class Source:
    """The text of a module. `parts` are its statements by what they define, `first` is where the
    first of them starts."""

    def __init__(self, text: str) -> None:
        self.text = text
        if "\r" in text:  # a line end to Python, and none to who split the lines
            raise Unreadable
        try:
            with warnings.catch_warnings(action="ignore"):
                body = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise Unreadable from None
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.parts: dict[str, ast.stmt] = {}
        for index, statement in enumerate(body):
            for key in _keys(index, statement):
                if key in self.parts and not key.startswith("import "):
                    raise Unreadable
                self.parts[key] = statement
        self.first = self.start(body[0]) if body else len(text)

    def offset(self, line: int, column: int) -> int:
        """Where a place of the syntax tree is, whose columns are bytes."""
        start = self._starts[line - 1]
        return start + len(self._lines[line - 1].encode()[:column].decode())

    def start(self, node: ast.stmt | ast.expr | ast.keyword | ast.alias) -> int:
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        if decorators:
            return self._starts[min(each.lineno for each in decorators) - 1]
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.stmt | ast.expr | ast.keyword | ast.alias) -> int:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.offset(node.end_lineno, node.end_col_offset)

    def line(self, number: int) -> str:
        return self._lines[number - 1]

    def indent(self, number: int) -> str:
        line = self.line(number)
        return line[: len(line) - len(line.lstrip())]

    def line_start(self, number: int) -> int:
        return self._starts[number - 1]

    def span(self, key: str) -> tuple[int, int]:
        return self.start(self.parts[key]), self.end(self.parts[key])

    def said(self, key: str) -> str | None:
        """The text of a statement, None where it is not there."""
        if key not in self.parts:
            return None
        start, end = self.span(key)
        return self.text[start:end]

    def above(self, key: str) -> int:
        """Where the blank lines above a statement begin."""
        return len(self.text[: self.span(key)[0]].rstrip("\n"))

    def is_definition(self, key: str) -> bool:
        part = self.parts.get(key)
        return isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)

    @cached_property
    def _imports(self) -> list[ast.Import | ast.ImportFrom]:
        parts = dict.fromkeys(self.parts.values())
        return [each for each in parts if isinstance(each, ast.Import | ast.ImportFrom)]

    @property
    def imported(self) -> set[str]:
        """The names that the module imports, as they are called where they come from."""
        return {alias.name.rpartition(".")[2] for each in self._imports for alias in each.names}

    @property
    def after_imports(self) -> int:
        """Where the last import ends, and the docstring without any."""
        docstring = self.span("docstring")[1] if "docstring" in self.parts else 0
        return max((self.end(each) for each in self._imports), default=docstring)


def _keys(index: int, statement: ast.stmt) -> Iterator[str]:
    """What a statement of a module is known by."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name
        case ast.ImportFrom():
            yield f"from {'.' * statement.level}{statement.module or ''}"
        case ast.Import():
            yield from (f"import {each.name}" for each in statement.names)
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            yield "if __name__"
        case ast.Expr(value=ast.Constant(value=str())) if index == 0:
            yield "docstring"
        case _:
            return


def is_last_on_line(source: Source, node: ast.expr | ast.keyword | ast.alias) -> bool:
    """Whether nothing but a comma and a comment comes after it there."""
    assert node.end_lineno is not None
    rest = source.text[source.end(node) : source.line_start(node.end_lineno + 1) - 1]
    return _REST.fullmatch(rest) is not None


def bare(lines: list[str]) -> str:
    """An item without its comments, as it stands among others on one line."""
    text = lines[-1].strip()
    for found in re.finditer("  # ", text):  # which may stand in a name, too
        item = text[: found.start()].removesuffix(",")
        with contextlib.suppress(SyntaxError):
            ast.parse(f"_({item})")
            return item
    return text.removesuffix(",")


def inserted(
    source: Source, above: ast.keyword | ast.alias, lines: list[str], brackets: bool = True
) -> Edit:
    """The edit that writes an item after another: on lines of its own where those are, too."""
    end = source.end(above)
    if not brackets or not is_last_on_line(source, above):
        return Edit(end, end, f", {bare(lines)}")
    assert above.end_lineno is not None
    stop = source.line_start(above.end_lineno + 1) - 1
    rest = _REST.fullmatch(source.text[end:stop])
    indent = source.indent(above.lineno)
    items = [line.strip() for line in lines]
    if "#" not in items[-1] and not items[-1].endswith(","):
        items[-1] += ","
    block = "".join(f"\n{indent}{item}" for item in items)
    if rest is not None and rest[1]:
        return Edit(stop, stop, block)
    return Edit(end, stop, f",{source.text[end:stop]}{block}")
