"""Column types: the text of a model type in a dialect, and what is lost on the way."""

from __future__ import annotations

from portwright.model import (
    Array,
    Decimal,
    Map,
    Nullable,
    Record,
    Scalar,
    String,
    Type,
    Vector,
)
from portwright.targets.ddl.dialect import ArrayForm, Dialect, MapForm, StructForm
from portwright.targets.ddl.kinds import Kind, Leaf, kind
from portwright.targets.ddl.text import quote


def sql_type(type_: Type, dialect: Dialect) -> str:
    """The column type."""
    match type_:
        case Nullable(inner):
            return sql_type(inner, dialect)
        case Array(element=element):
            array = array_form(type_, dialect)
            return (
                array.type.format(element=sql_type(element, dialect)) if array else _json(dialect)
            )
        case Map(key, value):
            map_ = map_form(dialect)
            if map_ is None:
                return _json(dialect)
            return map_.type.format(key=sql_type(key, dialect), value=sql_type(value, dialect))
        case Record(fields=fields):
            struct = struct_form(type_, dialect)
            if struct is None:
                return _json(dialect)
            parts = (
                struct.field.format(
                    name=quote(each.column, dialect), type=sql_type(each.type, dialect)
                )
                for each in fields
            )
            return struct.type.format(fields=", ".join(parts))
        case _:
            return _leaf(type_, dialect)


def array_form(type_: Array, dialect: Dialect) -> ArrayForm | None:
    """How the dialect holds this list itself; None if it is stored as JSON."""
    form = dialect.types.array
    if form is None or (form.scalars_only and not is_scalar(type_.element)):
        return None
    return form


def map_form(dialect: Dialect) -> MapForm | None:
    """How the dialect holds maps; None if they are stored as JSON."""
    return dialect.types.map


def struct_form(type_: Record, dialect: Dialect) -> StructForm | None:
    """How the dialect holds this record; None if it is stored as JSON."""
    return dialect.types.struct if type_.fields else None


def is_scalar(type_: Type) -> bool:
    """Whether a value of the type is one value, null aside."""
    return isinstance(type_.inner if isinstance(type_, Nullable) else type_, Scalar)


def effective_kind(type_: Leaf, dialect: Dialect) -> Kind:
    """The kind of the column: text too long for the engine's limited type is plain text."""
    found = kind(type_)
    if isinstance(type_, String) and found is Kind.VARCHAR:
        limit = dialect.types.limits.get(Kind.VARCHAR)
        if limit is not None and (type_.max_length or 0) > limit:
            return Kind.TEXT
    return found


def loss(type_: Leaf, dialect: Dialect) -> str | None:
    """What a column of this type cannot keep, as a sentence; None if it keeps everything."""
    found = kind(type_)
    limit = dialect.types.limits.get(Kind.DECIMAL)
    if isinstance(type_, Decimal) and limit is not None and type_.precision > limit:
        return (
            f"{dialect.title} has decimals of up to {limit} digits: of {type_.precision} digits,"
            f" {type_.scale} after the point, the column keeps {limit} and"
            f" {min(type_.scale, limit)}, and refuses a greater number"
        )
    return dialect.types.lossy.get(found)


def _leaf(type_: Leaf, dialect: Dialect) -> str:
    form = dialect.types.leaf[effective_kind(type_, dialect)]
    match type_:
        case Decimal(precision, scale):
            limit = dialect.types.limits.get(Kind.DECIMAL, precision)
            return form.format(precision=min(precision, limit), scale=min(scale, limit))
        case String(max_length=length):
            return form.format(length=length)
        case Vector(dimensions=dimensions):
            return form.format(dimensions=dimensions)
        case _:
            return form


def _json(dialect: Dialect) -> str:
    return dialect.types.leaf[Kind.JSON]
