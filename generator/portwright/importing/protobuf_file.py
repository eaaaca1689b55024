"""A .proto file: its messages and enums by their full names, with comments and places."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portwright.diagnostics import Span
from portwright.targets.protobuf.types import value_prefix

if TYPE_CHECKING:
    from proto_schema_parser import ast

# What says of a field that it is always there, by buf and by Google.
_REQUIRED = {"(buf.validate.field).required": "true", "(google.api.field_behavior)": "REQUIRED"}


class NotProto(Exception):
    """The text is no Protobuf, for a reason and at a place."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.span = span


@dataclass(slots=True)
class FieldDef:
    """A field. `value` is the type of a map's values, whose keys are then of `type`."""

    name: str
    type: str
    span: Span
    value: str = ""
    repeated: bool = False
    optional: bool = False
    required: bool = False
    one_of: str = ""
    json_name: str = ""
    deprecated: bool = False
    comment: str = ""

    @property
    def named(self) -> str:
        """What the property is called: as JSON has it, where the file says so."""
        return self.json_name or self.name


@dataclass(slots=True)
class MessageDef:
    """A message. `full` is its name with the package and the messages around it."""

    name: str
    full: str
    is_top: bool
    fields: list[FieldDef] = field(default_factory=list)
    comment: str = ""


@dataclass(slots=True)
class EnumDef:
    """An enum: values without the enum's prefix, and what they mean."""

    full: str
    values: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class File:
    """What is defined in one file."""

    messages: dict[str, MessageDef] = field(default_factory=dict)
    enums: dict[str, EnumDef] = field(default_factory=dict)

    def find(self, name: str, scope: str) -> MessageDef | EnumDef | None:
        """What a name stands for in a message, looked up from the inside out."""
        if not name:
            return None
        if name.startswith("."):
            return self.messages.get(name[1:]) or self.enums.get(name[1:])
        parts = scope.split(".")
        for length in range(len(parts), -1, -1):
            full = ".".join([*parts[:length], name])
            if found := self.messages.get(full) or self.enums.get(full):
                return found
        return None


def parse(text: str, source: str) -> File:
    """The file of that text."""
    from proto_schema_parser import ast
    from proto_schema_parser.parser import Parser

    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            parsed = Parser().parse(text)
    except RecursionError:
        raise NotProto("it is nested too deep", Span(source)) from None
    except Exception as fault:  # the parser has no error of its own for what is no Protobuf
        raise NotProto(*_first(said.getvalue() or str(fault), source)) from None
    if said.getvalue():
        raise NotProto(*_first(said.getvalue(), source))
    reader = _Reader(text, source, ast)
    package = ""
    for each in parsed.file_elements:
        if isinstance(each, ast.Package):
            package = each.name
    reader.elements(parsed.file_elements, package, True)
    return reader.file


def _first(said: str, source: str) -> tuple[str, Span]:
    """What the parser said first, and where."""
    match = re.match(r"line (\d+):(\d+) (.*)", said)
    if match is None:
        return said.splitlines()[0][:200] if said else "it cannot be read", Span(source)
    reason = re.sub(r" expecting \{.*", "", match[3])[:200]
    return reason, Span(source, int(match[1]), int(match[2]) + 1)


