"""Rules of fields: what an engine cannot hold of names and types, as diagnostics."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portwright.diagnostics import Diagnostic, Span, error, warning
from portwright.model import Array, Enum, Field, Float, Map, Nullable, Record, String, Type
from portwright.targets.ddl.column_types import (
    array_form,
    is_too_deep,
    loss,
    map_form,
    struct_form,
)
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.text import name_faults, same_name
from portwright.targets.ddl.types import ArrayForm, MapForm, StructForm
from portwright.targets.findings import meetings


def of_record(record: Record, dialect: Dialect) -> Iterator[Diagnostic]:
    """Findings about the fields of a table, or of a record inside one that is held natively."""
    same = meetings(record.fields, lambda each: same_name(each.column, dialect.identifiers))
    for first, field in same:
        yield error(
            "PW340",
            f"`{first.column}` and `{field.column}` are one name in {dialect.title}",
            field.span,
            "give one of them another `physicalName`",
        )
    for field in record.fields:
        yield from of_name(field.column, field.span, dialect)
        yield from _type(field.type, field, dialect, null=not field.required)


def _type(
    type_: Type, field: Field, dialect: Dialect, *, null: bool = False
) -> Iterator[Diagnostic]:
    """Findings about a type, and about those inside it that the engine holds itself."""
    match type_:
        case Nullable(inner):
            yield from _type(inner, field, dialect, null=True)
        case Array(element=element):
            array = array_form(type_, dialect)
            yield from _distinct(type_, array, field, dialect)
            yield from _absent(array, field, null)
            if array:
                if array.null_items and isinstance(element, Nullable):
                    yield warning("PW342", f"`{field.name}`: {array.null_items}", field.span)
                yield from _type(element, field, dialect)
        case Map(key, value):
            map_ = map_form(type_, dialect)
            yield from _absent(map_, field, null)
            if map_:
                yield from _type(key, field, dialect)
                yield from _type(value, field, dialect)
        case Record():
            struct = struct_form(type_, dialect)
            yield from _absent(struct, field, null)
            yield from _deep(type_, field, dialect)
            if struct:
                yield from of_record(type_, dialect)
                yield from _own_names(type_, struct, dialect)
        case _:
            if sentence := loss(type_, dialect):
                yield warning("PW342", f"`{field.name}`: {sentence}", field.span)
            yield from _unchecked(type_, field, dialect)


def _own_names(type_: Record, form: StructForm, dialect: Dialect) -> Iterator[Diagnostic]:
    for field in type_.fields:
        if field.column in form.own_names:
            yield error(
                "PW341",
                f"{dialect.title} has a field `{field.column}` of its own in every record",
                field.span,
                "give the property another `physicalName`",
            )


def _deep(type_: Record, field: Field, dialect: Dialect) -> Iterator[Diagnostic]:
    form = dialect.types.struct
    if form and is_too_deep(type_, form):
        yield warning(
            "PW342",
            f"`{field.name}`: {dialect.title} has up to {form.deepest} records inside each other,"
            " and it is kept as JSON",
            field.span,
        )


def _absent(
    form: ArrayForm | MapForm | StructForm | None, field: Field, null: bool
) -> Iterator[Diagnostic]:
    if null and form and form.absent:
        yield warning("PW342", f"`{field.name}`: {form.absent}", field.span)


def _distinct(
    type_: Array, form: ArrayForm | None, field: Field, dialect: Dialect
) -> Iterator[Diagnostic]:
    checked = form is not None and form.distinct is not None
    if type_.unique_items and not checked and dialect.statements.check:
        yield warning(
            "PW343",
            f"{dialect.title} cannot check that the items of `{field.name}` are distinct",
            field.span,
            "typed code still checks it",
        )


def _unchecked(type_: Type, field: Field, dialect: Dialect) -> Iterator[Diagnostic]:
    """What a CHECK cannot say; an engine without CHECKs says nothing of the kind."""
    match type_:
        case Enum(values=values) if any("\0" in each.value for each in values):
            yield error("PW341", f"`{field.name}` allows a text with a NUL", field.span)
        case _ if dialect.statements.check is None:
            return
        case String(pattern=str(pattern)):
            if dialect.functions.matches is None or dialect.functions.pattern(pattern) is None:
                yield warning(
                    "PW343",
                    f"{dialect.title} cannot check the pattern of `{field.name}`",
                    field.span,
                    "typed code still checks it",
                )
        case Float(bounds=bounds) if bounds.multiple_of:
            yield warning(
                "PW343",
                f"`multipleOf` of `{field.name}` is not checked: binary floating point has no"
                " exact multiples",
                field.span,
                "a decimal has: give a `physicalType` such as decimal(18, 2)",
            )
        case _:
            return


def of_name(
    name: str, span: Span, dialect: Dialect, also: re.Pattern[str] | None = None
) -> Iterator[Diagnostic]:
    """Findings about the name of a schema, a table, a column or a field, in which the pattern must
    `also` find nothing."""
    for fault in name_faults(name, dialect, also):
        yield error("PW341", fault, span, "give it another `physicalName`")
