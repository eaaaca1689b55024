"""Statements: the tables of a model as views, and the SQL that makes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portwright.model import Field, Model, Object
from portwright.render import render
from portwright.targets.ddl.column_types import fitted, not_null_can_be_said, sql_type
from portwright.targets.ddl.constraints import constraints
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.keys import can_be_key, keyed
from portwright.targets.ddl.layout import lay_out, options
from portwright.targets.ddl.places import joined, namespace, qualified, schema
from portwright.targets.ddl.text import constraint_name, literal, name_literal, prose, quote, stored
from portwright.targets.ddl.values import Check, column_checks, presence


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its `name` as it is in the catalogue, and as SQL its `identifier`, `type` and
    `clauses` (NOT NULL, a comment)."""

    name: str
    identifier: str
    type: str
    required: bool
    clauses: tuple[str, ...]


def columns(object_: Object, dialect: Dialect) -> tuple[Column, ...]:
    """The columns of the object's table, in order."""
    in_keys = keyed(object_)
    dialect = fitted(object_.record.fields, dialect)
    return tuple(
        column(each, dialect, keyed=each.name in in_keys and can_be_key(each, dialect))
        for each in object_.record.fields
    )


def checks(object_: Object, dialect: Dialect) -> tuple[Check, ...]:
    """Every rule about a row, nested ones included, that the engine can evaluate over the table."""
    dialect = fitted(object_.record.fields, dialect)
    return tuple(
        check
        for field in object_.record.fields
        for check in (
            *((presence(field, dialect),) if field.required else ()),
            *column_checks(field, dialect),
        )
    )


def statements(
    model: Model, object_: Object, dialect: Dialect, *, foreign_keys: bool = True
) -> tuple[str, ...]:
    """What makes the object's schema, table and comments: one statement each, without its
    semicolon. All may be run again, and none drops anything."""
    return (
        *schema_statements(model, object_, dialect),
        *table_statements(model, object_, dialect, foreign_keys=foreign_keys),
    )


def schema_statements(model: Model, object_: Object, dialect: Dialect) -> tuple[str, ...]:
    """What makes the schema that the object's table is in."""
    place = namespace(model, object_, dialect)
    if not place or place[-1] == dialect.default_schema:
        return ()
    return tuple(_create_schema(place, dialect))


def table_statements(
    model: Model, object_: Object, dialect: Dialect, *, foreign_keys: bool = True
) -> tuple[str, ...]:
    """What makes the object's table and comments in a schema that is there."""
    form = dialect.statements.default_partition
    made: list[str] = []
    made.extend(_create_table(model, object_, dialect, foreign_keys))
    if form and (name := default_partition(model, object_, dialect)):
        partition = joined((*namespace(model, object_, dialect), name), dialect)
        made.append(form.format(partition=partition, table=qualified(model, object_, dialect)))
    made.extend(_comments(model, object_, dialect))
    return tuple(made)


def _create_schema(place: tuple[str, ...], dialect: Dialect) -> Iterator[str]:
    if form := dialect.statements.create_schema:
        schema = joined(place, dialect)
        create = name_literal(f"CREATE SCHEMA {schema}", dialect)
        name = literal(place[-1], dialect)
        yield form.format(schema=schema, schema_text=name, create_text=create)


def _create_table(
    model: Model, object_: Object, dialect: Dialect, references: bool
) -> Iterator[str]:
    """The table, and those of its keys that are statements of their own."""
    table = qualified(model, object_, dialect)
    found = constraints(model, object_, dialect, references=references)
    yield render(
        "ddl/table.sql.j2",
        create=dialect.statements.create_table.format(
            table=table, table_text=literal(table, dialect)
        ),
        columns=columns(object_, dialect),
        constraints=[each.clause for each in found if not each.behind],
        options=options(object_, dialect),
    )
    for each in found:
        yield from each.behind


def default_partition(model: Model, object_: Object, dialect: Dialect) -> str | None:
    """The name of the table for the rows of no other partition, called after the table itself;
    None where there is none."""
    if not (dialect.statements.default_partition and lay_out(object_, dialect).partition):
        return None
    name = constraint_name(object_.table, ("default",), dialect)
    if name in {each.table for each in model.objects}:
        name = constraint_name(object_.table, ("default",), dialect, "partition")
    return name


def column(field: Field, dialect: Dialect, *, keyed: bool) -> Column:
    """The field's column, `keyed` where it is in a key. The dialect is `fitted` to the table."""
    forms = dialect.statements
    said = field.required and not_null_can_be_said(field.type, dialect)
    clauses = [each for each in (forms.not_null if said else forms.null,) if each]
    if forms.comment_clause and field.description:
        clauses.append(forms.comment_clause.format(text=prose(field.description, dialect)))
    return Column(
        stored(field.column, dialect),
        quote(field.column, dialect),
        sql_type(field.type, dialect, null=not field.required, keyed=keyed),
        field.required,
        tuple(clauses),
    )


def _comments(model: Model, object_: Object, dialect: Dialect) -> list[str]:
    forms = dialect.statements
    table = qualified(model, object_, dialect)
    place = schema(model, object_, dialect) or dialect.default_schema or ""
    words = {
        "table": table,
        "schema_text": name_literal(place, dialect),
        "table_text": literal(table, dialect),
        "name_text": name_literal(object_.table, dialect),
    }
    made: list[str] = []
    if forms.table_comment and object_.description:
        text = prose(object_.description, dialect)
        made.append(forms.table_comment.format(**words, text=text))
    for field in object_.record.fields:
        if forms.column_comment and field.description:
            made.append(
                forms.column_comment.format(
                    **words,
                    column=quote(field.column, dialect),
                    column_text=name_literal(field.column, dialect),
                    text=prose(field.description, dialect),
                )
            )
    return made
