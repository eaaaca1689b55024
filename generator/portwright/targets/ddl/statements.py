"""Statements: the tables of a model as views, and the SQL that makes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portwright import names
from portwright.model import Field, Model, Object
from portwright.render import render
from portwright.targets.ddl.column_types import fitted, not_null_can_be_said, sql_type
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.keys import (
    ForeignKey,
    can_be_key,
    foreign_keys,
    keyed,
    primary_key,
    unique_keys,
)
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


@dataclass(frozen=True, slots=True)
class _Constraint:
    """A table constraint before it has its name: a clause, or statements `behind` the table."""

    prefix: str
    parts: tuple[str, ...]
    form: str
    values: Mapping[str, str]  # what the forms name beside the constraint's own name
    behind: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """The clause under that name."""
        return self.form.format(name=name, **self.values)

    def statements(self, name: str) -> Iterator[str]:
        """The statements under that name."""
        return (each.format(name=name, **self.values) for each in self.behind)


def columns(object_: Object, dialect: Dialect) -> tuple[Column, ...]:
    """The columns of the object's table, in order."""
    in_keys = keyed(object_)
    dialect = fitted(object_.record.fields, dialect)
    return tuple(
        _column(each, dialect, keyed=each.name in in_keys and can_be_key(each, dialect))
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
    forms = dialect.statements
    made: list[str] = []
    made.extend(_create_table(model, object_, dialect, foreign_keys))
    if forms.default_partition and lay_out(object_, dialect).partition:
        made.append(_default_partition(model, object_, forms.default_partition, dialect))
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
    found = _constraints(model, object_, dialect, references)
    named = _named(found, {each.table for each in model.objects}, dialect)
    yield render(
        "ddl/table.sql.j2",
        create=dialect.statements.create_table.format(
            table=table, table_text=literal(table, dialect)
        ),
        columns=columns(object_, dialect),
        constraints=[each.text(name) for name, each in named if not each.behind],
        options=options(object_, dialect),
    )
    for name, each in named:
        yield from each.statements(name)


def _default_partition(model: Model, object_: Object, form: str, dialect: Dialect) -> str:
    """The table for the rows of no other partition, called after the table itself."""
    name = constraint_name(object_.table, ("default",), dialect)
    if name in {each.table for each in model.objects}:
        name = constraint_name(object_.table, ("default",), dialect, "partition")
    place = namespace(model, object_, dialect)
    partition = joined((*place, name), dialect)
    return form.format(partition=partition, table=qualified(model, object_, dialect))


def _column(field: Field, dialect: Dialect, *, keyed: bool) -> Column:
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


def _constraints(
    model: Model, object_: Object, dialect: Dialect, references: bool
) -> list[_Constraint]:
    dialect = fitted(object_.record.fields, dialect)
    forms = dialect.statements
    table = _table_part(model, object_)
    made: list[_Constraint] = []
    key = primary_key(object_, dialect)
    if key and forms.primary_key:
        words = {"columns": _list(key, dialect)}
        made.append(_Constraint("pk", (table,), forms.primary_key, words))
    if forms.unique:
        for fields in unique_keys(object_, dialect):
            place = qualified(model, object_, dialect)
            words = {
                "table": place,
                "table_text": literal(place, dialect),
                "columns": _list(fields, dialect),
                "present": " AND ".join(f"{quote(e.column, dialect)} IS NOT NULL" for e in fields),
            }
            behind = () if all(each.required for each in fields) else forms.unique_nullable
            parts = (table, *_columns(fields))
            made.append(_Constraint("uq", parts, forms.unique, words, behind))
    if references and forms.foreign_key:
        for found in foreign_keys(model, object_, dialect):
            if isinstance(found, ForeignKey):
                words = {
                    "columns": _list(found.fields, dialect),
                    "table": qualified(model, found.target, dialect),
                    "targets": _list(found.targets, dialect),
                }
                parts = (table, *_columns(found.fields))
                made.append(_Constraint("fk", parts, forms.foreign_key, words))
    if forms.check:
        for field in object_.record.fields:
            for check in column_checks(field, dialect):
                if check.inline:
                    never_null = field.required and check.path == field.name
                    place = check.path.replace("[]", ".items").replace("{}", ".values")
                    parts = (table, *place.split("."), check.name)
                    words = {"predicate": check.predicate}
                    form = forms.check if never_null else forms.check_nullable or forms.check
                    made.append(_Constraint("ck", parts, form, words))
    return made


def _named(
    constraints: list[_Constraint], tables: set[str], dialect: Dialect
) -> list[tuple[str, _Constraint]]:
    """The constraints with their names; those that would share one, with each other or with a
    table, are told apart by a hash. A key's index is called as its constraint, and where a
    table would be called like an index, CREATE TABLE IF NOT EXISTS makes none."""
    first = [constraint_name(each.prefix, each.parts, dialect) for each in constraints]
    uses = Counter(first) + Counter(tables)
    return [
        (name if uses[name] == 1 else _apart(each, dialect), each)
        for name, each in zip(first, constraints, strict=True)
    ]


def _apart(constraint: _Constraint, dialect: Dialect) -> str:
    return constraint_name(constraint.prefix, constraint.parts, dialect, constraint.text(""))


def _table_part(model: Model, object_: Object) -> str:
    """The table's part of a constraint's name, which no other table of the model has."""
    version = f"_v{model.major}"

    def called(table: str) -> str:
        name = table.removesuffix(version)
        return names.snake(name) + (version if name != table else "")

    mine = called(object_.table)
    others = [each.table for each in model.objects if each.table != object_.table]
    if mine in map(called, others):
        return f"{mine}_{object_.table.encode().hex()[:12]}"
    return mine


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


def _list(fields: tuple[Field, ...], dialect: Dialect) -> str:
    return ", ".join(quote(each.column, dialect) for each in fields)


def _columns(fields: tuple[Field, ...]) -> tuple[str, ...]:
    return tuple(each.column for each in fields)
