"""Rules of tables: what an engine cannot hold of them, as diagnostics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from portwright.diagnostics import Diagnostic, error, warning
from portwright.model import Array, Bytes, Enum, Field, Model, Object, String, Type, Vector
from portwright.targets.ddl import field_rules
from portwright.targets.ddl.column_types import column_kind
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.keys import (
    LeftOut,
    can_be_a_key,
    can_be_key,
    foreign_keys,
    has_too_many,
    keyed,
    tables,
)
from portwright.targets.ddl.layout import lay_out
from portwright.targets.ddl.places import namespace
from portwright.targets.ddl.text import same_name
from portwright.targets.findings import meetings


def unchecked(object_: Object, dialect: Dialect) -> bool:
    """Whether a rule of the object's fields is none of its `checks`: only typed code has it."""
    return any(each.code == "PW343" for each in field_rules.of_record(object_.record, dialect))


def diagnose(model: Model, dialect: Dialect) -> Iterator[Diagnostic]:
    """Every finding about the model's tables in this dialect."""
    found = tables(model)
    yield from _same_tables(model, found, dialect)
    for object_ in found:
        yield from _place(model, object_, dialect)
        yield from field_rules.of_record(object_.record, dialect)
        yield from _columns(object_, dialect)
        yield from _parts(object_, dialect)
        yield from _layout(object_, dialect)
        yield from _empty_texts(object_, dialect)
        for each in foreign_keys(model, object_, dialect):
            if isinstance(each, LeftOut):
                yield warning(
                    "PW344",
                    f"{dialect.title} gets no foreign key to `{each.relationship.target}`:"
                    f" {each.reason}",
                    each.relationship.span,
                )


def _place(model: Model, object_: Object, dialect: Dialect) -> Iterator[Diagnostic]:
    """Findings about the names of the table and of what it is in."""
    rules = dialect.identifiers
    yield from field_rules.of_name(object_.table, object_.span, dialect, rules.forbidden_tables)
    place = namespace(model, object_, dialect)
    for name in place[:-1]:
        yield from field_rules.of_name(name, object_.span, dialect)
    for name in place[-1:]:
        yield from field_rules.of_name(name, object_.span, dialect, rules.forbidden_schemas)
        if rules.own_schemas.fullmatch(name):
            yield error(
                "PW341",
                f"the schema `{name}` is {dialect.title}'s own",
                object_.span,
                "name another in the server's `schema` or in the object's `physicalName`",
            )


def _same_tables(model: Model, objects: Iterable[Object], dialect: Dialect) -> Iterator[Diagnostic]:
    def place(object_: Object) -> tuple[str, ...]:
        found = namespace(model, object_, dialect) or (dialect.default_schema or "",)
        return tuple(same_name(part, dialect.identifiers) for part in (*found, object_.table))

    for first, each in meetings(objects, place):
        yield error(
            "PW340",
            f"objects `{first.name}` and `{each.name}` have one table in {dialect.title}:"
            f" `{each.table}`",
            each.span,
            "give one of them another `physicalName`",
        )


def _columns(object_: Object, dialect: Dialect) -> Iterator[Diagnostic]:
    if not object_.record.fields:
        yield error(
            "PW345",
            f"`{object_.name}` has no column, and {dialect.title} no table without one",
            object_.span,
            "list its properties; a measure is not a column",
        )
    most = dialect.types.most_columns
    if most is not None and len(object_.record.fields) > most:
        yield error(
            "PW345",
            f"`{object_.name}` has {len(object_.record.fields)} columns, and {dialect.title} no"
            f" table with more than {most}",
            object_.span,
            "group properties into an `object`, or split the object into several",
        )
    in_keys = keyed(object_)
    for field in object_.record.fields:
        own = dialect.identifiers.own_columns
        if own and own.fullmatch(field.column):
            yield error(
                "PW341",
                f"{dialect.title} has a column `{field.column}` of its own in every table",
                field.span,
                "give the property another `physicalName`",
            )
        if field.name in in_keys:
            yield from _key(field, object_, dialect)
    key = object_.fields(object_.primary_key)
    if all(can_be_key(each, dialect) for each in key) and not can_be_a_key(key, dialect):
        limit = f"{dialect.types.key_bytes} bytes"
        help = "say how long the texts can be: `logicalTypeOptions: {maxLength: …}`"
        if has_too_many(key, dialect):
            limit = f"{dialect.types.key_columns} columns"
            help = "typed code and the load still tell the rows apart"
        named = ", ".join(f"`{each.name}`" for each in key)
        yield warning(
            "PW343",
            f"{dialect.title} has no key of more than {limit}: {named} are not kept unique",
            object_.span,
            help,
        )


