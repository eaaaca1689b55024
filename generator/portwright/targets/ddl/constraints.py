"""Constraints: the keys and checks of a table under the names that they have in the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from portwright import names
from portwright.model import Field, Model, Object
from portwright.targets.ddl.column_types import fitted
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.keys import ForeignKey, foreign_keys, primary_key, unique_keys
from portwright.targets.ddl.places import qualified
from portwright.targets.ddl.text import constraint_name, literal, quote
from portwright.targets.ddl.values import column_checks


class ConstraintKind(StrEnum):
    """What a constraint is, as its name starts."""

    PRIMARY_KEY = "pk"
    UNIQUE = "uq"
    FOREIGN_KEY = "fk"
    CHECK = "ck"


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint over `fields`: the `clause` in CREATE TABLE, or statements `behind` the table.

    A check is true or unknown by its `predicate`; a foreign key is a `reference`, to
    the table that SQL calls `target`."""

    kind: ConstraintKind
    name: str
    fields: tuple[Field, ...]
    clause: str
    behind: tuple[str, ...] = ()
    predicate: str = ""
    reference: ForeignKey | None = None
    target: str = ""


@dataclass(frozen=True, slots=True)
class _Unnamed:
    """A constraint before it has its name: the `parts` of it, and forms that hold it."""

    kind: ConstraintKind
    fields: tuple[Field, ...]
    parts: tuple[str, ...]
    form: str
    values: Mapping[str, str]  # what the forms name beside the constraint's own name
    behind: tuple[str, ...] = ()
    reference: ForeignKey | None = None

    def named(self, name: str) -> Constraint:
        return Constraint(
            self.kind,
            name,
            self.fields,
            self.form.format(name=name, **self.values),
            tuple(each.format(name=name, **self.values) for each in self.behind),
            self.values.get("predicate", ""),
            self.reference,
            self.values["table"] if self.reference else "",
        )


def constraints(
    model: Model, object_: Object, dialect: Dialect, *, references: bool = True
) -> tuple[Constraint, ...]:
    """The constraints of the object's table; foreign keys only with `references`. Those that would
    share a name, with each other or with a table, are told apart by a hash. A key's index is called
    as its constraint, and where a table would be called like an index, CREATE TABLE IF NOT EXISTS
    makes none."""
    dialect = fitted(object_.record.fields, dialect)
    found = [
        *_keys(model, object_, dialect),
        *(_references(model, object_, dialect) if references else ()),
        *_checks(model, object_, dialect),
    ]
    first = [constraint_name(each.kind, each.parts, dialect) for each in found]
    uses = Counter(first) + Counter({each.table for each in model.objects})
    return tuple(
        each.named(name if uses[name] == 1 else _apart(each, dialect))
        for name, each in zip(first, found, strict=True)
    )


def _apart(constraint: _Unnamed, dialect: Dialect) -> str:
    seed = constraint.named("").clause
    return constraint_name(constraint.kind, constraint.parts, dialect, seed)


def _keys(model: Model, object_: Object, dialect: Dialect) -> Iterator[_Unnamed]:
    forms = dialect.statements
    table = _table_part(model, object_)
    key = primary_key(object_, dialect)
    if key and forms.primary_key:
        words = {"columns": _list(key, dialect)}
        yield _Unnamed(ConstraintKind.PRIMARY_KEY, key, (table,), forms.primary_key, words)
    for fields in unique_keys(object_, dialect) if forms.unique else ():
        place = qualified(model, object_, dialect)
        words = {
            "table": place,
            "table_text": literal(place, dialect),
            "columns": _list(fields, dialect),
            "present": " AND ".join(f"{quote(e.column, dialect)} IS NOT NULL" for e in fields),
        }
        behind = () if all(each.required for each in fields) else forms.unique_nullable
        parts = (table, *(each.column for each in fields))
        yield _Unnamed(ConstraintKind.UNIQUE, fields, parts, forms.unique or "", words, behind)


def _references(model: Model, object_: Object, dialect: Dialect) -> Iterator[_Unnamed]:
    form = dialect.statements.foreign_key
    if form is None:
        return
    for found in foreign_keys(model, object_, dialect):
        if isinstance(found, ForeignKey):
            words = {
                "columns": _list(found.fields, dialect),
                "table": qualified(model, found.target, dialect),
                "targets": _list(found.targets, dialect),
            }
            parts = (_table_part(model, object_), *(each.column for each in found.fields))
            kind = ConstraintKind.FOREIGN_KEY
            yield _Unnamed(kind, found.fields, parts, form, words, reference=found)


def _checks(model: Model, object_: Object, dialect: Dialect) -> Iterator[_Unnamed]:
    forms = dialect.statements
    if forms.check is None:
        return
    for each in object_.record.fields:
        for check in column_checks(each, dialect):
            if check.inline:
                never_null = each.required and check.path == each.name
                place = check.path.replace("[]", ".items").replace("{}", ".values")
                parts = (_table_part(model, object_), *place.split("."), check.name)
                form = forms.check if never_null else forms.check_nullable or forms.check
                words = {"predicate": check.predicate}
                yield _Unnamed(ConstraintKind.CHECK, (each,), parts, form, words)


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


def _list(fields: tuple[Field, ...], dialect: Dialect) -> str:
    return ", ".join(quote(each.column, dialect) for each in fields)
