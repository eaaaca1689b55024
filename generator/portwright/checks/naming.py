"""Names: those that no target can print, and those that meet in one."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from portwright import names
from portwright.diagnostics import Diagnostic, Span, error, warning
from portwright.model import Field, Model, Object, Port, walk

LONGEST_NAME = 255
# Kafka's rule; other streams allow at least this.
_TOPIC = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,249}")
# What consumers call the topic after in which they put aside.
_DEAD_LETTERS = ".dlq"
# Controls, line separators, and what makes text look as if it were in another order.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def legal_names(model: Model) -> Iterator[Diagnostic]:
    """Names that are too long, hold hidden characters or no letter or digit at all."""
    for what, name, span in _named(model):
        if len(name) > LONGEST_NAME:
            message = f"the {what} is {len(name)} characters long"
            yield error("PW205", message, span, f"use at most {LONGEST_NAME}")
        elif hidden := next(filter(_is_hidden, name), None):
            message = f"the {what} holds the control character U+{ord(hidden):04X}"
            yield error("PW205", message, span, "remove it")
        elif not any(character.isalnum() for character in name):
            message = f"the {what} `{name}` holds no letter and no digit"
            yield error("PW205", message, span, "name it with a word")


def _named(model: Model) -> Iterator[tuple[str, str, Span]]:
    yield "contract's name", model.name, model.span
    if model.domain:
        yield "contract's domain", model.domain, model.span
    for each in model.objects:
        yield "object's name", each.name, each.span
        if each.table not in (each.name, f"{each.name}_v{model.major}"):
            yield "table's name", each.table, each.span
        if each.schema:
            yield "schema's name", each.schema, each.span
    for _, field in walk.fields(model):
        yield "property's name", field.name, field.span
        if field.physical_name:
            yield "column's name", field.physical_name, field.span


def _is_hidden(character: str) -> bool:
    return character in _BIDI or unicodedata.category(character) in _HIDDEN_CATEGORIES


def distinct_objects(model: Model) -> Iterator[Diagnostic]:
    """Objects of one name."""
    named = ((each.name, each.name, each.span) for each in model.objects)
    for name, _, first, span in _meetings(named):
        message = f"another object is named `{name}`, in line {first.line}"
        yield error("PW201", message, span, "give one of the two another name")


def a_name(model: Model) -> Iterator[Diagnostic]:
    """A contract that is named only by a UUID, which its package and its topics then are too."""
    with contextlib.suppress(ValueError):
        if model.name == model.id and UUID(model.id):
            message = "the contract has no `name`, so its UUID names packages and topics"
            yield warning("PW213", message, model.span, "give it a `name`, such as `checkout`")


def distinct_properties(model: Model) -> Iterator[Diagnostic]:
    """Properties of one name in one object."""
    for record in walk.all_records(model):
        named = ((field.name, field.name, field.span) for field in record.fields)
        for name, _, first, span in _meetings(named):
            message = f"another property is named `{name}`, in line {first.line}"
            yield error("PW202", message, span, "give one of the two another name")


def names_of_before(model: Model) -> Iterator[Diagnostic]:
    """Names of before that are those of others: what is called so in old data is not theirs."""
    yield from _borrowed(model.objects, "object")
    for record in walk.all_records(model):
        yield from _borrowed(record.fields, "property")


def _borrowed(named: Sequence[Object | Field], what: str) -> Iterator[Diagnostic]:
    owners = {each.name: each for each in named}
    for each in named:
        for alias in each.aliases:
            owner = owners.setdefault(alias, each)
            if owner is not each:
                message = f"`{alias}` was not the name of `{each.name}` alone: {what}"
                message += f" `{owner.name}` is or was called so"
                yield warning("PW230", message, each.span, "take it out of its `previousNames`")


def distinct_types(model: Model) -> Iterator[Diagnostic]:
    """Records and enums whose names become one type name in generated code."""
    known = names.type_names(model)
    places = {type_.path: span for type_, span in reversed([*walk.named_types(model)])}
    named = ((known[path], ".".join(path), places[path]) for path in known)
    for name, path, first, span in _meetings(named):
        message = f"`{path}` becomes the type `{name}`, and so does what line {first.line} names"
        help = "give one of the two another name by the custom property `recordName`"
        yield error("PW203", message, span, help)


def distinct_topics(model: Model) -> Iterator[Diagnostic]:
    """Objects that share a topic: its readers could not tell their records apart."""
    objects = {each.name: each for each in model.objects}.values()
    streams = [each for each in objects if Port.STREAM in each.ports]
    help = "give one of the two another `physicalName`"
    for _, name, first, span in _meetings((each.topic, each.topic, each.span) for each in streams):
        message = f"the topic `{name}` is also that of the object in line {first.line}"
        yield error("PW204", message, span, help)
    # Who reads the one would read what was put aside of the other, whatever it hides.
    letters = {f"{each.topic}{_DEAD_LETTERS}": each.span for each in streams}
    for each in streams:
        if source := letters.get(each.topic):
            message = f"the topic `{each.topic}` is also for dead letters of line {source.line}"
            yield error("PW204", message, each.span, help)


def legal_topics(model: Model) -> Iterator[Diagnostic]:
    """Topics with names that Kafka refuses."""
    for each in model.objects:
        if Port.STREAM in each.ports and not _TOPIC.fullmatch(each.topic):
            message = f"`{each.topic}` is no legal name of a topic"
            help = "use letters, digits, `.`, `_` and `-`, at most 249 of them"
            yield error("PW211", message, each.span, help)


def _meetings(
    named: Iterable[tuple[str, str, Span]],
) -> Iterator[tuple[str, str, Span, Span]]:
    """Key, name, the first's place and its own, of every later one with a key seen before."""
    seen: dict[str, Span] = {}
    for key, name, span in named:
        if key in seen:
            yield key, name, seen[key], span
        else:
            seen[key] = span