class _Reader:
    """Walks what was parsed from top to bottom, the text beside it for places."""

    def __init__(self, text: str, source: str, ast: Any) -> None:
        self.text, self.source, self.ast = text, source, ast
        self.file = File()
        self.at = 0

    def elements(self, elements: list[Any], scope: str, is_top: bool) -> None:
        """The messages and enums among the elements."""
        for each, comment in _commented(elements, self.ast):
            if isinstance(each, self.ast.Message):
                self.message(each, scope, is_top, comment)
            elif isinstance(each, self.ast.Enum):
                self.enum(each, scope)

    def message(self, given: ast.Message, scope: str, is_top: bool, comment: str) -> None:
        full = f"{scope}.{given.name}".strip(".")
        made = MessageDef(given.name, full, is_top, comment=comment)
        self.file.messages[full] = made
        self._fields(made, given.elements, "")
        self.elements(given.elements, full, False)

    def _fields(self, made: MessageDef, elements: list[Any], one_of: str) -> None:
        ast = self.ast
        for each, comment in _commented(elements, ast):
            if isinstance(each, ast.OneOf):
                self._fields(made, each.elements, each.name)
            elif isinstance(each, ast.Group):
                full = f"{made.full}.{each.name}"
                self.file.messages[full] = MessageDef(each.name, full, False)
                self._fields(self.file.messages[full], each.elements, "")
                kind = FieldDef(each.name.lower(), each.name, self._span(each.name, each.number))
                kind.repeated = str(getattr(each.cardinality, "value", "")) == "REPEATED"
                made.fields.append(kind)
            elif isinstance(each, ast.Field | ast.MapField):
                made.fields.append(self._field(each, one_of, comment))

    def _field(self, given: Any, one_of: str, comment: str) -> FieldDef:
        span = self._span(given.name, given.number)
        made = FieldDef(given.name, "", span, one_of=one_of, comment=comment)
        if isinstance(given, self.ast.MapField):
            made.type, made.value = given.key_type, given.value_type
        else:
            made.type = given.type
            label = str(getattr(given.cardinality, "value", ""))
            made.repeated, made.required = label == "REPEATED", label == "REQUIRED"
            made.optional = label == "OPTIONAL"
        for option in given.options or ():
            if option.name == "deprecated":
                made.deprecated = option.value is True or option.value == "true"
            elif option.name in _REQUIRED:
                made.required |= str(option.value).lower() == _REQUIRED[option.name].lower()
            elif option.name == "json_name" and isinstance(option.value, str):
                made.json_name = option.value
        return made

    def enum(self, given: ast.Enum, scope: str) -> None:
        full = f"{scope}.{given.name}".strip(".")
        made = EnumDef(full)
        values = [
            (each.name, each.number, comment)
            for each, comment in _commented(given.elements, self.ast)
            if isinstance(each, self.ast.EnumValue)
        ]
        short = {name: _without(name, given.name) for name, _, _ in values}
        for name, number, comment in values:
            # The value 0 that style guides ask for stands for none of the others.
            if not (number == 0 and short[name] in ("UNSPECIFIED", "UNKNOWN_UNSPECIFIED")):
                made.values.append((short[name], comment))
        self.file.enums[full] = made

    def _span(self, name: str, number: object) -> Span:
        """The place of a field, which is further down than the ones before it."""
        found = re.compile(rf"\b{re.escape(name)}\s*=\s*(0x)?\w*{number}\b")
        match = found.search(self.text, self.at) or found.search(self.text)
        if match is None:
            return Span(self.source)
        start = match.start()
        line_start = self.text.rfind("\n", 0, start) + 1
        line = self.text.count("\n", 0, start) + 1
        return Span(self.source, line, start - line_start + 1, len(name))


def _without(name: str, enum: str) -> str:
    """A value without the enum's own name before it, however that is cut into words."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])", "_", enum).upper()
    for prefix in (value_prefix(enum), words, words.replace("_", "")):
        if name.upper().startswith(f"{prefix}_") and len(name) > len(prefix) + 1:
            return name[len(prefix) + 1 :]
    return name


def _commented(elements: list[Any], ast: Any) -> list[tuple[Any, str]]:
    """The elements that are no comments, each with the text before it or behind it in its line."""
    found: list[tuple[Any, str]] = []
    before: list[str] = []
    for each in elements:
        if not isinstance(each, ast.Comment):
            found.append((each, "\n".join(before)))
            before = []
        elif each.inline and found:
            last, text = found[-1]
            found[-1] = (last, "\n".join(filter(None, (text, _plain(each.text)))))
        elif (text := _plain(each.text)) is not None:
            before.append(text)
    return found


def _plain(comment: str) -> str:
    """The text of a comment without its signs."""
    if comment.startswith("/*"):
        lines = comment.removeprefix("/*").removesuffix("*/").split("\n")
        return "\n".join(each.strip().removeprefix("*").strip() for each in lines).strip()
    return comment.lstrip("/").strip()
