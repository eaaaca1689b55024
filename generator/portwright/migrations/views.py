"""Views: a table as the DDL of a model makes it, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from portwright.model import Array, Field, Map, Model, Nullable, Object, Record, Type
from portwright.model.matching import Matched, Named, match
from portwright.targets.ddl import Dialect, namespace, qualified
from portwright.targets.ddl.column_types import fitted, sql_type
from portwright.targets.ddl.constraints import Constraint, ConstraintKind, constraints
from portwright.targets.ddl.keys import can_be_key, keyed, primary_key, tables
from portwright.targets.ddl.layout import lay_out
from portwright.targets.ddl.statements import column, default_partition
from portwright.targets.ddl.text import prose, quote, same_name


@dataclass(frozen=True, slots=True)
class Column:
    """A column of `field`: its `name` as SQL, the type of its values and that of values that may be
    null, its `definition` in CREATE TABLE and a `loose` one that allows nulls, and its comment as a
    literal. `plain` is its type without what is said about parts of it."""

    field: Field
    name: str
    type: str
    null_type: str
    plain: str
    nullable: bool
    definition: str
    loose: str
    comment: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """The table of an object; its columns by the names of properties. Rows are laid out by its
    `partition`, its `cluster` and its `sorting`, which are made of the properties `laid`; those of
    no other partition are in the `default_partition`, another table."""

    model: Model
    object: Object
    name: str
    place: tuple[str, ...]
    columns: Mapping[str, Column]
    constraints: tuple[Constraint, ...]
    partition: tuple[str, ...]
    cluster: tuple[str, ...]
    sorting: tuple[str, ...]
    laid: frozenset[str]
    default_partition: str | None
    comment: str | None

    @property
    def layout(self) -> tuple[tuple[str, ...], ...]:
        return self.partition, self.cluster, self.sorting

    @property
    def has_keys(self) -> bool:
        return any(each.kind is not ConstraintKind.CHECK for each in self.constraints)

    def constrained(self, name: str) -> bool:
        """Whether a property is in a key, or lays out rows."""
        keys = (each for each in self.constraints if each.kind is not ConstraintKind.CHECK)
        return name in self.laid or any(name == f.name for each in keys for f in each.fields)


Thing = TypeVar("Thing", bound=Named)


def matched(old: Model, new: Model, dialect: Dialect) -> Matched[Object]:
    """The objects that have tables, each with what it was. Two that have one table in turn are the
    same thing to the engine, whatever they are called."""
    return _by_place(
        match(tables(old), tables(new)),
        lambda each: qualified(old, each, dialect).casefold(),
        lambda each: qualified(new, each, dialect).casefold(),
    )


def _by_place(
    found: Matched[Thing], before: Callable[[Thing], str], after: Callable[[Thing], str]
) -> Matched[Thing]:
    there = {before(each): each for each in found.removed}
    pairs = tuple((there[after(each)], each) for each in found.added if after(each) in there)
    was, is_ = {each.name for each, _ in pairs}, {each.name for _, each in pairs}
    return replace(
        found,
        pairs=(*found.pairs, *pairs),
        removed=tuple(each for each in found.removed if each.name not in was),
        added=tuple(each for each in found.added if each.name not in is_),
    )


def matched_fields(old: Object, new: Object, dialect: Dialect) -> Matched[Field]:
    """The properties of two tables, each with what it was; those of one column in turn are one."""
    rules = dialect.identifiers
    return _by_place(
        match(old.record.fields, new.record.fields),
        lambda each: same_name(each.column, rules),
        lambda each: same_name(each.column, rules),
    )


def table(model: Model, object_: Object, dialect: Dialect) -> Table:
    """The object's table in the engine."""
    own = fitted(object_.record.fields, dialect)
    in_keys = keyed(object_)
    forms = dialect.statements
    laid = lay_out(object_, dialect)
    left_out = {each.name for each in laid.left_out}
    sorts = any("{key}" in each.text for each in forms.options)
    key = [each.name for each in primary_key(object_, dialect)] if sorts else []
    parted = [name for name in object_.partition_key if name not in left_out]
    has_layout = bool(laid.partition or laid.cluster)
    comments = forms.table_comment or any("{comment}" in each.text for each in forms.options)
    return Table(
        model,
        object_,
        qualified(model, object_, dialect),
        namespace(model, object_, dialect),
        {
            each.name: _column(each, own, each.name in in_keys and can_be_key(each, own))
            for each in object_.record.fields
        },
        constraints(model, object_, dialect),
        laid.partition,
        laid.cluster,
        tuple(key),
        frozenset((*key, *(parted if has_layout else ()))),
        default_partition(model, object_, dialect),
        prose(object_.description, dialect) if comments and object_.description else None,
    )


def renamed(table_: Table, names: Mapping[str, str], dialect: Dialect) -> Table:
    """The table with the columns of these properties called otherwise."""
    fields = tuple(
        replace(each, physical_name=names.get(each.name, each.physical_name))
        for each in table_.object.record.fields
    )
    record = replace(table_.object.record, fields=fields)
    return table(table_.model, replace(table_.object, record=record), dialect)


def under_name(field: Field, name: str, dialect: Dialect) -> str:
    """The definition of a column that may be null and is called so for a while."""
    called = replace(field, required=False, physical_name=name)
    return _definition(called, dialect, keyed=False)


def _column(field: Field, dialect: Dialect, in_key: bool) -> Column:
    forms = dialect.statements
    type_ = sql_type(field.type, dialect, keyed=in_key)
    null_type = sql_type(field.type, dialect, null=True, keyed=in_key)
    made = column(field, dialect, keyed=in_key)
    said = forms.not_null is not None and forms.not_null in made.clauses
    comments = forms.column_comment or forms.comment_clause
    return Column(
        field,
        quote(field.column, dialect),
        type_,
        null_type,
        sql_type(_bare(field.type), dialect, keyed=in_key),
        not said if forms.not_null else type_ == null_type or not field.required,
        _definition(field, dialect, keyed=in_key),
        _definition(replace(field, required=False), dialect, keyed=in_key),
        prose(field.description, dialect) if comments and field.description else None,
    )


def _definition(field: Field, dialect: Dialect, *, keyed: bool) -> str:
    made = column(field, dialect, keyed=keyed)
    return " ".join((made.identifier, made.type, *made.clauses))


def _bare(type_: Type) -> Type:
    """The type without descriptions of the fields inside it."""
    match type_:
        case Nullable(inner):
            return replace(type_, inner=_bare(inner))
        case Array(element=element):
            return replace(type_, element=_bare(element))
        case Map(value=value):
            return replace(type_, value=_bare(value))
        case Record(fields=fields):
            plain = (replace(each, type=_bare(each.type), description=None) for each in fields)
            return replace(type_, fields=tuple(plain))
        case _:
            return type_
