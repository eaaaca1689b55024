"""Statements: the tables of a model as views, and the SQL that makes them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from portwright import names
from portwright.model import Field, Model, Object
from portwright.render import render
from portwright.targets.ddl.column_types import sql_type
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.keys import ForeignKey, foreign_keys, primary_key, unique_keys
from portwright.targets.ddl.text import constraint_name, prose, quote
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


@dataclass(frozen=True, slots=True)
class _Constraint:
    """A table constraint before it has its name."""

    prefix: str
    parts: tuple[str, ...]
    body: str


def columns(object_: Object, dialect: Dialect) -> tuple[Column, ...]:
    """The columns of the object's table, in order."""
    return tuple(_column(each, dialect) for each in object_.record.fields)


def checks(object_: Object, dialect: Dialect) -> tuple[Check, ...]:
    """Every rule about a row, nested ones included, that the engine can evaluate over the table."""
    return tuple(
        check
        for field in object_.record.fields
        for check in (
            *((presence(field, dialect),) if field.required else ()),
            *column_checks(field, dialect),
        )
    )


def qualified(object_: Object, dialect: Dialect) -> str:
    """The table's name with its schema, as SQL."""
    parts = (object_.schema, object_.table) if object_.schema else (object_.table,)
    return ".".join(quote(part, dialect) for part in parts)


def statements(
    model: Model, object_: Object, dialect: Dialect, *, foreign_keys: bool = True
) -> tuple[str, ...]:
    """What makes the object's schema, table and comments: one statement each, without its
    semicolon. All may be run again, and none drops anything."""
    forms = dialect.statements
    made: list[str] = []
    if object_.schema and object_.schema != dialect.default_schema and forms.create_schema:
        made.append(forms.create_schema.format(schema=quote(object_.schema, dialect)))
    made.append(_create_table(model, object_, dialect, foreign_keys))
    if not forms.inline_comments:
        made.extend(_comments(object_, dialect))
    return tuple(made)


def _create_table(model: Model, object_: Object, dialect: Dialect, references: bool) -> str:
    forms = dialect.statements
    options: tuple[str, ...] = ()
    if forms.inline_comments and forms.table_comment and object_.description:
        options = (forms.table_comment.format(text=prose(object_.description, dialect)),)
    return render(
        "ddl/table.sql.j2",
        create=forms.create_table.format(table=qualified(object_, dialect)),
        columns=columns(object_, dialect),
        constraints=_named(
            _constraints(model, object_, dialect, references),
            {each.table for each in model.objects},
            dialect,
        ),
        options=options,
    )


def _column(field: Field, dialect: Dialect) -> Column:
    forms = dialect.statements
    clauses = [forms.not_null] if field.required else []
    if forms.inline_comments and forms.column_comment and field.description:
        clauses.append(forms.column_comment.format(text=prose(field.description, dialect)))
    return Column(
        field.column,
        quote(field.column, dialect),
        sql_type(field.type, dialect),
        field.required,
        tuple(clauses),
    )


def _constraints(
    model: Model, object_: Object, dialect: Dialect, references: bool
) -> list[_Constraint]:
    forms = dialect.statements
    table = _table_part(model, object_)
    made: list[_Constraint] = []
    key = primary_key(object_, dialect)
    if key and forms.primary_key:
        body = forms.primary_key.format(columns=_list(key, dialect))
        made.append(_Constraint("pk", (table,), body))
    if forms.unique:
        for fields in unique_keys(object_, dialect):
            body = forms.unique.format(columns=_list(fields, dialect))
            made.append(_Constraint("uq", (table, *_columns(fields)), body))
    if references and forms.foreign_key:
        for found in foreign_keys(model, object_, dialect):
            if isinstance(found, ForeignKey):
                body = forms.foreign_key.format(
                    columns=_list(found.fields, dialect),
                    table=qualified(found.target, dialect),
                    targets=_list(found.targets, dialect),
                )
                made.append(_Constraint("fk", (table, *_columns(found.fields)), body))
    if forms.check:
        for field in object_.record.fields:
            for check in column_checks(field, dialect):
                if check.inline:
                    body = forms.check.format(predicate=check.predicate)
                    place = check.path.replace("[]", ".items").replace("{}", ".values")
                    parts = (table, *place.split("."), check.name)
                    made.append(_Constraint("ck", parts, body))
    return made


def _named(constraints: list[_Constraint], tables: set[str], dialect: Dialect) -> tuple[str, ...]:
    """The constraints with their names; those that would share one, with each other or with a
    table, are told apart by a hash. A key's index is called as its constraint, and where a
    table would be called like an index, CREATE TABLE IF NOT EXISTS makes none."""
    first = [constraint_name(each.prefix, each.parts, dialect) for each in constraints]
    uses = Counter(first) + Counter(tables)
    return tuple(
        f"CONSTRAINT {name if uses[name] == 1 else _apart(each, dialect)} {each.body}"
        for name, each in zip(first, constraints, strict=True)
    )


def _apart(constraint: _Constraint, dialect: Dialect) -> str:
    return constraint_name(constraint.prefix, constraint.parts, dialect, constraint.body)


def _table_part(model: Model, object_: Object) -> str:
    """The table's part of a constraint's name, which no other table of the model has."""
    mine = names.snake(object_.table)
    others = [each.table for each in model.objects if each.table != object_.table]
    if mine in map(names.snake, others):
        return f"{mine}_{object_.table.encode().hex()[:12]}"
    return mine


def _comments(object_: Object, dialect: Dialect) -> list[str]:
    forms = dialect.statements
    table = qualified(object_, dialect)
    made: list[str] = []
    if forms.table_comment and object_.description:
        text = prose(object_.description, dialect)
        made.append(forms.table_comment.format(table=table, text=text))
    for field in object_.record.fields:
        if forms.column_comment and field.description:
            column = quote(field.column, dialect)
            text = prose(field.description, dialect)
            made.append(forms.column_comment.format(table=table, column=column, text=text))
    return made


def _list(fields: tuple[Field, ...], dialect: Dialect) -> str:
    return ", ".join(quote(each.column, dialect) for each in fields)


def _columns(fields: tuple[Field, ...]) -> tuple[str, ...]:
    return tuple(each.column for each in fields)