def _key(field: Field, object_: Object, dialect: Dialect) -> Iterator[Diagnostic]:
    """Findings about a field that is in a key."""
    types = dialect.types
    found = column_kind(field.type, dialect)
    if not can_be_key(field, dialect):
        what = "a nested type" if found is None or isinstance(field.type, Vector) else "such a type"
        if isinstance(field.type, String | Bytes) and found not in types.unkeyed:
            what = f"more than {types.key_length} characters"
        if field.unique or field.name in object_.primary_key:
            yield warning(
                "PW343",
                f"{dialect.title} has no key over {what}: `{field.name}` is not kept unique",
                field.span,
            )
    elif (
        found in types.keyed
        and isinstance(field.type, String | Bytes)
        and not field.type.max_length
    ):
        yield warning(
            "PW342",
            f"`{field.name}` is in a key, where {dialect.title} holds at most"
            f" {types.key_length} characters: a longer text is refused",
            field.span,
            "say how long it can be: `logicalTypeOptions: {maxLength: …}`",
        )


def _parts(object_: Object, dialect: Dialect) -> Iterator[Diagnostic]:
    """Findings about columns that the engine takes for parts of another: lists of one name before
    the mark are held to one length, and a column of that name is where the parts would be."""
    mark = dialect.identifiers.part_mark
    if mark is None:
        return
    whole = {each.column: each for each in object_.record.fields}
    lists: dict[str, Field] = {}
    for field in object_.record.fields:
        name, found, _ = field.column.partition(mark)
        if not found:
            continue
        other = whole.get(name)
        if other is None and isinstance(field.type, Array):
            other = lists.setdefault(name, field)
        if other is not None and other is not field:
            yield error(
                "PW340",
                f"`{other.column}` and `{field.column}` are parts of one column in {dialect.title}",
                field.span,
                f"give one of them a `physicalName` without `{mark}`",
            )


def _layout(object_: Object, dialect: Dialect) -> Iterator[Diagnostic]:
    for field in lay_out(object_, dialect).left_out:
        yield warning(
            "PW346",
            f"{dialect.title} cannot partition `{object_.name}` by `{field.name}`",
            field.span,
            "its rows are found all the same; `portwright explain PW346` says what it can do",
        )


def _empty_texts(object_: Object, dialect: Dialect) -> Iterator[Diagnostic]:
    if not dialect.types.empty_text:
        return
    required = (each for each in object_.record.fields if each.required)
    found = [f"`{each.name}`" for each in required if _may_be_empty(each.type)]
    if found:
        shown = ", ".join(found[:3]) + (f" and {len(found) - 3} more" if found[3:] else "")
        yield warning(
            "PW342",
            f"{dialect.types.empty_text}, and refuses it where `{object_.name}` requires a value:"
            f" {shown}",
            object_.span,
            "if no text there is ever empty, say so: `logicalTypeOptions: {minLength: 1}`",
        )


def _may_be_empty(type_: Type) -> bool:
    """Whether an empty text is one of the type's values."""
    match type_:
        case String(min_length=least, pattern=pattern):
            return not least and (pattern is None or re.search(pattern, "") is not None)
        case Enum(values=values):
            return any(each.value == "" for each in values)
        case _:
            return False
