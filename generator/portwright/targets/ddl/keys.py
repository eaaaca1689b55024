"""Keys: primary, unique and foreign keys of a table, and the order in which tables can be made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portwright.model import (
    Bytes,
    Enum,
    Field,
    Model,
    Object,
    Port,
    Relationship,
    String,
    Type,
    Vector,
)
from portwright.targets.ddl.column_types import column_kind, sql_type
from portwright.targets.ddl.dialect import Dialect
from portwright.targets.ddl.places import namespace


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`fields` of a table refer to `targets` of another, which are a key there."""

    fields: tuple[Field, ...]
    target: Object
    targets: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A foreign key the database cannot hold, and why."""

    relationship: Relationship
    reason: str


def tables(model: Model) -> list[Object]:
    """The objects with a table port, each after those its foreign keys refer to; of objects in a
    circle, the first in the contract comes first."""
    objects = {each.name: each for each in model.objects if Port.TABLE in each.ports}
    waiting = {name: {found.target for found in objects[name].relationships} for name in objects}
    done: list[Object] = []
    while waiting:
        ready = next(
            name
            for name in waiting
            if all(name in _needs(other, waiting) for other in _needs(name, waiting))
        )
        del waiting[ready]
        done.append(objects[ready])
    return done


def _needs(name: str, waiting: Mapping[str, set[str]]) -> set[str]:
    """The waiting objects that the foreign keys of one lead to, over others as well."""
    found: set[str] = set()
    ahead = {name}
    while ahead:
        ahead = {to for each in ahead for to in waiting[each] if to in waiting} - found
        found |= ahead
    return found


def primary_key(object_: Object, dialect: Dialect) -> tuple[Field, ...]:
    """The fields of the primary key in key order; empty where the engine can have none."""
    fields = object_.fields(object_.primary_key)
    return fields if can_be_a_key(fields, dialect) else ()


def unique_keys(object_: Object, dialect: Dialect) -> list[tuple[Field, ...]]:
    """The unique columns, but for one that is the whole primary key."""
    return [
        (each,)
        for each in object_.record.fields
        if each.unique and object_.primary_key != (each.name,) and can_be_key(each, dialect)
    ]


def can_be_a_key(fields: tuple[Field, ...], dialect: Dialect) -> bool:
    """Whether the engine has a key over these fields together."""
    most = dialect.types.key_bytes
    return (
        all(can_be_key(each, dialect) for each in fields)
        and not has_too_many(fields, dialect)
        and (most is None or sum(_bytes(each.type, dialect) for each in fields) <= most)
    )


def has_too_many(fields: tuple[Field, ...], dialect: Dialect) -> bool:
    """Whether the fields are more columns than the engine has in a key."""
    most = dialect.types.key_columns
    return most is not None and len(fields) > most


def _bytes(type_: Type, dialect: Dialect) -> int:
    """How much of a key's index a column of the type takes at most."""
    length = dialect.types.key_length or 0
    match type_:
        case String(max_length=longest):
            return 4 * (longest or length)
        case Enum(values=values):
            return 4 * max(length, *(len(each.value) for each in values))
        case Bytes(max_length=longest):
            return longest or length
        case _:
            return 40  # that of a UUID as text


def can_be_key(field: Field, dialect: Dialect) -> bool:
    """Whether the engine has keys over the field's type."""
    types = dialect.types
    found = column_kind(field.type, dialect)
    if found is None or isinstance(field.type, Vector):
        return types.nested_keys
    if isinstance(field.type, String | Bytes) and types.key_length is not None:
        return found not in types.unkeyed and (field.type.max_length or 0) <= types.key_length
    return found not in types.unkeyed


def keyed(object_: Object) -> frozenset[str]:
    """The names of the fields that are in a key of the object's table, foreign keys included."""
    unique = (each.name for each in object_.record.fields if each.unique)
    foreign = (name for each in object_.relationships for name in each.columns)
    return frozenset((*object_.primary_key, *unique, *foreign))


def foreign_keys(model: Model, object_: Object, dialect: Dialect) -> Iterator[ForeignKey | LeftOut]:
    """Every relationship of the object as a foreign key, or with the reason why it is not one."""
    if dialect.statements.foreign_key is None:
        return
    order = [each.name for each in tables(model)]
    seen: set[tuple[object, ...]] = set()
    for each in object_.relationships:
        found = _foreign_key(model, object_, each, order, dialect)
        if isinstance(found, ForeignKey):
            same = (found.target.name, *(field.name for field in (*found.fields, *found.targets)))
            if same in seen:
                continue
            seen.add(same)
        yield found


def _foreign_key(
    model: Model, object_: Object, relationship: Relationship, order: list[str], dialect: Dialect
) -> ForeignKey | LeftOut:
    if relationship.target not in order:
        return LeftOut(relationship, f"`{relationship.target}` has no table")
    target = model.object(relationship.target)
    if order.index(target.name) > order.index(object_.name):
        return LeftOut(relationship, _circle(object_, target))
    forms = dialect.statements
    if target is object_ and not forms.refers_to_itself:
        return LeftOut(relationship, "it leads to its own table")
    places = {namespace(model, each, dialect) for each in (object_, target)}
    # An engine without a default schema looks for a bare name beside the table that refers to it.
    found = dialect.default_schema or namespace(model, target, dialect)
    if len(places) > 1 and not (forms.refers_abroad and found):
        return LeftOut(relationship, f"`{target.name}` is in another schema")
    pairs = dict(zip(relationship.target_columns, relationship.columns, strict=True))
    key = _key_over(target, set(pairs), dialect)
    if key is None:
        named = ", ".join(relationship.target_columns)
        kind = "key" if dialect.statements.unique else "primary key"
        return LeftOut(relationship, f"`{named}` is no {kind} of `{target.name}`")
    fields = object_.fields(pairs[name] for name in key)
    targets = target.fields(key)
    if len(fields) != len(key):
        return LeftOut(relationship, "a nested property cannot be a foreign key")
    if not can_be_a_key(fields, dialect):
        named = ", ".join(f"`{each.name}`" for each in fields)
        return LeftOut(relationship, f"{named} cannot be in a key")
    for field, aim in zip(fields, targets, strict=True):
        if not _comparable(field, aim, dialect):
            reason = f"`{field.name}` and `{target.name}.{aim.name}` have different types"
            return LeftOut(relationship, reason)
    return ForeignKey(fields, target, targets)


def _circle(object_: Object, target: Object) -> str:
    return f"`{object_.name}` and `{target.name}` are in one circle of references"


def _key_over(target: Object, columns: set[str], dialect: Dialect) -> tuple[str, ...] | None:
    """The key of `target` that consists of these columns, in key order."""
    keys = [target.primary_key]
    if dialect.statements.unique:
        keys += [(each.name,) for each in target.record.fields if each.unique]
    for key in keys:
        fields = target.fields(key)
        if dialect.statements.unique_nullable and not all(each.required for each in fields):
            continue  # an index, but no key
        if set(key) == columns and can_be_a_key(fields, dialect):
            return key
    return None


def _comparable(field: Field, aim: Field, dialect: Dialect) -> bool:
    if dialect.statements.loose_lengths and all(
        isinstance(each.type, String | Enum) for each in (field, aim)
    ):
        return True
    return sql_type(field.type, dialect, keyed=True) == sql_type(aim.type, dialect, keyed=True)
