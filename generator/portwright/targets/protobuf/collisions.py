"""Names that meet in Protobuf: fields of a message, messages in a message, values in a package."""

from __future__ import annotations

from collections.abc import Iterator

from portwright import names
from portwright.diagnostics import Diagnostic, error
from portwright.model import Enum, Field, Model, Record, Type, walk
from portwright.targets.protobuf.messages import wrapper_names
from portwright.targets.protobuf.types import (
    field_name,
    json_name,
    lower_camel,
    value_name,
    value_suffix,
)


def shared_names(model: Model) -> Iterator[Diagnostic]:
    """An error for every name that a compiler would find taken."""
    known = names.type_names(model)
    for record in walk.all_records(model):
        yield from _fields(record)
        yield from _messages(record, known)
    yield from _values(model, known)


def _fields(record: Record) -> Iterator[Diagnostic]:
    """Fields of one name. Names in JSON count too: `a_1_2` and `a_12` are both `a12` there."""
    seen: dict[str, Field] = {}
    for field in record.fields:
        by_itself = lower_camel(field_name(field.name))
        claims = sorted({by_itself, json_name(field) or by_itself})
        taken = next((claim for claim in claims if claim in seen), None)
        if taken is not None:
            yield error(
                "PW330",
                f"properties `{seen[taken].name}` and `{field.name}` are both `{taken}`"
                " in Protobuf's JSON",
                field.span,
                "rename one of them",
            )
        for claim in claims:
            seen.setdefault(claim, field)


def _messages(record: Record, known: names.TypeNames) -> Iterator[Diagnostic]:
    """Messages of Protobuf's own that would hide a type the record refers to."""
    taken = {known[each.path] for field in record.fields for each in _named(field.type)}
    for field in record.fields:
        for name in wrapper_names(field, known):
            if name in taken:
                yield error(
                    "PW332",
                    f"property `{field.name}` needs a message of its own in Protobuf, `{name}`;"
                    " another property of the record has a type of that name",
                    field.span,
                    "rename one of them",
                )
            taken.add(name)


def _values(model: Model, known: names.TypeNames) -> Iterator[Diagnostic]:
    """Values of one name in their enum, or in the package: Protobuf puts them beside the enum."""
    package: dict[str, str] = {}
    for path, field in walk.fields(model):
        for enum in (each for each in walk.own_types(field.type) if isinstance(each, Enum)):
            own: dict[str, str] = {}
            for value in enum.values:
                name = value_name(known[enum.path], value.value)
                written = f"`{value.value}` of `{'.'.join(path)}`"
                other = own.setdefault(_compared(value.value), written)
                if other is written:
                    other = package.setdefault(name, written)
                if other is not written:
                    yield error(
                        "PW331",
                        f"{other} and {written} have one name in Protobuf, `{name}`",
                        field.span,
                        "rename one of them, or make the property a string with a `pattern`",
                    )


def _compared(value: str) -> str:
    """The form in which protoc compares the values of an enum."""
    return "".join(word.capitalize() for word in value_suffix(value).split("_"))


def _named(type_: Type) -> Iterator[Record | Enum]:
    """The records and enums a field of this type refers to."""
    return (each for each in walk.own_types(type_) if isinstance(each, Record | Enum))
