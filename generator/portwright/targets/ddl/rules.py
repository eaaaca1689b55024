"""Rules: what an engine cannot hold of a model's tables, as diagnostics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from portwright.diagnostics import Diagnostic, Span, error, warning
from portwright.model import (
    Array,
    Enum,
    Field,
    Float,
    Map,
    Model,
    Nullable,
    Object,
    Record,
    String,
    Type,
)
from portwright.targets.ddl.column_types import array_form, loss, map_form, struct_form
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.keys import LeftOut, can_be_key, foreign_keys, tables
from portwright.targets.ddl.patterns import portable
from portwright.targets.ddl.text import same_name


def diagnose(model: Model, dialect: Dialect) -> Iterator[Diagnostic]:
    """Every finding about the model's tables in this dialect."""
    found = tables(model)
    yield from _same_tables(found, dialect)
    for object_ in found:
        for name in (object_.schema, object_.table):
            if name is not None:
                yield from _name(name, object_.span, dialect)
        if object_.schema and dialect.identifiers.own_schemas.fullmatch(object_.schema):
            yield error(
                "PW341",
                f"the schema `{object_.schema}` is {dialect.title}'s own",
                object_.span,
                "name another in the server's `schema` or in the object's `physicalName`",
            )
        yield from _record(object_.record, dialect)
        yield from _columns(object_, dialect)
        for each in foreign_keys(model, object_, dialect):
            if isinstance(each, LeftOut):
                yield warning(
                    "PW344",
                    f"{dialect.title} gets no foreign key to `{each.relationship.target}`:"
                    f" {each.reason}",
                    each.relationship.span,
                )


def _same_tables(objects: Iterable[Object], dialect: Dialect) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, str], Object] = {}
    rules = dialect.identifiers
    for each in objects:
        key = (
            same_name(each.schema or dialect.default_schema or "", rules),
            same_name(each.table, rules),
        )
        first = seen.setdefault(key, each)
        if first is not each:
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
    for field in object_.record.fields:
        if field.column in dialect.identifiers.forbidden_columns:
            yield error(
                "PW341",
                f"{dialect.title} has a column `{field.column}` of its own in every table",
                field.span,
                "give the property another `physicalName`",
            )
        keyed = field.unique or field.name in object_.primary_key
        if keyed and not can_be_key(field, dialect):
            yield warning(
                "PW343",
                f"{dialect.title} has no key over a nested type: `{field.name}` is not kept unique",
                field.span,
            )


def _record(record: Record, dialect: Dialect) -> Iterator[Diagnostic]:
    """Findings about the fields of a table, or of a record inside one that is held natively."""
    seen: dict[str, Field] = {}
    for field in record.fields:
        first = seen.setdefault(same_name(field.column, dialect.identifiers), field)
        if first is not field:
            yield error(
                "PW340",
                f"`{first.column}` and `{field.column}` are one name in {dialect.title}",
                field.span,
                "give one of them another `physicalName`",
            )
        yield from _name(field.column, field.span, dialect)
        yield from _type(field.type, field, dialect)


def _type(type_: Type, field: Field, dialect: Dialect) -> Iterator[Diagnostic]:
    match type_:
        case Nullable(inner):
            yield from _type(inner, field, dialect)
        case Array(element=element):
            form = array_form(type_, dialect)
            if type_.unique_items and (form is None or form.distinct is None):
                yield warning(
                    "PW343",
                    f"{dialect.title} cannot check that the items of `{field.name}` are distinct",
                    field.span,
                    "typed code still checks it",
                )
            if form:
                yield from _type(element, field, dialect)
        case Map(key, value):
            if map_form(dialect):
                yield from _type(key, field, dialect)
                yield from _type(value, field, dialect)
        case Record():
            if struct_form(type_, dialect):
                yield from _record(type_, dialect)
        case _:
            if sentence := loss(type_, dialect):
                yield warning("PW342", f"`{field.name}`: {sentence}", field.span)
            yield from _unchecked(type_, field, dialect)


def _unchecked(type_: Type, field: Field, dialect: Dialect) -> Iterator[Diagnostic]:
    match type_:
        case String(pattern=str(pattern)):
            if dialect.functions.matches is None or portable(pattern) is None:
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
        case Enum(values=values) if any("\0" in each.value for each in values):
            yield error("PW341", f"`{field.name}` allows a text with a NUL", field.span)
        case _:
            return


def _name(name: str, span: Span, dialect: Dialect) -> Iterator[Diagnostic]:
    limit = dialect.identifiers.max_bytes
    if limit is not None and len(name.encode()) > limit:
        yield error(
            "PW341",
            f"`{name}` has {len(name.encode())} bytes and {dialect.title} keeps {limit} of a name",
            span,
            "give it a shorter `physicalName`",
        )
